"""The panel: what plays, and all one does with it, kept true without ever polling.

A panel is drawn when it is pressed, after a command of its owner while it is their latest, and
once when its track should have ended: LOOKS times in a row. It always says as of when it is.
Nothing is stored: a button knows whose it is and what it does. What is in memory is each person's
latest panel, for as long as Discord lets its message be edited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord

from bot import devices, queue
from bot.accounts import Accounts
from bot.errors import (
    DeviceNeeded,
    Fault,
    NeedsLogin,
    NothingPlaying,
    NoVolume,
    OutcomeUnknown,
    Restricted,
)
from bot.panel.drawing import Press, Shown, draw
from bot.panel.guests import get_your_own
from bot.panel.latest import EDITABLE, LOOKS, Draws, Panel, Turn
from bot.panel.looking import begun, state_of, uri_of, with_liked
from bot.remote.after import Sleep
from bot.remote.deeds import VERBS, Deed
from bot.spotify.models import Playback
from bot.spotify.uris import Uri
from bot.ui import replies
from bot.ui.answer import GONE, defer

__all__ = ["EDITABLE", "LOOKS", "Panels", "Press", "Shown", "draw"]

_log = logging.getLogger(__name__)

# Refusals that show that a panel was out of date.
_STALE = (Restricted, NoVolume, NothingPlaying, DeviceNeeded, OutcomeUnknown)

_PAGES = {"devices": devices.send, "queue": queue.send}

Interaction = discord.Interaction[Any]


class Panels:
    """Everybody's latest panel, and what a press on any panel does."""

    def __init__(self, accounts: Accounts, clock: Callable[[], float], sleep: Sleep) -> None:
        self._accounts = accounts
        self._clock = clock
        self._sleep = sleep
        self._latest: dict[int, Panel] = {}
        self._waits: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[int, Turn] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._latest)

    async def send(self, interaction: Interaction, *, shared: bool) -> None:
        """Answer a deferred command with a panel of its user."""
        user = interaction.user
        shown = Shown(user.id, user.display_name if shared else None)
        async with self._turn(user.id):
            await self._show(interaction, await self._looked(shown))

    def changed(self, owner: int, state: Playback | None) -> None:
        """Their player was told to do something; `state` is what it is like now, where known."""
        self._tell(owner, partial(self._redraw, state=state, told=True))

    def saved(self, owner: int, *uris: Uri) -> None:
        """They saved these, elsewhere."""
        self._tell(owner, partial(self._redraw_liked, uris=uris))

    def forget(self, owner: int) -> None:
        """They have left: what is shown of them is drawn no more but to say as of when it is."""
        self._tell(owner, self._leave)
        self._drop(owner)

    def _tell(self, owner: int, draws: Draws) -> None:
        """Draw their panel anew, and the one that is being made, which may show it as it was."""
        if (turn := self._turns.get(owner)) is not None:
            turn.missed.append(draws)
        if (panel := self._latest.get(owner)) is not None:
            self._spawn(draws(panel))

    def _drop(self, owner: int) -> Panel | None:
        if wait := self._waits.pop(owner, None):
            wait.cancel()
        return self._latest.pop(owner, None)

    async def close(self) -> None:
        tasks = [*self._waits.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._latest.clear()
        self._waits.clear()

    # ---- a press

    async def pressed(self, interaction: Interaction, owner: int, act: str) -> None:
        """Do what a button says, for the owner; offer anybody else a remote of their own."""
        if interaction.user.id != owner:
            await get_your_own(interaction)
            return
        if act in _PAGES:
            await defer(interaction)
            await _PAGES[act](interaction)
            return
        await interaction.response.defer()
        message = interaction.message
        shared = message is not None and not message.flags.ephemeral
        shown = Shown(owner, interaction.user.display_name if shared else None)
        try:
            async with self._turn(owner):
                await self._act(interaction, shown, act)
        except NeedsLogin:
            self.forget(owner)
            raise

    async def _act(self, interaction: Interaction, shown: Shown, act: str) -> None:
        verb, _, what = act.partition(" ")
        if verb in VERBS:
            await self._do(interaction, shown, Deed.parse(act))
        elif verb in ("like", "unlike"):
            await self._like(interaction, shown, uri_of(what), verb == "like")
        else:
            await self._show(interaction, await self._looked(shown))

    async def _do(self, interaction: Interaction, shown: Shown, deed: Deed) -> None:
        """The panel after a deed. A refusal is told, and shows that the panel was out of date."""
        try:
            done = await interaction.client.remote.do(shown.owner, deed)
        except _STALE:
            with suppress(Fault):
                await self._show(interaction, await self._looked(shown))
            raise
        latest = self._latest.get(shown.owner)
        before = latest.shown.state if latest else None
        try:
            after = await self._looked(replace(shown, state=done.state, note=done.says))
        except Fault:  # it is done all the same
            await interaction.followup.send(**replies.done(done), ephemeral=True)
            return
        if done.state is None and begun(after.state, before):
            after = replace(after, note="")  # it said that this is not known yet
        await self._show(interaction, after)

    async def _like(self, interaction: Interaction, shown: Shown, uri: Uri, wanted: bool) -> None:
        spotify = await self._accounts.session(shown.owner)
        await (spotify.library.save if wanted else spotify.library.remove)(uri)
        try:
            after = await self._looked(shown, {uri: wanted})
        except Fault:
            says = "Liked." if wanted else "Not liked any more."
            await interaction.followup.send(says, ephemeral=True)
            return
        await self._show(interaction, after)

    async def _looked(self, shown: Shown, liked: Mapping[Uri, bool] | None = None) -> Shown:
        """With what plays, unless it has that; `liked` is known already. Raises Faults."""
        self._turn(shown.owner).missed.clear()  # this look shows it
        spotify = await self._accounts.session(shown.owner)
        state = shown.state or await spotify.player.state()
        return await with_liked(spotify, replace(shown, state=state), liked or {})

    def _turn(self, owner: int) -> Turn:
        return self._turns.setdefault(owner, Turn())

    # ---- drawing

    async def _show(self, interaction: Interaction, shown: Shown) -> None:
        """Draw it into the reply of this interaction, and let it be its owner's latest panel."""
        now, owner = self._clock(), shown.owner
        panel = Panel(interaction, replace(shown, as_of=now), now + EDITABLE)
        panel.shown = panel.dated(now)
        message = await interaction.edit_original_response(view=draw(panel.shown))
        panel.message = message.id
        before = self._drop(owner)
        self._latest[owner] = panel
        self._await_end(panel)
        if before is not None and before.message != panel.message:
            self._spawn(self._leave(before))
        for draws in self._turn(owner).missed:
            self._spawn(draws(panel))

    def _await_end(self, panel: Panel) -> None:
        owner, now = panel.shown.owner, self._clock()
        if wait := self._waits.pop(owner, None):
            wait.cancel()
        left = panel.end(now)
        lasts = panel.until - now if left is None else left
        self._waits[owner] = asyncio.create_task(self._wait(owner, panel, lasts, left is not None))

    async def _wait(self, owner: int, panel: Panel, seconds: float, look: bool) -> None:
        """Look what plays when the track should have ended, or drop what cannot be edited."""
        await self._sleep(seconds)
        if self._latest.get(owner) is not panel:
            return
        del self._waits[owner]
        if not look:
            del self._latest[owner]
            return
        panel.looks -= 1
        self._spawn(self._redraw(panel, None, told=False))

    async def _redraw(self, panel: Panel, state: Playback | None, *, told: bool) -> None:
        """Draw somebody's latest panel again; what cannot be told is shown as of when it was."""
        owner = panel.shown.owner
        async with self._turn(owner):
            if self._latest.get(owner) is not panel:
                return
            if told:
                panel.looks = LOOKS
            try:
                spotify = await self._accounts.session(owner)
                panel.unsure = False
                if state is None:
                    sleep = self._sleep if told else None
                    state, shows = await state_of(spotify, sleep, panel.shown.state)
                    panel.unsure = not shows
                if not panel.unsure:
                    shown = replace(panel.shown, state=state, note="", as_of=self._clock())
                    panel.shown = await with_liked(spotify, shown, {})
            except NeedsLogin:
                self.forget(owner)
                return
            except Fault as fault:
                _log.info("a panel stays as it is: %s", type(fault).__name__)
                panel.looks = 0
            if self._latest.get(owner) is panel:
                await self._edit(panel)

    async def _redraw_liked(self, panel: Panel, uris: tuple[Uri, ...]) -> None:
        """The same with what was just saved; everything else is as of when it was."""
        owner = panel.shown.owner
        async with self._turn(owner):
            if self._latest.get(owner) is panel and panel.shown.uri in uris:
                panel.shown = replace(panel.shown, liked=True, note="")
                await self._edit(panel)

    async def _leave(self, panel: Panel) -> None:
        """It is nobody's latest any more: say as of when it is, unless it was drawn anew since."""
        owner = panel.shown.owner
        async with self._turn(owner):
            latest = self._latest.get(owner)
            if latest is panel:
                self._drop(owner)
            elif latest is not None and latest.message == panel.message:
                return
            if panel.shown.live:
                panel.looks = 0
                await self._edit(panel)

    async def _edit(self, panel: Panel) -> None:
        owner = panel.shown.owner
        panel.shown = panel.dated(self._clock())
        try:
            await panel.interaction.edit_original_response(view=draw(panel.shown))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            _log.info("a panel cannot be drawn: %s", type(lost).__name__)
            gone = isinstance(lost, discord.HTTPException) and lost.code in GONE
            if gone and self._latest.get(owner) is panel:
                self._drop(owner)
        if self._latest.get(owner) is panel:
            self._await_end(panel)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a panel could not be drawn", exc_info=error)
