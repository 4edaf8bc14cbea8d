"""The Discord users who may not use the bot, whether anything else is stored about them or not."""

from __future__ import annotations

from bot.store.database import Database

BLOCK = "INSERT INTO blocked VALUES ($1) ON CONFLICT DO NOTHING"
UNBLOCK = "DELETE FROM blocked WHERE discord_id = $1"
ALL_BLOCKED = "SELECT discord_id FROM blocked ORDER BY discord_id"


class BlockedTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def block(self, discord_id: int) -> bool:
        """False if the user was blocked before."""
        return await self._db.execute(BLOCK, discord_id)

    async def unblock(self, discord_id: int) -> bool:
        """False if the user was not blocked."""
        return await self._db.execute(UNBLOCK, discord_id)

    async def all(self) -> list[int]:
        return [int(discord_id) for (discord_id,) in await self._db.fetch_all(ALL_BLOCKED)]

    async def with_data(self) -> list[int]:
        """The blocked users about whom something else is still stored."""
        rows = await self._db.fetch_all(
            "SELECT discord_id FROM blocked JOIN person USING (discord_id)"
        )
        return [int(discord_id) for (discord_id,) in rows]
