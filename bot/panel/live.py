"""Somebody's latest panel: what it shows, and until when it is drawn again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.views.panel import PanelState

# How often in a row a panel is drawn again by itself, at the end of a track.
MAX_AUTO_REFRESHES = 3
# Seconds after the end of a track, in which the next one begins.
_NEXT_TRACK_DELAY = 1.0
# Seconds in which a reply can be edited: Discord's fifteen minutes, and some to spare.
EDIT_WINDOW = 14 * 60.0


@dataclass(eq=False)
class LivePanel:
    """Somebody's latest one.

    interaction  whose reply it is drawn into
    until        when that cannot be edited any more
    message      the ID of that reply, once it is drawn
    looks        how often it is still drawn again by itself
    unsure       whether something was begun since that Spotify does not show yet
    """

    interaction: discord.Interaction[Any]
    state: PanelState
    editable_until: float
    message_id: int = 0
    refreshes_left: int = MAX_AUTO_REFRESHES
    stale: bool = False

    def seconds_to_track_end(self, now: float) -> float | None:
        """Seconds until its track should have ended; None where that is not waited for."""
        state, item = self.state.state, self.state.item
        if state is None or item is None or not state.is_playing or not self.refreshes_left:
            return None
        if state.progress_ms is None or not item.duration_ms or self.state.updated_at is None:
            return None
        rest = (item.duration_ms - state.progress_ms) / 1000 - (now - self.state.updated_at)
        left = max(0.0, rest) + _NEXT_TRACK_DELAY
        return left if now + left < self.editable_until else None

    def with_live_flag(self, now: float) -> PanelState:
        """What it shows, with whether that lasts only until it is drawn again."""
        return replace(
            self.state, live=self.seconds_to_track_end(now) is not None and not self.stale
        )


Redraw = Callable[[LivePanel], Coroutine[Any, Any, None]]


class PanelLock(asyncio.Lock):
    """Of two presses at once, the one that ends later would show the player before the other.

    missed  what was told during the turn, for the panel that is drawn at its end
    """

    def __init__(self) -> None:
        super().__init__()
        self.pending: list[Redraw] = []

    def release(self) -> None:
        self.pending.clear()
        super().release()
