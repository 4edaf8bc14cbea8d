"""How much may be asked of Spotify: rate limits, quotas, and what was spent, for each client id."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.errors import QuotaExceeded, ShareSpent, SpotifyFault, TooManyCalls
from bot.spotify.endpoints import Group

HOUR = 3600
DAY = 24 * HOUR

# Calls a day in one group that Spotify is expected to allow: 600 to 2,300 were seen.
DAILY = 1000
# What exports and the like may take of it, so that the player goes on.
SHARE = 0.75

# Spotify's rate limit looks at the last 30 seconds.
_WINDOW = 30.0
# Seconds for which a rate limit, once met, sets the pace; and how far to stay below it.
_PACED = 600.0
_MARGIN = 0.85
# Seconds after which background work looks again whether commands are under way.
_YIELD = 0.05
# Background work that always found commands under way gets its turn after so many seconds.
_STARVED = 5.0

Opened = Callable[[str, Group, float], None]
"""Told of a used-up quota: client id, group, and the time at which calls are taken again."""


@dataclass(frozen=True)
class Hour:
    """Calls of one client id to one group within an hour; `start` in seconds since 1970."""

    app: str
    group: Group
    start: int
    commands: int
    background: int


@dataclass
class _App:
    blocked_until: float = 0.0
    closed: dict[Group, float] = field(default_factory=dict)
    # group → (start of the hour, background?) → calls
    spent: defaultdict[Group, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    taken: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
    interval: float = 0.0
    slowest: float = 0.0
    paced_until: float = 0.0
    paced_since: float = 0.0
    next_turn: float = 0.0
    commands: int = 0
    command_waits_until: float = 0.0
    gave_way_since: float | None = None


class Gate:
    """Every call passes here, and every refusal is reported here.

    A rate limit makes all calls of a client id wait, and sets their pace from then on. A used-up
    quota closes one group of endpoints until the time that Spotify named. Background work may
    spend SHARE of `daily` calls in a group within 24 hours, and yields to commands.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        daily: int = DAILY,
        opened: Opened | None = None,
    ) -> None:
        self._clock = clock
        self._apps: dict[str, _App] = {}
        self._opened = opened
        self.daily = daily
        self.share = int(daily * SHARE)

    def admit(self, app: str, group: Group, *, background: bool = False) -> float:
        """Seconds to wait and ask again; 0 lets one call through, and counts it.

        Raises QuotaExceeded, or ShareSpent for background work.
        """
        state, now = self._app(app), self._clock()
        if (until := state.closed.get(group, 0.0)) > now:
            raise QuotaExceeded(until - now)
        if background:
            if self.spare(app, group) < 1:
                raise ShareSpent(self._until_spare(app, group, 1))
            if self._gives_way(state, now):
                return _YIELD
        if (wait := self._wait(state, now)) > 0:
            if not background:
                state.command_waits_until = now + wait + _YIELD
            return wait
        if background:
            state.gave_way_since = None
        if state.paced_until > now:
            state.next_turn = max(state.next_turn, now) + state.interval
        state.spent[group][int(now // HOUR) * HOUR, background] += 1
        return 0.0

    @contextmanager
    def passing(self, app: str, group: Group, *, background: bool = False) -> Iterator[None]:
        """A call under way that was let through; what it raises is what Spotify meant by it."""
        state, sent_at = self._app(app), self._clock()
        state.commands += not background
        try:
            yield
        except TooManyCalls as fault:
            self._refused(app, group, fault, sent_at)
            raise
        except SpotifyFault:
            self._taken(state, sent_at)
            raise
        else:
            self._taken(state, sent_at)
        finally:
            state.commands -= not background

    def afford(self, app: str, group: Group, calls: int) -> None:
        """Raises ShareSpent where background work may not make so many calls more."""
        if calls > self.spare(app, group):
            raise ShareSpent(self._until_spare(app, group, calls), calls, self.share)

    def spare(self, app: str, group: Group) -> int:
        """How many calls background work may still make."""
        commands, background = self.spent(app, group)
        return min(self.share - background, self.daily - commands - background)

    def spent(self, app: str, group: Group) -> tuple[int, int]:
        """Calls of the last 24 hours, or up to an hour more: of commands, and in the background."""
        since = self._clock() - DAY - HOUR
        counts = [0, 0]
        for (start, background), calls in self._app(app).spent[group].items():
            if start > since:
                counts[background] += calls
        return counts[0], counts[1]

    def closed(self, app: str) -> dict[Group, float]:
        """The groups whose quota is used up, and until when."""
        now = self._clock()
        return {group: until for group, until in self._app(app).closed.items() if until > now}

    @property
    def apps(self) -> list[str]:
        return list(self._apps)

    # ---- over restarts

    def hours(self) -> list[Hour]:
        """All that was spent within the last 24 hours."""
        since = self._clock() - DAY - HOUR
        kept = []
        for app, state in self._apps.items():
            for group, spent in state.spent.items():
                for key in [key for key in spent if key[0] <= since]:
                    del spent[key]
                for start in {start for start, _ in spent}:
                    kept.append(Hour(app, group, start, spent[start, False], spent[start, True]))
        return kept

    def remember(self, hour: Hour) -> None:
        """Count what was spent before a restart."""
        spent = self._app(hour.app).spent[hour.group]
        spent[hour.start, False] += hour.commands
        spent[hour.start, True] += hour.background

    def close(self, app: str, group: Group, until: float) -> None:
        """Let no call of this group through before that time."""
        self._app(app).closed[group] = until

    def forget(self, app: str) -> None:
        self._apps.pop(app, None)

    # ---- within

    def _app(self, app: str) -> _App:
        return self._apps.setdefault(app, _App())

    def _gives_way(self, state: _App, now: float) -> bool:
        if state.commands == 0 and state.command_waits_until < now:
            state.gave_way_since = None
            return False
        if state.gave_way_since is None:
            state.gave_way_since = now
        return now - state.gave_way_since < _STARVED

    def _wait(self, state: _App, now: float) -> float:
        turn = state.next_turn if state.paced_until > now else 0.0
        return max(state.blocked_until, turn) - now

    def _until_spare(self, app: str, group: Group, calls: int) -> float:
        """Seconds until background work may make so many calls; infinity where it never may."""
        if calls > self.share:
            return math.inf
        spent, now, over = self._app(app).spent[group], self._clock(), 0.0
        commands, background = self.spent(app, group)
        for start in sorted({start for start, _ in spent if start > now - DAY - HOUR}):
            if min(self.share - background, self.daily - commands - background) >= calls:
                break
            commands -= spent[start, False]
            background -= spent[start, True]
            over = start + HOUR + DAY - now
        return over

    def _refused(self, app: str, group: Group, fault: TooManyCalls, sent_at: float) -> None:
        state, now = self._app(app), self._clock()
        until = now + fault.retry_after
        if isinstance(fault, QuotaExceeded):
            state.closed[group] = until
            if self._opened:
                self._opened(app, group, until)
            return
        state.blocked_until = max(state.blocked_until, until)
        if sent_at >= state.paced_since or state.paced_until <= now:
            # One that was sent since the pace was set: it was too fast.
            state.slowest = state.interval * 1.5 if state.paced_until > now else 0.0
            state.paced_since, state.paced_until = now, now + _PACED
            state.next_turn = state.blocked_until
            self._set_pace(state)

    def _taken(self, state: _App, sent_at: float) -> None:
        """Spotify took a call, which may have been under way when another was refused."""
        state.taken.append(sent_at)
        if sent_at < state.paced_since < state.paced_until:
            self._set_pace(state)

    def _set_pace(self, state: _App) -> None:
        """The calls that Spotify took in its window, over the time until it takes one again."""
        since = state.paced_since
        taken = [at for at in state.taken if since - _WINDOW < at < since]
        if taken:
            span = state.blocked_until - min(taken)
            state.interval = max(span / len(taken) / _MARGIN, state.slowest)
