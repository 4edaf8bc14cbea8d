"""How much of an app's daily calls each of its users may make, so that nobody uses up the day."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.errors.spotify import BackgroundBudgetExceeded, ShareExceeded
from bot.spotify.endpoint_groups import Group
from bot.spotify.rate_limiter import BACKGROUND_SHARE

# The share of the daily calls of a group of endpoints that one person may make, and that in groups
# in which everybody may call, also without an account: there may be many of them.
PERSONAL_SHARE, OPEN_SHARE = 1 / 2, 1 / 3

HOUR = 3600
PersonsHour = tuple[int, Group, int]
"""A person, a group, and the start of an hour in seconds since 1970."""
_WINDOW = 25 * HOUR  # full hours that cover a day, as the rate limiter counts


class CallShares:
    """Counts the calls of each person by the hour, in memory only: a restart begins at zero.

    Several processes tell each other their counts: see `take_new` and `add`.

    A person who is alone with the app has no limit: nobody else needs the calls.

    is_shared    whether the app has other users who may not have made a call yet
    open_groups  the groups in which people without an account may call, too
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        daily_limit: int,
        open_groups: Collection[Group] = (),
    ) -> None:
        self._now = now
        self._open_groups = frozenset(open_groups)
        # person → (group, start of the hour) → calls
        self._calls: defaultdict[int, Counter[tuple[Group, int]]] = defaultdict(Counter)
        self._new: Counter[PersonsHour] = Counter()
        self._daily_limit = daily_limit
        self.is_shared = False

    def count(self, person: int, group: Group) -> None:
        """Count a call that is sent."""
        start = int(self._now() // HOUR) * HOUR
        self._calls[person][group, start] += 1
        self._new[person, group, start] += 1

    def add(self, person: int, group: Group, start: int, calls: int) -> None:
        """Count calls that another process has sent in the hour from `start`."""
        self._calls[person][group, start] += calls

    def take_new(self) -> Counter[PersonsHour]:
        """The calls that this process has counted since the last time."""
        new, self._new = self._new, Counter()
        return new

    def put_back(self, new: Counter[PersonsHour]) -> None:
        """Let the next `take_new` return these calls again."""
        self._new += new

    def limit(self, group: Group, *, is_long: bool = False) -> int:
        """The calls of this group that one person may make in a day; `is_long` for long work.

        Long work leaves some to the person's commands, as it does for the whole app.
        """
        share = OPEN_SHARE if group in self._open_groups else PERSONAL_SHARE
        return int(self._daily_limit * share * (BACKGROUND_SHARE if is_long else 1))

    def left(self, person: int, group: Group, *, is_long: bool = False) -> int | None:
        """The calls of this group that the person may make now; None without a limit."""
        others = len(self._calls) > (person in self._calls)
        if not (self.is_shared or others or group in self._open_groups):
            return None
        return self.limit(group, is_long=is_long) - self._used(person, group)

    def has_spent(self, person: int) -> bool:
        """Whether the person has made as many calls of a group as a share has."""
        groups = {group for group, _ in self._calls[person]} if person in self._calls else ()
        return any(self._used(person, group) >= self.limit(group) for group in groups)

    def require(self, person: int, group: Group, calls: int = 1, *, is_long: bool = False) -> None:
        """Raises ShareExceeded if fewer calls are left, BackgroundBudgetExceeded if always."""
        left, limit = self.left(person, group, is_long=is_long), self.limit(group, is_long=is_long)
        if left is None or left >= calls:
            return
        if calls > limit:
            raise BackgroundBudgetExceeded(math.inf, calls, limit)
        wait = 0.0
        hours = self._hours(person, group)
        for start in sorted(hours):
            left += hours[start]
            wait = start + _WINDOW - self._now()
            if left >= calls:
                break
        raise ShareExceeded(wait, limit)

    def forget(self, person: int) -> None:
        self._calls.pop(person, None)
        self._new = Counter({key: n for key, n in self._new.items() if key[0] != person})

    def expire(self) -> None:
        """Free the counts of hours that are over for a day."""
        since = self._now() - _WINDOW
        for person, calls in list(self._calls.items()):
            for key in [key for key in calls if key[1] <= since]:
                del calls[key]
            if not calls:
                del self._calls[person]

    def _used(self, person: int, group: Group) -> int:
        return sum(self._hours(person, group).values())

    def _hours(self, person: int, group: Group) -> dict[int, int]:
        """The calls of the last 24 to 25 hours, by the start of the hour."""
        since, calls = self._now() - _WINDOW, self._calls.get(person)
        if calls is None:
            return {}
        return {at: n for (called, at), n in calls.items() if called == group and at > since}


@dataclass(frozen=True)
class PersonalShare:
    """The share of one person, or what long work may use of it."""

    shares: CallShares
    person: int
    is_long: bool = False

    def count(self, group: Group) -> None:
        self.shares.count(self.person, group)

    def left(self, group: Group) -> int | None:
        return self.shares.left(self.person, group, is_long=self.is_long)

    def limit(self, group: Group) -> int:
        return self.shares.limit(group, is_long=self.is_long)

    def require(self, group: Group, calls: int = 1) -> None:
        self.shares.require(self.person, group, calls, is_long=self.is_long)
