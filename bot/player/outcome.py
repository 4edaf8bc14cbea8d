"""TODO."""

from __future__ import annotations

from dataclasses import dataclass

from bot.spotify.catalogue import Item
from bot.spotify.models import Playback


@dataclass(frozen=True)
class Outcome:
    """What was done, in words that are safe to show, and what plays afterwards.

    item   what it was about: what was played or queued
    state  the player, where it was looked at and shows what was done
    """

    message: str
    item: Item | None = None
    state: Playback | None = None
