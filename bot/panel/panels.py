"""All live panels: each shows its owner's player and is refreshed without polling.

A panel is drawn when its owner presses it, after a command of its owner, and when its track should
have ended, MAX_AUTO_REFRESHES times in a row. It always shows when it was updated. Nothing is
stored: a button holds its owner and action. The memory holds each user's latest panel, as long as
Discord lets its message be edited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import NeedsLogin
from bot.errors.storage import StorageError
from bot.interactions.discord_errors import DISCORD_ERRORS, UNEDITABLE, code_of
from bot.interactions.responses import edit_reply
from bot.panel.live_panel import EDIT_WINDOW, MAX_AUTO_REFRESHES, LivePanel, PanelLock, Redraw
from bot.panel.snapshot import fetch_liked, fetch_playback, known_upcoming
from bot.player.state import Sleep
from bot.spotify.models import Playback
from bot.spotify.uris import Uri
from bot.store import Pin
from bot.store.pins import PinTable
from bot.views.panel import render
from bot.views.panel_state import PanelState

_log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


class Panels:
    def __init__(
        self,
        sessions: Sessions,
        pins: PinTable,
        sleep: Sleep,
        *,
        now: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._pins = pins
        self._sleep = sleep
        self._now = now
        self._monotonic = monotonic
        self._panels: dict[int, LivePanel] = {}
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: WeakValueDictionary[int, PanelLock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._panels)

    def lock(self, owner: int) -> PanelLock:
        """Hold it while a panel of this user is read and drawn."""
        return self._locks.setdefault(owner, PanelLock())

    def state(self, owner: int) -> PanelState | None:
        """What this user's live panel shows."""
        panel = self._panels.get(owner)
        return panel.state if panel else None

    def is_shared(self, owner: int) -> bool:
        """Whether this user's live panel shows others what they play."""
        state = self.state(owner)
        return state is not None and state.name is not None

    # ---- what the rest of the bot reports

    def player_changed(
        self, owner: int, playback: Playback | None, more_than_queue: bool = True
    ) -> None:
        """A command has changed this user's player; `playback` is its new state, if it is known."""
        if more_than_queue:
            self._request(owner, partial(self._refresh, playback=playback, after_action=True))
        else:
            self.queue_changed(owner)

    def queue_changed(self, owner: int) -> None:
        """The user's queue was read, or changed: update the panel without a request to Spotify."""
        self._request(owner, self._show_upcoming)

    def items_saved(self, owner: int, *uris: Uri, saved: bool) -> None:
        """Update the user's panel after they saved or unsaved these items elsewhere."""
        self._request(owner, partial(self._mark_liked, uris=uris, liked=saved))

    def forget(self, owner: int) -> None:
        """This user has unlinked: their panel is no longer refreshed."""
        self._request(owner, self._retire)
        self._drop(owner)

    async def close(self) -> None:
        tasks = [*self._timers.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._panels.clear()
        self._timers.clear()

    def _request(self, owner: int, redraw: Redraw) -> None:
        """Redraw the user's panel, and the one that is being drawn, which may show an old state."""
        if (lock := self._locks.get(owner)) is not None:
            lock.pending.append(redraw)
        if (panel := self._panels.get(owner)) is not None:
            self._spawn(redraw(panel))

    def _drop(self, owner: int) -> LivePanel | None:
        if timer := self._timers.pop(owner, None):
            timer.cancel()
        return self._panels.pop(owner, None)

    # ---- drawing

    async def read(
        self, state: PanelState, liked: Mapping[Uri, bool | None] | None = None
    ) -> PanelState:
        """The state with the current playback, unless it has one. The lock must be held.

        `liked` holds items for which it is known whether they are saved. Raises BotError.
        """
        self.lock(state.owner).pending.clear()  # what is read now shows all earlier changes
        spotify = await self._sessions.session(state.owner)
        state = replace(state, playback=state.playback or await spotify.player.state())
        is_liked = (liked or {}).get(state.uri) if state.uri else None
        if is_liked is None:
            is_liked = await fetch_liked(spotify, state.uri)
        upcoming = known_upcoming(spotify, state.playback)
        pins = await self._read_pins(state)
        return replace(state, liked=is_liked, upcoming=upcoming, pins=pins)

    async def _read_pins(self, state: PanelState) -> Sequence[Pin]:
        """The owner's pins, which others must not see; none if the disk cannot be read."""
        if state.name is not None:
            return ()
        try:
            return await self._pins.of(state.owner)
        except StorageError:
            return ()

    async def draw(self, interaction: Interaction, state: PanelState) -> None:
        """Draw the panel into the reply and make it live. The lock must be held."""
        read_at, owner = self._monotonic(), state.owner
        panel = LivePanel(interaction, state, read_at, read_at + EDIT_WINDOW)
        self._update_state(panel)
        message = await edit_reply(interaction, view=render(panel.state))
        panel.message_id = message.id
        before = self._drop(owner)
        self._panels[owner] = panel
        self._schedule_refresh(panel)
        if before is not None and before.message_id != panel.message_id:
            self._spawn(self._retire(before))
        for redraw in self.lock(owner).pending:
            self._spawn(redraw(panel))

    def _schedule_refresh(self, panel: LivePanel) -> None:
        """Start a timer for the end of the track, else for the end of the edit window."""
        owner, monotonic = panel.state.owner, self._monotonic()
        if timer := self._timers.pop(owner, None):
            timer.cancel()
        to_track_end = panel.seconds_to_track_end(monotonic)
        seconds = panel.editable_until - monotonic if to_track_end is None else to_track_end
        self._timers[owner] = asyncio.create_task(
            self._refresh_later(panel, seconds, refresh=to_track_end is not None)
        )

    async def _refresh_later(self, panel: LivePanel, seconds: float, *, refresh: bool) -> None:
        await self._sleep(seconds)
        owner = panel.state.owner
        if self._panels.get(owner) is not panel:
            return
        del self._timers[owner]
        if not refresh:
            del self._panels[owner]
            return
        panel.refreshes_left -= 1
        self._spawn(self._refresh(panel, None, after_action=False))

    async def _refresh(
        self, panel: LivePanel, playback: Playback | None, *, after_action: bool
    ) -> None:
        """Redraw the panel; if Spotify does not answer, it keeps its state and says its age."""
        owner = panel.state.owner
        async with self.lock(owner):
            if self._panels.get(owner) is not panel:
                return
            if after_action:
                panel.refreshes_left = MAX_AUTO_REFRESHES
            try:
                spotify = await self._sessions.session(owner)
                panel.stale = False
                if playback is None:
                    sleep = self._sleep if after_action else None
                    before = panel.state.playback
                    playback, is_current = await fetch_playback(spotify, sleep, before)
                    panel.stale = not is_current
                if not panel.stale:
                    panel.read_at = self._monotonic()
                    state = replace(panel.state, playback=playback, status="")
                    liked = await fetch_liked(spotify, state.uri)
                    upcoming = known_upcoming(spotify, playback)
                    panel.state = replace(state, liked=liked, upcoming=upcoming)
            except NeedsLogin:
                self.forget(owner)
                return
            except BotError as error:
                _log.info("a panel stays as it is: %s", type(error).__name__)
                panel.refreshes_left = 0
            if self._panels.get(owner) is panel:
                await self._edit(panel)

    async def _mark_liked(self, panel: LivePanel, uris: tuple[Uri, ...], liked: bool) -> None:
        """Show whether the item is liked, if it is among these, without a request to Spotify."""
        owner = panel.state.owner
        async with self.lock(owner):
            if self._panels.get(owner) is panel and panel.state.uri in uris:
                panel.state = replace(panel.state, liked=liked, status="")
                await self._edit(panel)

    async def _show_upcoming(self, panel: LivePanel) -> None:
        owner = panel.state.owner
        async with self.lock(owner):
            with suppress(BotError):
                spotify = await self._sessions.session(owner)
                upcoming = known_upcoming(spotify, panel.state.playback)
                if self._panels.get(owner) is panel and panel.state.upcoming != upcoming:
                    panel.state = replace(panel.state, upcoming=upcoming)
                    await self._edit(panel)

    async def _retire(self, panel: LivePanel) -> None:
        """Stop refreshing a panel: it says its age from now on, unless it was drawn meanwhile."""
        owner = panel.state.owner
        async with self.lock(owner):
            latest = self._panels.get(owner)
            if latest is panel:
                self._drop(owner)
            elif latest is not None and latest.message_id == panel.message_id:
                return
            if panel.state.live:
                panel.refreshes_left = 0
                await self._edit(panel)

    def _update_state(self, panel: LivePanel) -> None:
        panel.state = panel.current_state(now=self._now(), monotonic=self._monotonic())

    async def _edit(self, panel: LivePanel) -> None:
        owner = panel.state.owner
        self._update_state(panel)
        try:
            await edit_reply(panel.interaction, view=render(panel.state))
        except DISCORD_ERRORS as error:
            _log.info("a panel cannot be drawn: %s", type(error).__name__)
            if code_of(error) in UNEDITABLE and self._panels.get(owner) is panel:
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
