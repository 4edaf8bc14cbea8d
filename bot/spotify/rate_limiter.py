"""Rate limits, quotas and call counts of each client ID."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.errors.spotify import BackgroundBudgetExceeded, QuotaExceeded, RateLimited, SpotifyError
from bot.spotify.endpoint_groups import Group
from bot.spotify.error_mapping import MAX_RETRY_AFTER
from bot.spotify.throttle import Throttle, Turn

HOUR = 3600
DAY = 24 * HOUR

# The assumed daily quota of a group, in calls. Reports name between 600 and 2,300.
DEFAULT_DAILY_LIMIT = 1000
# The share of it that background work, such as an export, may use; the rest is for commands.
BACKGROUND_SHARE = 0.75

# Seconds that background work waits if commands are in progress, before it asks again.
_YIELD_DELAY = 0.05
# Seconds after which background work no longer waits for commands.
_MAX_YIELD = 5.0

OnQuotaExceeded = Callable[[str, Group, float], None]
"""Called when a quota is used up: client ID, group, and the time (since 1970) of its end."""
OnLimited = Callable[[str, float], object]
"""Called when Spotify limits an app's rate: client ID, and the time (since 1970) of its end."""


@dataclass(frozen=True)
class HourlyCalls:
    """Calls of one client ID to one group in one hour; `start` in seconds since 1970."""

    client_id: str
    group: Group
    start: int
    commands: int
    background: int


@dataclass
class _ClientState:
    """All times but the hours of `calls` are in seconds of the monotonic clock."""

    throttle: Throttle = field(default_factory=Throttle)
    exhausted_until: dict[Group, float] = field(default_factory=dict)
    # group → (start of the hour, background?) → calls
    calls: defaultdict[Group, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    reserved: Counter[Group] = field(default_factory=Counter)
    active_commands: int = 0
    command_waiting_until: float = -math.inf
    yielding_since: float | None = None

    def seconds_exhausted(self, monotonic: float) -> dict[Group, float]:
        """The groups whose quota is used up, each with the seconds until its end."""
        return {
            group: until - monotonic
            for group, until in self.exhausted_until.items()
            if until > monotonic
        }


class RateLimiter:
    """Lets every call through, delays it or refuses it, and learns from Spotify's refusals.

    A rate limit delays all calls of a client ID, and throttles them afterwards. A used-up quota
    blocks one group of endpoints until the time that Spotify named. Background work may use
    BACKGROUND_SHARE of `daily_limit` calls of a group in 24 hours; it yields to commands.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        daily_limit: int = DEFAULT_DAILY_LIMIT,
        on_quota_exceeded: OnQuotaExceeded | None = None,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._clients: dict[str, _ClientState] = {}
        self._on_quota_exceeded = on_quota_exceeded
        self.on_limited: OnLimited = lambda _client_id, _until: None
        self.daily_limit = daily_limit
        self.background_limit = int(daily_limit * BACKGROUND_SHARE)

    def acquire(
        self,
        client_id: str,
        group: Group,
        *,
        background: bool = False,
        has_deadline: bool = False,
        turn: Turn | None = None,
        longest: float = math.inf,
    ) -> float:
        """Seconds to wait before asking again; 0 lets one call through, and counts it.

        has_deadline  background work with a deadline yields only to commands that a rate limit
                      delays
        turn          the call's place in the queue; pass the same one each time
        longest       the longest wait, in seconds, that the call can afford

        Raises QuotaExceeded, and BackgroundBudgetExceeded for background work.
        """
        state, monotonic = self._client(client_id), self._monotonic()
        self._require_quota(state, group)
        if background:
            if self.available(client_id, group) + state.reserved[group] < 1:
                raise BackgroundBudgetExceeded(self._seconds_until_available(client_id, group, 1))
            if (
                state.command_waiting_until >= monotonic
                if has_deadline
                else self._must_yield(state, monotonic)
            ):
                return _YIELD_DELAY
            if state.yielding_since is None:
                turn = None  # background work takes no slot ahead of commands
        if (wait := state.throttle.delay(monotonic, turn, longest)) > 0:
            if not background:
                state.command_waiting_until = monotonic + wait + _YIELD_DELAY
            return wait
        state.throttle.on_sent(monotonic, turn)
        if background:
            state.yielding_since = None
            state.reserved[group] = max(0, state.reserved[group] - 1)
        state.calls[group][int(self._now() // HOUR) * HOUR, background] += 1
        return 0.0

    def require_quota(self, client_id: str, group: Group) -> None:
        """Raises QuotaExceeded if the quota of this group is used up. Counts no call."""
        self._require_quota(self._client(client_id), group)

    @contextmanager
    def track(self, client_id: str, group: Group, *, background: bool = False) -> Iterator[None]:
        """Wraps a call that was let through; learns from the error that the call raises, if any."""
        state, sent_at = self._client(client_id), self._monotonic()
        state.active_commands += not background
        try:
            yield
        except QuotaExceeded as error:
            state.exhausted_until[group] = self._monotonic() + error.retry_after
            if self._on_quota_exceeded:
                self._on_quota_exceeded(client_id, group, self._now() + error.retry_after)
            raise
        except RateLimited as error:
            state.throttle.on_rate_limited(self._monotonic(), sent_at, error.retry_after)
            self.on_limited(client_id, self._now() + error.retry_after)
            raise
        except SpotifyError:
            state.throttle.on_success(sent_at)
            raise
        else:
            state.throttle.on_success(sent_at)
        finally:
            state.active_commands -= not background

    def reserve(self, client_id: str, group: Group, calls: int) -> None:
        """Reserve calls for background work. Raises BackgroundBudgetExceeded."""
        if calls > self.available(client_id, group):
            raise BackgroundBudgetExceeded(
                self._seconds_until_available(client_id, group, calls), calls, self.background_limit
            )
        self._client(client_id).reserved[group] += calls

    def release(self, client_id: str, group: Group, calls: int) -> None:
        """Give back reserved calls that background work did not use."""
        reserved = self._client(client_id).reserved
        reserved[group] = max(0, reserved[group] - calls)

    def available(self, client_id: str, group: Group) -> int:
        """The calls that background work may still make, without those that are reserved."""
        commands, background = self.calls_last_day(client_id, group)
        reserved = self._client(client_id).reserved[group]
        return self._budget(commands, background) - reserved

    def calls_last_day(self, client_id: str, group: Group) -> tuple[int, int]:
        """Calls of commands, and background calls, of the last 24 to 25 hours."""
        since = self._now() - DAY - HOUR
        counts = [0, 0]
        for (start, background), calls in self._client(client_id).calls[group].items():
            if start > since:
                counts[background] += calls
        return counts[0], counts[1]

    def exhausted_quotas(self, client_id: str) -> dict[Group, float]:
        """The groups whose quota is used up, each with its end in seconds since 1970."""
        left, now = self._client(client_id).seconds_exhausted(self._monotonic()), self._now()
        return {group: now + seconds for group, seconds in left.items()}

    def throttled_until(self, client_id: str) -> float | None:
        """The end of the throttling after a rate limit, in seconds since 1970; None without one."""
        monotonic = self._monotonic()
        until = self._client(client_id).throttle.throttled_until(monotonic)
        return None if until is None else self._now() + until - monotonic

    @property
    def client_ids(self) -> list[str]:
        return list(self._clients)

    # ---- persistence

    def hourly_calls(self) -> list[HourlyCalls]:
        """All counts of the last 24 to 25 hours, to be saved. Frees older ones."""
        since = self._now() - DAY - HOUR
        hours = []
        for client_id, state in self._clients.items():
            for group, calls in state.calls.items():
                for key in [key for key in calls if key[0] <= since]:
                    del calls[key]
                for start in {start for start, _ in calls}:
                    hours.append(
                        HourlyCalls(
                            client_id, group, start, calls[start, False], calls[start, True]
                        )
                    )
        return hours

    def restore(self, hour: HourlyCalls) -> None:
        """Add the calls of an hour before a restart to the counts."""
        calls = self._client(hour.client_id).calls[hour.group]
        calls[hour.start, False] += hour.commands
        calls[hour.start, True] += hour.background

    def mark_exhausted(self, client_id: str, group: Group, until: float) -> None:
        """Block the calls to this group until a time in seconds since 1970.

        Ignores an implausibly late end, which comes from a wrong clock.
        """
        seconds = until - self._now()
        if seconds <= MAX_RETRY_AFTER:
            self._client(client_id).exhausted_until[group] = self._monotonic() + seconds

    def mark_limited(self, client_id: str, until: float) -> None:
        """Delay the calls of an app until a time in seconds since 1970, as after a rate limit."""
        now, seconds = self._monotonic(), until - self._now()
        if 0 < seconds <= MAX_RETRY_AFTER:
            self._client(client_id).throttle.on_rate_limited(now, now, seconds)

    def forget_client(self, client_id: str) -> None:
        self._clients.pop(client_id, None)

    # ---- helpers

    def _client(self, client_id: str) -> _ClientState:
        return self._clients.setdefault(client_id, _ClientState())

    def _require_quota(self, state: _ClientState, group: Group) -> None:
        if seconds := state.seconds_exhausted(self._monotonic()).get(group):
            raise QuotaExceeded(seconds)

    def _must_yield(self, state: _ClientState, monotonic: float) -> bool:
        if state.active_commands == 0 and state.command_waiting_until < monotonic:
            state.yielding_since = None
            return False
        if state.yielding_since is None:
            state.yielding_since = monotonic
        return monotonic - state.yielding_since < _MAX_YIELD

    def _budget(self, commands: int, background: int) -> int:
        """The calls left for background work, after these calls of the last day."""
        return min(self.background_limit - background, self.daily_limit - commands - background)

    def _seconds_until_available(self, client_id: str, group: Group, calls: int) -> float:
        """Seconds until background work may make this many calls; infinite if it never may."""
        if calls >= self.background_limit:  # the caller has already made one of its calls
            return math.inf
        counts, now, wait = self._client(client_id).calls[group], self._now(), 0.0
        commands, background = self.calls_last_day(client_id, group)
        for start in sorted({start for start, _ in counts if start > now - DAY - HOUR}):
            if self._budget(commands, background) >= calls:
                break
            commands -= counts[start, False]
            background -= counts[start, True]
            wait = start + HOUR + DAY - now
        return wait
