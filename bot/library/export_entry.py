"""An entry of an exported list, which is decoded once: when it is read."""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum
from typing import Any

import msgspec

from bot.library.formats.saved_item import SavedItem, saved_item_of
from bot.library.formats.song import Song, song_of
from bot.spotify.api_model import ApiModel


class Lack(StrEnum):
    """Why an entry has no item."""

    GONE = "gone"  # Spotify has it no longer, or has nothing that a file could hold
    UNREADABLE = "unreadable"


class _Decoded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    item: Song | SavedItem | None = None
    lack: Lack | None = None
    added_at: str | None = None


class ExportEntry(ApiModel, frozen=True):
    """What an export keeps of an entry.

    item      None if there is none; `lack` says why
    added_at  ISO 8601; also of an entry without an item
    json      what Spotify sent, on one line; empty if no file of the export has it
    """

    item: Song | SavedItem | None
    lack: Lack | None
    added_at: str | None
    json: bytes

    @classmethod
    def of(cls, entry: ApiModel | None, json: bytes, *, keep_json: bool) -> ExportEntry:
        """What is kept of an entry, None if it could not be read, and of its JSON."""
        item = song_of(entry) or saved_item_of(entry)
        lack = None
        if item is None:
            lack = Lack.UNREADABLE if entry is None and json != b"null" else Lack.GONE
        added_at = getattr(entry, "added_at", None)
        return cls(item, lack, added_at, json if keep_json else b"")

    @classmethod
    def parse(cls, line: bytes) -> ExportEntry:
        """The entry of a line that `line` made."""
        # What Spotify sent may be no strict JSON, so it stands apart. Strict JSON has no tab.
        decoded, _, json = line.partition(b"\t")
        known = _DECODER.decode(decoded)
        return cls(known.item, known.lack, known.added_at, json)

    def line(self) -> bytes:
        """The entry on one line."""
        return _ENCODER.encode(_Decoded(self.item, self.lack, self.added_at)) + b"\t" + self.json

    @property
    def identity(self) -> Hashable:
        """As that of the entry of a page of saved items or of a playlist."""
        uri = self.item.uri if self.item else ""
        if not uri:
            return None
        return (uri if uri.startswith("spotify:local:") else uri.rpartition(":")[2]), self.added_at


_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Decoded)
