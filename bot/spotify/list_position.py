"""The reader's position in a list that may change: the entries read last, and the first page."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from bot.spotify.api_model import ApiModel
from bot.spotify.pages import Page

T = TypeVar("T", bound=ApiModel)


def identity_of(entry: ApiModel | None) -> Hashable:
    """A value that identifies an entry in its list; None for a null or without one."""
    return entry.identity if entry is not None else None


def _key_of(entry: ApiModel | None) -> Hashable:
    identity = identity_of(entry)
    return _NullEntry(_added_at(entry)) if identity is None else identity


class FirstPage(Generic[T]):
    """The first page as it was when the reading began; recognises entries added above it since."""

    def __init__(self, page: Page[T]) -> None:
        self._identities = [identity_of(entry) for entry in page.items]
        self._known = frozenset(self._identities) - {None}
        dates = [date for entry in page.items if (date := _added_at(entry))]
        self._newest, self._oldest = max(dates, default=""), min(dates, default="")

    def __contains__(self, entry: T | None) -> bool:
        return identity_of(entry) in self._known

    def differs_from(self, page: Page[T]) -> bool:
        """Whether the list's first page has other entries now."""
        return [identity_of(entry) for entry in page.items] != self._identities

    def is_newer(self, entry: T | None) -> bool | None:
        """Whether the entry was added since; None if its date leaves that open."""
        date = _added_at(entry)
        if not date or not self._newest or date == self._newest == self._oldest:
            return None
        if date == self._newest:
            return entry not in self if identity_of(entry) is not None else None
        return date > self._newest

    def first_original_index(self, page: Page[T]) -> int | None:
        """The index of the first entry that is not newer; None if no date says so."""
        for index, entry in enumerate(page.items):
            newer = self.is_newer(entry)
            if newer is False:
                return index
            if newer is None and identity_of(entry) is not None:
                return None
        return None


class RecentEntries(Generic[T]):
    """The entries that were read last, at most `length` of them.

    entries, count  the last entries of an earlier reading, and the number of all
    """

    def __init__(self, length: int, entries: Sequence[T | None] = (), count: int = 0) -> None:
        self._identities: deque[Hashable] = deque(map(_key_of, entries), maxlen=length)
        self._count = count
        self._last: T | None = entries[-1] if entries else None

    def append(self, entry: T | None) -> None:
        self._count += 1
        self._last = entry
        self._identities.append(_key_of(entry))

    @property
    def is_complete(self) -> bool:
        """Whether these are all entries that were read."""
        return self._count == len(self._identities)

    def __contains__(self, entry: T | None) -> bool:
        identity = identity_of(entry)
        return identity is not None and identity in self._identities

    def ends_with(self, entry: T | None) -> bool | None:
        """Whether this is the entry that was read last; None if a null leaves that open."""
        last, identity = identity_of(self._last), identity_of(entry)
        if last is not None and identity is not None:
            return last == identity
        dates = _added_at(self._last), _added_at(entry)
        return None if None in dates or dates[0] == dates[1] else False

    def common_length(self, page: Page[T]) -> int:
        """The number of entries at the page's start that are the last entries read."""
        begins = [_key_of(entry) for entry in page.items]
        ends = list(self._identities)[-len(begins) :] if begins else []
        lengths = range(len(ends), 0, -1)
        return next((n for n in lengths if begins[:n] == ends[-n:]), 0)

    def index_after_last(self, page: Page[T]) -> tuple[int, int] | None:
        """The index after the page's last known entry, and how many entries were read after it.

        None if the page has no known entry.
        """
        found = self._last_common(page)
        if found is None:
            return None
        index, count = found
        return self.skip_nulls(page, index, count), count

    def first_unread(self, page: Page[T], page_size: int) -> int | None:
        """The index of the first entry that was not read; None if the page leaves it open."""
        if page.items and self.ends_with(page.items[0]):
            return 1
        if (found := self.index_after_last(page)) is None:
            return None
        index, read_after = found
        is_last = page.next is None or len(page.items) < page_size
        # Entries that were read later may follow on the next page.
        return index if index < len(page.items) or not read_after or is_last else None

    def distance(self, page: Page[T]) -> int | None:
        """The distance from the page's start to the last entry read, by an entry in both."""
        found = self._last_common(page)
        return found and found[0] + found[1]

    def _last_common(self, page: Page[T]) -> tuple[int, int] | None:
        read_after = {
            identity: len(self._identities) - count
            for count, identity in enumerate(self._identities, start=1)
        }
        for index in range(len(page.items), 0, -1):
            identity = identity_of(page.items[index - 1])
            if identity is not None and identity in read_after:
                return index, read_after[identity]
        return None

    def skip_nulls(self, page: Page[T], index: int, within_last: int = 10**9) -> int:
        """The index behind the nulls from `index` on that are among the last entries read."""
        last = list(self._identities)[max(0, len(self._identities) - within_last) :]
        nulls = Counter(identity for identity in last if isinstance(identity, _NullEntry))
        for entry in page.items[index:]:
            null = _NullEntry(_added_at(entry))
            if identity_of(entry) is not None or not nulls[null]:
                break
            nulls[null] -= 1
            index += 1
        return index


def all_known(
    entries: Iterable[T | None], first_page: FirstPage[T], recent: RecentEntries[T]
) -> bool:
    """Whether each entry is a null or was read already."""
    return not any(
        identity_of(entry) is not None and entry not in first_page and entry not in recent
        for entry in entries
    )


def first_original_entry(
    page: Page[T], offset: int, first_page: FirstPage[T], recent: RecentEntries[T]
) -> int | None:
    """The index of the first entry that is not newer, if all entries read so far are gone."""
    if offset == 0 and not page.items:
        return 0
    index = first_page.first_original_index(page) if recent.is_complete else None
    if index is None or (index == 0 and offset):
        return None
    return recent.skip_nulls(page, index)


class _NullEntry(NamedTuple):
    """Stands for an entry without an identity; only the time of its addition is known."""

    added_at: str | None


def _added_at(entry: ApiModel | None) -> str | None:
    return getattr(entry, "added_at", None)
