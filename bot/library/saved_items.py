"""Saves and removes items of a user's library, so that it can be undone and the panels know it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from weakref import WeakValueDictionary

from bot.browse.pages import ListPage
from bot.browse.paths import ListKind
from bot.errors.bot_error import BotError
from bot.errors.content import OwnPlaylist
from bot.errors.login import NeedsLogin
from bot.errors.spotify import NotFound, OutcomeUnknown, SpotifyDown
from bot.library.undo import Change, UndoLog, Undone
from bot.spotify import Spotify
from bot.spotify.library import batches
from bot.spotify.models import Playlist
from bot.spotify.uris import Kind, Uri
from bot.text.library import change_sentence, counts

# Seconds to look at the library after a write that Spotify did not confirm.
_LOOK_TIMEOUT = 2.0

_NOT_CONFIRMED = (
    "Not sure that worked: Spotify didn’t confirm. Check your library before trying again."
)
_AT_THE_TOP = "It’s at the top of the list now: apps can’t restore its old place or date."
_ALL_AT_THE_TOP = (
    "They’re at the top of their lists now: apps can’t restore their old places or dates."
)
_OWNER_UNKNOWN = (
    "Spotify doesn’t say whose playlist that is. If it’s yours, removing it would delete it, so "
    "I left it alone."
)
_REST_NOT_KNOWN = (
    "Spotify didn’t say what was in your library before, so the rest stays as it is now."
)
_NOT_KNOWN = "I left it as it is: Spotify didn’t say what was in your library before."
_GONE = "Spotify no longer has {items}."


class SavedCallback(Protocol):
    """Called with the user's Discord ID, the items, and whether they are saved now."""

    def __call__(self, user_id: int, /, *uris: Uri, saved: bool) -> None: ...


@dataclass(frozen=True)
class SavedChange:
    """What a save or a removal did.

    changed    the items whose state is different now, or may be: see `unsure`
    unchanged  those that were saved, or not saved, already
    missing    those that Spotify does not have
    unsure     those of `changed` whose state before could not be read
    kept       the user's own playlists, which a removal would have deleted
    """

    changed: tuple[Uri, ...] = ()
    unchanged: tuple[Uri, ...] = ()
    missing: tuple[Uri, ...] = ()
    unsure: frozenset[Uri] = frozenset()
    kept: tuple[Uri, ...] = ()

    def require(self, missing: type[BotError]) -> None:
        """Raises `missing` if Spotify has none of the items."""
        if self.missing and not self.changed and not self.unchanged:
            raise missing


class SavedItems:
    """The only way in which commands, buttons and panels change a user's library."""

    def __init__(self, undo_log: UndoLog, on_saved: SavedCallback) -> None:
        self._undo_log = undo_log
        self._on_saved = on_saved
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def save(
        self,
        spotify: Spotify,
        user_id: int,
        *uris: Uri,
        titles: Mapping[Uri, str] | None = None,
        known: Mapping[Uri, bool | None] | None = None,
        fresh: bool = False,
    ) -> SavedChange:
        """Save the items, or follow artists and playlists: two calls for up to forty.

        titles  the items' names as markdown, for the undo; without, they are counted
        known   items for which it is known whether they are saved: no call asks for them
        fresh   ask Spotify for the others even if a list that was just shown knows it

        Raises BotError; its message says so if some items were saved.
        """
        return await self._change(spotify, user_id, uris, True, titles or {}, known or {}, fresh)

    async def remove(
        self,
        spotify: Spotify,
        user_id: int,
        *uris: Uri,
        titles: Mapping[Uri, str] | None = None,
        known: Mapping[Uri, bool | None] | None = None,
        fresh: bool = False,
    ) -> SavedChange:
        """Remove the items, or unfollow artists and playlists. Takes and raises as `save` does.

        Raises OwnPlaylist if all are playlists of the user, which this would delete.
        """
        own = await _own_playlists(spotify, uris)
        others = [uri for uri in uris if uri not in own]
        if own and not others:
            raise next(iter(own.values()))
        change = await self._change(
            spotify, user_id, others, False, titles or {}, known or {}, fresh
        )
        return replace(change, kept=tuple(own))

    async def _change(
        self,
        spotify: Spotify,
        user_id: int,
        uris: Sequence[Uri],
        saved: bool,
        titles: Mapping[Uri, str],
        known: Mapping[Uri, bool | None],
        fresh: bool,
    ) -> SavedChange:
        """Make the change and record how to undo it."""
        change = _Write(spotify, saved)
        try:
            async with self._lock(user_id):
                await change.run(uris, known, fresh=fresh)
        except BotError as error:
            if change.changed:
                done = change_sentence(change.changed, titles, saved=saved)
                error.message = f"{done} The rest failed: {error.message}"
            raise
        finally:
            # An unconfirmed write may have happened, so the undo covers it.
            self._record(spotify, user_id, change, titles)
            if known_now := (*change.changed, *change.unchanged):
                self._on_saved(user_id, *known_now, saved=saved)
        return change.result()

    def _record(
        self, spotify: Spotify, user_id: int, change: _Write, titles: Mapping[Uri, str]
    ) -> None:
        attempted = (*change.changed, *change.unconfirmed)
        if not attempted:
            return
        saved = change.saved
        to_restore = [uri for uri in attempted if uri not in change.unsure]
        caveats = (_REST_NOT_KNOWN,) if len(to_restore) < len(attempted) else ()

        async def undo(spotify: Spotify) -> Undone:
            if not to_restore:
                return Undone(_NOT_KNOWN)
            return await self._undo(spotify, user_id, to_restore, not saved, titles, caveats)

        label = change_sentence(attempted, titles, saved=saved)
        self._undo_log.record(user_id, spotify, Change(label, undo))

    async def _undo(
        self,
        spotify: Spotify,
        user_id: int,
        uris: Sequence[Uri],
        saved: bool,
        titles: Mapping[Uri, str],
        caveats: tuple[str, ...],
    ) -> Undone:
        write = _Write(spotify, saved)
        try:
            async with self._lock(user_id):
                await write.run(uris, {}, fresh=True)
        finally:
            if known_now := (*write.changed, *write.unchanged):
                self._on_saved(user_id, *known_now, saved=saved)
        message = change_sentence(write.changed, titles, saved=saved)
        # Spotify lists followed artists by their IDs.
        moved = [uri for uri in write.changed if saved and uri.kind != Kind.ARTIST]
        if moved:
            caveats = (_AT_THE_TOP if len(moved) == 1 else _ALL_AT_THE_TOP, *caveats)
        if write.missing:
            gone = _GONE.format(items=counts(write.missing))
            message, caveats = (message, (gone, *caveats)) if message else (gone, caveats)
        return Undone(message or "That’s already as it was before.", caveats)

    def _lock(self, user_id: int) -> asyncio.Lock:
        """Two changes at once would both find an item unsaved, and both undo its save."""
        return self._locks.setdefault(user_id, asyncio.Lock())


class _Write:
    """One save or removal of some items, and its results so far."""

    def __init__(self, spotify: Spotify, saved: bool) -> None:
        self._spotify = spotify
        self.saved = saved
        self.changed: list[Uri] = []
        self.unchanged: list[Uri] = []
        self.missing: list[Uri] = []
        self.unconfirmed: list[Uri] = []
        self.unsure: frozenset[Uri] = frozenset()

    def result(self) -> SavedChange:
        return SavedChange(
            tuple(self.changed), tuple(self.unchanged), tuple(self.missing), self.unsure
        )

    async def run(
        self, uris: Sequence[Uri], known: Mapping[Uri, bool | None], *, fresh: bool
    ) -> None:
        uris = list(dict.fromkeys(uris))
        flags = dict(known)
        unknown = [uri for uri in uris if flags.get(uri) is None]
        flags |= await _flags(self._spotify, unknown, fresh=fresh)
        self.unchanged += [uri for uri in uris if flags[uri] is self.saved]
        to_change = [uri for uri in uris if flags[uri] is not self.saved]
        self.unsure = frozenset(uri for uri in to_change if flags[uri] is None)
        for batch in batches(to_change):
            await self._write(batch)

    async def _write(self, uris: Sequence[Uri]) -> None:
        """One call; if Spotify lacks some of the items, more calls to find out which."""
        library = self._spotify.library
        try:
            await (library.save if self.saved else library.remove)(*uris)
            self.changed += uris
        except NotFound:
            if len(uris) == 1:
                self.missing += uris
                return
            for half in (uris[: len(uris) // 2], uris[len(uris) // 2 :]):
                await self._write(half)
        except (SpotifyDown, OutcomeUnknown) as error:
            await self._look(uris, error)

    async def _look(self, uris: Sequence[Uri], error: BotError) -> None:
        """After an unconfirmed write: see what it did. Raises the error unless it did all."""
        flags = await _flags(self._spotify.with_timeout(_LOOK_TIMEOUT), uris, fresh=True)
        self.changed += [uri for uri in uris if flags[uri] is self.saved]
        self.unconfirmed += [uri for uri in uris if flags[uri] is None]
        if self.unconfirmed:
            raise OutcomeUnknown(str(error), message=_NOT_CONFIRMED) from None
        if not all(flag is self.saved for flag in flags.values()):
            raise error


async def _flags(spotify: Spotify, uris: Sequence[Uri], *, fresh: bool) -> dict[Uri, bool | None]:
    """Whether each is saved; None for all if that cannot be read. Raises NeedsLogin."""
    try:
        return dict(zip(uris, await spotify.library.contains(*uris, fresh=fresh), strict=True))
    except NeedsLogin:
        raise
    except BotError:
        return dict.fromkeys(uris)


async def _own_playlists(spotify: Spotify, uris: Sequence[Uri]) -> dict[Uri, OwnPlaylist]:
    """The playlists that are the user's own, or may be, with the reason not to remove each."""
    playlists = [uri for uri in uris if uri.kind == Kind.PLAYLIST]
    if not playlists:
        return {}
    own: dict[Uri, OwnPlaylist] = {}
    profile = await spotify.profile.me(fresh=False)
    for uri in playlists:
        playlist = await spotify.catalogue.item(uri)
        owner = playlist.owner.id if isinstance(playlist, Playlist) and playlist.owner else None
        if owner is None or profile.id is None or owner == profile.id:
            known = owner is not None and profile.id is not None
            own[uri] = OwnPlaylist(message=None if known else _OWNER_UNKNOWN)
    return own


async def saved_on(spotify: Spotify, page: ListPage) -> Collection[Uri]:
    """Those on the page that the user has saved, by one call; empty if that cannot be read.

    All of a list of the library are saved, which takes no call.
    """
    uris = page.uris
    if page.path.kind in (ListKind.SAVED, ListKind.PLAYLISTS):
        return uris
    if spotify.is_app or not uris:
        return frozenset()
    try:
        flags = await spotify.library.contains(*uris)
    except BotError:
        return frozenset()
    return frozenset(uri for uri, saved in zip(uris, flags, strict=True) if saved)
