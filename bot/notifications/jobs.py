"""Shows how far a job is, and delivers its result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import discord
from discord import ui

from bot.errors.bot_error import BotError
from bot.errors.storage import StorageError
from bot.interactions.discord_errors import DISCORD_ERRORS, FILE_TOO_LARGE, code_of, is_refusal
from bot.interactions.explain import explain
from bot.interactions.mentions import CommandMentions
from bot.library.downloads import Downloads
from bot.library.jobs import Jobs
from bot.library.running_job import JobMessage, JobResult, Progress, RunningJob, Waiting
from bot.notifications.job_files import fit_result
from bot.notifications.job_place import MAX_DIRECT_BYTES, Place, Sender
from bot.views import jobs as views

_log = logging.getLogger(__name__)

# Seconds before the first status, so that short work shows its result only; and between two edits.
_ANNOUNCE_AFTER, EDIT_INTERVAL = 2.0, 2.0
# Requests to Spotify whose number is shown at once if there are more.
_MANY_CALLS = 50
# How often a result is sent, and the seconds after which it is sent again.
_MAX_ATTEMPTS, RETRY_DELAY = 3, 20.0

ErrorView = Callable[[Any], ui.View]


class JobMessages:
    """Makes the messages of jobs.

    error_views  makes the buttons below the explanation of an error, by the error's class
    downloads    holds files that are too large for Discord
    timeout      seconds for Discord to accept a message without a file
    """

    def __init__(
        self,
        client: discord.Client,
        jobs: Jobs,
        operator: str,
        mentions: CommandMentions,
        error_views: Mapping[type[BotError], ErrorView],
        downloads: Downloads,
        timeout: float,
    ) -> None:
        self._client = client
        self._timeout = timeout
        self._operator = operator
        self._mentions = mentions
        self._error_views = error_views
        self.downloads = downloads
        self.sleep, self.now = jobs.sleep, jobs.now

    def open(self, job: RunningJob) -> JobMessage:
        """The message of a job, at the place in its row."""
        return _Message(self, job, Sender(self._client, self._mentions, job.user_id, self._timeout))

    def explain(self, job: RunningJob, error: Exception) -> JobResult:
        """The explanation of an error, which is logged."""
        explanation, kind = explain(error, self._operator), job.row.kind
        if explanation.reference:
            _log.error("job %s: reference %s", kind, explanation.reference, exc_info=error)
        else:
            _log.info("job %s: %s", kind, type(error).__name__)
        makers = (make for kind, make in self._error_views.items() if isinstance(error, kind))
        make_view = next(makers, None)
        return JobResult(explanation.message, view=make_view and partial(make_view, error))


class _Message:
    """The message of one job, edited by a task of its own, so that the work waits for no edit."""

    def __init__(self, messages: JobMessages, job: RunningJob, sender: Sender) -> None:
        self._messages = messages
        self._job = job
        self._sender = sender
        self._place = Place.read(job.row.place)
        self._status: Progress | Waiting | None = None
        self._changed, self._urgent, self._moved = (asyncio.Event() for _ in range(3))
        self._note = ""
        self._is_over = False
        self._limit: int | None = None  # of each file, if Discord refused what it had allowed
        self._fitted: dict[int, JobResult] = {}
        self._sent: Sequence[Path] = ()
        self._task = asyncio.create_task(self._keep_showing())
        self._leaving: set[asyncio.Task[None]] = set()

    def show(self, status: Progress | Waiting) -> None:
        self._status = status
        self._changed.set()
        if isinstance(status, Waiting) or status.note or status.calls_expected > _MANY_CALLS:
            self._urgent.set()

    def move(self, place: str | None, *, other: bool) -> bool:
        if self._is_over:
            return False
        moved, before = Place.read(place), self._place
        moved.channel, moved.message = before.channel, before.message
        self._place, self._note = moved, views.OTHER_JOB if other else ""
        if before.token and moved.token:
            leaving = asyncio.create_task(self._say_moved(before))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        for event in (self._changed, self._urgent, self._moved):
            event.set()
        return True

    async def close(self) -> None:
        self._is_over = True
        self._task.cancel()
        await asyncio.wait({self._task, *self._leaving})

    # ---- progress

    async def _keep_showing(self) -> None:
        await _first(self._urgent.wait(), self._messages.sleep(_ANNOUNCE_AFTER))
        while True:
            self._changed.clear()
            self._moved.clear()
            try:
                await self._show(self._place)
            except DISCORD_ERRORS as error:  # the next edit shows more
                _log.info("a job's progress was not accepted: %s", type(error).__name__)
            except Exception:
                _log.exception("a job's progress cannot be shown")
            await _first(self._moved.wait(), self._messages.sleep(EDIT_INTERVAL))
            if self._place.token:
                left = max(0.0, self._place.until - self._messages.now())
                await _first(self._changed.wait(), self._messages.sleep(left))
            else:
                await self._changed.wait()

    async def _show(self, place: Place) -> None:
        text = "\n".join(filter(None, (views.status_text(self._status), self._note)))
        view = views.stop_view(self._job.id)
        if self._can_edit_reply() and await self._sender.edit_reply(place, text, view):
            return
        if place.token:
            await self._leave_reply(place, text)
        elif place.message:
            await self._sender.edit_directly(place, text, view)

    def _can_edit_reply(self) -> bool:
        return bool(self._place.token) and self._messages.now() < self._place.until

    async def _leave_reply(self, place: Place, text: str) -> None:
        """Show the job in a direct message, and say so in the reply, which is edited no more."""
        view, note, last_view = views.stop_view(self._job.id), views.IN_DIRECT_MESSAGE, None
        try:
            if not place.message or not await self._sender.edit_directly(place, text, view):
                key = f"p{self._job.id}"
                sent = await self._sender.send_directly(text, view, key=key)
                place.channel, place.message = sent.channel.id, sent.id
                await self._store(place)
        except DISCORD_ERRORS as error:
            if not is_refusal(error):
                raise
            note, last_view = views.NO_DIRECT_MESSAGES, views.stop_view(self._job.id)
        with suppress(*DISCORD_ERRORS):
            await self._sender.edit_reply(place, note, last_view)
        place.token = ""
        await self._store(place)

    async def _say_moved(self, place: Place) -> None:
        """Say in an earlier reply that a later one shows the job: it would stay as it is now."""
        if self._messages.now() < place.until:
            with suppress(*DISCORD_ERRORS):
                await self._sender.edit_reply(place, views.MOVED, None)

    async def _store(self, place: Place) -> None:
        if place is self._place:
            with suppress(StorageError):  # a restart would do once more what led to this place
                await self._job.store(place=place.text)

    # ---- the result

    async def finish(self, result: JobResult | Exception) -> bool:
        await self.close()
        if isinstance(result, JobResult) and not (result.text or result.view):
            return True
        is_error = isinstance(result, Exception)
        if isinstance(result, Exception):
            result = self._messages.explain(self._job, result)
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            try:
                return await self._deliver(result, notify=is_error or bool(result.files))
            except BotError as error:  # while the files were fitted to the place
                result = self._messages.explain(self._job, error)
                self._fitted.clear()
            except DISCORD_ERRORS as error:
                if code_of(error) == FILE_TOO_LARGE and self._sent:
                    self._limit = max(path.stat().st_size for path in self._sent) // 2
                    continue
                if is_refusal(error):
                    _log.info("a job's result is refused: %s", code_of(error))
                    await self._say_refused(has_files=bool(result.files))
                    return False
                _log.info("a job's result was not accepted: %s", type(error).__name__)
                if attempt < _MAX_ATTEMPTS:
                    await self._messages.sleep(RETRY_DELAY)
        return False

    async def _say_refused(self, *, has_files: bool) -> None:
        """End "Thinking…" in the reply, if it can be edited without the result."""
        if self._can_edit_reply():
            with suppress(*DISCORD_ERRORS):
                text = views.FILE_REFUSED if has_files else views.REFUSED
                await self._sender.edit_reply(self._place, text, None)

    async def _deliver(self, result: JobResult, *, notify: bool) -> bool:
        """Show the result in the reply, else in the direct message or in a new one.

        notify  a new one, which Discord tells the user about
        """
        place, sender = self._place, self._sender
        if self._can_edit_reply():
            fitted = await self._fit(result, place.max_bytes)
            shown = fitted.text, fitted.view and fitted.view(), fitted.files
            if await sender.edit_reply(place, *shown, again=True):
                return await self._delivered(fitted, None)
        fitted = await self._fit(result, MAX_DIRECT_BYTES)
        text, view = fitted.text, fitted.view and fitted.view()
        if place.message and not notify and await sender.edit_directly(place, text, view):
            return await self._delivered(fitted, place.message)
        key = f"r{self._job.id}"
        sent = await sender.send_directly(text, view, fitted.files, key=key)
        if place.message:
            await sender.delete_directly(place)
        return await self._delivered(fitted, sent.id)

    async def _delivered(self, result: JobResult, message: int | None) -> bool:
        if result.after is not None:
            await result.after(message)
        return True

    async def _fit(self, result: JobResult, max_bytes: int) -> JobResult:
        """The result as it fits a place with this limit. Raises BotError."""
        limit = min(max_bytes, self._limit or max_bytes)
        if limit not in self._fitted:
            downloads = self._messages.downloads
            fitted = await fit_result(result, self._job.user_id, limit, downloads)
            if self._note and fitted.text:
                fitted = replace(fitted, text=f"{fitted.text}\n{views.OTHER_RESULT}")
            self._fitted[limit] = fitted
        self._sent = self._fitted[limit].files
        return self._fitted[limit]


async def _first(*waits: Awaitable[object]) -> None:
    """Return when one of these has ended, and cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
