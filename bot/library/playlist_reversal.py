"""Computes which entries a playlist gets back, and which it loses, to reverse a change."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.library.listed_songs import EntryRef, ListedSong
from bot.library.playlist_contents import PlaylistContents


@dataclass(frozen=True)
class Reversal:
    """What a change did.

    before       the contents before it
    order        what it made of them
    snapshot_id  after it; None if that is not known
    """

    before: PlaylistContents
    order: Sequence[EntryRef] = field(repr=False)
    snapshot_id: str | None

    @property
    def dropped(self) -> list[int]:
        """The indices before it of the entries that are gone."""
        kept = {entry for entry in self.order if isinstance(entry, int)}
        return [index for index in range(self.before.count) if index not in kept]

    @property
    def added(self) -> int:
        """The number of songs that are new."""
        return sum(isinstance(entry, ListedSong) for entry in self.order)


@dataclass(frozen=True)
class Restoration:
    """The entries that a playlist is to have, for `Rewrite.run`.

    returning  the number of songs that come back
    leaving    the number of added songs that go
    lost       the number of entries that no app can put back: local files
    gone       the number of added songs that were removed meanwhile
    """

    target: Sequence[EntryRef]
    returning: int
    leaving: int
    lost: int
    gone: int


def restoration(reversal: Reversal, current: PlaylistContents) -> Restoration:
    """Reverses the change in what is in the playlist now.

    If it was changed since, what was added or moved meanwhile stays, and each song comes back
    behind the one that it followed.
    """
    before, dropped = list(reversal.before), reversal.dropped
    tags = _tags(reversal, before, current)
    staying = [(index, tag) for index, tag in enumerate(tags) if not isinstance(tag, ListedSong)]
    if tags is reversal.order:
        staying.sort(key=lambda pair: pair[1] or 0)
    back = [n for n in dropped if before[n].uri and not before[n].is_local]
    origins = sorted(tag for _, tag in staying if tag is not None)
    behind: defaultdict[int | None, list[EntryRef]] = defaultdict(list)
    for index in back:
        at = bisect_left(origins, index)
        behind[origins[at - 1] if at else None].append(before[index])
    target = behind.pop(None, [])
    for index, tag in staying:
        target.append(index)
        if tag is not None:
            target += behind.pop(tag, [])
    leaving = len(tags) - len(staying)
    return Restoration(
        target,
        returning=len(back),
        leaving=leaving,
        lost=len(dropped) - len(back),
        gone=reversal.added - leaving,
    )


def without_last(current: PlaylistContents, uris: Sequence[str]) -> Restoration:
    """Takes out the last run of these songs; all stay if there is no such run any more."""
    listed = [song.uri for song in current]
    starts = range(len(listed) - len(uris), -1, -1)
    start = next((n for n in starts if listed[n : n + len(uris)] == list(uris)), None)
    kept = range(current.count)
    if start is None:
        return Restoration(list(kept), returning=0, leaving=0, lost=0, gone=len(uris))
    target = [n for n in kept if not start <= n < start + len(uris)]
    return Restoration(target, returning=0, leaving=len(uris), lost=0, gone=0)


def without_newest(current: PlaylistContents, uris: Sequence[str]) -> Restoration:
    """Takes out as many copies of each song as `uris` has, the last ones."""
    leaving = Counter(uris)
    target: list[EntryRef] = []
    for index, song in reversed(list(enumerate(current))):
        if leaving[song.uri]:
            leaving[song.uri] -= 1
        else:
            target.append(index)
    gone = sum(leaving.values())
    return Restoration(target[::-1], returning=0, leaving=len(uris) - gone, lost=0, gone=gone)


def _tags(
    reversal: Reversal, before: Sequence[ListedSong], current: PlaylistContents
) -> Sequence[EntryRef | None]:
    """What each entry is: its index before the change, the song that it added, or None: newer."""
    if current.snapshot_id is not None and current.snapshot_id == reversal.snapshot_id:
        return reversal.order
    known: defaultdict[str, deque[EntryRef]] = defaultdict(deque)
    for entry in reversal.order:
        known[(before[entry] if isinstance(entry, int) else entry).uri].append(entry)
    return [known[song.uri].popleft() if known[song.uri] else None for song in current]
