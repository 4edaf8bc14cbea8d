"""The lists of an earlier export, whose items lie on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from bot.errors.backups import OtherAccount
from bot.library.formats.library_json import Origin, account_mark
from bot.library.line_file import read_lines


class _Dated(msgspec.Struct, frozen=True):
    added_at: Any = None


class SavedLine(msgspec.Struct, frozen=True):
    """What a line of an export says of its item; empty for an item that Spotify no longer had."""

    uri: str | None = None
    track: str | None = None
    name: str | None = None
    album: str | None = None
    artist: str | None = None
    spotify: _Dated | None = None

    @property
    def title(self) -> str:
        return self.track or self.name or self.album or ""

    @property
    def added_at(self) -> str:
        """ISO 8601; empty if it is not known."""
        date = self.spotify.added_at if self.spotify else None
        return date if isinstance(date, str) else ""


class _RawLine(msgspec.Struct):
    spotify: msgspec.Raw
    uri: str | None = None


@dataclass(frozen=True)
class EarlierList:
    """A list of an earlier export.

    key       of a section in `formats.library_json.KEYS`; of a playlist, its URI
    paths     of its lines, in order; None for a playlist that Spotify did not show
    count     the number of its items
    missing   how many more Spotify counted
    complete  whether the list was read to its end, and is all here
    read_at   ISO 8601
    is_guessed  whether only the name of a file says which list it is
    """

    key: str
    paths: tuple[Path, ...] | None
    name: str = ""
    owner: str | None = None
    snapshot_id: str | None = None
    count: int = 0
    missing: int = 0
    complete: bool = False
    read_at: str = ""
    is_guessed: bool = False

    @property
    def is_playlist(self) -> bool:
        return self.key.startswith("spotify:playlist:")

    def lines(self) -> Iterator[SavedLine]:
        """The items, in order. Blocks. Raises NotAnEarlierExport."""
        return map(_LINE.decode, self._stored())

    def raw(self) -> Iterator[bytes]:
        """Spotify's JSON of the items, in order. Blocks."""
        return (bytes(_RAW.decode(line).spotify) for line in self._stored())

    def raw_with_uri(self) -> Iterator[tuple[str | None, bytes]]:
        """As `raw`, each with the item's URI. Blocks."""
        decoded = map(_RAW.decode, self._stored())
        return ((line.uri, bytes(line.spotify)) for line in decoded)

    def _stored(self) -> Iterator[bytes]:
        return chain.from_iterable(map(read_lines, self.paths or ()))


@dataclass(frozen=True)
class EarlierExport:
    """An earlier export.

    exported_at  ISO 8601
    lists        by their keys
    failed       the keys of lists that could not be read then
    exact        whether names are just as Spotify had them
    """

    exported_at: str
    origin: Origin
    lists: dict[str, EarlierList]
    failed: frozenset[str] = frozenset()
    exact: bool = True

    def require_account(self, account: str) -> None:
        """Raises OtherAccount if the export is of another Spotify account than this ID's."""
        if self.origin.account and self.origin.account != account_mark(account):
            raise OtherAccount


def check_line(line: bytes) -> None:
    """Raises msgspec.MsgspecError and UnicodeDecodeError unless it is an item of an export."""
    line.decode()  # msgspec does not look into what it skips
    _LINE.decode(line)
    _RAW.decode(line)


_LINE = msgspec.json.Decoder(SavedLine)
_RAW = msgspec.json.Decoder(_RawLine)
