"""Sleep timers, so that they survive a restart; an unlink erases them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Database
from bot.store.link_required import missing_link, require_link


@dataclass(frozen=True)
class SleepTimer:
    """When to pause a user's player: at a time, or after some tracks.

    due          when to pause, or when to look at the player next; in seconds since 1970
    tracks_left  the tracks to play, with the one that plays; None for a time
    item         the ID of the track that plays, with `tracks_left`; not stored
    """

    discord_id: int
    due: float
    tracks_left: int | None = None
    item: str | None = None


class SleepTimerTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def set(self, timer: SleepTimer) -> None:
        """Store the user's only timer. Raises NotLinked."""
        with self._db.on_write(timer.discord_id), missing_link("sleep timer"):
            async with self._db.transaction() as db:
                await require_link(db, timer.discord_id, "sleep timer")
                await db.execute(
                    "INSERT INTO sleep_timer VALUES ($1, $2, $3) ON CONFLICT (discord_id)"
                    " DO UPDATE SET due = excluded.due, tracks_left = excluded.tracks_left",
                    timer.discord_id,
                    timer.due,
                    timer.tracks_left,
                )

    async def delete(self, discord_id: int) -> None:
        with self._db.on_write(discord_id):
            await self._db.execute("DELETE FROM sleep_timer WHERE discord_id = $1", discord_id)

    async def all(self) -> list[SleepTimer]:
        rows = await self._db.fetch_all("SELECT discord_id, due, tracks_left FROM sleep_timer")
        return [SleepTimer(*row) for row in rows]
