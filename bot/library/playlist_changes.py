"""Creates, changes, deletes and chooses playlists; each change can be undone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import (
    ChangedSince,
    InvalidPlaylistText,
    PlaylistGone,
    SharedPlaylist,
    TooManyPins,
)
from bot.errors.spotify import BadRequest, NotFound, OutcomeUnknown, SpotifyDown
from bot.library.playlist_lookup import find_playlist_among
from bot.library.playlist_sources import Filled, NowPlaying, SourceSongs, fill, read_source
from bot.library.undo import Change, UndoLog, Undone
from bot.spotify import Spotify
from bot.spotify.models import Playlist
from bot.spotify.ownership import EDITABLE, WRITABLE
from bot.spotify.uris import Uri
from bot.store import Pin, SavedDefault, Store
from bot.text.escape import bold, single_line

# Characters. Spotify's own apps allow no more; the Web API documents no limits.
MAX_NAME, MAX_DESCRIPTION = 100, 300
# Seconds to create a playlist of a thousand songs: some thirty calls.
CREATE_TIMEOUT = 60.0

_NO_NAME = "A playlist needs a name. Type one with at least one letter."
_NAME_TOO_LONG = f"That name is too long. Use at most {MAX_NAME} characters."
_DESCRIPTION_TOO_LONG = f"That description is too long. Use at most {MAX_DESCRIPTION} characters."
_REFUSED = "Spotify won’t accept that name or description. Try another one."
_MAYBE_CREATED = (
    "Spotify didn’t confirm, but there is an empty playlist called {name} in your list. Check it "
    "before trying again."
)
_NOT_CREATED = (
    "Spotify didn’t confirm, and I don’t see it among your playlists. Check in Spotify before "
    "trying again."
)
_NOT_CHANGED = "Spotify didn’t confirm, and still shows the playlist as it was. Try again."


@dataclass(frozen=True)
class Details:
    """The changed details of a playlist; None: as it was."""

    name: str | None = None
    description: str | None = None
    public: bool | None = None

    def of(self, playlist: Playlist) -> Details:
        """The same details of this playlist, as they are."""
        return Details(
            None if self.name is None else playlist.name,
            None if self.description is None else playlist.description or "",
            None if self.public is None else playlist.public,
        )


@dataclass(frozen=True)
class Edited:
    """A playlist before its details were changed, and after; both are one if nothing changed."""

    before: Playlist
    after: Playlist

    @property
    def changed(self) -> bool:
        return self.before is not self.after


@dataclass(frozen=True)
class Created:
    """A new playlist, what its source had, and how much of that went in."""

    playlist: Playlist
    songs: SourceSongs
    filled: Filled


class PlaylistChanges:
    """All methods raise BotError; those that take a playlist's name, what `find_playlist` does.

    now_playing  see `read_source`
    """

    def __init__(
        self, sessions: Sessions, store: Store, undo_log: UndoLog, now_playing: NowPlaying
    ) -> None:
        self._sessions = sessions
        self._now_playing = now_playing
        self._preferences = store.preferences
        self._pins = store.pins
        self._undo_log = undo_log

    async def create(
        self,
        user_id: int,
        name: str,
        *,
        public: bool = False,
        description: str = "",
        source: str | None = None,
    ) -> Created:
        """Create a playlist with the songs of a source or of links; see `read_source`."""
        name, description = validate_name(name), validate_description(description)
        spotify = (await self._sessions.session(user_id)).with_timeout(CREATE_TIMEOUT)
        songs = SourceSongs()
        if source is not None:
            songs = await read_source(spotify, source, self._now_playing)
        try:
            playlist = await spotify.playlists.create(name, public=public, description=description)
        except BadRequest as error:
            raise BadRequest(str(error), message=_REFUSED) from None
        except OutcomeUnknown as error:
            raise await _explain_create(error, spotify, name) from None
        filled = await fill(spotify, playlist.require_uri(), songs.uris)
        undo = partial(_undo_create, playlist, (playlist.total or 0) + filled.added)
        self._undo_log.record(user_id, spotify, Change(f"Created {bold(playlist.name)}.", undo))
        return Created(playlist, songs, filled)

    async def edit(self, user_id: int, text: str, details: Details) -> Edited:
        """Change details of the user's own playlist of this name or link."""
        spotify = await self._sessions.session(user_id)
        before = await find_playlist_among(spotify, text, EDITABLE, fresh=True)
        old = details.of(before)
        if old == details:
            return Edited(before, before)
        if details.public and before.collaborative:
            raise SharedPlaylist
        await _edit(spotify, before.require_uri(), details)
        change = Change(
            f"Changed {bold(before.name)}.",
            partial(self._undo_edit, user_id, before, old, details),
        )
        self._undo_log.record(user_id, spotify, change)
        await self._store_name(user_id, before.require_uri(), old.name, details.name)
        return Edited(before, _with_details(before, details))

    async def delete(self, user_id: int, uri: Uri) -> Playlist:
        """Delete the user's own playlist, or unfollow another; it is no default or pin any more.

        Raises PlaylistGone if it is not in the user's library.
        """
        spotify = await self._sessions.session(user_id)
        try:
            playlist = await spotify.playlists.get(uri, fresh=False)
        except NotFound:  # its owner has hidden it, which is no reason to keep following it
            playlist = Playlist(id=uri.id, raw_uri=str(uri))
        with suppress(SpotifyDown):
            if await spotify.library.contains(uri, fresh=True) == [False]:
                raise PlaylistGone(bold(playlist.name))
        default = (await self._preferences.get(user_id)).playlist
        default = default if default and default.id == uri.id else None
        pin = next((pin for pin in await self._pins.of(user_id) if pin.uri == str(uri)), None)
        await spotify.library.remove(uri)
        undo = partial(self._undo_delete, user_id, playlist, default, pin)
        self._undo_log.record(user_id, spotify, Change(f"Deleted {bold(playlist.name)}.", undo))
        if default:
            await self._preferences.set_playlist(user_id, None)
        if pin:
            await self._pins.remove(user_id, pin.uri)
        return playlist

    async def default(self, user_id: int, text: str | None) -> SavedDefault | None:
        """Where songs go if the user names no playlist; `text` makes it another one."""
        if text is None:
            await self._sessions.require_account(user_id)
            return (await self._preferences.get(user_id)).playlist
        spotify = await self._sessions.session(user_id)
        playlist = await find_playlist_among(spotify, text, WRITABLE)
        default = SavedDefault(playlist.require_uri().id, single_line(playlist.name) or "Untitled")
        await self._preferences.set_playlist(user_id, default)
        return default

    async def _store_name(self, user_id: int, uri: Uri, old: str | None, name: str | None) -> None:
        """Rename the default and the pin, if the playlist is one; not a pin with another name."""
        if name is None:
            return
        default = (await self._preferences.get(user_id)).playlist
        if default and default.id == uri.id:
            await self._preferences.set_playlist(user_id, SavedDefault(uri.id, name))
        if Pin(str(uri), single_line(old)) in await self._pins.of(user_id):
            await self._pins.set(user_id, Pin(str(uri), name))

    async def _undo_edit(
        self, user_id: int, before: Playlist, old: Details, new: Details, spotify: Spotify
    ) -> Undone:
        uri = before.require_uri()
        now = new.of(await spotify.playlists.get(uri))
        if now != old:
            if now != new:
                raise ChangedSince(bold(before.name))
            await _edit(spotify, uri, old)
        await self._store_name(user_id, uri, new.name, old.name)
        return Undone(f"{bold(before.name)} is as it was.")

    async def _undo_delete(
        self,
        user_id: int,
        playlist: Playlist,
        default: SavedDefault | None,
        pin: Pin | None,
        spotify: Spotify,
    ) -> Undone:
        await spotify.library.save(playlist.require_uri())
        if default and (await self._preferences.get(user_id)).playlist is None:
            await self._preferences.set_playlist(user_id, default)
        caveats = ["It may be at another place in your list."]
        if pin:
            try:
                await self._pins.set(user_id, pin)
            except TooManyPins:
                caveats.append("It’s no longer pinned, because you have five other pins.")
        return Undone(f"{bold(playlist.name)} is back in your library.", tuple(caveats))


def validate_name(text: str) -> str:
    """The name on one line. Raises InvalidPlaylistText if it is invisible or too long."""
    name = single_line(text, len(text) + 1)
    if not name:
        raise InvalidPlaylistText("no name", message=_NO_NAME)
    if len(name) > MAX_NAME:
        raise InvalidPlaylistText("a long name", message=_NAME_TOO_LONG)
    return name


def validate_description(text: str) -> str:
    """The description on one line. Raises InvalidPlaylistText if it is too long."""
    description = single_line(text, len(text) + 1)
    if len(description) > MAX_DESCRIPTION:
        raise InvalidPlaylistText("a long description", message=_DESCRIPTION_TOO_LONG)
    return description


async def _explain_create(error: OutcomeUnknown, spotify: Spotify, name: str) -> OutcomeUnknown:
    """The error, with a message that says whether there is an empty playlist of this name."""
    try:
        playlists, _ = await spotify.playlists.first_pages()
    except BotError:
        return error
    found = any(
        single_line(playlist.name, len(name) + 1) == name and playlist.total == 0
        for playlist in playlists
    )
    message = _MAYBE_CREATED if found else _NOT_CREATED
    return OutcomeUnknown(str(error), message=message.format(name=bold(name)))


async def _undo_create(created: Playlist, total: int, spotify: Spotify) -> Undone:
    """`total`: the number of songs that it had."""
    uri = created.require_uri()
    with suppress(NotFound):
        playlist = await spotify.playlists.get(uri)
        if playlist.total not in (None, total):
            raise ChangedSince(bold(created.name))
        await spotify.library.remove(uri)
    return Undone(f"Deleted {bold(created.name)}.")


async def _edit(spotify: Spotify, uri: Uri, details: Details) -> None:
    """Change the details. If the outcome is unknown, look whether they are changed."""
    try:
        await spotify.playlists.edit(
            uri, name=details.name, description=details.description, public=details.public
        )
    except BadRequest as error:
        raise BadRequest(str(error), message=_REFUSED) from None
    except OutcomeUnknown as error:
        try:
            now = details.of(await spotify.playlists.get(uri))
        except BotError:
            raise error from None
        if now != details:
            raise OutcomeUnknown(str(error), message=_NOT_CHANGED) from None


def _with_details(playlist: Playlist, details: Details) -> Playlist:
    changes = {
        "name": details.name,
        "raw_description": details.description,
        "public": details.public,
    }
    return replace(playlist, **{key: each for key, each in changes.items() if each is not None})
