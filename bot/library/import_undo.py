"""Takes back what one import added, and nothing else; a kill at any moment repeats nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.errors.spotify import BadRequest, NotFound, NotPermitted, OutcomeUnknown, SpotifyDown
from bot.library.import_journal import Journal, StepState, Undoing, Undone
from bot.library.import_plan import parse_uri
from bot.library.import_steps import Fill, Save, Step, Surroundings
from bot.library.playlist_editor import PlaylistEditor
from bot.spotify import Spotify
from bot.spotify.endpoint_groups import Group
from bot.spotify.library import MAX_URIS
from bot.spotify.uris import Kind, Uri


class ImportUndo:
    """One run of the undo; a later run with the same journal goes on where it ended."""

    def __init__(
        self,
        spotify: Spotify,
        user_id: int,
        steps: Sequence[Step],
        journal: Journal,
        editor: PlaylistEditor,
        around: Surroundings,
    ) -> None:
        self._spotify = spotify
        self._user_id = user_id
        self._steps = steps
        self._journal = journal
        self._editor = editor
        self._around = around

    async def run(self) -> None:
        """Take back what is left. Raises as `ImportRun.run` does: run it again later."""
        for number in reversed(range(len(self._steps))):
            step, state = self._steps[number], self._journal.step(number)
            if state.undone is not None or not (state.done or state.sent or state.opened):
                continue
            try:
                if isinstance(step, Save):
                    await self._unsave(number, step, state)
                else:
                    await self._empty(number, step, state)
            except (NotFound, NotPermitted):
                self._journal.add(Undone(number, 0, _added(step, state)))
            except OutcomeUnknown as error:
                raise SpotifyDown(str(error)) from None  # the next run looks at what happened
            self._around.on_step(number, len(step.uris))

    async def _unsave(self, number: int, step: Save, state: StepState) -> None:
        uris = saved_by(step, state)
        left = 0
        for start in range(0, len(uris), MAX_URIS):
            with self._around.uninterrupted():
                left += await self._remove([parse_uri(u) for u in uris[start : start + MAX_URIS]])
        self._journal.add(Undone(number, len(uris) - left, left + len(step.unsure)))

    async def _remove(self, uris: Sequence[Uri]) -> int:
        """Remove the items; the number of those that Spotify refuses."""
        try:
            await self._spotify.library.remove(*uris)
        except (NotFound, BadRequest):
            if len(uris) == 1:
                return 1
            middle = len(uris) // 2
            return await self._remove(uris[:middle]) + await self._remove(uris[middle:])
        self._around.on_removed(uris)
        return 0

    async def _empty(self, number: int, step: Fill, state: StepState) -> None:
        """Delete the playlist that the import made, or take its songs out of another one."""
        opened = state.opened
        if opened is None:
            return
        uri = Uri(Kind.PLAYLIST, opened.playlist)
        added = added_by(step, state)
        playlist, _ = await self._spotify.playlists.open(uri)
        before = state.undoing.total if state.undoing else playlist.total
        if state.undoing is None:
            self._journal.add(Undoing(number, playlist.total or 0))
        is_own = opened.created and playlist.total == len(added)
        is_as_made = playlist.snapshot_id in (state.snapshot_id, None)
        if is_own and (is_as_made or await self._has_only(uri, added)):
            self._around.on_changed(uri)
            with self._around.uninterrupted():
                await self._spotify.library.remove(uri)
                self._journal.add(Undone(number, len(added)))
            return
        if state.undoing and (playlist.total or 0) <= (before or 0) - len(added):
            self._journal.add(Undone(number, len(added)))  # before a kill
            return
        async with self._editor.open(self._user_id, uri, self._spotify, self._spotify) as contents:
            with self._around.uninterrupted():
                gone = await contents.take_out(added)
                self._journal.add(Undone(number, len(added) - gone, gone))

    async def _has_only(self, playlist: Uri, songs: Sequence[str]) -> bool:
        """Whether a playlist has these songs again, as after the undo of a later import."""
        contents = await self._editor.held.read(
            self._spotify, self._user_id, playlist, background=self._spotify
        )
        return not contents.unread and [song.uri for song in contents] == [*songs]


def saved_by(step: Save, state: StepState) -> list[str]:
    """What the import has saved, or may have: the last ones first."""
    stop = max(state.done, state.sent[1] if state.sent else 0)
    spared = {*state.refused, *step.unsure}
    return [uri for uri in step.uris[:stop] if uri not in spared][::-1]


def added_by(step: Fill, state: StepState) -> list[str]:
    """The songs that the import has added, in order."""
    refused = Counter(state.refused)
    added = []
    for uri in step.uris[: state.done]:
        if refused[uri]:
            refused[uri] -= 1
        else:
            added.append(uri)
    return added


def _added(step: Step, state: StepState) -> int:
    return len(saved_by(step, state) if isinstance(step, Save) else added_by(step, state))


def count_undo_calls(steps: Sequence[Step], journal: Journal) -> Counter[Group]:
    """The requests to Spotify that the undo takes at least, by their quotas."""
    calls: Counter[Group] = Counter()
    for number, step in enumerate(steps):
        state = journal.step(number)
        if isinstance(step, Save):
            calls["library"] += -(-len(saved_by(step, state)) // MAX_URIS)
        elif state.opened is not None:
            calls["playlists"] += 2
    return calls
