"""What the handler of a player action works with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from bot.errors.content import NothingPlaying
from bot.errors.spotify import NoActiveDevice
from bot.player.state import Predicate, Sleep, just_started, poll_state
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Playback

# Seconds that an item's progress may exceed the time since the call that started it.
START_TOLERANCE = 1.5

_STATE_NOT_UPDATED = "Spotify hasn’t caught up yet. Try again in a moment."


@dataclass(frozen=True)
class ActionContext:
    """The session and the target of an action.

    device            ID of the target device; None for the active one
    item              to play or queue, if it is known already
    muted_volumes     the volume before the mute of each muted device, by its key
    last_played       identity of the item that played after the user's last command, if known
    just_transferred  the target was made the active device a moment ago; the state may lag
    """

    spotify: Spotify
    monotonic: Callable[[], float]
    sleep: Sleep
    device: str | None = None
    item: Item | None = None
    muted_volumes: Mapping[str, int] = field(default_factory=dict)
    last_played: Hashable = None
    just_transferred: bool = False

    def started_after(self, sent_at: float, state: Playback) -> bool:
        """Whether the item started after a call that was sent at that time."""
        return just_started(state, self.monotonic() - sent_at + START_TOLERANCE)

    async def poll_state(self, is_updated: Predicate) -> tuple[Playback | None, bool]:
        """See `state.poll_state`."""
        return await poll_state(self.spotify, is_updated, self.sleep)

    async def state(self) -> Playback:
        """The player. Raises NoActiveDevice, or NothingPlaying if the state lags."""
        if not self.just_transferred:
            state = await self.spotify.player.state()
            if state is None:
                raise NoActiveDevice("nothing is active")
            return state
        state, is_updated = await self.poll_state(self.is_on_target)
        if state is None:
            raise NothingPlaying("not shown yet", message=_STATE_NOT_UPDATED)
        return state if is_updated else replace(state, device=None)

    def is_on_target(self, state: Playback) -> bool:
        """Whether the target device is the active one."""
        return state.device is not None and state.device.id == self.device
