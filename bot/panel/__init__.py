"""The panel: what plays, and all one does with it, kept true without ever polling.

A panel is drawn when it is pressed, after a command of its owner while it is their latest, and
once when its track should have ended: LOOKS times in a row, then it says as of when it is. Nothing
is stored: a button knows whose it is and what it does. What is in memory is each person's latest
panel, for as long as Discord lets its message be edited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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
from bot.panel.looking import state_of, uri_of, with_liked
from bot.remote.after import Sleep
from bot.remote.deeds import VERBS, Deed
from bot.remote.doing import just_begun
from bot.spotify.models import Playback
from bot.spotify.uris import Uri
from bot.ui import replies
from bot.ui.answer import GONE, defer

__all__ = ["Panels", "Press", "Shown", "draw"]

_log = logging.getLogger(__name__)

# How often in a row a panel is drawn again by itself, at the end of a track.
LOOKS = 3
# Seconds after the end of a track, in which the next one begins.
_AFTER_THE_END = 1.0
# Seconds in which a reply can be edited: Discord's fifteen minutes, and some to spare.
EDITABLE = 14 * 60.0

# Refusals that show that a panel was out of date.
_STALE = (Restricted, NoVolume, NothingPlaying, DeviceNeeded, OutcomeUnknown)

_PAGES = {"devices": devices.send, "queue": queue.send}

Interaction = discord.Interaction[Any]


@dataclass(eq=False)
class _Panel:
    """Somebody's latest one.

    seen   when the player was as it is shown
    ends   until when its message can be edited
    looks  how often it is still drawn again by itself
    """

    interaction: Interaction
    shown: Shown
    seen: float
    ends: float
    looks: int = LOOKS


class Panels:
    """Everybody's latest panel, and what a press on any panel does."""

    def __init__(self, accounts: Accounts, clock: Callable[[], float], sleep: Sleep) -> None:
        self._accounts = accounts
        self._clock = clock
        self._sleep = sleep
        self._latest: dict[int, _Panel] = {}
        self._waits: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Of two presses at once, the one that ends later would show the player before the other.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

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
        if (panel := self._latest.get(owner)) is not None:
            panel.looks = LOOKS
            self._spawn(self._redraw(owner, panel, state, just_now=True))

    def saved(self, owner: int, *uris: Uri) -> None:
        """They saved these, elsewhere."""
        panel = self._latest.get(owner)
        if panel is not None and panel.shown.uri in uris:
            self._spawn(self._redraw(owner, panel, None, just_now=False))

    def forget(self, owner: int) -> None:
        """They have left, or look at another panel."""
        self._latest.pop(owner, None)
        if wait := self._waits.pop(owner, None):
            wait.cancel()

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
        try:
            after = await self._looked(replace(shown, state=done.state, note=done.says))
        except Fault:  # it is done all the same
            await interaction.followup.send(**replies.done(done), ephemeral=True)
            return
        if done.state is None and after.state is not None and just_begun(after.state):
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
        spotify = await self._accounts.session(shown.owner)
        state = shown.state or await spotify.player.state()
        return await with_liked(spotify, replace(shown, state=state), liked or {})

    def _turn(self, owner: int) -> asyncio.Lock:
        return self._turns.setdefault(owner, asyncio.Lock())

    # ---- drawing

    async def _show(self, interaction: Interaction, shown: Shown) -> None:
        """Draw it into the reply of this interaction, and let it be its owner's latest panel."""
        self.forget(shown.owner)
        now = self._clock()
        panel = _Panel(interaction, shown, now, now + EDITABLE)
        await interaction.edit_original_response(view=draw(self._dated(panel)))
        self._latest[shown.owner] = panel
        self._await_end(panel)

    def _dated(self, panel: _Panel) -> Shown:
        """With the time, where nothing will draw it again."""
        stays = self._end(panel) is None
        return replace(panel.shown, as_of=panel.seen if stays else None)

    def _end(self, panel: _Panel) -> float | None:
        """Seconds until its track should have ended; None where that is not waited for."""
        state = panel.shown.state
        item = state.item if state else None
        if state is None or item is None or not state.is_playing or not panel.looks:
            return None
        if state.progress_ms is None or not item.duration_ms:
            return None
        now = self._clock()
        rest = (item.duration_ms - state.progress_ms) / 1000 - (now - panel.seen)
        left = max(0.0, rest) + _AFTER_THE_END
        return left if now + left < panel.ends else None

    def _await_end(self, panel: _Panel) -> None:
        owner = panel.shown.owner
        if wait := self._waits.pop(owner, None):
            wait.cancel()
        left = self._end(panel)
        lasts = panel.ends - self._clock() if left is None else left
        self._waits[owner] = asyncio.create_task(self._wait(owner, panel, lasts, left is not None))

    async def _wait(self, owner: int, panel: _Panel, seconds: float, look: bool) -> None:
        """Look what plays when the track should have ended, or drop what cannot be edited."""
        await self._sleep(seconds)
        if self._latest.get(owner) is not panel:
            return
        if not look:
            del self._latest[owner], self._waits[owner]
            return
        panel.looks -= 1
        del self._waits[owner]
        self._spawn(self._redraw(owner, panel, None, just_now=False))

    async def _redraw(
        self, owner: int, panel: _Panel, state: Playback | None, *, just_now: bool
    ) -> None:
        """Draw somebody's latest panel again; what cannot be told is shown as of when it was."""
        async with self._turn(owner):
            if self._latest.get(owner) is not panel:
                return
            try:
                spotify = await self._accounts.session(owner)
                state = state or await state_of(spotify, self._sleep if just_now else None)
                shown = replace(panel.shown, state=state, note="")
                panel.shown, panel.seen = await with_liked(spotify, shown, {}), self._clock()
            except NeedsLogin:
                self.forget(owner)
                return
            except Fault as fault:
                _log.info("a panel stays as it is: %s", type(fault).__name__)
                panel.looks = 0
            if self._latest.get(owner) is panel:
                await self._edit(panel)

    async def _edit(self, panel: _Panel) -> None:
        try:
            await panel.interaction.edit_original_response(view=draw(self._dated(panel)))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            _log.info("a panel cannot be drawn: %s", type(lost).__name__)
            if isinstance(lost, discord.HTTPException) and lost.code in GONE:
                self.forget(panel.shown.owner)
        if self._latest.get(panel.shown.owner) is panel:
            self._await_end(panel)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a panel could not be drawn", exc_info=error)
