"""How much may be asked of Spotify: rate limits, quotas, and what was spent, for each client id."""

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
from bot.spotify.throttle import Throttle

HOUR = 3600
DAY = 24 * HOUR

# Calls a day in one group that Spotify is expected to allow: 600 to 2,300 were seen.
DEFAULT_DAILY_LIMIT = 1000
# What exports and the like may take of it, so that the player goes on.
BACKGROUND_SHARE = 0.75

# Seconds after which background work looks again whether commands are under way.
_YIELD_DELAY = 0.05
# Background work that always found commands under way gets its turn after so many seconds.
_MAX_YIELD = 5.0

OnQuotaExceeded = Callable[[str, Group, float], None]
"""Told of a used-up quota: client id, group, and the time at which calls are taken again."""


@dataclass(frozen=True)
class HourlyCalls:
    """Calls of one client id to one group within an hour; `start` in seconds since 1970."""

    client_id: str
    group: Group
    start: int
    commands: int
    background: int


@dataclass
class _ClientState:
    throttle: Throttle = field(default_factory=Throttle)
    exhausted_until: dict[Group, float] = field(default_factory=dict)
    # group → (start of the hour, background?) → calls
    calls: defaultdict[Group, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    reserved: Counter[Group] = field(default_factory=Counter)
    active_commands: int = 0
    command_waiting_until: float = 0.0
    yielding_since: float | None = None


class RateLimiter:
    """Every call passes here, and every refusal is reported here.

    A rate limit makes all calls of a client id wait, and sets their pace from then on. A used-up
    quota closes one group of endpoints until the time that Spotify named. Background work may
    spend BACKGROUND_SHARE of `daily_limit` calls in a group within 24 hours; it yields to
    commands.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        daily_limit: int = DEFAULT_DAILY_LIMIT,
        on_quota_exceeded: OnQuotaExceeded | None = None,
    ) -> None:
        self._clock = clock
        self._clients: dict[str, _ClientState] = {}
        self._on_quota_exceeded = on_quota_exceeded
        self.daily_limit = daily_limit
        self.background_limit = int(daily_limit * BACKGROUND_SHARE)

    def acquire(
        self, client_id: str, group: Group, *, background: bool = False, has_deadline: bool = False
    ) -> float:
        """Seconds to wait and ask again; 0 lets one call through, and counts it.

        Background work that is `hurried` gives way only to commands that a rate limit holds up.
        Raises QuotaExceeded, or BackgroundBudgetExceeded for background work.
        """
        state, now = self._client(client_id), self._clock()
        if until := self._exhausted_until(state, group, now):
            raise QuotaExceeded(until - now)
        if background:
            if self.available(client_id, group) + state.reserved[group] < 1:
                raise BackgroundBudgetExceeded(self._seconds_until_available(client_id, group, 1))
            if state.command_waiting_until >= now if has_deadline else self._must_yield(state, now):
                return _YIELD_DELAY
        if (wait := state.throttle.delay(now)) > 0:
            if not background:
                state.command_waiting_until = now + wait + _YIELD_DELAY
            return wait
        state.throttle.on_sent(now)
        if background:
            state.yielding_since = None
            state.reserved[group] = max(0, state.reserved[group] - 1)
        state.calls[group][int(now // HOUR) * HOUR, background] += 1
        return 0.0

    def require_quota(self, client_id: str, group: Group) -> None:
        """Raises QuotaExceeded where this group is used up: what leads there need not be spent."""
        now = self._clock()
        if until := self._exhausted_until(self._client(client_id), group, now):
            raise QuotaExceeded(until - now)

    @contextmanager
    def track(self, client_id: str, group: Group, *, background: bool = False) -> Iterator[None]:
        """A call under way that was let through; what it raises is what Spotify meant by it."""
        state, sent_at = self._client(client_id), self._clock()
        state.active_commands += not background
        try:
            yield
        except QuotaExceeded as fault:
            state.exhausted_until[group] = self._clock() + fault.retry_after
            if self._on_quota_exceeded:
                self._on_quota_exceeded(client_id, group, state.exhausted_until[group])
            raise
        except RateLimited as fault:
            state.throttle.on_rate_limited(self._clock(), sent_at, fault.retry_after)
            raise
        except SpotifyError:
            state.throttle.on_success(sent_at)
            raise
        else:
            state.throttle.on_success(sent_at)
        finally:
            state.active_commands -= not background

    def reserve(self, client_id: str, group: Group, calls: int) -> None:
        """Keep so many calls for background work that begins. Raises BackgroundBudgetExceeded."""
        if calls > self.available(client_id, group):
            raise BackgroundBudgetExceeded(
                self._seconds_until_available(client_id, group, calls), calls, self.background_limit
            )
        self._client(client_id).reserved[group] += calls

    def release(self, client_id: str, group: Group, calls: int) -> None:
        """Background work has ended, with so many calls of its promise left."""
        promised = self._client(client_id).reserved
        promised[group] = max(0, promised[group] - calls)

    def available(self, client_id: str, group: Group) -> int:
        """How many calls background work may still begin, beside those it was promised."""
        commands, background = self.calls_last_day(client_id, group)
        promised = self._client(client_id).reserved[group]
        return (
            min(self.background_limit - background, self.daily_limit - commands - background)
            - promised
        )

    def calls_last_day(self, client_id: str, group: Group) -> tuple[int, int]:
        """Calls of the last 24 hours, or up to an hour more: of commands, and in the background."""
        since = self._clock() - DAY - HOUR
        counts = [0, 0]
        for (start, background), calls in self._client(client_id).calls[group].items():
            if start > since:
                counts[background] += calls
        return counts[0], counts[1]

    def exhausted_quotas(self, client_id: str) -> dict[Group, float]:
        """The groups whose quota is used up, and until when."""
        state, now = self._client(client_id), self._clock()
        times = {group: self._exhausted_until(state, group, now) for group in state.exhausted_until}
        return {group: until for group, until in times.items() if until}

    def throttled_until(self, client_id: str) -> float | None:
        """Until when a rate limit sets the pace; None where none does."""
        return self._client(client_id).throttle.throttled_until(self._clock())

    @property
    def client_ids(self) -> list[str]:
        return list(self._clients)

    # ---- over restarts

    def hourly_calls(self) -> list[HourlyCalls]:
        """All that was spent within the last 24 hours."""
        since = self._clock() - DAY - HOUR
        kept = []
        for app, state in self._clients.items():
            for group, spent in state.calls.items():
                for key in [key for key in spent if key[0] <= since]:
                    del spent[key]
                for start in {start for start, _ in spent}:
                    kept.append(
                        HourlyCalls(app, group, start, spent[start, False], spent[start, True])
                    )
        return kept

    def restore(self, hour: HourlyCalls) -> None:
        """Count what was spent before a restart."""
        spent = self._client(hour.client_id).calls[hour.group]
        spent[hour.start, False] += hour.commands
        spent[hour.start, True] += hour.background

    def mark_exhausted(self, client_id: str, group: Group, until: float) -> None:
        """Let no call of this group through before that time."""
        self._client(client_id).exhausted_until[group] = until

    def forget_client(self, client_id: str) -> None:
        self._clients.pop(client_id, None)

    # ---- within

    def _client(self, client_id: str) -> _ClientState:
        return self._clients.setdefault(client_id, _ClientState())

    def _exhausted_until(self, state: _ClientState, group: Group, now: float) -> float | None:
        """None where it is open: what is further off than Spotify can say, a clock got wrong."""
        until = state.exhausted_until.get(group, 0.0)
        return until if now < until <= now + MAX_RETRY_AFTER else None

    def _must_yield(self, state: _ClientState, now: float) -> bool:
        if state.active_commands == 0 and state.command_waiting_until < now:
            state.yielding_since = None
            return False
        if state.yielding_since is None or state.yielding_since > now:
            state.yielding_since = now
        return now - state.yielding_since < _MAX_YIELD

    def _seconds_until_available(self, client_id: str, group: Group, calls: int) -> float:
        """Seconds until background work may make so many calls; infinity where it never may."""
        if calls >= self.background_limit:  # whoever asks has made one already
            return math.inf
        spent, now, over = self._client(client_id).calls[group], self._clock(), 0.0
        commands, background = self.calls_last_day(client_id, group)
        for start in sorted({start for start, _ in spent if start > now - DAY - HOUR}):
            if (
                min(self.background_limit - background, self.daily_limit - commands - background)
                >= calls
            ):
                break
            commands -= spent[start, False]
            background -= spent[start, True]
            over = start + HOUR + DAY - now
        return over
