"""Remembers each user's last played item and volume before a mute, for a limited time."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping

from cachetools import TTLCache

from bot.player.actions import SKIPS, PlayerAction
from bot.player.outcome import Outcome

# The most users, and the seconds that the last played item is remembered.
_MAX_USERS, _LAST_PLAYED_TTL = 1000, 60.0
# The seconds that a refusal for want of Premium is remembered.
_REFUSAL_TTL = 24 * 3600.0
# The seconds that the volume before a mute is remembered, and for how many devices of a user.
_MUTE_TTL, _MAX_DEVICES = 12 * 3600.0, 10


class PlayerMemory:
    """`longest_command`: the seconds that a command takes at most."""

    def __init__(self, *, longest_command: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last_played: TTLCache[int, Hashable] = TTLCache(
            _MAX_USERS, _LAST_PLAYED_TTL, timer=monotonic
        )
        self._muted: TTLCache[int, dict[str, int]] = TTLCache(
            _MAX_USERS, _MUTE_TTL, timer=monotonic
        )
        self._without_premium: TTLCache[int, bool] = TTLCache(
            _MAX_USERS, _REFUSAL_TTL, timer=monotonic
        )
        # An entry outlives the commands in progress.
        self._forgotten_at: TTLCache[int, float] = TTLCache(
            _MAX_USERS, longest_command, timer=monotonic
        )

    def forget(self, user_id: int) -> None:
        """Remember nothing of this user, nor of their commands in progress."""
        self._last_played.pop(user_id, None)
        self._muted.pop(user_id, None)
        self._without_premium.pop(user_id, None)
        self._forgotten_at[user_id] = self._monotonic()

    def expire(self) -> None:
        """Free the memory of what has expired."""
        caches = (self._last_played, self._muted, self._without_premium, self._forgotten_at)
        for cache in caches:
            cache.expire()

    def was_forgotten(self, user_id: int, since: float) -> bool:
        """Whether the user was forgotten at this time of the monotonic clock, or later."""
        return self._forgotten_at.get(user_id, -math.inf) >= since

    def last_played(self, user_id: int) -> Hashable:
        """The identity of the item that played after the user's last command, if known."""
        return self._last_played.get(user_id)

    def muted_volumes(self, user_id: int) -> Mapping[str, int]:
        """The volume before the mute of each muted device, by `Device.key`."""
        return self._muted.get(user_id, {})

    def record_refusal(self, user_id: int) -> None:
        """Remember that Spotify refused a command because the user has no Premium."""
        self._without_premium[user_id] = True

    def was_refused(self, user_id: int) -> bool:
        """Whether Spotify refused the user's last command because they have no Premium."""
        return user_id in self._without_premium

    def record(self, user_id: int, action: PlayerAction, outcome: Outcome) -> None:
        """Remember what an action has changed."""
        self._without_premium.pop(user_id, None)
        if action.verb in SKIPS:
            self._last_played.pop(user_id, None)
        playing = outcome.item if action.verb == "play" else None
        if outcome.state is not None:
            playing = outcome.state.item
        if playing is not None:
            self._last_played[user_id] = playing.identity
        device = outcome.state.device if outcome.state else None
        if action.verb == "volume" and device is not None and device.key:
            self._record_volume(user_id, device.key, outcome.volume_before_mute)

    def _record_volume(self, user_id: int, device: str, before_mute: int | None) -> None:
        """`before_mute` is None if the device is not muted."""
        volumes = dict(self.muted_volumes(user_id))
        volumes.pop(device, None)
        if before_mute is not None:
            volumes[device] = before_mute
        for oldest in list(volumes)[:-_MAX_DEVICES]:
            del volumes[oldest]
        if volumes:
            self._muted[user_id] = volumes
        else:
            self._muted.pop(user_id, None)
