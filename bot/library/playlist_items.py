"""Adds songs to playlists, removes them, and removes duplicates; each can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.errors.content import NotInPlaylist, PlaylistFull
from bot.errors.spotify import NotFound, NotPermitted
from bot.interactions.progress import Progress
from bot.library.duplicates import (
    Reason,
    Redundant,
    already_in,
    matching,
    redundant_songs,
    stuck_entries,
)
from bot.library.listed_songs import EntryRef, ListedSong
from bot.library.playlist_additions import SongsToAdd, linked_songs, songs_to_add
from bot.library.playlist_contents import PlaylistContents
from bot.library.playlist_editor import TIMEOUT, OpenPlaylist, PlaylistEditor
from bot.library.playlists import Addition
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Playlist
from bot.spotify.uris import Kind, Uri
from bot.store import SavedDefault
from bot.text.escape import bold
from bot.text.items import count

# From this many entries on, a refusal may mean that the playlist is full. Reports put Spotify's
# limit at about 11,000 entries, and its documentation of 2023 at 10,000.
NEARLY_FULL = 9_900
# The most songs that one press tidies: a copy that stays takes a call to move it to its place.
MAX_TIDIED = 100

APPEND_REFUSED = "Spotify won’t add to {name}. It may be full, or no longer yours to change."


class Duplicates(StrEnum):
    """What to do with songs that the playlist has already; part of a custom_id."""

    ASK = "ask"
    ADD = "add"
    SKIP = "skip"


@dataclass(frozen=True)
class Added:
    """Songs that were added, in order; `skipped` others were there already."""

    playlist: Playlist
    songs: Sequence[ListedSong] = field(repr=False)
    skipped: int = 0
    unread: int = 0


@dataclass(frozen=True)
class AlreadyThere:
    """A question: the playlist has songs already. Their indices, with the reasons.

    unread  the entries of the playlist that could not be read
    """

    playlist: Playlist
    songs: Sequence[ListedSong] = field(repr=False)
    found: dict[int, Reason]
    unread: int = 0


@dataclass(frozen=True)
class Found:
    """Songs of a playlist that match what a user typed, each with its number of copies."""

    playlist: Playlist
    songs: Sequence[tuple[ListedSong, int]] = field(repr=False)


@dataclass(frozen=True)
class Removed:
    """`entries` entries that were removed; `songs` has each song once."""

    playlist: Playlist
    songs: Sequence[ListedSong] = field(repr=False)
    entries: int


@dataclass(frozen=True)
class Tidiness:
    """What tidying would remove.

    kept      the entries that stay, by the index that `Redundant.kept` names
    nameless  the entries that name no item any more, which apps cannot remove
    repeated  the copies of local files, which apps cannot remove
    unread    the entries that could not be read
    """

    playlist: Playlist
    redundant: Sequence[Redundant] = field(repr=False)
    nameless: int = 0
    repeated: int = 0
    unread: int = 0


class SessionSource(Protocol):
    """The method of `Sessions` that this module needs."""

    async def session(self, discord_id: int, *, background: bool = False) -> Spotify: ...


class PlaylistItems:
    """Changes what is in playlists, one command after the other for each playlist."""

    def __init__(self, sessions: SessionSource, editor: PlaylistEditor) -> None:
        self._sessions = sessions
        self._editor = editor

    async def add(
        self,
        user_id: int,
        uri: Uri,
        songs: Sequence[ListedSong],
        *,
        at_top: bool = False,
        duplicates: Duplicates = Duplicates.ASK,
        progress: Progress | None = None,
    ) -> Added | AlreadyThere:
        """Add the songs, each once, or ask if the playlist has some of them.

        Raises BotError, whose message says how many were added; PlaylistFull.
        """
        songs = list({song.uri: song for song in songs}.values())
        async with await self._open(user_id, uri, progress) as playlist:
            contents = playlist.contents
            unread = contents.unread
            found = {} if duplicates is Duplicates.ADD else already_in(contents, songs)
            if found and duplicates is Duplicates.ASK:
                return AlreadyThere(contents.playlist, songs, found, unread)
            new = [song for number, song in enumerate(songs) if number not in found]
            old = range(contents.count)
            target: list[EntryRef] = [*new, *old] if at_top else [*old, *new]
            try:
                await playlist.change(
                    target, lambda n: f"Added {count(n, 'song')} to {playlist.name}.", progress
                )
            except NotPermitted:
                entries = max(playlist.contents.count, playlist.contents.total or 0)
                if entries + len(new) < NEARLY_FULL:
                    raise
                raise PlaylistFull(playlist.name, entries) from None
            return Added(contents.playlist, new, len(found), unread)

    async def add_items(
        self,
        user_id: int,
        uri: Uri,
        items: Sequence[Item],
        *,
        at_top: bool = False,
        duplicates: Duplicates = Duplicates.ASK,
        progress: Progress | None = None,
    ) -> tuple[SongsToAdd, Added | AlreadyThere]:
        """Add the songs in these items; see `songs_to_add` and `add`."""
        spotify = await self._sessions.session(user_id)
        wanted = await songs_to_add(spotify.with_timeout(TIMEOUT), items)
        return wanted, await self.add(
            user_id, uri, wanted.songs, at_top=at_top, duplicates=duplicates, progress=progress
        )

    async def append(
        self, user_id: int, spotify: Spotify, playlist: SavedDefault, addition: Addition
    ) -> None:
        """Add with one call, without a look at what the playlist has.

        Raises OutcomeUnknown, and NotPermitted, also for a full playlist.
        """
        label = f"Added {count(len(addition.uris), 'song')} to {bold(playlist.name)}."
        uri = Uri(Kind.PLAYLIST, playlist.id)
        try:
            await self._editor.append(user_id, spotify, uri, addition.uris, label)
        except NotPermitted as error:
            message = f"{APPEND_REFUSED.format(name=bold(playlist.name))} Choose another one."
            raise NotPermitted(str(error), message=message) from None

    async def try_append(
        self, user_id: int, spotify: Spotify, playlist: SavedDefault, addition: Addition
    ) -> bool:
        """False if Spotify refuses: the playlist is gone, or the user may no longer add to it."""
        try:
            await self.append(user_id, spotify, playlist, addition)
        except (NotPermitted, NotFound):
            return False
        return True

    async def find(
        self, user_id: int, uri: Uri, what: str, progress: Progress | None = None
    ) -> Found:
        """The songs of the playlist that are linked, or have these words in title and artists.

        Raises NotInPlaylist, and UnreadableLink for a link to something else.
        """
        linked = await linked_songs(await self._sessions.session(user_id), what)
        async with await self._open(user_id, uri, progress) as playlist:
            contents = playlist.contents
        if linked is None:
            songs = {song.uri: song for song in matching(contents, what)}
        else:
            songs = {song.uri: song for song in contents if song.uri in linked}
        if not songs:
            raise NotInPlaylist(playlist.name, empty=not contents.count)
        copies = dict.fromkeys(songs, 0)
        for song in contents:
            if song.uri in copies:
                copies[song.uri] += 1
        return Found(contents.playlist, [(song, copies[song.uri]) for song in songs.values()])

    async def remove(
        self, user_id: int, uri: Uri, uris: Collection[str], progress: Progress | None = None
    ) -> Removed:
        """Remove every copy of these songs. Raises NotInPlaylist if the playlist has none."""
        async with await self._open(user_id, uri, progress) as playlist:
            contents = playlist.contents
            target = [index for index, song in enumerate(contents) if song.uri not in uris]
            gone = {song.uri: song for song in contents if song.uri in uris}
            if not gone:
                raise NotInPlaylist(playlist.name, empty=not contents.count)
            await playlist.change(
                target, lambda n: f"Removed {count(n, 'song')} from {playlist.name}.", progress
            )
            return Removed(contents.playlist, list(gone.values()), contents.count - len(target))

    async def inspect(self, user_id: int, uri: Uri, progress: Progress | None = None) -> Tidiness:
        """What tidying would remove."""
        async with await self._open(user_id, uri, progress) as playlist:
            return _tidiness(playlist.contents)

    async def tidy(
        self,
        user_id: int,
        uri: Uri,
        uris: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> tuple[Removed, Tidiness]:
        """Remove the redundant copies of these songs, or of the first ones.

        Returns what was removed, and what is left to tidy.
        """
        async with await self._open(user_id, uri, progress) as playlist:
            contents = playlist.contents
            chosen = [
                redundant
                for redundant in redundant_songs(contents)
                if uris is None or redundant.song.uri in uris
            ][:MAX_TIDIED]
            gone = {index for redundant in chosen for index in redundant.indices}
            target = [index for index in range(contents.count) if index not in gone]
            await playlist.change(
                target, lambda n: f"Removed {count(n, 'song')} from {playlist.name}.", progress
            )
            removed = Removed(
                contents.playlist, [redundant.song for redundant in chosen], len(gone)
            )
            return removed, _tidiness(playlist.contents)

    async def _open(
        self, user_id: int, uri: Uri, progress: Progress | None
    ) -> AbstractAsyncContextManager[OpenPlaylist]:
        spotify = await self._sessions.session(user_id)
        background = await self._sessions.session(user_id, background=True)
        return self._editor.open(
            user_id,
            uri,
            spotify.with_timeout(TIMEOUT),
            background.with_timeout(TIMEOUT),
            progress,
        )


def _tidiness(contents: PlaylistContents) -> Tidiness:
    nameless, repeated = stuck_entries(contents)
    return Tidiness(
        contents.playlist, redundant_songs(contents), nameless, repeated, contents.unread
    )
