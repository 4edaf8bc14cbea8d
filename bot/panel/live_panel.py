"""The live panel of one user: its message, its state, and when to refresh it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.views.panel_state import PanelState

# A panel refreshes itself at the end of a track at most this many times in a row.
MAX_AUTO_REFRESHES = 3
# Seconds after the end of a track in which the next one starts.
_NEXT_TRACK_DELAY = 1.0
# Seconds in which a reply can be edited: Discord allows fifteen minutes.
EDIT_WINDOW = 14 * 60.0


@dataclass(eq=False)
class LivePanel:
    """The user's panel that stays up to date: the one that they opened or pressed last.

    interaction     its reply contains the panel
    read_at         when the player was read, in seconds of the monotonic clock
    editable_until  in seconds of the monotonic clock
    message_id      of that reply, once it is drawn
    refreshes_left  how often it still refreshes itself
    stale           an action has started something that Spotify does not show yet
    """

    interaction: discord.Interaction[Any]
    state: PanelState
    read_at: float
    editable_until: float
    message_id: int = 0
    refreshes_left: int = MAX_AUTO_REFRESHES
    stale: bool = False

    def seconds_to_track_end(self, monotonic: float) -> float | None:
        """Seconds until the next track should have started; None if nothing is to be awaited."""
        playback, item = self.state.playback, self.state.item
        if playback is None or item is None or not playback.is_playing or not self.refreshes_left:
            return None
        if playback.progress_ms is None or not item.duration_ms:
            return None
        rest = (item.duration_ms - playback.progress_ms) / 1000 - (monotonic - self.read_at)
        seconds = max(0.0, rest) + _NEXT_TRACK_DELAY
        return seconds if monotonic + seconds < self.editable_until else None

    def current_state(self, *, now: float, monotonic: float) -> PanelState:
        """The state with its time, marked as live if the panel will refresh itself.

        `now` is in seconds since 1970.
        """
        live = self.seconds_to_track_end(monotonic) is not None and not self.stale
        return replace(self.state, live=live, updated_at=now - (monotonic - self.read_at))


Redraw = Callable[[LivePanel], Coroutine[Any, Any, None]]


class PanelLock(asyncio.Lock):
    """Serialises redraws; otherwise the slower of two presses would show stale state.

    pending  redraws that were requested while the lock was held, for the panel that is drawn then
    """

    def __init__(self) -> None:
        super().__init__()
        self.pending: list[Redraw] = []

    def release(self) -> None:
        self.pending.clear()
        super().release()
