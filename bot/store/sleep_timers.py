"""Sleep timers, so that they survive a restart; an unlink erases them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Database
from bot.store.link_required import missing_link, require_link
from bot.store.process_share import ProcessShare

_ALONE = ProcessShare()
_SELECT = "SELECT discord_id, due, tracks_left, process FROM sleep_timer"


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
    """`share` says which timers this process waits for."""

    def __init__(self, database: Database, share: ProcessShare = _ALONE) -> None:
        self._db = database
        self._share = share

    async def set(self, timer: SleepTimer) -> None:
        """Store the user's only timer, which this process waits for.

        Raises NotLinked, and BeingUpdated in a spare process.
        """
        self._share.require_lasting()
        with self._db.on_write(timer.discord_id), missing_link("sleep timer"):
            async with self._db.transaction() as db:
                await require_link(db, timer.discord_id, "sleep timer")
                await db.execute(
                    "INSERT INTO sleep_timer (discord_id, due, tracks_left, process)"
                    " VALUES ($1, $2, $3, $4) ON CONFLICT (discord_id) DO UPDATE SET"
                    " due = excluded.due, tracks_left = excluded.tracks_left,"
                    " process = excluded.process",
                    timer.discord_id,
                    timer.due,
                    timer.tracks_left,
                    self._share.number,
                )
                await db.tell("timer", timer.discord_id)

    async def elsewhere(self, discord_id: int) -> SleepTimer | None:
        """The user's timer, if another process waits for it."""
        row = await self._db.fetch_one(f"{_SELECT} WHERE discord_id = $1", discord_id)
        return SleepTimer(*row[:-1]) if row and not self._share.owns(row[-1]) else None

    async def is_own(self, discord_id: int) -> bool:
        """Whether the user has a timer, and this process waits for it."""
        row = await self._db.fetch_one(
            "SELECT process FROM sleep_timer WHERE discord_id = $1", discord_id
        )
        return row is not None and self._share.owns(row[0])

    async def delete(self, discord_id: int) -> bool:
        """Whether there was one."""
        with self._db.on_write(discord_id):
            async with self._db.transaction() as db:
                deleted = await db.execute(
                    "DELETE FROM sleep_timer WHERE discord_id = $1", discord_id
                )
                await db.tell("timer", discord_id)
        return deleted > 0

    async def own(self) -> list[SleepTimer]:
        """The timers that this process waits for."""
        rows = await self._db.fetch_all(_SELECT)
        return [SleepTimer(*row) for *row, process in rows if self._share.owns(process)]
