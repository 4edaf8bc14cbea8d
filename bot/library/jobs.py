"""Runs long work in the background: it waits for quotas, and goes on after a restart.

A kind of job is registered once, by its cog:

    services.jobs.register(JobKind.EXPORT, JobHandlers(self._run, self._stopped))

`run(job)` does the work and returns its result. It is called again from its start after each wait
and each restart, so it begins with what `job.folder` and `job.progress` hold, and does nothing a
second time. It calls `job.report` after each step, `job.save` for what the next run has to know,
and lets errors out:

    RateLimited, QuotaExceeded, BackgroundBudgetExceeded  the job waits as long as they say
    SpotifyDown      it waits, longer each time; after some failures without progress, it ends
    any other error  it ends, and its user reads the sentence of the error

A cog begins a job with `services.jobs.begin(…)`, which returns at once. The messages about it, its
*Stop* button, the delivery of its files, and their erasure need nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import msgspec

from bot.errors.bot_error import BotError
from bot.errors.content import JobElsewhere
from bot.errors.storage import StorageError
from bot.library.job_files import JobFolders
from bot.library.job_results import deliver_result
from bot.library.job_waits import JobWaits, WaitReason
from bot.library.running_job import (
    JobHandlers,
    JobMessage,
    JobResult,
    JobTask,
    OpenMessage,
    RunningJob,
    Waiting,
)
from bot.library.stored_jobs import Prepare, StoredJobs
from bot.store import Job, JobKind, Store

_log = logging.getLogger(__name__)

# Jobs that work at the same time, and share one Spotify app's rate limit. Waiting ones are no load.
MAX_WORKING = 4
# Seconds that a job gets at the bot's end to store what it has sent.
_GRACE = 1.0

Sleep = Callable[[float], Awaitable[None]]


class Jobs:
    """All jobs. `start` and `close` begin and end the work; rows and folders stay in between.

    stored  their rows and folders
    sleep   waits for a number of seconds; tests pass one that follows their clock
    now     seconds since 1970

    on_stop_elsewhere  called with a user and a job that another process is to stop
    """

    def __init__(
        self, store: Store, folders: JobFolders, sleep: Sleep, *, now: Callable[[], float]
    ) -> None:
        self.stored = StoredJobs(store.jobs, folders, now=now)
        self.sleep = sleep
        self.now = now
        self._kinds: dict[JobKind, JobHandlers] = {}
        self._tasks: dict[tuple[int, JobKind], JobTask] = {}
        self._working = asyncio.Semaphore(MAX_WORKING)
        self._beginning = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()
        self._open_message: OpenMessage | None = None
        self._is_closed = False
        self.on_stop_elsewhere: Callable[[int, int], object] = lambda _user_id, _job_id: None

    def register(self, kind: JobKind, handlers: JobHandlers) -> None:
        """Say how jobs of this kind are done."""
        self._kinds[kind] = handlers

    async def start(self, open_message: OpenMessage) -> None:
        """Go on with the stored jobs; their kinds are registered. Erases what is too old.

        open_message  makes the message of a job
        """
        self._open_message = open_message
        jobs = await self.stored.table.all()
        self.stored.folders.keep_only(job.id for job in jobs)
        for job in filter(self.stored.table.owns, jobs):
            if self.stored.is_too_old(job) or not self.stored.folders.exists(job.id):
                # Without its folder, the job was over when the process ended.
                await self.stored.erase(job)
            elif not job.done and job.kind in self._kinds:
                self._begin(job)

    async def begin(
        self,
        user_id: int,
        kind: JobKind,
        arguments: object,
        place: str | None,
        prepare: Prepare | None = None,
    ) -> None:
        """Begin a job, or show the user's job of this kind at another place.

        arguments  what can be encoded as JSON; `job.arguments` decodes it
        place      where to show it, made by `bot.notifications.job_place.place_of`; None: only its
                   result is sent, by direct message
        prepare    puts files into the folder of a new job before it begins

        A result of a job with the same arguments that waits for its owner is delivered; that of
        another job is erased first. If a job is still at work, its message moves to the new place.

        Raises NotLinked, StorageError, and JobElsewhere.
        """
        text = msgspec.json.encode(arguments, order="sorted").decode()
        async with self._beginning:
            while running := self._tasks.get((user_id, kind)):
                if running.message.move(place, other=running.job.row.arguments != text):
                    return
                await asyncio.wait({running.task})  # it is over in a moment
            if earlier := await self.stored.table.get(user_id, kind):
                if earlier.done and earlier.arguments == text:
                    self._begin(replace(earlier, place=place, done=False))
                    return
                if not earlier.done and not self.stored.table.owns(earlier):
                    raise JobElsewhere
                await self.stored.erase(earlier)
            self._begin(await self.stored.create(user_id, kind, text, place, prepare))

    async def kept(self, user_id: int, kind: JobKind) -> RunningJob | None:
        """The user's ended job of this kind, if it was kept; nothing runs it."""
        row = await self.stored.kept(user_id, kind)
        return self.stored.open(row) if row is not None else None

    async def resume(
        self, user_id: int, kind: JobKind, place: str | None, progress: object
    ) -> bool:
        """Run a kept job again, with this progress; False if it is gone. Raises StorageError."""
        async with self._beginning:
            row = await self.stored.kept(user_id, kind)
            if row is None:
                return False
            if running := self._tasks.get((user_id, kind)):
                await asyncio.wait({running.task})  # it is over in a moment
            text = msgspec.json.encode(progress).decode()
            row = replace(row, place=place, done=False, progress=text)
            if not await self.stored.table.save(row):
                return False
            self._begin(row)
            return True

    async def stop(self, user_id: int, job_id: int) -> str | None:
        """Stop a job of this user, and erase it; None if it is over.

        Returns what the user reads, when the job has ended.
        """
        if running := self._find(user_id, job_id):
            self._stop(running)
            await asyncio.wait({running.task})
            return running.ended_with
        row = await self.stored.find(user_id, job_id)
        if row is None or row.kind not in self._kinds:
            return None
        kind, job = self._kinds[row.kind], self.stored.open(row)
        if row.done or self.stored.table.owns(row):
            await self.stored.erase(row)
            if kind.on_stop is not None:
                await kind.on_stop(job)
        else:
            self.on_stop_elsewhere(user_id, job_id)
        return kind.stopped(job).text

    def stop_here(self, user_id: int, job_id: int) -> None:
        """Stop a job that its user has stopped in another process."""
        if running := self._find(user_id, job_id):
            self._stop(running)

    def is_active(self, user_id: int, kind: JobKind) -> bool:
        """Whether the user has a job of this kind that works or waits."""
        return (user_id, kind) in self._tasks

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The tasks of the jobs that work or wait; each ends when its job is over."""
        return {running.task for running in self._tasks.values()}

    def forget(self, user_id: int) -> None:
        """Stop the user's jobs, and erase their rows and folders."""
        for running in list(self._tasks.values()):
            if running.job.user_id == user_id:
                self._stop(running)
        if not self.stored.folders.parent.exists():
            return  # nobody has a job
        ending = asyncio.create_task(self._erase_all(user_id))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def expire(self) -> None:
        """Erase results that nobody has fetched. Raises StorageError."""
        for job in await self.stored.table.all():
            if (job.discord_id, job.kind) not in self._tasks and self.stored.is_too_old(job):
                await self.stored.erase(job)

    async def close(self) -> None:
        """End the work. Rows and folders stay, so that the next start goes on."""
        self._is_closed = True
        running, endings = list(self._tasks.values()), set(self._endings)
        for each in running:
            each.job.stop_requested = True
            if each.job.can_be_cancelled:
                each.task.cancel()
        if ending := {each.task for each in running} | endings:
            await asyncio.wait(ending, timeout=_GRACE)
            for task in ending:
                task.cancel()
            await asyncio.wait(ending)

    # ---- one job

    def _begin(self, row: Job) -> None:
        assert self._open_message is not None
        job = self.stored.open(row)
        message = job.message = self._open_message(job)
        task = asyncio.create_task(self._run(job, message))
        self._tasks[row.discord_id, row.kind] = JobTask(job, message, task)

    def _find(self, user_id: int, job_id: int) -> JobTask | None:
        tasks = self._tasks.values()
        found = (each for each in tasks if (each.job.user_id, each.job.id) == (user_id, job_id))
        return next(found, None)

    def _stop(self, running: JobTask) -> None:
        if not running.job.stop_requested:
            running.job.stop_requested = True
            if running.job.can_be_cancelled:
                running.task.cancel()

    async def _run(self, job: RunningJob, message: JobMessage) -> None:
        """Do a job until it is over, and say how it ended."""
        key = job.user_id, job.row.kind
        kind = self._kinds[job.row.kind]
        result: JobResult | Exception
        try:
            try:
                with job.cancellable():
                    result = await self._work(job, kind, message)
            except asyncio.CancelledError:
                if self._is_closed:
                    raise
                result = kind.stopped(job)
                self._tasks[key].ended_with = result.text
                if kind.on_stop is not None:
                    await kind.on_stop(job)
                kind = replace(kind, failed=None)  # a stop is no failure, even if nobody reads it
            except Exception as error:
                result = (await kind.failed(job, error) if kind.failed else None) or error
            await deliver_result(self.stored, job, kind, result, message)
        except Exception:
            _log.exception("a job failed")
        finally:
            del self._tasks[key]
            await message.close()

    async def _work(self, job: RunningJob, kind: JobHandlers, message: JobMessage) -> JobResult:
        """The result of the job, which waits as its errors say."""
        waits = JobWaits()
        while True:
            if job.row.resume_at > self.now():
                reason = WaitReason(job.row.waits_for)
                message.show(Waiting(reason, job.last_report, job.row.resume_at))
                while (left := job.row.resume_at - self.now()) > 0:
                    await self.sleep(left)
            try:
                if self._working.locked():
                    message.show(Waiting(WaitReason.TURN, job.last_report))
                async with self._working:
                    return await kind.run(job)
            except BotError as error:
                if job.stop_requested:
                    raise asyncio.CancelledError from None
                reason, delay = waits.after(error, job.last_report)
            resume_at = self.now() + delay
            with suppress(StorageError):  # after a restart, Spotify says it once more
                await job.store(resume_at=resume_at, waits_for=reason.value)

    async def _erase_all(self, user_id: int) -> None:
        """Erase what is left of the user's jobs after those at work have ended."""
        if at_work := [each.task for each in self._tasks.values() if each.job.user_id == user_id]:
            await asyncio.wait(at_work)
        async with self._beginning:
            await self.stored.erase_all(user_id, but=[each.job.id for each in self._tasks.values()])
