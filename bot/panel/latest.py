"""Somebody's latest panel: what it shows, and until when it is drawn again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.panel.drawing import Shown

# How often in a row a panel is drawn again by itself, at the end of a track.
LOOKS = 3
# Seconds after the end of a track, in which the next one begins.
_AFTER_THE_END = 1.0
# Seconds in which a reply can be edited: Discord's fifteen minutes, and some to spare.
EDITABLE = 14 * 60.0


@dataclass(eq=False)
class Panel:
    """Somebody's latest one.

    interaction  whose reply it is drawn into
    until        when that cannot be edited any more
    message      the ID of that reply, once it is drawn
    looks        how often it is still drawn again by itself
    unsure       whether something was begun since that Spotify does not show yet
    """

    interaction: discord.Interaction[Any]
    shown: Shown
    until: float
    message: int = 0
    looks: int = LOOKS
    unsure: bool = False

    def end(self, now: float) -> float | None:
        """Seconds until its track should have ended; None where that is not waited for."""
        state, item = self.shown.state, self.shown.item
        if state is None or item is None or not state.is_playing or not self.looks:
            return None
        if state.progress_ms is None or not item.duration_ms or self.shown.as_of is None:
            return None
        rest = (item.duration_ms - state.progress_ms) / 1000 - (now - self.shown.as_of)
        left = max(0.0, rest) + _AFTER_THE_END
        return left if now + left < self.until else None

    def dated(self, now: float) -> Shown:
        """What it shows, with whether that lasts only until it is drawn again."""
        return replace(self.shown, live=self.end(now) is not None and not self.unsure)


Draws = Callable[[Panel], Coroutine[Any, Any, None]]


class Turn(asyncio.Lock):
    """Of two presses at once, the one that ends later would show the player before the other.

    missed  what was told during the turn, for the panel that is drawn at its end
    """

    def __init__(self) -> None:
        super().__init__()
        self.missed: list[Draws] = []

    def release(self) -> None:
        self.missed.clear()
        super().release()
