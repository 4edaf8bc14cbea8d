"""The pins: items that a user wants first among suggestions. An unlink erases them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from bot.errors.content import TooManyPins
from bot.errors.login import NotLinked
from bot.store.connection import Database

MAX_PINS = 5


@dataclass(frozen=True)
class Pin:
    """An item's URI, such as `spotify:album:…`, and its name when the user pinned it."""

    uri: str
    name: str = field(repr=False)


class PinTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(self, discord_id: int) -> list[Pin]:
        """The user's pins, oldest first. One row, because each panel needs it at each press."""
        row = await self._db.fetch_one(
            "SELECT json_group_array(json_array(rowid, uri, name)) FROM pin WHERE discord_id = ?",
            discord_id,
        )
        return [Pin(uri, name) for _, uri, name in sorted(json.loads(row[0]))] if row else []

    async def set(self, discord_id: int, pin: Pin) -> None:
        """Store a pin, or the new name of an existing one. Raises NotLinked and TooManyPins."""
        with self._db.on_write(discord_id):
            async with self._db.transaction() as db:
                rows = await db.execute_fetchall(
                    "SELECT 1 FROM link WHERE discord_id = ?", (discord_id,)
                )
                if not list(rows):
                    raise NotLinked("pins")
                await db.execute(
                    "INSERT INTO pin (discord_id, uri, name) VALUES (?, ?, ?)"
                    " ON CONFLICT (discord_id, uri) DO UPDATE SET name = excluded.name",
                    (discord_id, pin.uri, pin.name),
                )
                rows = await db.execute_fetchall(
                    "SELECT count(*) FROM pin WHERE discord_id = ?", (discord_id,)
                )
                if any(count > MAX_PINS for (count,) in rows):
                    raise TooManyPins

    async def remove(self, discord_id: int, uri: str) -> bool:
        """Whether there was such a pin."""
        with self._db.on_write(discord_id):
            return await self._db.execute(
                "DELETE FROM pin WHERE discord_id = ? AND uri = ?", discord_id, uri
            )
