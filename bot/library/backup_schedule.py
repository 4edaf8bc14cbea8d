"""Begins scheduled backups when they are due, and stops those that fail again and again.

A backup is a job: `bot.library.jobs` runs it, lets it wait for quotas, and delivers it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from bot.errors.backups import NoDirectMessages
from bot.errors.login import NeedsLogin, NotLinked
from bot.errors.storage import StorageError
from bot.library.jobs import Jobs
from bot.store import Backup, Interval, JobKind, StopReason, Store

HOUR = 60 * 60.0
DAY = 24 * HOUR
INTERVALS = {Interval.WEEK: 7 * DAY, Interval.MONTH: 30 * DAY}
# Seconds by which backups are spread, so that few of them come at once after an outage.
_SPREAD = 6 * HOUR
# Seconds after which a backup that was begun is begun again, unless it still works or waits.
_BEGIN_AGAIN = HOUR
# Seconds after a failure until the next try, and how many failures in a row end the backups.
_RETRY_DELAY, MAX_FAILURES = DAY, 3
# Scheduled backups at a time: exports that people wait for share the same places.
_MAX_AT_ONCE = 2

# The arguments of the job of a scheduled backup.
SCHEDULED = {"scheduled": True}


class Backups:
    """The schedule of backups; `now` is in seconds since 1970."""

    def __init__(self, store: Store, jobs: Jobs, *, now: Callable[[], float]) -> None:
        self._table = store.backups
        self._jobs = jobs
        self.now = now
        self._begun: set[int] = set()

    async def get(self, user_id: int) -> Backup:
        return await self._table.get(user_id)

    async def turn_on(self, user_id: int, every: Interval) -> Backup:
        """Make backups from now on, the first one at once. Raises NotLinked."""
        await self._table.turn_on(user_id, every, self.now())
        return await self._table.get(user_id)

    async def change(self, backup: Backup, every: Interval) -> Backup:
        """Make backups that are on at another interval; the last one stays the last one."""
        due = backup.due
        if backup.every is not None:
            due += INTERVALS[every] - INTERVALS[backup.every]
        await self._table.turn_on(backup.discord_id, every, max(due, self.now()))
        return await self._table.get(backup.discord_id)

    async def turn_off(self, user_id: int) -> None:
        await self._table.turn_off(user_id)

    async def begin_due(self) -> None:
        """Begin the backups that are due, a few at a time. Called once a minute."""
        with suppress(StorageError):  # the next call tries again
            self._begun = {u for u in self._begun if self._jobs.is_active(u, JobKind.BACKUP)}
            for backup in await self._table.due_before(self.now()):
                if len(self._begun) >= _MAX_AT_ONCE:
                    break
                await self._begin(backup)

    async def _begin(self, backup: Backup) -> None:
        user_id, later = backup.discord_id, self.now() + _BEGIN_AGAIN
        if not await self._table.schedule(backup, later, backup.failures):
            return
        if not self._jobs.is_active(user_id, JobKind.BACKUP):
            await self._jobs.begin(user_id, JobKind.BACKUP, SCHEDULED, None)
            self._begun.add(user_id)

    async def delivered(self, user_id: int, has_export: bool, message: int | None) -> None:
        """Set when the next backup is due; `has_export` and `message` as in `exported`."""
        if has_export:
            await self.exported(user_id, message)
        await self._schedule_next(user_id, failures=0)

    async def stopped(self, user_id: int) -> None:
        """Make no other backup in this period: its user stopped the one that was due."""
        await self._schedule_next(user_id)

    async def _schedule_next(self, user_id: int, failures: int | None = None) -> None:
        """Set when the next backup is due, and the failures in a row unless they stay."""
        with suppress(StorageError):  # then it is made again in an hour
            backup = await self._table.get(user_id)
            if backup.every is not None:
                # The times of registration at Discord differ from user to user.
                spread = (user_id >> 22) % _SPREAD
                due = self.now() + INTERVALS[backup.every] + spread
                failures = backup.failures if failures is None else failures
                await self._table.schedule(backup, due, failures)

    async def exported(self, user_id: int, message: int | None) -> None:
        """Remember the direct message that has an export; None: none has, so the last one stays."""
        if message is not None:
            with suppress(StorageError, NotLinked):
                await self._table.set_message(user_id, message)

    async def failed(self, user_id: int, error: Exception) -> StopReason | None:
        """Try again in a day, or stop after MAX_FAILURES in a row: then it returns why."""
        backup = await self._table.get(user_id)
        if backup.every is None:
            return None
        failures = backup.failures + 1
        if failures < MAX_FAILURES:
            await self._table.schedule(backup, self.now() + _RETRY_DELAY, failures)
            return None
        reason = StopReason.ERRORS
        if isinstance(error, NoDirectMessages):
            reason = StopReason.NO_MESSAGES
        elif isinstance(error, NeedsLogin):
            reason = StopReason.LOGIN
        await self._table.turn_off(user_id, reason)
        return reason
