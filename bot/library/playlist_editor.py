"""Opens a playlist for one command at a time, and makes each change of it reversible."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from cachetools import TTLCache

from bot.errors.bot_error import BotError
from bot.errors.spotify import OutcomeUnknown
from bot.interactions.progress import Progress
from bot.library.listed_songs import EntryRef
from bot.library.playlist_contents import ContentsCache, PlaylistContents
from bot.library.playlist_reversal import (
    Restoration,
    Reversal,
    restoration,
    without_last,
    without_newest,
)
from bot.library.playlist_rewrite import Rewrite
from bot.library.undo import Change, UndoLog, Undone
from bot.spotify import Spotify
from bot.spotify.uris import Uri
from bot.text.escape import bold
from bot.text.items import count

# Seconds for one command: 11,000 songs are some 230 calls.
TIMEOUT = 120.0
# Users whose unlinking is remembered while their commands are in progress.
_MAX_FORGOTTEN = 1_000

_OUTCOME_UNKNOWN = (
    "Not sure that was added: Spotify didn’t confirm. Check the playlist in Spotify before trying "
    "again, or it may be there twice."
)
_PARTLY = "{done} Then it stopped: {why}"
_NEW_DATES = "Spotify now says those were added today."
_LOST = "{entries} couldn’t be put back: apps can’t add files from a computer."
_GONE = "{songs} had been removed already."
_NOTHING = "There’s nothing left of that to undo in {name}."


class OpenPlaylist:
    """A playlist that no other command of this bot changes meanwhile.

    contents  what is in it
    """

    def __init__(
        self,
        editor: PlaylistEditor,
        spotify: Spotify,
        user_id: int,
        contents: PlaylistContents,
        generation: int,
    ) -> None:
        self._editor = editor
        self._spotify = spotify
        self._user_id = user_id
        self._generation = generation
        self.contents = contents

    @property
    def name(self) -> str:
        """In bold Markdown."""
        return bold(self.contents.playlist.name)

    async def change(
        self,
        target: Sequence[EntryRef],
        describe: Callable[[int], str],
        progress: Progress | None = None,
    ) -> None:
        """Turn the contents into `target`, which the user can undo; see `Rewrite.run`.

        describe  the label of the change, by the number of entries that it added or removed

        Raises BotError, whose message says what was done before.
        """
        before, rewrite = self.contents, Rewrite(self._spotify, self.contents)
        stopped: BotError | None = None
        try:
            await rewrite.run(target, progress)
        except BotError as error:
            stopped = error
        self._hold(rewrite, known=not isinstance(stopped, OutcomeUnknown))
        reversal = Reversal(before, rewrite.order, rewrite.snapshot_id)
        changed = len(reversal.dropped) + reversal.added
        label = describe(changed)
        if rewrite.order != list(range(before.count)) and not self._is_forgotten():

            async def undo(spotify: Spotify) -> Undone:
                return await self._editor.reverse(self._user_id, spotify, reversal)

            change = Change(label, undo, background=True)
            self._editor.undo_log.record(self._user_id, self._spotify, change)
        if stopped is not None:
            if changed:
                stopped.message = _PARTLY.format(done=label, why=stopped.message)
            raise stopped

    async def reverse(self, reversal: Reversal) -> Undone:
        """Bring back what a change dropped, and remove what it added. Raises BotError."""
        return await self._restore(restoration(reversal, self.contents))

    async def take_back(self, uris: Sequence[str]) -> Undone:
        """Remove songs that were added behind all others: the last ones in this order."""
        return await self._restore(without_last(self.contents, uris))

    async def take_out(self, uris: Sequence[str]) -> int:
        """Remove these songs, of several copies the last ones; how many were gone already."""
        plan = without_newest(self.contents, uris)
        await self._restore(plan)
        return plan.gone

    async def _restore(self, plan: Restoration) -> Undone:
        rewrite = Rewrite(self._spotify, self.contents)
        try:
            await rewrite.run(plan.target)
        except OutcomeUnknown:
            self._hold(rewrite, known=False)
            raise
        except BotError:
            self._hold(rewrite, known=True)
            raise
        self._hold(rewrite, known=True)
        done, caveats = [], []
        if plan.returning:
            done.append(f"Put {count(plan.returning, 'song')} back into {self.name}.")
        if plan.leaving:
            done.append(f"Removed {count(plan.leaving, 'song')} from {self.name}.")
        if plan.returning or rewrite.readded:
            caveats.append(_NEW_DATES)
        if plan.lost:
            caveats.append(_LOST.format(entries=count(plan.lost, "entry")))
        if plan.gone:
            caveats.append(_GONE.format(songs=count(plan.gone, "song")))
        return Undone(" ".join(done) or _NOTHING.format(name=self.name), tuple(caveats))

    def _is_forgotten(self) -> bool:
        return self._editor.generation(self._user_id) != self._generation

    def _hold(self, rewrite: Rewrite, *, known: bool) -> None:
        """Hold the contents after the writes; drop them unless their outcome is known."""
        if not rewrite.sent:
            return
        self.contents = self.contents.changed(rewrite.order, rewrite.snapshot_id)
        if known and not self._is_forgotten():
            self._editor.held.hold(self._user_id, self.contents)
        else:
            self._editor.held.drop(self._user_id, self.contents.playlist.require_uri())


class PlaylistEditor:
    """All playlists that are being changed.

    held      what is in the playlists that were changed or looked through lately
    undo_log  gets each change
    """

    def __init__(self, undo_log: UndoLog, *, monotonic: Callable[[], float]) -> None:
        self.undo_log = undo_log
        self.held = ContentsCache(monotonic=monotonic)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # An entry outlives the commands in progress.
        self._generations: TTLCache[int, int] = TTLCache(
            _MAX_FORGOTTEN, 10 * TIMEOUT, timer=monotonic
        )

    @asynccontextmanager
    async def open(
        self,
        user_id: int,
        uri: Uri,
        spotify: Spotify,
        background: Spotify,
        progress: Progress | None = None,
    ) -> AsyncIterator[OpenPlaylist]:
        """The playlist with its contents, as `ContentsCache.read` reads them. Raises BotError."""
        generation = self.generation(user_id)
        async with self.lock(uri):
            contents = await self.held.read(
                spotify, user_id, uri, background=background, progress=progress
            )
            if self.generation(user_id) != generation:
                self.held.forget(user_id)
            yield OpenPlaylist(self, spotify, user_id, contents, generation)

    async def append(
        self, user_id: int, spotify: Spotify, uri: Uri, songs: Sequence[Uri], label: str
    ) -> None:
        """Add songs at the end with one call, whatever the playlist has; the user can undo that.

        Raises OutcomeUnknown, whose message asks the user to look before they repeat it.
        """
        generation = self.generation(user_id)
        async with self.lock(uri):
            self.held.drop(user_id, uri)
            try:
                await spotify.playlists.add(uri, *songs)
            except OutcomeUnknown as error:
                raise OutcomeUnknown(str(error), message=_OUTCOME_UNKNOWN) from None

        async def undo(undoing: Spotify) -> Undone:
            async with self.open(user_id, uri, undoing, undoing) as playlist:
                return await playlist.take_back([str(song) for song in songs])

        if self.generation(user_id) == generation:
            self.undo_log.record(user_id, spotify, Change(label, undo, background=True))

    def lock(self, uri: Uri) -> asyncio.Lock:
        """Held while a command reads and changes the playlist."""
        return self._locks.setdefault(uri.id, asyncio.Lock())

    async def reverse(self, user_id: int, spotify: Spotify, reversal: Reversal) -> Undone:
        """Reverse a change; called by the undo log. Raises BotError."""
        uri = reversal.before.playlist.require_uri()
        async with self.open(user_id, uri, spotify, spotify) as playlist:
            return await playlist.reverse(reversal)

    def generation(self, user_id: int) -> int:
        """A number that grows when the user is forgotten."""
        return self._generations.get(user_id, 0)

    def forget(self, user_id: int) -> None:
        """Erase what the user's playlists contain, also for commands in progress."""
        self.held.forget(user_id)
        self._generations[user_id] = self.generation(user_id) + 1

    def expire(self) -> None:
        """Erase what is too old."""
        self.held.expire()
        self._generations.expire()
