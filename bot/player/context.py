"""What a deed is done with, and what its player says."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from msgspec.structs import replace

from bot.errors.content import NothingPlaying
from bot.errors.spotify import NoActiveDevice
from bot.player.confirm import JUST_STARTED_SECONDS, START_TOLERANCE, Predicate, Sleep, poll_state
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Playback

_STATE_NOT_UPDATED = "Spotify does not show yet what plays there. Do that again in a moment."


@dataclass(frozen=True)
class ActionContext:
    """What a deed is done with.

    device  its id, where it is not to be the active one
    item    what it is about, where that is known already
    last    the identity of what played when it was looked at a moment ago, where it was
    moved   whether that device was made the active one just now, which may show late
    """

    spotify: Spotify
    clock: Callable[[], float]
    sleep: Sleep
    device: str | None = None
    item: Item | None = None
    last_played: Hashable = None
    just_transferred: bool = False

    def started_after(self, sent: float, state: Playback) -> bool:
        """Whether what plays began after this was sent: it cannot be further than that."""
        return just_started(state, self.clock() - sent + START_TOLERANCE)

    async def poll_state(self, shows: Predicate) -> tuple[Playback | None, bool]:
        return await poll_state(self.spotify, shows, self.sleep)

    async def state(self) -> Playback:
        """What plays now. Raises NoActiveDevice."""
        if not self.just_transferred:
            state = await self.spotify.player.state()
            if state is None:
                raise NoActiveDevice("nothing is active")
            return state
        state, shown = await self.poll_state(self.is_on_target)
        if state is None:
            raise NothingPlaying("not shown yet", message=_STATE_NOT_UPDATED)
        return state if shown else replace(state, device=None)

    def is_on_target(self, state: Playback) -> bool:
        """Whether the device that is named is the active one."""
        return state.device is not None and state.device.id == self.device


def just_started(state: Playback, seconds: float = JUST_STARTED_SECONDS) -> bool:
    """Whether what plays began in these last seconds; nothing else tells that a skip is over."""
    return state.progress_ms is None or state.progress_ms < seconds * 1000
