"""The outcome of a player action."""

from __future__ import annotations

from dataclasses import dataclass

from bot.spotify.catalogue import Item
from bot.spotify.models import Playback


@dataclass(frozen=True)
class Outcome:
    """`message` says what the action did, as markdown that is escaped, without a full stop.

    item                that was played or queued, if the action was about one
    state               of the player after the action, if it was read and shows the change
    volume_before_mute  the volume that unmuting goes back to, if it is muted and that is known
    """

    message: str
    item: Item | None = None
    state: Playback | None = None
    volume_before_mute: int | None = None
