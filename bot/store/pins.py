"""The pins: items that a user wants first among suggestions. An unlink erases them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors.content import TooManyPins
from bot.store.database import Database
from bot.store.link_required import missing_link, require_link

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
        """The user's pins, oldest first."""
        rows = await self._db.fetch_few(
            "SELECT uri, name FROM pin WHERE discord_id = $1 ORDER BY rowid", discord_id
        )
        return [Pin(*row) for row in rows]

    async def set(self, discord_id: int, pin: Pin) -> None:
        """Store a pin, or the new name of an existing one. Raises NotLinked and TooManyPins."""
        with self._db.on_write(discord_id), missing_link("pins"):
            async with self._db.transaction() as db:
                await require_link(db, discord_id, "pins")
                await db.execute(
                    "INSERT INTO pin (discord_id, uri, name) VALUES ($1, $2, $3)"
                    " ON CONFLICT (discord_id, uri) DO UPDATE SET name = excluded.name",
                    discord_id,
                    pin.uri,
                    pin.name,
                )
                rows = await db.fetch_all(
                    "SELECT count(*) FROM pin WHERE discord_id = $1", discord_id
                )
                if any(count > MAX_PINS for (count,) in rows):
                    raise TooManyPins

    async def remove(self, discord_id: int, uri: str) -> bool:
        """Whether there was such a pin."""
        with self._db.on_write(discord_id):
            return await self._db.execute(
                "DELETE FROM pin WHERE discord_id = $1 AND uri = $2", discord_id, uri
            )
