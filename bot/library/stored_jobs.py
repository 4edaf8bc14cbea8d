"""The jobs that are stored: their rows, and a folder for each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from pathlib import Path

from bot.errors.content import JobElsewhere
from bot.errors.storage import StorageError
from bot.library.job_files import JobFolders
from bot.library.running_job import RunningJob
from bot.store import Job, JobKind
from bot.store.jobs import JobTable

# Seconds after which a job without progress is erased, and a result that nobody fetches. The wait
# for a quota does not count.
MAX_AGE = 48 * 60 * 60.0

Prepare = Callable[[Path], Awaitable[object]]
"""Puts files into the folder of a new job before it begins."""


class StoredJobs:
    """`now` returns seconds since 1970."""

    def __init__(self, table: JobTable, folders: JobFolders, *, now: Callable[[], float]) -> None:
        self.table = table
        self.folders = folders
        self._now = now

    def open(self, row: Job) -> RunningJob:
        return RunningJob(row, self.folders.path(row.id), self.table, now=self._now)

    async def create(
        self,
        user_id: int,
        kind: JobKind,
        arguments: str,
        place: str | None,
        prepare: Prepare | None,
    ) -> Job:
        """A new job with its folder.

        Raises NotLinked, JobElsewhere, StorageError, and what `prepare` does.
        """
        now, number = self._now(), secrets.randbelow(2**63 - 1) + 1
        job = Job(user_id, kind, number, arguments, now, place=place, touched_at=now)
        async with self.folders.make(job.id) as folder:
            if prepare is not None:
                await prepare(folder)
            if not await self.table.create(job):
                raise JobElsewhere  # another process was faster
        return job

    async def kept(self, user_id: int, kind: JobKind) -> Job | None:
        """The user's ended job of this kind, if it was kept."""
        row = await self.table.get(user_id, kind)
        return row if row is not None and row.done else None

    async def find(self, user_id: int, job_id: int) -> Job | None:
        """The job with this ID, if it is the user's."""
        jobs = await self.table.all()
        return next((job for job in jobs if (job.discord_id, job.id) == (user_id, job_id)), None)

    def is_too_old(self, job: Job) -> bool:
        return max(job.touched_at, job.resume_at) + MAX_AGE < self._now()

    async def erase(self, job: Job) -> None:
        """Erase the folder and then the row: without its folder, a job is over."""
        await asyncio.to_thread(self.folders.erase, job.id)
        with suppress(StorageError):  # the store has logged it; the next start erases the row
            await self.table.delete(job)

    async def erase_all(self, user_id: int, *, but: Collection[int]) -> None:
        """Erase all jobs of a user but some, and all folders without a row."""
        with suppress(StorageError):
            jobs = await self.table.all()
            for job in jobs:
                if job.discord_id == user_id and job.id not in but:
                    await self.erase(job)
            await asyncio.to_thread(self.folders.keep_only, [job.id for job in jobs])
