"""Compares two exports of a library: what was added, removed, renamed, or is gone from Spotify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from bot.library.earlier_lists import EarlierExport, EarlierList, SavedLine
from bot.library.export_lists import EVERYTHING, PLAYLISTS
from bot.spotify.uris import page_url


class Change(StrEnum):
    """What happened to an item or a playlist."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    GONE = "gone from Spotify"
    MISSING = "removed, or gone from Spotify"
    """Spotify does not tell which of several items is gone."""


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """A change of an item in a list, or of a playlist.

    name      as it is now, or was last
    old_name  of a renamed one
    """

    change: Change
    uri: str
    name: str
    by: str = ""
    old_name: str = ""
    added_at: str = ""


@dataclass(frozen=True)
class ListDiff:
    """The changes of a list that both exports have.

    key           see EarlierList
    is_reordered  nothing but the order differs
    is_complete   whether both were; if not, `changes` lacks additions or removals
    """

    key: str
    name: str
    changes: tuple[ChangedItem, ...] = ()
    is_reordered: bool = False
    is_complete: bool = True

    def count(self, change: Change) -> int:
        return sum(item.change is change for item in self.changes)


@dataclass(frozen=True)
class LibraryDiff:
    """How a library differs from an earlier export of it.

    since      when the earlier one was made, in ISO 8601
    lists      the lists in which something changed, and those that could not be compared
    playlists  the playlists that were added, removed or renamed
    unread     names of lists that one of the exports could not read
    guessed    names of lists that only the name of a file tells apart
    """

    since: str
    lists: tuple[ListDiff, ...] = ()
    playlists: tuple[ChangedItem, ...] = ()
    unread: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.lists or self.playlists or self.unread)

    def count(self, change: Change) -> int:
        """How many items of all lists; a new or removed playlist is not counted by its items."""
        return sum(each.count(change) for each in self.lists)


def compare(before: EarlierExport, after: EarlierExport) -> LibraryDiff:
    """The changes from an earlier export to a later one. Blocks.

    Memory grows with the number of changes, not with the library.
    """
    lists: list[ListDiff] = []
    unread = [
        _name(key, before, after)
        for key in after.failed
        | {key for key in before.failed if key in after.lists or not before.exact}
    ]
    for key, new in after.lists.items():
        old = before.lists.get(key)
        if old is None or old.paths is None or new.paths is None:
            continue  # a new playlist, or one that Spotify does not show
        difference = compare_lists(old, new, renames=before.exact)
        if difference.changes or difference.is_reordered or not difference.is_complete:
            lists.append(difference)
    guessed = (each.name for each in before.lists.values() if each.is_guessed)
    return LibraryDiff(
        before.exported_at,
        tuple(lists),
        tuple(_playlists(before, after)),
        tuple(sorted(unread)),
        tuple(sorted(guessed)),
    )


def _name(key: str, *exports: EarlierExport) -> str:
    return next((each.lists[key].name or key for each in exports if key in each.lists), key)


def _playlists(before: EarlierExport, after: EarlierExport) -> Iterator[ChangedItem]:
    """The changes of the list of playlists, as far as both exports selected all of them."""
    new = {key: each for key, each in after.lists.items() if each.is_playlist}
    old = {key: each for key, each in before.lists.items() if each.is_playlist}
    everything = (EVERYTHING, PLAYLISTS)
    for key, each in new.items():
        if key in old and old[key].name != each.name and before.exact:
            yield ChangedItem(Change.RENAMED, key, each.name, old_name=old[key].name)
        elif key not in old and key not in before.failed and before.origin.selection in everything:
            yield ChangedItem(Change.ADDED, key, each.name)
    for key, each in old.items():
        if key not in new and key not in after.failed and after.origin.selection in everything:
            yield ChangedItem(Change.REMOVED, key, each.name)


def compare_lists(old: EarlierList, new: EarlierList, *, renames: bool = True) -> ListDiff:
    """The changes from one reading of a list to a later one. Blocks.

    renames  whether another name is a change
    """
    unmatched = _Unmatched()
    is_reordered = False
    for before, after in zip_longest(old.lines(), new.lines()):
        if before is not None and after is not None and _key(before) == _key(after):
            unmatched.note_name(before, after)
            continue
        is_reordered = True
        unmatched.add(before, after)
    is_complete = old.complete and new.complete
    if not renames:
        unmatched.renamed.clear()
    changes = tuple(unmatched.changes(additions=old.complete, removals=new.complete))
    is_same = not (changes or unmatched.old or unmatched.new)
    is_moved = is_reordered and is_same and new.is_playlist and is_complete
    return ListDiff(new.key, new.name, changes, is_moved, is_complete)


def _key(line: SavedLine) -> str:
    """What identifies an item; for one that Spotify no longer has, when it was added."""
    return line.uri or f"gone {line.added_at}"


@dataclass
class _Unmatched:
    """The items at which two lists differ so far, by `_key`.

    The lists are read side by side. An item that is only elsewhere in the other list waits here
    until it comes there, so few items wait unless much has changed.
    """

    old: dict[str, list[SavedLine]] = field(default_factory=dict)
    new: dict[str, list[SavedLine]] = field(default_factory=dict)
    renamed: list[ChangedItem] = field(default_factory=list)

    def add(self, before: SavedLine | None, after: SavedLine | None) -> None:
        """Note an item of the earlier list and one of the later list, which differ."""
        if before is not None and (match := _take(self.new, _key(before))):
            self.note_name(before, match)
        elif before is not None:
            self.old.setdefault(_key(before), []).append(before)
        if after is not None and (match := _take(self.old, _key(after))):
            self.note_name(match, after)
        elif after is not None:
            self.new.setdefault(_key(after), []).append(after)

    def note_name(self, before: SavedLine, after: SavedLine) -> None:
        """Note if an item has another name now."""
        if after.uri and before.title != after.title and before.title and after.title:
            self.renamed.append(_changed(Change.RENAMED, after, old_name=before.title))

    def changes(self, *, additions: bool, removals: bool) -> Iterator[ChangedItem]:
        """All changes; an item that a list has several times may be there more than once.

        additions  whether what only the later list has was added: the earlier list has all items
        removals   whether what only the earlier list has was removed
        """
        yield from self.renamed
        if additions:
            yield from (_changed(Change.ADDED, line) for line in _flat(self.new) if line.uri)
        if removals:
            # An item that is gone leaves an entry that has only the time of its addition.
            gone = Counter(line.added_at for line in _flat(self.new) if not line.uri)
            lost = [line for line in _flat(self.old) if line.uri]
            at_once = Counter(line.added_at for line in lost)
            for line in lost:
                number = gone[line.added_at]
                change = Change.GONE if number >= at_once[line.added_at] else Change.MISSING
                yield _changed(change if number else Change.REMOVED, line)


def _take(waiting: dict[str, list[SavedLine]], key: str) -> SavedLine | None:
    """Take out the first item with this key."""
    lines = waiting.get(key)
    if not lines:
        return None
    line = lines.pop(0)
    if not lines:
        del waiting[key]
    return line


def _flat(waiting: dict[str, list[SavedLine]]) -> Iterator[SavedLine]:
    return (line for lines in waiting.values() for line in lines)


def _changed(change: Change, line: SavedLine, *, old_name: str = "") -> ChangedItem:
    return ChangedItem(
        change, line.uri or "", line.title, line.artist or "", old_name, line.added_at
    )


def rows(diff: LibraryDiff) -> Iterable[tuple[str, str, str, str, str]]:
    """The changes as rows of a table: the change, the list, the name, the artist, the link."""
    for item in diff.playlists:
        yield item.change.value, "Playlists", _title(item), "", page_url(item.uri)
    for each in diff.lists:
        for item in each.changes:
            yield item.change.value, each.name, _title(item), item.by, page_url(item.uri)


def _title(item: ChangedItem) -> str:
    return f"{item.old_name} → {item.name}" if item.old_name else item.name
