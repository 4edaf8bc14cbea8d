"""Imports a file in two jobs: one looks and asks, one adds and can be undone for a day."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.errors.content import (
    ImportOver,
    ImportRunning,
    LaterImport,
    NothingToImport,
    NothingToUndo,
)
from bot.errors.spotify import LibraryChanged, SpotifyDown
from bot.library import kept_imports as past
from bot.library.import_journal import Journal
from bot.library.import_look import Look
from bot.library.import_outcome import (
    READ,
    LastImport,
    Outcome,
    TakenBack,
    outcome_of,
    step_name,
)
from bot.library.import_plan import Plan
from bot.library.import_run import ImportRun, Surroundings
from bot.library.import_steps import (
    Choice,
    Step,
    make_steps,
    store_steps,
    stored_steps,
)
from bot.library.import_undo import ImportUndo
from bot.library.job_files import translate_disk_errors
from bot.library.jobs import Jobs
from bot.library.kept_imports import KeptImport
from bot.library.playlist_editor import PlaylistEditor
from bot.library.read_upload import UPLOAD, read_upload
from bot.library.running_job import Progress, RunningJob
from bot.library.saved_items import SavedCallback
from bot.library.undo import UndoLog
from bot.spotify import Spotify
from bot.spotify.uris import Uri
from bot.store import JobKind

_EARLIER = "earlier"


class SessionSource(Protocol):
    """The method of `Sessions` that this module needs."""

    async def session(self, discord_id: int, *, background: bool = False) -> Spotify: ...


class Imports:
    """`on_saved`: called with items that an import saved or an undo removed."""

    def __init__(
        self,
        jobs: Jobs,
        sessions: SessionSource,
        editor: PlaylistEditor,
        undo_log: UndoLog,
        on_saved: SavedCallback,
    ) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._editor = editor
        self._undo_log = undo_log
        self._on_saved = on_saved

    # ---- the look

    async def begin(
        self,
        user_id: int,
        upload_id: int,
        name: str,
        place: str,
        save: Callable[[Path], Awaitable[object]],
    ) -> None:
        """Begin to look at a file, which `save` puts at a path. Raises NotLinked, StorageError.

        name  of the file, as its sender calls it
        """

        async def prepare(folder: Path) -> None:
            with translate_disk_errors():
                await save(folder / UPLOAD)

        await self._jobs.begin(
            user_id, JobKind.IMPORT, {"upload": upload_id, "name": name}, place, prepare
        )

    async def look(self, job: RunningJob) -> Plan:
        """The plan for the file of a job, kept in its folder. Changes nothing on Spotify.

        Raises UnreadableFile, StorageError and SpotifyError.
        """
        with translate_disk_errors():
            job.report(Progress("Reading the file"))
            plan = await read_upload(job.folder, str(job.arguments["name"]))
            spotify = await self._sessions.session(job.user_id, background=True)
            spotify.forget_library()

            def on_step(task: str, noun: str, done: int, expected: int) -> None:
                job.report(Progress(task, done, expected, noun))

            look = Look(spotify, job.user_id, self._editor.held, job.folder, on_step)
            await _later_if_changed(look.run(plan))
            plan.store(job.folder)
            return plan

    async def question(self, user_id: int, job_id: int) -> tuple[RunningJob, Plan]:
        """The look that waits for the user's choice, with its plan. Raises ImportOver."""
        job = await self._jobs.kept(user_id, JobKind.IMPORT)
        with translate_disk_errors():
            is_it = job is not None and job.id == job_id
            plan = await asyncio.to_thread(Plan.stored, job.folder) if job and is_it else None
        if job is None or plan is None:
            raise ImportOver
        return job, plan

    def write(self, job: RunningJob, name: str, text: str) -> list[Path]:
        """A text as a file for the user; none if it is empty. Raises StorageError."""
        if not text.strip():
            return []
        path = job.folder / name
        with translate_disk_errors():
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        return [path]

    async def choose(
        self, user_id: int, job_id: int, offered: Sequence[int], chosen: Sequence[int]
    ) -> Plan:
        """Choose some of the offered playlists, by their numbers, instead of earlier ones."""
        job, plan = await self.question(user_id, job_id)
        plan.chosen = sorted({*plan.chosen}.difference(offered) | {*chosen})
        with translate_disk_errors():
            plan.store(job.folder)
        return plan

    async def cancel(self, user_id: int, job_id: int) -> None:
        """Erase what was read."""
        await self._jobs.stop(user_id, job_id)

    async def settle(self, user_id: int, job_id: int, number: int, uri: str) -> Plan:
        """Decide which song a doubtful entry is, by its number in `Plan.open`."""
        job, plan = await self.question(user_id, job_id)
        if number < len(plan.open):
            plan.settle(plan.open[number], uri)
        with translate_disk_errors():
            plan.store(job.folder)
        return plan

    # ---- adding

    async def apply(self, user_id: int, job_id: int, choice: Choice, place: str) -> None:
        """Begin to add what was chosen. Raises ImportOver, and NothingToImport."""
        job, plan = await self.question(user_id, job_id)
        steps = await asyncio.to_thread(make_steps, plan, choice)
        if not steps:
            raise NothingToImport
        if self._jobs.is_active(user_id, JobKind.RESTORE):
            raise ImportRunning

        spotify = await self._sessions.session(user_id, background=True)
        earlier = await self._kept(user_id, spotify.account)
        copies = job.folder / _EARLIER
        with translate_disk_errors():
            await asyncio.to_thread(past.copy, earlier, copies)

        async def prepare(folder: Path) -> None:
            with translate_disk_errors():
                store_steps(steps, folder)
                past.move(copies, folder)
                if (job.folder / READ).exists():
                    shutil.copytree(job.folder / READ, folder / READ)

        arguments = {"look": job_id, "account": spotify.account, **past.earlier_arguments(earlier)}
        await self._jobs.begin(user_id, JobKind.RESTORE, arguments, place, prepare)
        await self._jobs.stop(user_id, job_id)
        self._undo_log.forget(user_id)  # the import is the last change now

    async def run(self, job: RunningJob) -> Outcome | TakenBack:
        """Do the remaining additions, or the remaining removals of an undo.

        Raises SpotifyError, such as RateLimited: run it again later; NeedsLogin; StorageError;
        ImportOver if the user has linked another Spotify account meanwhile.
        """
        spotify = await self._sessions.session(job.user_id, background=True)
        if spotify.account != job.arguments["account"]:
            raise ImportOver
        with translate_disk_errors():
            folder = past.folder_of(job, past.current_number(job))
            steps, journal = stored_steps(folder), Journal(folder)
            if not job.progress.get(past.UNDO):
                run = ImportRun(spotify, steps, journal, self._around(job, steps, undo=False))
                await _later_if_changed(run.run())
                return outcome_of(job.folder)
            around = self._around(job, steps, undo=True)
            undo = ImportUndo(spotify, job.user_id, steps, journal, self._editor, around)
            await _later_if_changed(undo.run())
            await job.save({**job.progress, past.UNDONE: True})
            undone = [journal.step(each).undone for each in range(len(steps))]
            return TakenBack(
                sum(each.removed for each in undone if each),
                sum(each.left for each in undone if each),
                more=self.is_kept(job),
            )

    def _around(self, job: RunningJob, steps: Sequence[Step], *, undo: bool) -> Surroundings:
        order = range(len(steps))[::-1] if undo else range(len(steps))
        before = {}
        total = 0
        for number in order:
            before[number] = total
            total += len(steps[number].uris)
        verb = "Taking back" if undo else "Importing"

        def on_step(number: int, done: int) -> None:
            task = f"{verb} {step_name(steps[number])}"
            job.report(Progress(task, before[number] + done, total, noun="item"))

        def on_saved(uris: Sequence[Uri], *, saved: bool) -> None:
            self._on_saved(job.user_id, *uris, saved=saved)

        def on_changed(playlist: Uri) -> None:
            self._editor.held.drop(job.user_id, playlist)

        return Surroundings(
            on_step=on_step,
            uninterrupted=job.uninterrupted,
            on_saved=partial(on_saved, saved=True),
            on_removed=partial(on_saved, saved=False),
            on_changed=on_changed,
            sleep=self._jobs.sleep,
        )

    # ---- undo

    async def last(self, user_id: int) -> LastImport | None:
        """The import that can be undone: the last one that was not, for a day.

        Raises ImportRunning while it runs or is taken back, and StorageError.
        """
        if self._jobs.is_active(user_id, JobKind.RESTORE):
            raise ImportRunning
        if await self._jobs.kept(user_id, JobKind.RESTORE) is None:
            return None
        spotify = await self._sessions.session(user_id)
        if (kept := next(iter(await self._kept(user_id, spotify.account)), None)) is None:
            return None
        with translate_disk_errors():
            return LastImport(kept.id, kept.at, kept.number, outcome_of(kept.folder))

    async def _kept(self, user_id: int, account: str) -> list[KeptImport]:
        """The imports into this account that can be undone, and added something."""
        job = await self._jobs.kept(user_id, JobKind.RESTORE)
        if job is None or job.arguments["account"] != account:
            return []
        with translate_disk_errors():
            kept = past.still_kept(job, self._jobs.now())
            return [each for each in kept if not outcome_of(each.folder).is_empty][: past.MAX_KEPT]

    async def undo(self, user_id: int, import_id: int, place: str) -> None:
        """Begin to take back the last import. Raises NothingToUndo, and LaterImport for another."""
        last = await self.last(user_id)
        if last is None:
            raise NothingToUndo
        if last.id != import_id:
            raise LaterImport
        progress = {past.UNDO: True, past.NUMBER: last.number}
        if not await self._jobs.resume(user_id, JobKind.RESTORE, place, progress):
            raise NothingToUndo

    def is_kept(self, job: RunningJob) -> bool:
        """Whether there is something of the job, or of the imports before it, to take back."""
        return bool(past.still_kept(job, self._jobs.now()))

    def outcome(self, job: RunningJob) -> Outcome:
        """What the job has added so far. Raises StorageError."""
        with translate_disk_errors():
            return outcome_of(past.folder_of(job, past.current_number(job)))


async def _later_if_changed(work: Awaitable[None]) -> None:
    """Let the job try again a little later if a list changes while it is read."""
    try:
        await work
    except LibraryChanged as error:
        raise SpotifyDown(str(error), message=error.message) from None
