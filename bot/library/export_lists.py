"""The lists that an export can read, and how each is read and decoded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.errors.spotify import NotFound, NotPermitted
from bot.library.playlist_lookup import find_playlist
from bot.library.recently_played import RecentlyPlayedReader
from bot.library.taken_over import TakenOver, TakenOverReader
from bot.spotify import Spotify
from bot.spotify.api_model import ApiModel, decode_response
from bot.spotify.list_totals import ListTotals
from bot.spotify.models import Artist, Playlist, Track
from bot.spotify.ownership import EDITABLE, WRITABLE, ownership_of
from bot.spotify.pages import (
    Played,
    PlaylistEntry,
    SavedAlbum,
    SavedAudiobook,
    SavedEpisode,
    SavedShow,
    SavedTrack,
)
from bot.spotify.profile import TimeRange
from bot.spotify.raw_entries import RawArtist, RawEntry
from bot.spotify.uris import Kind


class LibrarySection(StrEnum):
    """A part of the library; the value is its file's name, and what `/export what` takes."""

    LIKED = "liked-songs"
    ALBUMS = "albums"
    ARTISTS = "artists"
    SHOWS = "shows"
    EPISODES = "episodes"
    AUDIOBOOKS = "audiobooks"
    PLAYLIST = "playlist"
    TOP_SONGS_SHORT = "top-songs-4-weeks"
    TOP_SONGS_MEDIUM = "top-songs-6-months"
    TOP_SONGS_LONG = "top-songs-1-year"
    TOP_ARTISTS_SHORT = "top-artists-4-weeks"
    TOP_ARTISTS_MEDIUM = "top-artists-6-months"
    TOP_ARTISTS_LONG = "top-artists-1-year"
    RECENT = "recently-played"

    @property
    def is_listening(self) -> bool:
        """Whether it is what the user listened to, and not what the user saved."""
        return self is not LibrarySection.PLAYLIST and self not in LIBRARY


@dataclass(frozen=True)
class _SectionInfo:
    """A section's name, a noun for its entries, and their model.

    saved_kind  of the endpoint for saved items
    top_range   of the endpoint for the top songs and artists
    """

    name: str
    noun: str
    model: type[ApiModel]
    saved_kind: Kind | None = None
    top_range: TimeRange | None = None


_SECTIONS: dict[LibrarySection, _SectionInfo] = {
    LibrarySection.LIKED: _SectionInfo("Liked songs", "liked song", SavedTrack, Kind.TRACK),
    LibrarySection.ALBUMS: _SectionInfo("Albums", "album", SavedAlbum, Kind.ALBUM),
    LibrarySection.ARTISTS: _SectionInfo("Artists", "artist", Artist),
    LibrarySection.SHOWS: _SectionInfo("Shows", "show", SavedShow, Kind.SHOW),
    LibrarySection.EPISODES: _SectionInfo("Episodes", "episode", SavedEpisode, Kind.EPISODE),
    LibrarySection.AUDIOBOOKS: _SectionInfo(
        "Audiobooks", "audiobook", SavedAudiobook, Kind.AUDIOBOOK
    ),
    LibrarySection.PLAYLIST: _SectionInfo("Playlist", "song", PlaylistEntry),
    LibrarySection.TOP_SONGS_SHORT: _SectionInfo(
        "Top songs of 4 weeks", "top song", Track, top_range="short_term"
    ),
    LibrarySection.TOP_SONGS_MEDIUM: _SectionInfo(
        "Top songs of 6 months", "top song", Track, top_range="medium_term"
    ),
    LibrarySection.TOP_SONGS_LONG: _SectionInfo(
        "Top songs of a year", "top song", Track, top_range="long_term"
    ),
    LibrarySection.TOP_ARTISTS_SHORT: _SectionInfo(
        "Top artists of 4 weeks", "top artist", Artist, top_range="short_term"
    ),
    LibrarySection.TOP_ARTISTS_MEDIUM: _SectionInfo(
        "Top artists of 6 months", "top artist", Artist, top_range="medium_term"
    ),
    LibrarySection.TOP_ARTISTS_LONG: _SectionInfo(
        "Top artists of a year", "top artist", Artist, top_range="long_term"
    ),
    LibrarySection.RECENT: _SectionInfo("Recently played", "recently played song", Played),
}
# Those whose entries are songs or episodes.
SONG_LISTS = frozenset(
    section
    for section, info in _SECTIONS.items()
    if info.model in (SavedTrack, SavedEpisode, PlaylistEntry, Track, Played)
)


@dataclass(frozen=True)
class ExportList:
    """A list to export; `playlist` is None for all but a playlist.

    taken_over  its entries, if they need not be read
    """

    section: LibrarySection
    playlist: Playlist | None = None
    taken_over: TakenOver | None = None

    @property
    def name(self) -> str:
        """For people, not escaped."""
        return (self.playlist.name or "Untitled") if self.playlist else _SECTIONS[self.section].name

    @property
    def noun(self) -> str:
        return _SECTIONS[self.section].noun

    @property
    def nothing(self) -> str:
        """What to say if the list is empty."""
        if self.playlist is not None:
            return "That playlist is empty, so there’s nothing to export."
        if self.section.is_listening:
            return f"Spotify knows no {self.noun}s of yours yet, so there’s nothing to export."
        return f"You have no {self.noun}s yet, so there’s nothing to export. Add some with /save."

    @property
    def saved_kind(self) -> Kind:
        """The kind of its endpoint; artists and playlists have other ones."""
        kind = _SECTIONS[self.section].saved_kind
        assert kind is not None
        return kind

    def decode(self, line: bytes) -> ApiModel | None:
        """The entry of a line of JSON; None for a null. Raises SpotifyDown if unreadable."""
        return None if line == b"null" else decode_response(line, _SECTIONS[self.section].model)


class ListReader(Protocol):
    """What Paging and FollowedArtists have in common; see there."""

    totals: ListTotals
    read_count: int
    moved: bool
    complete: bool

    @property
    def total(self) -> int | None: ...

    @property
    def missing(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[Any]: ...


def open_list(spotify: Spotify, source: ExportList, *, keep_json: bool = True) -> ListReader:
    """A reader of the list, whose entries `json_of` reads.

    keep_json  whether Spotify's JSON of long lists is needed
    """
    if source.taken_over is not None:
        return TakenOverReader(source.taken_over)
    if source.playlist is not None:
        playlist = source.playlist
        return spotify.playlists.raw_items(
            playlist.require_uri(), playlist.snapshot_id, keep_json=keep_json
        )
    if source.section is LibrarySection.ARTISTS:
        return spotify.library.raw_artists()
    if source.section is LibrarySection.RECENT:
        return RecentlyPlayedReader(spotify)
    if (info := _SECTIONS[source.section]).top_range is not None:
        return spotify.profile.raw_top(Track if info.model is Track else Artist, info.top_range)
    return spotify.library.raw(source.saved_kind, keep_json=keep_json)


def json_of(entry: RawEntry[Any] | RawArtist | None) -> bytes:
    """The JSON of an entry of a list reader, on one line."""
    return entry.json if entry is not None else b"null"


# ---- what to export

LIBRARY = (
    LibrarySection.LIKED,
    LibrarySection.ALBUMS,
    LibrarySection.ARTISTS,
    LibrarySection.SHOWS,
    LibrarySection.EPISODES,
    LibrarySection.AUDIOBOOKS,
)
EVERYTHING, PLAYLISTS, OWN_PLAYLISTS, TOP = "everything", "playlists", "own-playlists", "top"
# What `/export what` takes besides a playlist's name or link, with the words for people.
SELECTIONS: dict[str, str] = {
    EVERYTHING: "Everything",
    **{section: _SECTIONS[section].name for section in LIBRARY},
    OWN_PLAYLISTS: "Playlists that you made",
    PLAYLISTS: "All your playlists, shared ones too",
    TOP: "Top songs and artists",
    LibrarySection.RECENT: "Recently played songs",
}
# As a person may type them.
_BY_NAME = {
    **{name.casefold(): what for what, name in SELECTIONS.items()},
    **{what: what for what in SELECTIONS},
    "liked": LibrarySection.LIKED,
    "all your playlists": PLAYLISTS,
    "recent": LibrarySection.RECENT,
}


@dataclass(frozen=True)
class Selection:
    """The lists to export, and the playlists that Spotify shows only to their owners.

    what        one of SELECTIONS; empty for one playlist
    unreadable  playlists that could not be read in the list of playlists
    user        Spotify's ID of the user; None if it is not known
    """

    lists: list[ExportList]
    hidden: list[Playlist]
    what: str = ""
    unreadable: int = 0
    user: str | None = None


async def select_lists(spotify: Spotify, what: str, *, user: str | None = None) -> Selection:
    """The lists of a selection, or of a playlist by its name or link.

    user  Spotify's ID of the user, if it is known

    Reads the list of playlists if they are selected. Raises PlaylistNotFound, SeveralPlaylists,
    and NotPermitted for a playlist that Spotify shows only to its owner.
    """
    what = _BY_NAME.get(" ".join(what.split()).casefold(), what)
    if what in LIBRARY or what == LibrarySection.RECENT:
        return Selection([ExportList(LibrarySection(what))], [], what)
    if what == TOP:
        tops = [section for section, info in _SECTIONS.items() if info.top_range]
        return Selection([ExportList(section) for section in tops], [], what)
    if what not in (EVERYTHING, PLAYLISTS, OWN_PLAYLISTS):
        playlist, ownership = await find_playlist(spotify, what)
        if ownership not in WRITABLE:
            raise NotPermitted("another person's playlist", message=_NOT_READABLE)
        if playlist.uri is None:
            raise NotFound("a playlist without an ID")
        return Selection([ExportList(LibrarySection.PLAYLIST, playlist)], [])
    lists = [ExportList(section) for section in LIBRARY] if what == EVERYTHING else []
    hidden: list[Playlist] = []
    user = user or (await spotify.profile.me(fresh=False)).id
    paging = spotify.playlists.mine()
    known = 0
    async for item in paging:
        if item is None or item.uri is None:
            continue
        known += 1
        ownership = ownership_of(item, user)
        if ownership in (EDITABLE if what == OWN_PLAYLISTS else WRITABLE):
            lists.append(ExportList(LibrarySection.PLAYLIST, item))
        elif what != OWN_PLAYLISTS:
            hidden.append(item)
    unreadable = paging.read_count + paging.missing - known
    return Selection(lists, hidden, what, unreadable, user)


_NOT_READABLE = (
    "Spotify shows what’s in that playlist only to its owner, so I can’t export it. "
    "Choose one of your own."
)
