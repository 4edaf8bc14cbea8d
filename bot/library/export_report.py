"""Counts the exported, skipped and missing entries of each list of an export."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.library.export_entry import ExportEntry, Lack
from bot.library.export_selection import reason_of
from bot.library.formats.song import Song
from bot.library.spool import SpooledList

# The skipped entries of a list to name one by one; all are counted.
_MAX_SKIPPED = 10_000

GONE = "Spotify no longer has it"
UNREADABLE = "could not be read"
LOCAL_FILE = "a local file: it has no link, which this format needs"
NO_LINK = "no link, which this format needs"


@dataclass(frozen=True)
class Part:
    """One of several files that an export is divided into: each is an export of some entries.

    number          from 1
    is_of_archive   whether the undivided export is an archive of several lists
    """

    number: int
    count: int
    is_of_archive: bool

    @property
    def suffix(self) -> str:
        """Follows the stem of each file's name."""
        return f"-{self.number}-of-{self.count}"


@dataclass
class ListReport:
    """Counts the entries of a list.

    name        of the list
    noun        for one of its entries
    exported    the entries that the file has
    local       those of them that are local files, which only their owner's computer has
    skipped     (position from 1, reason) of entries that the file lacks
    linkless    those of them that lack only the link which the format needs
    missing     the number of entries that Spotify counts but does not list
    counts      Spotify's lowest and highest count, if they differ although nothing moved
    complete    whether the list had an end; if not, there may be more
    first       the number of the list's entries before the first one of these
    earlier     the number of entries that were taken over from an earlier export
    read_at     when those were read, in ISO 8601
    gap         why the rest was not read; empty: it was
    is_current  whether none of the entries was removed meanwhile, as far as the list shows
    """

    name: str
    noun: str
    missing: int = 0
    counts: tuple[int, int] | None = None
    complete: bool = True
    first: int = 0
    earlier: int = 0
    read_at: str = ""
    gap: str = ""
    is_current: bool = True
    exported: int = 0
    local: int = 0
    skipped_count: int = 0
    linkless: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, spooled: SpooledList) -> ListReport:
        """A report that has counted nothing yet."""
        return cls(spooled.source.name, spooled.source.noun, first=spooled.first)

    def end(self, spooled: SpooledList) -> None:
        """Note what the list lacks, when all its entries are counted."""
        self.missing = spooled.missing
        self.counts = spooled.counts
        self.complete = spooled.complete
        self.is_current = spooled.is_current
        self.gap = reason_of(spooled.gap, spooled.source)
        self.earlier = spooled.earlier
        self.read_at = spooled.read_at

    @property
    def unavailable(self) -> int:
        """The skipped entries of which Spotify has nothing that any file could hold."""
        return self.skipped_count - self.linkless

    def count(self, entry: ExportEntry, *, has_address: bool = True) -> bool:
        """Count an entry; whether the file has it.

        has_address  whether it has the address which the format needs
        """
        item = entry.item
        is_local = isinstance(item, Song) and item.is_local
        if item is not None and has_address:
            self.exported += 1
            self.local += is_local
            return True
        self.skipped_count += 1
        self.linkless += item is not None
        if len(self.skipped) < _MAX_SKIPPED:
            reason = UNREADABLE if entry.lack is Lack.UNREADABLE else GONE
            if item is not None:
                reason = LOCAL_FILE if is_local else NO_LINK
            position = self.first + self.exported + self.skipped_count
            self.skipped.append((position, reason))
        return False
