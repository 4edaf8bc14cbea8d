"""Hands out times to identify at Discord's gateway, one after another over all processes."""

from __future__ import annotations

from bot.store.database import Database

# Seconds between two IDENTIFYs of one bucket (Discord: max_concurrency for each five seconds).
INTERVAL = 5

_NOW = "extract(epoch FROM clock_timestamp())"


class IdentifySlots:
    """Needs PostgreSQL. A process that is killed loses only its own slot."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def reserve(self, bucket: int) -> float:
        """Seconds to wait before the IDENTIFY that this reserves. Raises StorageError."""
        row = await self._db.fetch_returning(
            f"INSERT INTO identify_slot AS slot VALUES ($1, {_NOW} + {INTERVAL})"
            " ON CONFLICT (bucket) DO UPDATE"
            f" SET free_at = greatest(slot.free_at, {_NOW}) + {INTERVAL}"
            f" RETURNING free_at - {INTERVAL} - {_NOW}",
            bucket,
        )
        assert row is not None
        return max(0.0, float(row[0]))
