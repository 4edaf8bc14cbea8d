"""Looks at the files of an import in a job, and holds the plan while the user decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bot.errors.content import ImportOver
from bot.errors.spotify import LibraryChanged, SpotifyDown
from bot.errors.storage import StorageError
from bot.library.import_plan import Plan
from bot.library.job_files import translate_disk_errors, upload_path
from bot.library.jobs import Jobs
from bot.library.playlist_contents import ContentsCache
from bot.library.running_job import Progress, RunningJob
from bot.spotify import Spotify
from bot.store import JobKind


class SessionSource(Protocol):
    """The method of `Sessions` that this module needs."""

    async def session(
        self, discord_id: int, *, background: bool = False, goes_on_later: bool = False
    ) -> Spotify: ...


class ImportLooks:
    def __init__(self, jobs: Jobs, sessions: SessionSource, contents: ContentsCache) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._contents = contents
        self._deciding = asyncio.Lock()

    async def begin(
        self,
        user_id: int,
        upload_id: int,
        names: Sequence[str],
        place: str,
        save: Callable[[int, Path], Awaitable[object]],
    ) -> None:
        """Begin to look at some files. Raises NotLinked, StorageError.

        names  of the files, as their sender calls them
        save   puts the file with a number at a path
        """

        async def prepare(folder: Path) -> None:
            with translate_disk_errors():
                for number in range(len(names)):
                    await save(number, upload_path(folder, number))

        await self._jobs.begin(
            user_id, JobKind.IMPORT, {"upload": upload_id, "names": names}, place, prepare
        )

    async def look(self, job: RunningJob) -> Plan:
        """The plan for the files of a job, kept in its folder. Changes nothing on Spotify.

        Raises UnreadableFile, StorageError and SpotifyError.
        """
        # What only jobs need is imported by the first one.
        from bot.library.import_look import Look
        from bot.library.read_upload import read_uploads

        with translate_disk_errors():
            names = job.arguments["names"]
            job.report(Progress("Reading the file" if len(names) == 1 else "Reading the files"))
            plan = await read_uploads(job.folder, names)
            spotify = await self._sessions.session(job.user_id, background=True, goes_on_later=True)
            spotify.forget_library()

            def on_step(task: str, noun: str, done: int, expected: int) -> None:
                job.report(Progress(task, done, expected, noun))

            look = Look(spotify, job.user_id, self._contents, job.folder, on_step)
            await later_if_changed(look.run(plan))
            plan.store(job.folder)
            return plan

    def write(self, job: RunningJob, name: str, text: str) -> list[Path]:
        """A text as a file for the user; none if it is empty. Raises StorageError."""
        if not text.strip():
            return []
        path = job.folder / name
        with translate_disk_errors():
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        return [path]

    async def question(self, user_id: int, job_id: int) -> tuple[RunningJob, Plan]:
        """The look that waits for the user's choice, with its plan. Raises ImportOver."""
        job = await self._jobs.kept(user_id, JobKind.IMPORT)
        if job is None or job.id != job_id:
            raise ImportOver
        with job_files(job):
            plan = await asyncio.to_thread(Plan.stored, job.folder)
        if plan is None:
            raise ImportOver
        return job, plan

    async def decide(self, user_id: int, job_id: int, change: Callable[[Plan], object]) -> Plan:
        """The plan after a change, such as `Plan.choose`. Raises ImportOver."""
        async with self._deciding:  # two presses at once must not undo each other
            job, plan = await self.question(user_id, job_id)
            change(plan)
            with job_files(job):
                plan.store(job.folder)
            return plan

    async def cancel(self, user_id: int, job_id: int) -> None:
        """Erase what was read."""
        await self._jobs.stop(user_id, job_id)


@contextmanager
def job_files(job: RunningJob) -> Iterator[None]:
    """Raises StorageError in place of an OSError, and ImportOver if the job was erased meanwhile.

    That happens if its user cancels, or begins another import, with two presses at once.
    """
    try:
        with translate_disk_errors():
            yield
    except StorageError:
        if not job.folder.exists():
            raise ImportOver from None
        raise


async def later_if_changed(work: Awaitable[None]) -> None:
    """Let the job try again a little later if a list changes while it is read."""
    try:
        await work
    except LibraryChanged as error:
        raise SpotifyDown(str(error), message=error.message) from None
