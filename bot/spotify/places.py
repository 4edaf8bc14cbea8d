"""Where one is in a list that may change meanwhile: what came last, and what was at its top."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

from bot.spotify.lists import Page
from bot.spotify.models import Part

T = TypeVar("T", bound=Part)


def identity_of(entry: Part | None) -> Hashable:
    """None for an entry that nothing tells from others."""
    return entry.identity if entry is not None else None


class Top(Generic[T]):
    """The first page as it was at first: tells what was added above it since."""

    def __init__(self, page: Page[T]) -> None:
        self._total = page.total
        self._identities = [identity_of(entry) for entry in page.items]
        self._there = frozenset(self._identities) - {None}
        dates = [date for entry in page.items if (date := _date(entry))]
        self._newest, self._oldest = max(dates, default=""), min(dates, default="")

    def __contains__(self, entry: T | None) -> bool:
        return identity_of(entry) in self._there

    def differs(self, page: Page[T]) -> bool:
        """Whether the first page is another by now."""
        now = [identity_of(entry) for entry in page.items]
        return page.total != self._total or now != self._identities

    def is_newer(self, entry: T | None) -> bool | None:
        """Whether it was added since; None where its date does not tell."""
        date = _date(entry)
        if not date or not self._newest or date == self._newest == self._oldest:
            return None
        if date == self._newest:
            return entry not in self if identity_of(entry) is not None else None
        return date > self._newest

    def begins_on(self, page: Page[T]) -> int | None:
        """The place of the first entry that was there at first; None where no date tells."""
        for place, entry in enumerate(page.items):
            newer = self.is_newer(entry)
            if newer is False:
                return place
            if newer is None and identity_of(entry) is not None:
                return None
        return None


class Tail(Generic[T]):
    """The last entries that came, `length` of them at most."""

    def __init__(self, length: int) -> None:
        self._last: deque[Hashable] = deque(maxlen=length)
        self._came = 0

    def append(self, entry: T | None) -> None:
        self._came += 1
        identity = identity_of(entry)
        self._last.append(_Null(_date(entry)) if identity is None else identity)

    @property
    def is_all(self) -> bool:
        """Whether nothing came before."""
        return self._came == len(self._last)

    def __contains__(self, entry: T | None) -> bool:
        identity = identity_of(entry)
        return identity is not None and identity in self._last

    def ends_with(self, entry: T | None) -> bool:
        """Whether this may be the entry that came last: nulls may be any."""
        identity = identity_of(entry)
        return identity is None or identity == self._last[-1] or isinstance(self._last[-1], _Null)

    def ends_on(self, page: Page[T]) -> tuple[int, int] | None:
        """The place behind the last entry on the page that came; how many came after that one."""
        after = {one: len(self._last) - n for n, one in enumerate(self._last, start=1)}
        for place in range(len(page.items), 0, -1):
            identity = identity_of(page.items[place - 1])
            if identity is not None and identity in after:
                return self.behind_nulls(page, place, after[identity]), after[identity]
        return None

    def behind_nulls(self, page: Page[T], place: int, after: int = 10**9) -> int:
        """The place behind those nulls that are of the last `after` entries."""
        came = list(self._last)[max(0, len(self._last) - after) :]
        nulls = Counter(one for one in came if isinstance(one, _Null))
        for entry in page.items[place:]:
            null = _Null(_date(entry))
            if identity_of(entry) is not None or not nulls[null]:
                break
            nulls[null] -= 1
            place += 1
        return place


class _Null(NamedTuple):
    """An entry that nothing tells from others but the time when it was added."""

    added_at: str | None


def _date(entry: Part | None) -> str | None:
    return getattr(entry, "added_at", None)
