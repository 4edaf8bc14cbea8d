"""The list that a file holds, where only the file's own name and title say it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.library.export_lists import LIBRARY, LibrarySection
from bot.library.formats.imported import Entries, ImportedEntry, ImportedList, clean
from bot.spotify.uris import Kind

# Endings that stand before the last one, as /export writes them.
_ENDINGS = re.compile(r"\.(tunemymusic|exportify-net|tracks)$", re.IGNORECASE)
# What /export adds to the name of each of several parts.
_PART = re.compile(r"-[0-9]+-of-[0-9]+$")
# /export numbers playlists in an archive.
_NUMBER = re.compile(r"[0-9]{3,} ")
# What a tool calls the file of a list, without case and punctuation.
_LIKED = ("likedsongs", "liked", "likedtracks", "librarysongs", "favorites")
_SECTIONS: dict[str, LibrarySection] = {
    **dict.fromkeys(_LIKED, LibrarySection.LIKED),
    **{section.value: section for section in LIBRARY if section is not LibrarySection.LIKED},
}
# What /export calls the file of a playlist, or of several lists: that says nothing of its name.
UNNAMED = ("playlist", "library", "tracks")
# The section of an item by the kind of its URI, unless it is in a list of songs.
_KINDS: dict[str, LibrarySection] = {
    Kind.ALBUM: LibrarySection.ALBUMS,
    Kind.ARTIST: LibrarySection.ARTISTS,
    Kind.SHOW: LibrarySection.SHOWS,
    Kind.AUDIOBOOK: LibrarySection.AUDIOBOOKS,
}
NAMES: dict[LibrarySection, str] = {
    section: section.replace("-", " ").capitalize() for section in LibrarySection
}


@dataclass
class FileLists:
    """The lists of a file that tells its items apart by nothing but their kind.

    path   of the file or of its part of an archive, as its sender calls it
    title  that the file gives to its list; empty if it gives none
    """

    path: str
    title: str = ""
    _lists: dict[LibrarySection, ImportedList] = field(default_factory=dict)
    _songs: ImportedList | None = None

    def songs(self) -> ImportedList:
        """The list of songs and episodes."""
        if self._songs is None:
            self._songs = named_list(self.path, self.title)
        return self._songs

    def of(self, entry: ImportedEntry) -> ImportedList:
        """The list of an entry."""
        section = _KINDS.get(entry.uri.split(":")[1]) if entry.uri else None
        if section is None:
            return self.songs()
        if section not in self._lists:
            self._lists[section] = ImportedList(section=section, name=NAMES[section])
        return self._lists[section]

    def if_none(self) -> Entries:
        """The empty list of songs, unless there is another list."""
        if self._songs is None and not self._lists:
            yield self.songs(), None


def named_list(path: str, title: str = "") -> ImportedList:
    """An empty list; its section is a guess, as the file does not say it."""
    parts = PurePosixPath(path.replace("\\", "/"))
    stem = _PART.sub("", _ENDINGS.sub("", _PART.sub("", parts.stem)))
    in_playlists = parts.parent.name.casefold() == "playlists"
    if in_playlists:
        stem = _NUMBER.sub("", stem, count=1)
    if stem.casefold() in UNNAMED:
        in_playlists = True
        stem = ""
    section = None if in_playlists else _section(title or stem)
    if section is not None:
        return ImportedList(section=section, name=NAMES[section], guessed=True)
    # Discord and Exportify write an underscore for a space.
    name = clean(title) or clean(stem if " " in stem else stem.replace("_", " "))
    return ImportedList(section=LibrarySection.PLAYLIST, name=name, guessed=True)


def names_a_list(stem: str) -> bool:
    """Whether a file with this name, without its suffix, would not count as a playlist's."""
    return stem.casefold() in UNNAMED or _section(stem) is not None


def _section(name: str) -> LibrarySection | None:
    return _SECTIONS.get("".join(c for c in name.casefold() if c.isalnum()))
