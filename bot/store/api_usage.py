"""Calls to Spotify by the hour, and exhausted quotas, for each Spotify app."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True)
class HourlyUsage:
    """Calls of one app to one group of endpoints.

    start       the beginning of the hour, in seconds since 1970
    commands    calls for commands
    background  calls for long work, such as exports
    """

    client_id: str
    group: str
    start: int
    commands: int
    background: int


@dataclass(frozen=True)
class ExhaustedQuota:
    """A group of endpoints that refuses calls until `until`, in seconds since 1970."""

    client_id: str
    group: str
    until: float


class ApiUsageTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def hourly_usage(self) -> list[HourlyUsage]:
        rows = await self._db.fetch_all(
            "SELECT client_id, endpoints, start, commands, background FROM spent"
        )
        return [HourlyUsage(*row) for row in rows]

    async def add(self, hours: Iterable[HourlyUsage], *, since: float, now: float) -> None:
        """Add calls to the rows of these hours, and erase what is obsolete.

        since  hours that began then or earlier are erased
        now    quotas that were exhausted until then or earlier are erased
        """
        rows = [
            (hour.client_id, hour.group, hour.start, hour.commands, hour.background)
            for hour in hours
        ]
        async with self._db.transaction() as db:
            await db.execute("DELETE FROM spent WHERE start <= CAST($1 AS DOUBLE PRECISION)", since)
            await db.execute("DELETE FROM exhausted WHERE until <= $1", now)
            await db.execute_many(
                "INSERT INTO spent VALUES ($1, $2, $3, $4, $5)"
                " ON CONFLICT (client_id, endpoints, start) DO UPDATE"
                " SET commands = spent.commands + excluded.commands,"
                "  background = spent.background + excluded.background",
                rows,
            )

    async def exhausted_quotas(self) -> list[ExhaustedQuota]:
        rows = await self._db.fetch_all("SELECT client_id, endpoints, until FROM exhausted")
        return [ExhaustedQuota(*row) for row in rows]

    async def mark_exhausted(self, quota: ExhaustedQuota) -> None:
        values = quota.client_id, quota.group, quota.until
        async with self._db.transaction() as db:
            await db.execute(
                "INSERT INTO exhausted VALUES ($1, $2, $3)"
                " ON CONFLICT (client_id, endpoints) DO UPDATE SET until = excluded.until",
                *values,
            )
            await db.tell("exhausted", *values)

    async def delete(self, client_id: str) -> None:
        """Erase all rows of an app."""
        async with self._db.transaction() as db:
            await db.execute("DELETE FROM spent WHERE client_id = $1", client_id)
            await db.execute("DELETE FROM exhausted WHERE client_id = $1", client_id)
        await self._db.erase_deleted()
