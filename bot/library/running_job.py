"""A job at work: what the work reads, stores and reports, and what it returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bot.interactions.payloads import View
from bot.library.job_waits import WaitReason
from bot.store import Job
from bot.store.jobs import JobTable


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    task            what it does, as markdown, such as "Reading Liked songs"
    done, expected  what is done of how many, by `noun`; expected 0: not known yet
    calls           requests to Spotify that it has made, and that it will have made in the end
    calls_a_day     how many of them it may make in a day, if it needs more than are left; else 0
    is_own_share    whether that is the user's share of the app's calls
    note            a sentence that stays below, as markdown
    seconds_left    None: not known; `RunningJob.report` computes it
    """

    task: str
    done: int = 0
    expected: int = 0
    noun: str = "entry"
    calls: int = 0
    calls_expected: int = 0
    calls_a_day: int = 0
    is_own_share: bool = False
    note: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True)
class Waiting:
    """A job that waits.

    progress  how far it is; None if it has not begun in this process
    until     when it goes on, in seconds since 1970; 0: when other jobs have ended
    """

    reason: WaitReason
    progress: Progress | None
    until: float = 0.0


@dataclass(frozen=True)
class JobResult:
    """What a job ends with: a text, its buttons, and files of the job's folder.

    view  makes the buttons, or a layout in place of the text, once for each attempt to send them
    fit   makes the same result with files of at most so many bytes, if it can; None: it cannot
    after  called when it is delivered, with the ID of the direct message that has the files; None:
           they are in the reply, or offered for download

    Without a text and a view, nothing is sent. What is larger than the place allows is offered for
    download.
    """

    text: str
    files: Sequence[Path] = ()
    view: Callable[[], View] | None = None
    fit: Callable[[int], Awaitable[JobResult]] | None = None
    after: Callable[[int | None], Awaitable[None]] | None = None


class JobMessage(Protocol):
    """The message that shows a job: `bot.notifications.jobs` has the real one."""

    def show(self, status: Progress | Waiting) -> None:
        """Show the status soon. It does not wait for Discord, and leaves out what is outdated."""

    def move(self, place: str | None, *, other: bool) -> bool:
        """Show the job at another place from now on; False if the job is over.

        other  the user asked there for something else than what the job does
        """

    async def finish(self, result: JobResult | Exception) -> bool:
        """Deliver the result, or explain the error; whether that was possible."""

    async def close(self) -> None:
        """Change nothing any more."""


OpenMessage = Callable[["RunningJob"], JobMessage]


class RunningJob:
    """A job at work. Its work may be done in several runs: see `bot.library.jobs`.

    row             as it is stored
    folder          for files that the next run has to find, and for those of the result
    stop_requested  it is to stop, for its user or because the bot stops; the runner reads it
    can_be_cancelled  whether a stop may cancel the job's task now
    """

    def __init__(
        self, row: Job, folder: Path, table: JobTable, *, now: Callable[[], float]
    ) -> None:
        self.row = row
        self.folder = folder
        self.stop_requested = False
        self.can_be_cancelled = False
        self.message: JobMessage | None = None
        self.last_report: Progress | None = None
        self._table = table
        self._now = now
        self._began: tuple[float, int] | None = None

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def user_id(self) -> int:
        """The Discord ID of its user."""
        return self.row.discord_id

    @property
    def arguments(self) -> Any:
        """What it was begun with, decoded from JSON."""
        return msgspec.json.decode(self.row.arguments)

    @property
    def progress(self) -> Any:
        """What `save` has stored last, decoded from JSON; at first an empty dictionary."""
        return msgspec.json.decode(self.row.progress)

    async def save(self, progress: object) -> None:
        """Store what the next run has to know: codes and values, no sentences.

        Raises StorageError, and CancelledError if the row is gone, as after an unlink.
        """
        await self.store(progress=msgspec.json.encode(progress).decode())

    async def store(self, **changes: Any) -> None:
        """Store other values of the row. Raises as `save` does."""
        if "resume_at" in changes:
            self._began = None  # a wait is no part of the pace
        self.row = replace(self.row, touched_at=self._now(), **changes)
        if not await self._table.save(self.row):
            raise asyncio.CancelledError

    def report(self, progress: Progress) -> None:
        """Show how far the work is. Cheap: call it after each step."""
        now = self._now()
        if self._began is None or self._began[1] > progress.done:
            self._began = now, progress.done
        began_at, began_with = self._began
        paced = progress.done > began_with and not progress.calls_a_day
        if paced and progress.expected >= progress.done:
            pace = (now - began_at) / (progress.done - began_with)
            left = pace * (progress.expected - progress.done)
            progress = replace(progress, seconds_left=left)
        self.last_report = progress
        if self.message is not None:
            self.message.show(progress)

    @contextmanager
    def cancellable(self) -> Iterator[None]:
        """A block that a stop cancels at any point. Raises CancelledError if it came before."""
        with self._set_cancellable(True):
            if self.stop_requested:
                raise asyncio.CancelledError
            yield

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """A stop takes effect at the end of this block: what was sent must be stored, too.

        Then it raises CancelledError.
        """
        with self._set_cancellable(False):
            yield
        if self.stop_requested:
            raise asyncio.CancelledError

    @contextmanager
    def _set_cancellable(self, value: bool) -> Iterator[None]:
        before, self.can_be_cancelled = self.can_be_cancelled, value
        try:
            yield
        finally:
            self.can_be_cancelled = before


@dataclass
class JobTask:
    """A job of this process.

    message     says how far it is
    task        does its work
    ended_with  the text of its result, if it was stopped
    """

    job: RunningJob
    message: JobMessage
    task: asyncio.Task[None]
    ended_with: str | None = None


@dataclass(frozen=True)
class JobHandlers:
    """How jobs of a kind are done.

    run      does the work: see `bot.library.jobs`. A stop cancels it; see `uninterrupted`
    stopped  what the user reads if the job is stopped; it does no work
    is_kept  whether the ended job stays for MAX_AGE, for `Jobs.kept` and `Jobs.resume`: it asks its
             user something, or can be undone
    failed   what the user reads in place of the error that ended it; None: that error.
             NoDirectMessages is that of a result that cannot be delivered
    on_stop  called when a job is stopped or forgotten, before its user reads that
    """

    run: Callable[[RunningJob], Awaitable[JobResult]]
    stopped: Callable[[RunningJob], JobResult]
    is_kept: Callable[[RunningJob, JobResult | Exception], bool] = lambda _job, _result: False
    failed: Callable[[RunningJob, Exception], Awaitable[JobResult | None]] | None = None
    on_stop: Callable[[RunningJob], Awaitable[None]] | None = None
