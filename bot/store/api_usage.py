"""What was spent at Spotify, and which quotas are used up: of apps, not of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store.connection import Database


@dataclass(frozen=True)
class HourlyUsage:
    """Calls with one client id to one group of endpoints within an hour from `start` on."""

    client_id: str
    group: str
    start: int
    commands: int
    background: int


@dataclass(frozen=True)
class ExhaustedQuota:
    """A group of endpoints that takes no calls until then; seconds since 1970."""

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

    async def record(self, hours: Iterable[HourlyUsage], *, since: float, now: float) -> None:
        """Put these in the place of what is there of the same hours; erase what is over."""
        rows = [
            (hour.client_id, hour.group, hour.start, hour.commands, hour.background)
            for hour in hours
        ]
        async with self._db.transaction() as db:
            await db.execute("DELETE FROM spent WHERE start <= ?", (since,))
            await db.execute("DELETE FROM exhausted WHERE until <= ?", (now,))
            await db.executemany("INSERT OR REPLACE INTO spent VALUES (?, ?, ?, ?, ?)", rows)

    async def exhausted_quotas(self) -> list[ExhaustedQuota]:
        rows = await self._db.fetch_all("SELECT client_id, endpoints, until FROM exhausted")
        return [ExhaustedQuota(*row) for row in rows]

    async def mark_exhausted(self, quota: ExhaustedQuota) -> None:
        """Spotify says that a quota is used up."""
        await self._db.execute(
            "INSERT OR REPLACE INTO exhausted VALUES (?, ?, ?)",
            quota.client_id,
            quota.group,
            quota.until,
        )

    async def delete(self, client_id: str) -> None:
        """Erase all about an app that nobody here uses any more."""
        async with self._db.transaction() as db:
            await db.execute("DELETE FROM spent WHERE client_id = ?", (client_id,))
            await db.execute("DELETE FROM exhausted WHERE client_id = ?", (client_id,))
        await self._db.truncate_wal()
