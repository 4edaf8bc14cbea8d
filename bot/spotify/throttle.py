"""Limits an app's call rate after a 429: to half at first, then higher while calls succeed."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

# The window of Spotify's rate limit in seconds.
RATE_LIMIT_WINDOW = 30.0
# Seconds in which the pace climbs from half of the accepted rate to all of it. It continues to
# climb at the same speed, so that waiting calls catch up.
CLIMB_TIME = 3.0
# Seconds until a climb ends: by then, the window holds only calls at the higher rate.
CLIMB_DURATION = CLIMB_TIME + RATE_LIMIT_WINDOW
# Another refusal during the climb confirms the limit. For HOLD_DURATION, the bot then stays below
# this share of what Spotify accepted.
SAFETY_FACTOR, HOLD_DURATION = 0.85, 600.0
# The lowest assumed limit, in calls a second, since a refusal after few calls says little.
MIN_RATE = 1.0


@dataclass
class Turn:
    """The place of a waiting call in a queue, which lasts until the next refusal."""

    slot: float = math.inf
    queue: int = 0


class Throttle:
    """The throttle of one app. All times are in seconds of the monotonic clock.

    After a refusal, calls wait as long as Spotify asked for. Then their pace climbs, from half of
    the rate that Spotify accepted before: many refusals are single and without a reason. If another
    one follows during the climb, the limit is real: calls stay below it for HOLD_DURATION.
    """

    def __init__(self) -> None:
        self._sent_at: deque[float] = deque(maxlen=1000)
        self._accepted_at: deque[float] = deque(maxlen=1000)
        self._blocked_until = -math.inf
        self._refused_at = -math.inf
        self._throttled_until = -math.inf
        self._is_confirmed = False
        self._accepted_rate = MIN_RATE  # calls a second
        self._accepted_calls = 0.0  # in a window
        self._queue = 0
        self._next_slot = -math.inf

    def delay(self, now: float, turn: Turn | None = None, longest: float = math.inf) -> float:
        """Seconds until the next call may be sent; 0 or less: at once.

        A call with a `turn` gets its own slot if that is at most `longest` seconds away.
        """
        if not self.throttled_until(now):
            return self._blocked_until - now
        if turn is not None and turn.queue == self._queue:
            return turn.slot - now
        slot = self._find_slot(now)
        if turn is not None and slot - now <= longest:
            turn.slot, turn.queue = slot, self._queue
            self._take_slot(slot)
        return slot - now

    def throttled_until(self, now: float) -> float | None:
        """The end of the throttling; None if calls are not throttled."""
        return self._throttled_until if now < self._throttled_until else None

    def on_sent(self, now: float, turn: Turn | None = None) -> None:
        """Record that a call is sent now."""
        if turn is None or turn.queue != self._queue:
            self._take_slot(now)

    def on_success(self, sent_at: float) -> None:
        """Spotify accepted a call. It may have been in flight when another one was refused."""
        self._accepted_at.append(sent_at)
        if sent_at < self._refused_at < self._throttled_until:
            self._measure()

    def on_rate_limited(self, now: float, sent_at: float, retry_after: float) -> None:
        """Spotify refused a call because of the rate limit."""
        is_throttled = self.throttled_until(now) is not None
        if not is_throttled or sent_at >= self._refused_at:
            self._refused_at, self._is_confirmed = now, is_throttled
        self._blocked_until = max(self._blocked_until, now + retry_after)
        hold = HOLD_DURATION if self._is_confirmed else 0.0
        self._throttled_until = self._blocked_until + hold + CLIMB_DURATION
        self._queue, self._next_slot = self._queue + 1, self._blocked_until
        self._measure()

    def _find_slot(self, now: float) -> float:
        """When the next call without a slot may be sent."""
        slot, sent_at = max(self._next_slot, now), self._sent_at
        if self._is_confirmed and slot < self._blocked_until + HOLD_DURATION:
            calls = int(SAFETY_FACTOR * self._accepted_calls)
            if len(sent_at) >= calls:
                slot = max(slot, sent_at[-calls] + RATE_LIMIT_WINDOW)
        return slot

    def _take_slot(self, slot: float) -> None:
        self._sent_at.append(slot)
        if self.throttled_until(slot):
            self._next_slot = max(self._next_slot, slot) + 1 / self._pace(slot)

    def _pace(self, now: float) -> float:
        """Calls a second."""
        climb_start, start_share = self._blocked_until, 0.5
        if self._is_confirmed:
            climb_start, start_share = climb_start + HOLD_DURATION, SAFETY_FACTOR
        climbed = 0.5 * max(0.0, now - climb_start) / CLIMB_TIME
        return self._accepted_rate * (start_share + climbed)

    def _measure(self) -> None:
        """Measure from the first accepted call of the window to the end of the block."""
        start = self._refused_at - RATE_LIMIT_WINDOW
        accepted = [at for at in self._accepted_at if start < at < self._refused_at]
        rate = len(accepted) / (self._blocked_until - accepted[0]) if accepted else 0.0
        self._accepted_rate = max(MIN_RATE, rate)
        self._accepted_calls = max(MIN_RATE * RATE_LIMIT_WINDOW, len(accepted))
