"""What a panel shows, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.spotify.models import Playable, Playback
from bot.spotify.uris import Uri
from bot.store import Pin


@dataclass(frozen=True)
class PanelState:
    """What a panel shows.

    owner       the Discord ID of the user whose player it is
    name        of the owner, if others see the panel, too
    playback    None if no device is active
    liked       whether the item is saved; None if that is unknown, or if it cannot be saved
    updated_at  when the player was in this state, in seconds since 1970
    pins        what its menu offers to play; none if others see the panel, too
    live        the panel will refresh itself
    upcoming    what plays next, if that is known; others do not see it
    status      what an action has just done; markdown that is safe to show
    """

    owner: int
    name: str | None = None
    playback: Playback | None = None
    liked: bool | None = None
    updated_at: float | None = None
    pins: Sequence[Pin] = ()
    live: bool = False
    upcoming: tuple[Playable, ...] = ()
    status: str = ""

    @property
    def hides_item(self) -> bool:
        """Whether others see the panel, and its owner is, or may be, in a private session."""
        playback = self.playback
        return self.name is not None and playback is not None and playback.is_private is not False

    @cached_property
    def item(self) -> Playable | None:
        """What plays; None if Spotify does not tell it, or if the panel must not show it."""
        return self.playback.item if self.playback and not self.hides_item else None

    @cached_property
    def uri(self) -> Uri | None:
        """Of what plays; a local file has none."""
        return self.item.uri if self.item else None
