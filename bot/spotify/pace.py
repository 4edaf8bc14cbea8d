"""How fast an app may ask: what a rate limit forbids for a while, and what it teaches."""

from __future__ import annotations

from collections import deque

from bot.spotify.refusals import LONGEST_RATE_LIMIT

# Spotify's rate limit looks at the last 30 seconds.
_WINDOW = 30.0
# Seconds for which a rate limit, once met, sets the pace; and how far to stay below it.
_LASTS = 600.0
_MARGIN = 0.85
# The slowest pace, in seconds a call: few calls before a refusal say little about the limit.
_SLOWEST = 1.0


class Pace:
    """Of one app; every time is in seconds of one clock.

    After a refusal, calls wait as long as Spotify said, and then keep the distance at which it took
    the calls of its window. That distance is forgotten after ten minutes.
    """

    def __init__(self) -> None:
        self._blocked_until = 0.0
        self._taken: deque[float] = deque(maxlen=1000)
        self._interval = 0.0
        self._least = 0.0
        self._since = 0.0
        self._until = 0.0
        self._next = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next call may go; 0 or less for at once.

        A longer time than Spotify can have named is no time: the clock was set back.
        """
        turn = self._next if self.slow_until(now) else 0.0
        wait = max(self._blocked_until, turn) - now
        return wait if wait <= LONGEST_RATE_LIMIT else 0.0

    def slow_until(self, now: float) -> float | None:
        """Until when calls keep a distance; None where they need not."""
        return self._until if now < self._until <= now + _LASTS else None

    def go(self, now: float) -> None:
        """A call goes now."""
        if self.slow_until(now):
            self._next = max(self._next, now) + self._interval

    def took(self, sent_at: float) -> None:
        """Spotify took a call, which may have been under way when another was refused."""
        self._taken.append(sent_at)
        if sent_at < self._since < self._until:
            self._learn()

    def refused(self, now: float, sent_at: float, retry_after: float) -> None:
        """Spotify refused a call for the rate of them."""
        self._blocked_until = max(self._blocked_until, now + retry_after)
        slow = self.slow_until(now) is not None
        if not slow or sent_at >= self._since:
            # One that was sent since the pace was set: the pace is too fast.
            self._least = self._interval * 1.5 if slow else 0.0
            self._since, self._until = now, now + _LASTS
            self._next = self._blocked_until
            self._learn()

    def _learn(self) -> None:
        """The calls that Spotify took in its window, over the time until it takes one again."""
        taken = [at for at in self._taken if self._since - _WINDOW < at < self._since]
        if taken:
            distance = (self._blocked_until - min(taken)) / len(taken) / _MARGIN
            self._interval = min(_SLOWEST, max(distance, self._least))
