"""Says how a job ended, and decides what stays of it."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.backups import NoDirectMessages
from bot.errors.storage import StorageError
from bot.library.running_job import JobHandlers, JobMessage, JobResult, RunningJob
from bot.library.stored_jobs import StoredJobs


async def deliver_result(
    stored: StoredJobs,
    job: RunningJob,
    kind: JobHandlers,
    result: JobResult | Exception,
    message: JobMessage,
) -> None:
    """Say how a job ended, and erase it, unless it is kept or its files cannot be delivered."""
    if kind.is_kept(job, result):
        await _keep(job)  # before, so that the buttons of the result find it
        await message.finish(result)
        return
    has_files = isinstance(result, JobResult) and result.files
    if not has_files:
        await stored.erase(job.row)  # before, because the user may read that it is erased
    is_delivered = await message.finish(result)
    if has_files:
        await (stored.erase(job.row) if is_delivered else _keep(job))
    if not is_delivered and kind.failed and isinstance(result, JobResult):
        await kind.failed(job, NoDirectMessages())


async def _keep(job: RunningJob) -> None:
    with suppress(StorageError):  # until a restart, which delivers it again
        await job.store(done=True, resume_at=0.0)
