"""Scheduled backups, and the last export that a user got by direct message; an unlink erases both.

Of an export, only the ID of the message that has it is stored: its user has the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.store.database import Database, Row
from bot.store.link_required import missing_link, require_link
from bot.store.process_share import ProcessShare

_ALONE = ProcessShare()
_COLUMNS = "discord_id, every, due, failures, stopped, message"


class Interval(StrEnum):
    """How often a backup is made."""

    WEEK = "week"
    MONTH = "month"


class StopReason(StrEnum):
    """Why backups stopped by themselves."""

    NO_MESSAGES = "messages"
    """Discord accepted no direct message to the user."""
    LOGIN = "login"
    """Spotify did not accept the login."""
    ERRORS = "errors"


@dataclass(frozen=True)
class Backup:
    """The backups of one user.

    every     None: they are off
    due       when the next one is made, in seconds since 1970
    failures  in a row
    stopped   why they are off, if nobody turned them off
    message   the ID of the direct message that has the last export; None: there is none
    """

    discord_id: int
    every: Interval | None = None
    due: float = 0.0
    failures: int = 0
    stopped: StopReason | None = None
    message: int | None = None


class BackupTable:
    def __init__(self, database: Database, share: ProcessShare = _ALONE) -> None:
        self._db = database
        self._share = share

    async def get(self, discord_id: int) -> Backup:
        row = await self._db.fetch_one(
            f"SELECT {_COLUMNS} FROM backup WHERE discord_id = $1", discord_id
        )
        return _backup(row) if row else Backup(discord_id)

    async def due_before(self, now: float) -> list[Backup]:
        """The backups that are due, the longest due first. A spare process makes none."""
        if self._share.is_spare:
            return []
        rows = await self._db.fetch_all(
            f"SELECT {_COLUMNS} FROM backup WHERE every IS NOT NULL AND due <= $1 ORDER BY due", now
        )
        return [_backup(row) for row in rows]

    async def turn_on(self, discord_id: int, every: Interval, due: float) -> None:
        """Make backups from now on. Raises NotLinked."""
        await self._set(
            "INSERT INTO backup (discord_id, every, due) VALUES ($1, $2, $3)"
            " ON CONFLICT (discord_id) DO UPDATE"
            " SET every = excluded.every, due = excluded.due, failures = 0, stopped = NULL",
            discord_id,
            every.value,
            due,
        )

    async def turn_off(self, discord_id: int, stopped: StopReason | None = None) -> None:
        """Make none from now on; `stopped`: why, if the user did not ask for that."""
        with self._db.on_write(discord_id):
            await self._db.execute(
                "UPDATE backup SET every = NULL, failures = 0, stopped = $1 WHERE discord_id = $2",
                stopped and stopped.value,
                discord_id,
            )

    async def schedule(self, backup: Backup, due: float, failures: int) -> bool:
        """Set when the next one is due; False if the backups were changed since they were read."""
        assert backup.every is not None
        return await self._db.execute(
            "UPDATE backup SET due = $1, failures = $2"
            " WHERE discord_id = $3 AND every = $4 AND due = $5",
            due,
            failures,
            backup.discord_id,
            backup.every.value,
            backup.due,
        )

    async def set_message(self, discord_id: int, message: int) -> None:
        """Remember the direct message that has the last export. Raises NotLinked."""
        await self._set(
            "INSERT INTO backup (discord_id, message) VALUES ($1, $2)"
            " ON CONFLICT (discord_id) DO UPDATE SET message = excluded.message",
            discord_id,
            message,
        )

    async def _set(self, sql: str, discord_id: int, *values: object) -> None:
        with self._db.on_write(discord_id), missing_link("backups"):
            async with self._db.transaction() as db:
                await require_link(db, discord_id, "backups")
                await db.execute(sql, discord_id, *values)


def _backup(row: Row) -> Backup:
    discord_id, every, due, failures, stopped, message = row
    return Backup(
        discord_id,
        None if every is None else Interval(every),
        due,
        failures,
        None if stopped is None else StopReason(stopped),
        message,
    )
