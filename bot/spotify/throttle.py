"""How fast an app may ask: what a rate limit forbids for a while, and what it teaches."""

from __future__ import annotations

from collections import deque

from bot.spotify.error_mapping import MAX_RATE_LIMIT_WAIT

# Spotify's rate limit looks at the last 30 seconds.
_RATE_LIMIT_WINDOW = 30.0
# Seconds for which a rate limit, once met, sets the pace; and how far to stay below it.
_THROTTLE_DURATION = 600.0
_SAFETY_FACTOR = 0.85
# The slowest pace, in seconds a call: few calls before a refusal say little about the limit.
_MAX_INTERVAL = 1.0


class Throttle:
    """Of one app; every time is in seconds of one clock.

    After a refusal, calls wait as long as Spotify said, and then keep the distance at which it took
    the calls of its window. That distance is forgotten after ten minutes.
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
        """Seconds until the next call may go; 0 or less for at once.

        A longer time than Spotify can have named is no time: the clock was set back.
        """
        turn = self._next_slot if self.throttled_until(now) else 0.0
        wait = max(self._blocked_until, turn) - now
        return wait if wait <= MAX_RATE_LIMIT_WAIT else 0.0

    def throttled_until(self, now: float) -> float | None:
        """Until when calls keep a distance; None where they need not."""
        return (
            self._throttled_until
            if now < self._throttled_until <= now + _THROTTLE_DURATION
            else None
        )

    def on_sent(self, now: float) -> None:
        """A call goes now."""
        if self.throttled_until(now):
            self._next_slot = max(self._next_slot, now) + self._interval

    def on_success(self, sent_at: float) -> None:
        """Spotify took a call, which may have been under way when another was refused."""
        self._accepted_at.append(sent_at)
        if sent_at < self._throttled_since < self._throttled_until:
            self._update_interval()

    def on_rate_limited(self, now: float, sent_at: float, retry_after: float) -> None:
        """Spotify refused a call for the rate of them."""
        self._blocked_until = max(self._blocked_until, now + retry_after)
        slow = self.throttled_until(now) is not None
        if not slow or sent_at >= self._throttled_since:
            # One that was sent since the pace was set: the pace is too fast.
            self._min_interval = self._interval * 1.5 if slow else 0.0
            self._throttled_since, self._throttled_until = now, now + _THROTTLE_DURATION
            self._next_slot = self._blocked_until
            self._update_interval()

    def _update_interval(self) -> None:
        """The calls that Spotify took in its window, over the time until it takes one again."""
        taken = [
            at
            for at in self._accepted_at
            if self._throttled_since - _RATE_LIMIT_WINDOW < at < self._throttled_since
        ]
        if taken:
            distance = (self._blocked_until - min(taken)) / len(taken) / _SAFETY_FACTOR
            self._interval = min(_MAX_INTERVAL, max(distance, self._min_interval))
