"""How much may be asked of Spotify: rate limits, quotas, and what was spent, for each client id."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.errors import QuotaExceeded, ShareSpent, SpotifyFault, TooManyCalls
from bot.spotify.endpoints import Group
from bot.spotify.pace import Pace
from bot.spotify.refusals import LONGEST_RETRY_AFTER

HOUR = 3600
DAY = 24 * HOUR

# Calls a day in one group that Spotify is expected to allow: 600 to 2,300 were seen.
DAILY = 1000
# What exports and the like may take of it, so that the player goes on.
SHARE = 0.75

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
    pace: Pace = field(default_factory=Pace)
    closed: dict[Group, float] = field(default_factory=dict)
    # group → (start of the hour, background?) → calls
    spent: defaultdict[Group, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    promised: Counter[Group] = field(default_factory=Counter)
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

    def admit(
        self, app: str, group: Group, *, background: bool = False, hurried: bool = False
    ) -> float:
        """Seconds to wait and ask again; 0 lets one call through, and counts it.

        Background work that is `hurried` gives way only to commands that a rate limit holds up.
        Raises QuotaExceeded, or ShareSpent for background work.
        """
        state, now = self._app(app), self._clock()
        if until := self._closed_until(state, group, now):
            raise QuotaExceeded(until - now)
        if background:
            if self.spare(app, group) + state.promised[group] < 1:
                raise ShareSpent(self._until_spare(app, group, 1))
            if state.command_waits_until >= now if hurried else self._gives_way(state, now):
                return _YIELD
        if (wait := state.pace.wait(now)) > 0:
            if not background:
                state.command_waits_until = now + wait + _YIELD
            return wait
        state.pace.go(now)
        if background:
            state.gave_way_since = None
            state.promised[group] = max(0, state.promised[group] - 1)
        state.spent[group][int(now // HOUR) * HOUR, background] += 1
        return 0.0

    def check(self, app: str, group: Group) -> None:
        """Raises QuotaExceeded where this group is used up: what leads there need not be spent."""
        now = self._clock()
        if until := self._closed_until(self._app(app), group, now):
            raise QuotaExceeded(until - now)

    @contextmanager
    def passing(self, app: str, group: Group, *, background: bool = False) -> Iterator[None]:
        """A call under way that was let through; what it raises is what Spotify meant by it."""
        state, sent_at = self._app(app), self._clock()
        state.commands += not background
        try:
            yield
        except QuotaExceeded as fault:
            state.closed[group] = self._clock() + fault.retry_after
            if self._opened:
                self._opened(app, group, state.closed[group])
            raise
        except TooManyCalls as fault:
            state.pace.refused(self._clock(), sent_at, fault.retry_after)
            raise
        except SpotifyFault:
            state.pace.took(sent_at)
            raise
        else:
            state.pace.took(sent_at)
        finally:
            state.commands -= not background

    def promise(self, app: str, group: Group, calls: int) -> None:
        """Keep so many calls for background work that begins. Raises ShareSpent."""
        if calls > self.spare(app, group):
            raise ShareSpent(self._until_spare(app, group, calls), calls, self.share)
        self._app(app).promised[group] += calls

    def release(self, app: str, group: Group, calls: int) -> None:
        """Background work has ended, with so many calls of its promise left."""
        promised = self._app(app).promised
        promised[group] = max(0, promised[group] - calls)

    def spare(self, app: str, group: Group) -> int:
        """How many calls background work may still begin, beside those it was promised."""
        commands, background = self.spent(app, group)
        promised = self._app(app).promised[group]
        return min(self.share - background, self.daily - commands - background) - promised

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
        state, now = self._app(app), self._clock()
        times = {group: self._closed_until(state, group, now) for group in state.closed}
        return {group: until for group, until in times.items() if until}

    def slow_until(self, app: str) -> float | None:
        """Until when a rate limit sets the pace; None where none does."""
        return self._app(app).pace.slow_until(self._clock())

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

    def _closed_until(self, state: _App, group: Group, now: float) -> float | None:
        """None where it is open: what is further off than Spotify can say, a clock got wrong."""
        until = state.closed.get(group, 0.0)
        return until if now < until <= now + LONGEST_RETRY_AFTER else None

    def _gives_way(self, state: _App, now: float) -> bool:
        if state.commands == 0 and state.command_waits_until < now:
            state.gave_way_since = None
            return False
        if state.gave_way_since is None or state.gave_way_since > now:
            state.gave_way_since = now
        return now - state.gave_way_since < _STARVED

    def _until_spare(self, app: str, group: Group, calls: int) -> float:
        """Seconds until background work may make so many calls; infinity where it never may."""
        if calls >= self.share:  # whoever asks has made one already
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
