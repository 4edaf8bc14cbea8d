"""Adds what an import's user has chosen, in a job that can be undone for a day."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.errors.content import (
    ImportOver,
    ImportRunning,
    LaterImport,
    NothingToImport,
    NothingToUndo,
)
from bot.library import kept_imports as past
from bot.library.import_journal import Journal
from bot.library.import_looks import ImportLooks, SessionSource, job_files, later_if_changed
from bot.library.import_matches import FILE as MATCHES
from bot.library.import_matches import store_matches
from bot.library.import_outcome import (
    READ,
    LastImport,
    Outcome,
    TakenBack,
    outcome_of,
    step_name,
)
from bot.library.import_steps import (
    Choice,
    Step,
    Surroundings,
    make_steps,
    store_steps,
    stored_steps,
)
from bot.library.import_undo import ImportUndo
from bot.library.job_files import translate_disk_errors
from bot.library.jobs import Jobs
from bot.library.kept_imports import KeptImport
from bot.library.playlist_editor import PlaylistEditor
from bot.library.running_job import Progress, RunningJob
from bot.library.saved_items import SavedCallback
from bot.library.undo import UndoLog
from bot.spotify.uris import Uri
from bot.store import JobKind

_EARLIER = "earlier"


class Imports:
    """Imports a file in two jobs: `looks` has the first, which looks and asks; this is the second.

    on_saved  called with items that an import saved or an undo removed
    """

    def __init__(
        self,
        jobs: Jobs,
        sessions: SessionSource,
        editor: PlaylistEditor,
        undo_log: UndoLog,
        on_saved: SavedCallback,
    ) -> None:
        self.looks = ImportLooks(jobs, sessions, editor.held)
        self._jobs = jobs
        self._sessions = sessions
        self._editor = editor
        self._undo_log = undo_log
        self._on_saved = on_saved

    # ---- adding

    async def apply(self, user_id: int, job_id: int, choice: Choice, place: str) -> None:
        """Begin to add what was chosen. Raises ImportOver, and NothingToImport."""
        job, plan = await self.looks.question(user_id, job_id)
        steps = await asyncio.to_thread(make_steps, plan, choice)
        if not steps:
            raise NothingToImport
        if self._jobs.is_active(user_id, JobKind.RESTORE):
            raise ImportRunning

        spotify = await self._sessions.session(user_id, background=True)
        earlier = await self._kept(user_id, spotify.account)
        copies = job.folder / _EARLIER
        with job_files(job):
            await asyncio.to_thread(past.copy, earlier, copies)

        async def prepare(folder: Path) -> None:
            with job_files(job):
                store_steps(steps, folder)
                store_matches(plan, steps, folder)
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
        from bot.library.import_run import ImportRun  # only this job needs it

        spotify = await self._sessions.session(job.user_id, background=True, goes_on_later=True)
        if spotify.account != job.arguments["account"]:
            raise ImportOver
        with translate_disk_errors():
            folder = past.folder_of(job, past.current_number(job))
            steps, journal = stored_steps(folder), Journal(folder)
            if not job.progress.get(past.UNDO):
                run = ImportRun(spotify, steps, journal, self._around(job, steps, undo=False))
                await later_if_changed(run.run())
                return outcome_of(job.folder)
            around = self._around(job, steps, undo=True)
            undo = ImportUndo(spotify, job.user_id, steps, journal, self._editor, around)
            await later_if_changed(undo.run())
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

        return Surroundings(
            on_step=on_step,
            uninterrupted=job.uninterrupted,
            on_saved=partial(on_saved, saved=True),
            on_removed=partial(on_saved, saved=False),
            on_changed=partial(self._editor.held.drop, job.user_id),
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

    def matches(self, job: RunningJob) -> list[Path]:
        """The table of the songs that were in doubt, unless there is none."""
        path = job.folder / MATCHES
        return [path] if path.exists() else []

    def outcome(self, job: RunningJob) -> Outcome:
        """What the job has added so far. Raises StorageError."""
        with translate_disk_errors():
            return outcome_of(past.folder_of(job, past.current_number(job)))
