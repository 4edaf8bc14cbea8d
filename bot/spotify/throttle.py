"""The pace of an app's calls: waits for a rate limit, then keeps below it for a while."""

from __future__ import annotations

from collections import deque

# Seconds that Spotify's rate limit counts.
_RATE_LIMIT_WINDOW = 30.0
# Seconds for which calls are throttled after a rate limit.
_THROTTLE_DURATION = 600.0
# The pace to keep, as a fraction of the one that Spotify accepted.
_SAFETY_FACTOR = 0.85
# The longest interval, in seconds: after few calls, a refusal says little about the limit.
_MAX_INTERVAL = 1.0


class Throttle:
    """The throttle of one app. All times are in seconds of the monotonic clock.

    After a refusal, calls wait as long as Spotify asked for. For ten minutes they then keep an
    interval, which results from the calls that Spotify accepted before the refusal.
    """

    def __init__(self) -> None:
        self._blocked_until = 0.0
        self._accepted_at: deque[float] = deque(maxlen=1000)
        self._interval = 0.0
        self._min_interval = 0.0
        self._throttled_since = 0.0
        self._throttled_until = 0.0
        self._next_slot = 0.0

    def delay(self, now: float) -> float:
        """Seconds until the next call may be sent; 0 or less: at once."""
        slot = self._next_slot if self.throttled_until(now) else 0.0
        return max(self._blocked_until, slot) - now

    def throttled_until(self, now: float) -> float | None:
        """The end of the throttling; None if calls are not throttled."""
        return self._throttled_until if now < self._throttled_until else None

    def on_sent(self, now: float) -> None:
        """Record that a call is sent now."""
        if self.throttled_until(now):
            self._next_slot = max(self._next_slot, now) + self._interval

    def on_success(self, sent_at: float) -> None:
        """Spotify accepted a call. It may have been in flight when another one was refused."""
        self._accepted_at.append(sent_at)
        if sent_at < self._throttled_since < self._throttled_until:
            self._update_interval()

    def on_rate_limited(self, now: float, sent_at: float, retry_after: float) -> None:
        """Spotify refused a call because of the rate limit."""
        self._blocked_until = max(self._blocked_until, now + retry_after)
        throttled = self.throttled_until(now) is not None
        if not throttled or sent_at >= self._throttled_since:
            # A refusal of a call that was already throttled shows that the interval is too short.
            self._min_interval = self._interval * 1.5 if throttled else 0.0
            self._throttled_since, self._throttled_until = now, now + _THROTTLE_DURATION
            self._next_slot = self._blocked_until
            self._update_interval()

    def _update_interval(self) -> None:
        """The time from the first accepted call of the window to the end of the block, per call."""
        accepted = [
            at
            for at in self._accepted_at
            if self._throttled_since - _RATE_LIMIT_WINDOW < at < self._throttled_since
        ]
        if accepted:
            interval = (self._blocked_until - min(accepted)) / len(accepted) / _SAFETY_FACTOR
            self._interval = min(_MAX_INTERVAL, max(interval, self._min_interval))
