"""Carries out the steps of an import, so that a kill at any moment neither loses nor doubles one.

Each write is noted before it is sent and after its answer. A save can be repeated. An addition to a
playlist cannot, so after an answer that never came, the playlist is looked at: twice, some seconds
apart, before the songs are taken for not added.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.errors.login import NeedsLogin
from bot.errors.spotify import (
    BackgroundBudgetExceeded,
    BadRequest,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    SpotifyDown,
    SpotifyError,
)
from bot.library.import_journal import (
    BatchOrder,
    Began,
    Creating,
    Done,
    Failed,
    Journal,
    Learned,
    Opened,
    Sent,
    StepState,
)
from bot.library.import_plan import parse_uri
from bot.library.import_steps import (
    ORDERED_KINDS,
    PROBE,
    Fill,
    Save,
    Step,
    Surroundings,
    saves_singly,
)
from bot.library.playlist_items import NEARLY_FULL
from bot.spotify import Spotify
from bot.spotify.library import MAX_URIS
from bot.spotify.playlists import MAX_ITEMS_PER_CALL
from bot.spotify.uris import Kind, Uri

_SECOND = 1.05
# Seconds between two looks at what a write without an answer did.
_LOOK_AGAIN = 10.0

_FULL = "Spotify won’t add more to it. It may be full."
_NOT_YOURS = "Spotify won’t add to it. It may no longer be yours to change."
_CHANGED = "It was changed meanwhile, so I don’t know whether the last songs were added."

# After these the job waits, or ends; anything else concerns one step.
_NOT_THIS_STEP = (RateLimited, BackgroundBudgetExceeded, SpotifyDown, NeedsLogin)


class ImportRun:
    """One run of the steps; a later run with the same journal goes on where it ended."""

    def __init__(
        self, spotify: Spotify, steps: Sequence[Step], journal: Journal, around: Surroundings
    ) -> None:
        self._spotify = spotify
        self._steps = steps
        self._journal = journal
        self._around = around

    async def run(self) -> None:
        """Do what is left. Items and playlists that Spotify refuses are noted in the journal.

        Raises RateLimited, BackgroundBudgetExceeded and SpotifyDown: run again later; NeedsLogin;
        and OSError.
        """
        for number, step in enumerate(self._steps):
            state = self._journal.step(number)
            if state.failed or (state.done >= len(step.uris) and self._is_open(number)):
                continue
            try:
                await (self._save if isinstance(step, Save) else self._fill)(number, step)  # type: ignore[arg-type]
            except _NOT_THIS_STEP:
                raise
            except OutcomeUnknown as error:
                raise SpotifyDown(str(error)) from None  # the next run looks at what happened
            except SpotifyError as error:
                self._journal.add(Failed(number, error.message))

    def _is_open(self, number: int) -> bool:
        return (
            isinstance(self._steps[number], Save) or self._journal.step(number).opened is not None
        )

    def _note_done(self, number: int, done: Done) -> None:
        self._journal.add(done)
        self._around.on_step(number, done.stop)

    # ---- saved items

    async def _save(self, number: int, step: Save) -> None:
        state, in_order = self._journal.step(number), step.kind in ORDERED_KINDS
        while state.done < len(step.uris):
            size = self._batch_size(step)
            batch = step.uris[state.done : state.done + size]
            probes = in_order and self._journal.order is None and len(batch) > 1
            await self._save_batch(number, step, state.done, batch)
            if probes and not await self._learn(number, step, batch):
                state.done = 0

    def _batch_size(self, step: Save) -> int:
        if step.kind not in ORDERED_KINDS:
            return MAX_URIS
        if self._journal.order is None:
            return PROBE
        is_mixed = self._journal.order is BatchOrder.MIXED
        return 1 if is_mixed and saves_singly(step) else MAX_URIS

    async def _save_batch(self, number: int, step: Save, start: int, batch: Sequence[str]) -> None:
        stop = start + len(batch)
        if step.kind in ORDERED_KINDS and self._journal.order in (
            BatchOrder.FIRST_IS_NEWEST,
            BatchOrder.MIXED,
        ):
            if start:  # items of one second may be listed in any order
                await self._around.sleep(_SECOND)
            if self._journal.order is BatchOrder.FIRST_IS_NEWEST:
                batch = batch[::-1]
        refused: list[str] = []
        with self._around.uninterrupted():
            self._journal.add(Sent(number, start, stop))
            await self._save_some([parse_uri(uri) for uri in batch], refused)
            self._note_done(number, Done(number, stop, refused))

    async def _save_some(self, uris: Sequence[Uri], refused: list[str]) -> None:
        """Save the items; if Spotify lacks some of them, find out which and save the others."""
        try:
            await self._spotify.library.save(*uris)
        except (NotFound, BadRequest):
            if len(uris) == 1:
                refused.append(str(uris[0]))
                return
            await self._save_some(uris[: len(uris) // 2], refused)
            await self._save_some(uris[len(uris) // 2 :], refused)
            return
        self._around.on_saved(uris)

    async def _learn(self, number: int, step: Save, batch: Sequence[str]) -> bool:
        """Note how Spotify lists the batch; False if it is to be saved again in another order."""
        refused = frozenset(self._journal.step(number).refused)
        saved = [uri for uri in batch if uri not in refused]
        order = await self._listed_order(step.kind, saved)
        with self._around.uninterrupted():
            repeats = order is BatchOrder.FIRST_IS_NEWEST or (
                order is BatchOrder.MIXED and saves_singly(step)
            )
            if repeats:
                await self._spotify.library.remove(*(parse_uri(uri) for uri in saved))
                self._journal.add(Done(number, 0))
            self._journal.add(Learned(order))
        return not repeats

    async def _listed_order(self, kind: Kind, saved: Sequence[str]) -> BatchOrder:
        page = await self._spotify.library.raw(kind).page(0, fresh=True)
        listed = [getattr(entry.entry, str(kind), None) for entry in page.items if entry]
        places = {str(item.uri): place for place, item in enumerate(listed) if item}
        if len(saved) < 2 or any(uri not in places for uri in saved):
            return BatchOrder.UNKNOWN
        found = [places[uri] for uri in saved]
        if all(a > b for a, b in pairwise(found)):
            return BatchOrder.LAST_IS_NEWEST
        if all(a < b for a, b in pairwise(found)):
            return BatchOrder.FIRST_IS_NEWEST
        return BatchOrder.MIXED

    # ---- playlists

    async def _fill(self, number: int, step: Fill) -> None:
        state = self._journal.step(number)
        opened = state.opened or await self._open(number, step)
        uri = Uri(Kind.PLAYLIST, opened.playlist)
        self._around.on_changed(uri)
        if state.sent is not None:
            was_added = await self._was_added(opened, state, step)
            if was_added is None:
                self._journal.add(Failed(number, _CHANGED))
                return
            if was_added:
                self._note_done(number, Done(number, state.sent[1]))
        while state.done < len(step.uris):
            stop = min(state.done + MAX_ITEMS_PER_CALL, len(step.uris))
            with self._around.uninterrupted():
                await self._add(number, uri, step, state.done, stop)

    async def _add(self, number: int, uri: Uri, step: Fill, start: int, stop: int) -> None:
        """Add some songs; if Spotify refuses some of them, find out which and add the others."""
        self._journal.add(Sent(number, start, stop))
        try:
            snapshot_id = await self._spotify.playlists.add(uri, *step.uris[start:stop])
        except (NotFound, BadRequest):
            if stop - start == 1:
                self._note_done(number, Done(number, stop, [step.uris[start]]))
                return
            middle = (start + stop) // 2
            await self._add(number, uri, step, start, middle)
            await self._add(number, uri, step, middle, stop)
            return
        except NotPermitted as error:
            opened = self._journal.step(number).opened
            entries = stop + (opened.total if opened else 0)
            message = _FULL if entries >= NEARLY_FULL else _NOT_YOURS
            raise NotPermitted(str(error), message=message) from None
        self._note_done(number, Done(number, stop, snapshot_id=snapshot_id or ""))

    async def _was_added(self, opened: Opened, state: StepState, step: Fill) -> bool | None:
        """Whether a write whose answer never came took effect; None if that cannot be seen."""
        assert state.sent is not None
        batch = step.uris[slice(*state.sent)]
        before = opened.total + state.done - len(state.refused)
        uri = Uri(Kind.PLAYLIST, opened.playlist)
        for look in range(2):
            if look:
                await self._around.sleep(_LOOK_AGAIN)
            playlist, _ = await self._spotify.playlists.open(uri)
            if playlist.total == before + len(batch):
                page = await self._spotify.playlists.items(uri).page(before, fresh=True)
                items = [entry.item if entry else None for entry in page.items]
                there = [str(item.uri) if item else "" for item in items]
                return True if there and there == batch[: len(there)] else None
            if playlist.total != before:
                return None
        return False

    async def _open(self, number: int, step: Fill) -> Opened:
        """The playlist of the step, which is created unless it exists."""
        if step.playlist:
            playlist, _ = await self._spotify.playlists.open(Uri(Kind.PLAYLIST, step.playlist))
            if not playlist.is_readable or playlist.total is None:
                raise NotPermitted("not the user's", message=_NOT_YOURS)
            opened = Opened(
                number, step.playlist, playlist.total, snapshot_id=playlist.snapshot_id or ""
            )
            self._journal.add(opened)
            return opened
        playlist_id = ""
        if self._journal.step(number).creating:
            playlist_id = await self._find_created(step)
        if self._journal.began is None:
            self._journal.add(Began(await self._own_playlists()))
        with self._around.uninterrupted():
            if not playlist_id:
                self._journal.add(Creating(number))
                playlist = await self._spotify.playlists.create(
                    step.name, public=step.public, description=step.description
                )
                playlist_id = playlist.require_uri().id
            opened = Opened(number, playlist_id, 0, created=True)
            self._journal.add(opened)
        return opened

    async def _find_created(self, step: Fill) -> str:
        """The ID of the empty playlist that a call without an answer created; empty: none."""
        known = {*(self._journal.began or ()), *self._journal.created}
        for look in range(2):
            if look:
                await self._around.sleep(_LOOK_AGAIN)
            async for playlist in self._spotify.playlists.mine():
                if playlist is None or playlist.id is None or playlist.id in known:
                    continue
                if playlist.name == step.name and not playlist.total:
                    return playlist.id
        return ""

    async def _own_playlists(self) -> list[str]:
        playlists = [each async for each in self._spotify.playlists.mine()]
        return [each.id for each in playlists if each is not None and each.id is not None]
