"""What an export has, and what it lacks, list by list."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.library.formats.saved_item import saved_item_of
from bot.library.formats.song import song_of
from bot.spotify.api_model import ApiModel

# The skipped entries to name one by one; all are counted.
_MAX_SKIPPED = 10_000

GONE = "Spotify no longer has it"
UNREADABLE = "could not be read"


@dataclass
class ListReport:
    """Counts the entries of a list.

    name        of the list
    noun        for one of its entries
    exported    the entries that the file has
    local       those of them that are local files, which only their owner's computer has
    skipped     (position from 1, reason) of entries that the file lacks
    missing     the number of entries that Spotify counts but does not list
    counts      Spotify's lowest and highest count, if they differ although nothing moved
    complete    whether the list had an end; if not, there may be more
    """

    name: str
    noun: str
    missing: int = 0
    counts: tuple[int, int] | None = None
    complete: bool = True
    exported: int = 0
    local: int = 0
    skipped_count: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def count(self, entry: ApiModel | None, line: bytes) -> None:
        """Count an entry; `line` is its JSON."""
        song = song_of(entry)
        if song is not None or saved_item_of(entry) is not None:
            self.exported += 1
            self.local += song is not None and song.uri.startswith("spotify:local:")
            return
        self.skipped_count += 1
        if len(self.skipped) < _MAX_SKIPPED:
            is_gone = line == b"null" or entry is not None
            position = self.exported + self.skipped_count
            self.skipped.append((position, GONE if is_gone else UNREADABLE))
