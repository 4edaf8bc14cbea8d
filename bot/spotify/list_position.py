"""Where one is in a list that may change meanwhile: what came last, and what was at its top."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

from bot.spotify.models import ApiModel
from bot.spotify.pages import Page

T = TypeVar("T", bound=ApiModel)


def identity_of(entry: ApiModel | None) -> Hashable:
    """None for an entry that nothing tells from others."""
    return entry.identity if entry is not None else None


class FirstPage(Generic[T]):
    """The first page as it was at first: tells what was added above it since."""

    def __init__(self, page: Page[T]) -> None:
        self._total = page.total
        self._identities = [identity_of(entry) for entry in page.items]
        self._known = frozenset(self._identities) - {None}
        dates = [date for entry in page.items if (date := _added_at(entry))]
        self._newest, self._oldest = max(dates, default=""), min(dates, default="")

    def __contains__(self, entry: T | None) -> bool:
        return identity_of(entry) in self._known

    def differs_from(self, page: Page[T]) -> bool:
        """Whether the first page is another by now."""
        now = [identity_of(entry) for entry in page.items]
        return page.total != self._total or now != self._identities

    def is_newer(self, entry: T | None) -> bool | None:
        """Whether it was added since; None where its date does not tell."""
        date = _added_at(entry)
        if not date or not self._newest or date == self._newest == self._oldest:
            return None
        if date == self._newest:
            return entry not in self if identity_of(entry) is not None else None
        return date > self._newest

    def first_original_index(self, page: Page[T]) -> int | None:
        """The place of the first entry that was there at first; None where no date tells."""
        for place, entry in enumerate(page.items):
            newer = self.is_newer(entry)
            if newer is False:
                return place
            if newer is None and identity_of(entry) is not None:
                return None
        return None


class RecentEntries(Generic[T]):
    """The last entries that came, `length` of them at most."""

    def __init__(self, length: int) -> None:
        self._identities: deque[Hashable] = deque(maxlen=length)
        self._count = 0

    def append(self, entry: T | None) -> None:
        self._count += 1
        identity = identity_of(entry)
        self._identities.append(_NullEntry(_added_at(entry)) if identity is None else identity)

    @property
    def is_complete(self) -> bool:
        """Whether nothing came before."""
        return self._count == len(self._identities)

    def __contains__(self, entry: T | None) -> bool:
        identity = identity_of(entry)
        return identity is not None and identity in self._identities

    def may_end_with(self, entry: T | None) -> bool:
        """Whether this may be the entry that came last: nulls may be any."""
        identity = identity_of(entry)
        return (
            identity is None
            or identity == self._identities[-1]
            or isinstance(self._identities[-1], _NullEntry)
        )

    def index_after_last(self, page: Page[T]) -> tuple[int, int] | None:
        """The place behind the last entry on the page that came; how many came after that one."""
        after = {one: len(self._identities) - n for n, one in enumerate(self._identities, start=1)}
        for place in range(len(page.items), 0, -1):
            identity = identity_of(page.items[place - 1])
            if identity is not None and identity in after:
                return self.skip_nulls(page, place, after[identity]), after[identity]
        return None

    def skip_nulls(self, page: Page[T], place: int, within_last: int = 10**9) -> int:
        """The place behind those nulls that are of the last `after` entries."""
        came = list(self._identities)[max(0, len(self._identities) - within_last) :]
        nulls = Counter(one for one in came if isinstance(one, _NullEntry))
        for entry in page.items[place:]:
            null = _NullEntry(_added_at(entry))
            if identity_of(entry) is not None or not nulls[null]:
                break
            nulls[null] -= 1
            place += 1
        return place


class _NullEntry(NamedTuple):
    """An entry that nothing tells from others but the time when it was added."""

    added_at: str | None


def _added_at(entry: ApiModel | None) -> str | None:
    return getattr(entry, "added_at", None)
