"""Changes the entries of a playlist with the calls that Spotify offers.

Spotify adds songs at a position, moves a range, and removes all copies of a song. So an entry whose
copy is to go is removed with it. All such entries are added again at once, at the end, and then
moved to their places one by one: if Spotify refuses a call, nothing but the order is incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby, takewhile

from bot.errors.bot_error import BotError
from bot.errors.spotify import BadRequest, OutcomeUnknown
from bot.interactions.progress import Progress
from bot.library.listed_songs import EntryRef, listed
from bot.library.playlist_contents import PlaylistContents
from bot.spotify import Spotify
from bot.spotify.playlists import MAX_ITEMS_PER_CALL

# Up to this many calls are too fast for a progress message.
_QUICK_CALLS = 4

_UNCONFIRMED = (
    "Not sure that worked: Spotify didn’t confirm, and the playlist doesn’t show it yet. Check it "
    "in Spotify in a minute, before trying again."
)


class Rewrite:
    """One change of a playlist.

    order        what is in the playlist now: the entries before, and those that were added
    snapshot_id  of the latest write; None if Spotify did not say it
    sent         whether a write was sent that may have changed something
    readded      the entries that were removed with a copy of theirs, and added again
    """

    def __init__(self, spotify: Spotify, contents: PlaylistContents) -> None:
        self._spotify = spotify
        self._uri = contents.playlist.require_uri()
        self._contents = contents
        # The URIs of the entries that are removed, some of them to be added again, by their index.
        self._removed: dict[int, str] = {}
        self.order: list[EntryRef] = list(range(contents.count))
        self.snapshot_id = contents.snapshot_id
        self.sent = False
        self.readded = 0

    async def run(self, target: Sequence[EntryRef], progress: Progress | None = None) -> None:
        """Change the playlist into `target`.

        An entry without a URI must be in the target, and so must a local file that has a copy in
        it: Spotify cannot remove the one, nor add the other.

        Raises BotError; then `order` is what was done until then.
        """
        kept = {entry for entry in target if isinstance(entry, int)}
        gone: dict[str, None] = {}
        if len(kept) < self._contents.count:
            songs = enumerate(self._contents)
            gone = dict.fromkeys(song.uri for index, song in songs if index not in kept)
            songs = enumerate(self._contents)
            self._removed = {index: song.uri for index, song in songs if song.uri in gone}
        batches = list(_batches(list(gone)))
        runs = _count_runs(target, self._is_moved)
        done, calls = 0, 2 * len(batches) + runs
        report = progress if calls > _QUICK_CALLS else None
        for batch in batches:
            await self._remove(batch)
            if runs > 1:
                # At once, so that nothing is missing if Spotify refuses a later call.
                await self._add_at_end([entry for entry in target if self._is_in(entry, batch)])
            done += 2
            if report:
                await report(done, calls)
        there = {entry for entry in self.order if isinstance(entry, int)}
        position = 0
        while position < len(target):
            if position < len(self.order) and self.order[position] == target[position]:
                position += 1
                continue
            position += await self._put(position, target, there)
            done += 1
            if report:
                await report(done, max(done, calls))

    def _is_moved(self, entry: EntryRef) -> bool:
        """Whether the entry is new, or removed together with a copy of it."""
        return not isinstance(entry, int) or entry in self._removed

    def _is_in(self, entry: EntryRef, uris: Collection[str]) -> bool:
        """Whether it is an entry from before with one of these URIs, which are to be removed."""
        return isinstance(entry, int) and self._removed.get(entry) in uris

    def _uri_of(self, entry: EntryRef) -> str:
        """Of a new song, or of an entry that is removed."""
        return self._removed[entry] if isinstance(entry, int) else entry.uri

    @property
    def _total(self) -> int | None:
        total = self._contents.total
        return None if total is None else total + len(self.order) - self._contents.count

    async def _remove(self, uris: Sequence[str]) -> None:
        gone = frozenset(uris)
        remaining = [entry for entry in self.order if not self._is_in(entry, gone)]
        self.sent = True
        try:
            snapshot_id = await self._spotify.playlists.remove(self._uri, *uris)
        except OutcomeUnknown as error:
            snapshot_id = await self._look(error, len(remaining) - len(self.order))
        self.order, self.snapshot_id = remaining, snapshot_id

    async def _add_at_end(self, entries: Sequence[EntryRef]) -> None:
        for start in range(0, len(entries), MAX_ITEMS_PER_CALL):
            await self._add(len(self.order), entries[start : start + MAX_ITEMS_PER_CALL])

    async def _put(
        self, position: int, target: Sequence[EntryRef], there: Collection[EntryRef]
    ) -> int:
        """Bring the entries from `position` on to their places with one call; returns how many.

        there  the entries from before that are in the playlist: they are moved, others are added
        """
        if target[position] in there:
            start = self.order.index(target[position], position)
            pairs = zip(self.order[start:], target[position:], strict=False)
            length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            await self._move(start, position, length)
            return length
        run = list(takewhile(lambda entry: entry not in there, target[position:]))
        run = run[:MAX_ITEMS_PER_CALL]
        await self._add(position, run)
        return len(run)

    async def _move(self, start: int, position: int, length: int) -> None:
        self.sent = True
        try:
            snapshot_id = await self._spotify.playlists.reorder(
                self._uri, start, position, length=length, snapshot_id=self.snapshot_id
            )
        except OutcomeUnknown as error:
            songs = list(self._contents)
            moved = self.order[start : start + length]
            uris = [(songs[each] if isinstance(each, int) else each).uri for each in moved]
            snapshot_id = await self._look(error, 0, position, uris)
        moved = self.order[start : start + length]
        del self.order[start : start + length]
        self.order[position:position] = moved
        self.snapshot_id = snapshot_id

    async def _add(self, position: int, entries: Sequence[EntryRef]) -> None:
        """Add the songs; at the end if the playlist became shorter than `position`."""
        uris = [self._uri_of(entry) for entry in entries]
        at = position if position < len(self.order) else None
        self.sent = True
        try:
            try:
                snapshot_id = await self._spotify.playlists.add(self._uri, *uris, position=at)
            except BadRequest:
                if at is None:
                    raise
                at = None
                snapshot_id = await self._spotify.playlists.add(self._uri, *uris)
        except OutcomeUnknown as error:
            start = len(self.order) if at is None else at
            snapshot_id = await self._look(error, len(uris), start, uris)
        end = len(self.order) if at is None else at
        self.order[end:end] = entries
        self.snapshot_id = snapshot_id
        self.readded += sum(isinstance(entry, int) for entry in entries)

    async def _look(
        self, error: OutcomeUnknown, change: int, position: int = 0, uris: Sequence[str] = ()
    ) -> str:
        """The new snapshot ID if an unconfirmed write has taken effect. Raises OutcomeUnknown.

        change    by how many entries the write lengthens the playlist
        position  where the added songs begin
        """
        unknown = OutcomeUnknown(str(error), message=_UNCONFIRMED)
        try:
            playlist, _ = await self._spotify.playlists.open(self._uri)
            if playlist.snapshot_id in (None, self.snapshot_id) or playlist.total is None:
                raise unknown from None
            if self._total is None or playlist.total != self._total + change:
                raise unknown from None
            if uris:
                page = await self._spotify.playlists.items(self._uri).page(position)
                there = [listed(e.item).uri if e and e.item else "" for e in page.items]
                if not there or there[: len(uris)] != list(uris[: len(there)]):
                    raise unknown from None
        except OutcomeUnknown:
            raise
        except BotError:
            raise unknown from None
        return playlist.snapshot_id or ""


def _batches(uris: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
        yield uris[start : start + MAX_ITEMS_PER_CALL]


def _count_runs(target: Sequence[EntryRef], is_moved: Callable[[EntryRef], bool]) -> int:
    """The calls that bring the entries to their places: one for each run of moved ones."""
    runs = (len(list(group)) for moved, group in groupby(target, is_moved) if moved)
    return sum(-(-length // MAX_ITEMS_PER_CALL) for length in runs)
