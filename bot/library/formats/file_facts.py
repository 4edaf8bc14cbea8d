"""What a file is by its content, and what it says besides its lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec


class FileKind(StrEnum):
    """What a file is, by its content."""

    LOSSLESS = "lossless JSON"  # of an export by Tonearm, alone or in its archive
    YOUR_LIBRARY = "YourLibrary.json"
    PLAYLISTS = "Playlist1.json"
    SONGS = "JSON of songs"  # such as spotDL's
    TABLE = "table"  # a CSV
    WORKBOOK = "workbook"
    M3U8 = "m3u8"
    XSPF = "xspf"
    LINKS = "links"


_KIND_NAMES: dict[FileKind, str] = {
    FileKind.LOSSLESS: "an export by Tonearm",
    FileKind.YOUR_LIBRARY: "Spotify’s own download",
    FileKind.PLAYLISTS: "Spotify’s own download",
    FileKind.SONGS: "JSON",
    FileKind.TABLE: "CSV",
    FileKind.WORKBOOK: "an Excel workbook",
    FileKind.M3U8: "M3U8",
    FileKind.XSPF: "XSPF",
    FileKind.LINKS: "a list of links",
}
_WRONG_LETTERS = (
    "The file isn’t UTF-8, so letters such as é may be wrong. That matters only for songs without "
    "a link."
)
_HISTORY = (
    "I didn’t read your listening history, which can hold your IP addresses. Delete the message "
    "with the file when you’re done."
)


class MissingParts(msgspec.Struct, frozen=True):
    """The parts that are not there, of an export that was divided into `count` files.

    name  of one of the parts that are there, as its sender calls it
    """

    numbers: tuple[int, ...]
    count: int
    name: str


@dataclass
class FileFacts:
    """What a file, or several, say besides their lists; the readers fill it in.

    kinds              of the file, or of the parts of an archive
    exported_at        ISO 8601, if the file says it
    origin             where the export is from, as JSON, if the file says it
    part, parts        the number of the file among those of a divided export; 0: it is whole
    part_name          of a file in an archive, as /export names those of a divided export
    missing            the other parts of divided exports, unless all of them are there
    repeated           names of files that are the same as another one, not escaped
    encoding_guessed   whether it was decoded as Windows-1252, so that names may be wrong
    left_out           names of the parts of an archive that were not read, not escaped
    history_left_out   whether one of them is a listening history, which nobody should send
    """

    kinds: set[FileKind] = field(default_factory=set)
    exported_at: str = ""
    origin: str = ""
    part: int = 0
    parts: int = 0
    part_name: str = ""
    missing: list[MissingParts] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    encoding_guessed: bool = False
    left_out: list[str] = field(default_factory=list)
    history_left_out: bool = False

    @property
    def format(self) -> str:
        """What the file is, for people."""
        return " and ".join(sorted({_KIND_NAMES[kind] for kind in self.kinds}))

    @property
    def doubts(self) -> list[str]:
        """Sentences about what may have been read wrong, and what was not read."""
        return [
            *([_WRONG_LETTERS] if self.encoding_guessed else []),
            *([_HISTORY] if self.history_left_out else []),
        ]

    @property
    def is_lossless(self) -> bool:
        """Whether the file has all that Spotify said about each entry when it was exported."""
        return FileKind.LOSSLESS in self.kinds

    @classmethod
    def joined(cls, files: Iterable[FileFacts]) -> FileFacts:
        """What several files say; of the first one, when it was exported."""
        facts = cls()
        for each in files:
            facts.kinds |= each.kinds
            facts.exported_at = facts.exported_at or each.exported_at
            facts.encoding_guessed |= each.encoding_guessed
            facts.left_out += each.left_out
            facts.history_left_out |= each.history_left_out
        return facts
