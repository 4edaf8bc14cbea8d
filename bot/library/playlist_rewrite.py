"""Changes what is in a playlist, with the three calls that Spotify has for that.

Spotify adds songs at a position, and removes all copies of a song. So an entry whose copy is to
stay is removed with it, and the copy is added again where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.errors.bot_error import BotError
from bot.errors.spotify import BadRequest, OutcomeUnknown
from bot.interactions.progress import Progress
from bot.library.playlist_contents import PlaylistContents, Token, listed
from bot.spotify import Spotify
from bot.spotify.playlists import MAX_ITEMS_PER_CALL

# So few calls are over before their progress could be read.
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
        self._entry_uris: Sequence[str] = ()
        self.order: list[Token] = list(range(contents.count))
        self.snapshot_id = contents.snapshot_id
        self.sent = False
        self.readded = 0

    async def run(self, target: Sequence[Token], progress: Progress | None = None) -> None:
        """Change the playlist into `target`, whose old entries are in the old order.

        An entry without a URI must be in the target, and so must a local file that has a copy in
        it: Spotify cannot remove the one, nor add the other.

        Raises BotError; then `order` is what was done until then.
        """
        kept = {token for token in target if isinstance(token, int)}
        dropped = [index for index in range(self._contents.count) if index not in kept]
        gone: dict[str, None] = {}
        if dropped:
            self._entry_uris = [song.uri for song in self._contents]
            gone = dict.fromkeys(self._entry_uris[index] for index in dropped)
        batches = list(_batches(list(gone)))
        runs = list(_runs(target, lambda token: self._is_added(token, gone)))
        done, calls = 0, len(batches) + len(runs)
        if calls <= _QUICK_CALLS:
            progress = None
        for batch in batches:
            await self._remove(batch)
            done += 1
            if progress:
                await progress(done, calls)
        for position, tokens in runs:
            await self._add(position, tokens)
            self.readded += sum(isinstance(token, int) for token in tokens)
            done += 1
            if progress:
                await progress(done, calls)

    def _is_added(self, token: Token, gone: dict[str, None]) -> bool:
        return not isinstance(token, int) or (bool(gone) and self._entry_uris[token] in gone)

    def _uri_of(self, token: Token) -> str:
        return self._entry_uris[token] if isinstance(token, int) else token.uri

    @property
    def _total(self) -> int | None:
        total = self._contents.total
        return None if total is None else total + len(self.order) - self._contents.count

    async def _remove(self, uris: Sequence[str]) -> None:
        gone = set(uris)
        remaining = [token for token in self.order if self._uri_of(token) not in gone]
        self.sent = True
        try:
            snapshot_id = await self._spotify.playlists.remove(self._uri, *uris)
        except OutcomeUnknown as error:
            snapshot_id = await self._look(error, len(remaining) - len(self.order))
        self.order, self.snapshot_id = remaining, snapshot_id

    async def _add(self, position: int, tokens: Sequence[Token]) -> None:
        """Add the songs; at the end if the playlist became shorter than `position`."""
        uris = [self._entry_uris[t] if isinstance(t, int) else t.uri for t in tokens]
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
        self.order[end:end] = tokens
        self.snapshot_id = snapshot_id

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


def _runs(
    target: Sequence[Token], is_added: Callable[[Token], bool]
) -> Iterator[tuple[int, Sequence[Token]]]:
    """The entries that are to be added, in runs for one call each: index, entries."""
    run: list[Token] = []
    for index, token in enumerate(target):
        if is_added(token):
            run.append(token)
        if run and (not is_added(token) or len(run) == MAX_ITEMS_PER_CALL):
            start = index - len(run) + is_added(token)
            yield start, run
            run = []
    if run:
        yield len(target) - len(run), run
