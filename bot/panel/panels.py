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

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NothingPlaying, VolumeNotSupported
from bot.errors.login import NeedsLogin
from bot.errors.spotify import DeviceChoiceNeeded, OutcomeUnknown, PlayerRestricted
from bot.interactions.responses import UNEDITABLE, defer
from bot.panel.live import EDIT_WINDOW, MAX_AUTO_REFRESHES, LivePanel, PanelLock, Redraw
from bot.panel.snapshot import fetch_state, has_restarted, parse_uri, with_liked
from bot.panel.visitors import reply_to_visitor
from bot.player.actions import ACTION_VERBS, PlayerAction
from bot.player.confirm import Sleep
from bot.spotify.models import Playback
from bot.spotify.uris import Uri
from bot.views import device_buttons, outcome, queue_buttons
from bot.views.panel import PanelButton, PanelState, render

__all__ = ["EDIT_WINDOW", "MAX_AUTO_REFRESHES", "PanelButton", "PanelState", "Panels", "render"]

_log = logging.getLogger(__name__)

# Refusals that show that a panel was out of date.
_STALE_PANEL_ERRORS = (
    PlayerRestricted,
    VolumeNotSupported,
    NothingPlaying,
    DeviceChoiceNeeded,
    OutcomeUnknown,
)

_OTHER_PAGES = {"devices": device_buttons.send_devices, "queue": queue_buttons.send_queue}

Interaction = discord.Interaction[Any]


class Panels:
    """Everybody's latest panel, and what a press on any panel does."""

    def __init__(self, accounts: Sessions, clock: Callable[[], float], sleep: Sleep) -> None:
        self._accounts = accounts
        self._clock = clock
        self._sleep = sleep
        self._panels: dict[int, LivePanel] = {}
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: WeakValueDictionary[int, PanelLock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._panels)

    async def send(self, interaction: Interaction, *, shared: bool) -> None:
        """Answer a deferred command with a panel of its user."""
        user = interaction.user
        shown = PanelState(user.id, user.display_name if shared else None)
        async with self._lock(user.id):
            await self._show(interaction, await self._with_state(shown))

    def player_changed(self, owner: int, state: Playback | None) -> None:
        """Their player was told to do something; `state` is what it is like now, where known."""
        self._schedule(owner, partial(self._redraw, state=state, told=True))

    def saved(self, owner: int, *uris: Uri) -> None:
        """They saved these, elsewhere."""
        self._schedule(owner, partial(self._redraw_liked, uris=uris))

    def forget(self, owner: int) -> None:
        """They have left: what is shown of them is drawn no more but to say as of when it is."""
        self._schedule(owner, self._retire)
        self._drop(owner)

    def _schedule(self, owner: int, draws: Redraw) -> None:
        """Draw their panel anew, and the one that is being made, which may show it as it was."""
        if (turn := self._locks.get(owner)) is not None:
            turn.pending.append(draws)
        if (panel := self._panels.get(owner)) is not None:
            self._spawn(draws(panel))

    def _drop(self, owner: int) -> LivePanel | None:
        if wait := self._timers.pop(owner, None):
            wait.cancel()
        return self._panels.pop(owner, None)

    async def close(self) -> None:
        tasks = [*self._timers.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._panels.clear()
        self._timers.clear()

    # ---- a press

    async def on_press(self, interaction: Interaction, owner: int, act: str) -> None:
        """Do what a button says, for the owner; offer anybody else a remote of their own."""
        if interaction.user.id != owner:
            await reply_to_visitor(interaction)
            return
        if act in _OTHER_PAGES:
            await defer(interaction)
            await _OTHER_PAGES[act](interaction)
            return
        await interaction.response.defer()
        message = interaction.message
        shared = message is not None and not message.flags.ephemeral
        shown = PanelState(owner, interaction.user.display_name if shared else None)
        try:
            async with self._lock(owner):
                await self._act(interaction, shown, act)
        except NeedsLogin:
            self.forget(owner)
            raise

    async def _act(self, interaction: Interaction, shown: PanelState, act: str) -> None:
        verb, _, what = act.partition(" ")
        if verb in ACTION_VERBS:
            await self._perform(interaction, shown, PlayerAction.parse(act))
        elif verb in ("like", "unlike"):
            await self._like(interaction, shown, parse_uri(what), verb == "like")
        else:
            await self._show(interaction, await self._with_state(shown))

    async def _perform(
        self, interaction: Interaction, shown: PanelState, deed: PlayerAction
    ) -> None:
        """The panel after a deed. A refusal is told, and shows that the panel was out of date."""
        try:
            done = await interaction.client.player.perform(shown.owner, deed)
        except _STALE_PANEL_ERRORS:
            with suppress(BotError):
                await self._show(interaction, await self._with_state(shown))
            raise
        latest = self._panels.get(shown.owner)
        before = latest.state.state if latest else None
        try:
            after = await self._with_state(replace(shown, state=done.state, status=done.says))
        except BotError:  # it is done all the same
            await interaction.followup.send(**outcome.outcome_reply(done), ephemeral=True)
            return
        if done.state is None and has_restarted(after.state, before):
            after = replace(after, status="")  # it said that this is not known yet
        await self._show(interaction, after)

    async def _like(
        self, interaction: Interaction, shown: PanelState, uri: Uri, wanted: bool
    ) -> None:
        spotify = await self._accounts.session(shown.owner)
        await (spotify.library.save if wanted else spotify.library.remove)(uri)
        try:
            after = await self._with_state(shown, {uri: wanted})
        except BotError:
            says = "Liked." if wanted else "Not liked any more."
            await interaction.followup.send(says, ephemeral=True)
            return
        await self._show(interaction, after)

    async def _with_state(
        self, shown: PanelState, liked: Mapping[Uri, bool] | None = None
    ) -> PanelState:
        """With what plays, unless it has that; `liked` is known already. Raises Faults."""
        self._lock(shown.owner).pending.clear()  # this look shows it
        spotify = await self._accounts.session(shown.owner)
        state = shown.state or await spotify.player.state()
        return await with_liked(spotify, replace(shown, state=state), liked or {})

    def _lock(self, owner: int) -> PanelLock:
        return self._locks.setdefault(owner, PanelLock())

    # ---- drawing

    async def _show(self, interaction: Interaction, shown: PanelState) -> None:
        """Draw it into the reply of this interaction, and let it be its owner's latest panel."""
        now, owner = self._clock(), shown.owner
        panel = LivePanel(interaction, replace(shown, updated_at=now), now + EDIT_WINDOW)
        panel.state = panel.with_live_flag(now)
        message = await interaction.edit_original_response(view=render(panel.state))
        panel.message_id = message.id
        before = self._drop(owner)
        self._panels[owner] = panel
        self._schedule_refresh(panel)
        if before is not None and before.message_id != panel.message_id:
            self._spawn(self._retire(before))
        for draws in self._lock(owner).pending:
            self._spawn(draws(panel))

    def _schedule_refresh(self, panel: LivePanel) -> None:
        owner, now = panel.state.owner, self._clock()
        if wait := self._timers.pop(owner, None):
            wait.cancel()
        left = panel.seconds_to_track_end(now)
        lasts = panel.editable_until - now if left is None else left
        self._timers[owner] = asyncio.create_task(
            self._refresh_later(owner, panel, lasts, left is not None)
        )

    async def _refresh_later(
        self, owner: int, panel: LivePanel, seconds: float, look: bool
    ) -> None:
        """Look what plays when the track should have ended, or drop what cannot be edited."""
        await self._sleep(seconds)
        if self._panels.get(owner) is not panel:
            return
        del self._timers[owner]
        if not look:
            del self._panels[owner]
            return
        panel.refreshes_left -= 1
        self._spawn(self._redraw(panel, None, told=False))

    async def _redraw(self, panel: LivePanel, state: Playback | None, *, told: bool) -> None:
        """Draw somebody's latest panel again; what cannot be told is shown as of when it was."""
        owner = panel.state.owner
        async with self._lock(owner):
            if self._panels.get(owner) is not panel:
                return
            if told:
                panel.refreshes_left = MAX_AUTO_REFRESHES
            try:
                spotify = await self._accounts.session(owner)
                panel.stale = False
                if state is None:
                    sleep = self._sleep if told else None
                    state, shows = await fetch_state(spotify, sleep, panel.state.state)
                    panel.stale = not shows
                if not panel.stale:
                    shown = replace(panel.state, state=state, status="", updated_at=self._clock())
                    panel.state = await with_liked(spotify, shown, {})
            except NeedsLogin:
                self.forget(owner)
                return
            except BotError as fault:
                _log.info("a panel stays as it is: %s", type(fault).__name__)
                panel.refreshes_left = 0
            if self._panels.get(owner) is panel:
                await self._edit(panel)

    async def _redraw_liked(self, panel: LivePanel, uris: tuple[Uri, ...]) -> None:
        """The same with what was just saved; everything else is as of when it was."""
        owner = panel.state.owner
        async with self._lock(owner):
            if self._panels.get(owner) is panel and panel.state.uri in uris:
                panel.state = replace(panel.state, liked=True, status="")
                await self._edit(panel)

    async def _retire(self, panel: LivePanel) -> None:
        """It is nobody's latest any more: say as of when it is, unless it was drawn anew since."""
        owner = panel.state.owner
        async with self._lock(owner):
            latest = self._panels.get(owner)
            if latest is panel:
                self._drop(owner)
            elif latest is not None and latest.message_id == panel.message_id:
                return
            if panel.state.live:
                panel.refreshes_left = 0
                await self._edit(panel)

    async def _edit(self, panel: LivePanel) -> None:
        owner = panel.state.owner
        panel.state = panel.with_live_flag(self._clock())
        try:
            await panel.interaction.edit_original_response(view=render(panel.state))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            _log.info("a panel cannot be drawn: %s", type(lost).__name__)
            gone = isinstance(lost, discord.HTTPException) and lost.code in UNEDITABLE
            if gone and self._panels.get(owner) is panel:
                self._drop(owner)
        if self._panels.get(owner) is panel:
            self._schedule_refresh(panel)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a panel could not be drawn", exc_info=error)
