"""Keeps on the disk which lists an export has, and how each was read, for its next run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import msgspec

from bot.errors.spotify import (
    BadRequest,
    LibraryChanged,
    NotFound,
    NotPermitted,
    SpotifyDown,
    SpotifyError,
)
from bot.library.export_lists import ExportList, LibrarySection, Selection, select_lists
from bot.library.job_files import create
from bot.library.spool import SpooledList
from bot.spotify import Spotify
from bot.spotify.models import Playlist

# Why a list among others may be left out, or end early.
FAILURES: dict[type[SpotifyError], str] = {
    NotFound: "Spotify no longer has it",
    NotPermitted: "Spotify shows it only to its owner",
    LibraryChanged: "it changed while it was read",
    SpotifyDown: "Spotify failed each time I asked for it",
    BadRequest: "Spotify refused to show it",
}
# What the file beside a spooled list does not hold.
_NOT_KEPT = ("source", "path", "cancelled", "first", "is_whole", "follow")


@dataclass(frozen=True)
class FailedList:
    """A list that could not be read; `error` is a class of FAILURES."""

    source: ExportList
    error: str

    @property
    def reason(self) -> str:
        return reason_of(self.error, self.source)


def error_name(error: SpotifyError) -> str:
    """The name of the class of FAILURES that an error is of."""
    return next(kind.__name__ for kind in FAILURES if isinstance(error, kind))


def reason_of(name: str, source: ExportList) -> str:
    """What FAILURES says of the class with this name; empty for none."""
    if name == NotPermitted.__name__ and source.playlist is None:
        name = BadRequest.__name__  # only playlists have owners
    return next((text for kind, text in FAILURES.items() if kind.__name__ == name), "")


class ExportFolder:
    """The files of an export between its runs. All methods block for a moment, and raise OSError.

    cancelled  ends an iteration over entries, which runs in a thread
    """

    def __init__(self, folder: Path, cancelled: Event) -> None:
        self.path = folder
        self.cancelled = cancelled
        self._selection = folder / "selection.json"

    async def selection(self, spotify: Spotify, what: str, user: str | None = None) -> Selection:
        """The lists, as they were selected in the first run. As `select_lists`."""
        try:
            stored = msgspec.json.decode(self._selection.read_bytes())
        except FileNotFoundError:
            selection = await select_lists(spotify, what, user=user)
            self.store(selection)
            return selection
        return Selection(
            [_list(each) for each in stored["lists"]],
            [Playlist.decode(msgspec.json.encode(each)) for each in stored["hidden"]],
            *(stored["what"], stored["unreadable"], stored["user"]),
        )

    def store(self, selection: Selection) -> None:
        """Keep the selection, in place of an earlier one."""
        values = {
            "lists": [
                {"section": each.section, "playlist": each.playlist} for each in selection.lists
            ],
            **{name: getattr(selection, name) for name in ("hidden", "what", "unreadable", "user")},
        }
        self._write(self._selection, values)

    def spool_path(self, index: int) -> Path:
        """The file of the entries of the list with this index."""
        return self.path / f"list-{index}"

    def result(self, index: int, source: ExportList) -> SpooledList | FailedList | None:
        """How the list was read; None if it was not read to its end."""
        try:
            stored: dict[str, Any] = msgspec.json.decode(self._result(index).read_bytes())
        except FileNotFoundError:
            return None
        if error := stored.get("failed"):
            return FailedList(source, error)
        if stored["counts"] is not None:
            stored["counts"] = tuple(stored["counts"])
        return SpooledList(source, self.spool_path(index), cancelled=self.cancelled, **stored)

    def count_failure(self, index: int, read: int) -> int:
        """Keep that Spotify failed after so many entries of a list; returns how often it did.

        An entry more begins a new count.
        """
        path = self.path / f"list-{index}.failures"
        try:
            before, failures = msgspec.json.decode(path.read_bytes(), type=tuple[int, int])
        except FileNotFoundError:
            before, failures = read, 0
        failures = failures + 1 if before == read else 1
        self._write(path, (read, failures))
        return failures

    def finish_list(self, index: int, result: SpooledList | FailedList) -> None:
        """Keep how the list was read."""
        if isinstance(result, FailedList):
            self._write(self._result(index), {"failed": result.error})
            return
        names = [field.name for field in dataclasses.fields(result)]
        kept = {name: getattr(result, name) for name in names if name not in _NOT_KEPT}
        self._write(self._result(index), kept)

    def _result(self, index: int) -> Path:
        return self.path / f"list-{index}.json"

    def _write(self, path: Path, values: object) -> None:
        """Write a file as a whole, or not at all if the process ends meanwhile."""
        new = path.with_suffix(".new")
        with create(new) as file:
            file.write(msgspec.json.encode(values))
        new.replace(path)


def _list(stored: dict[str, Any]) -> ExportList:
    playlist = stored["playlist"]
    return ExportList(
        LibrarySection(stored["section"]),
        playlist and Playlist.decode(msgspec.json.encode(playlist)),
    )
