"""A sequence of the readable entries of a list, with the number of unreadable ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from bot.errors.bot_error import BotError
from bot.errors.spotify import ListUnreadable

T = TypeVar("T", covariant=True)
N = TypeVar("N")


class Entries(Sequence[T], Generic[T]):
    """The entries of a list that could be read, in order.

    unreadable  the number of unreadable entries: nulls, and values of another shape

    All code that asks whether a list is empty uses this class, so that no reply says "nothing" when
    an entry could not be read.
    """

    def __init__(self, entries: Iterable[T] = (), *, unreadable: int = 0) -> None:
        self._entries = tuple(entries)
        self.unreadable = unreadable

    @staticmethod
    def of(entries: Iterable[N | None]) -> Entries[N]:
        """The entries of a list in which None stands for an unreadable entry."""
        everything = list(entries)
        readable = [entry for entry in everything if entry is not None]
        return Entries(readable, unreadable=len(everything) - len(readable))

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._entries[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entries):
            return NotImplemented
        return (self._entries, self.unreadable) == (other._entries, other.unreadable)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries)

    def where(self, entries: Iterable[N], *, unreadable: int = 0) -> Entries[N]:
        """A selection of these entries; `unreadable` more could not be read."""
        return Entries(entries, unreadable=self.unreadable + unreadable)

    def map(self, function: Callable[[T], N | None]) -> Entries[N]:
        """The function's results for all entries; a result of None counts as unreadable."""
        mapped = Entries.of(function(entry) for entry in self)
        return self.where(mapped, unreadable=mapped.unreadable)

    def require(self, empty: BotError | type[BotError]) -> Entries[T]:
        """Itself. Raises `empty` if the list is empty, ListUnreadable if no entry is readable."""
        if not self:
            raise ListUnreadable(f"{self.unreadable} entries") if self.unreadable else empty
        return self

    @property
    def unread_note(self) -> str:
        """A sentence about the entries that could not be read; empty without any."""
        return f"I couldn’t read {self.unreadable} more." if self.unreadable else ""

    def why_empty(self, nothing: str) -> str:
        """The message for a list without readable entries; `nothing` if it is empty."""
        return ListUnreadable.message if self.unreadable else nothing
