"""Who is linked to which Spotify account, and the settings that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.store.connection import Database, Row

_COLUMNS = (
    "discord_id, account_id, name, client_id, scopes, authorized_at, refresh_token, generation, "
    "ended, reminded"
)


@dataclass(frozen=True)
class Link:
    """A Discord user's Spotify account.

    authorized_at  seconds since 1970, the user's consent; a renewal does not change it
    refresh_token  sealed
    generation     counts what was written to the row, so that a late renewal cannot overwrite
    ended          Spotify no longer accepts it
    reminded       the last reminder of its end: 30 or 7 days before; 0 for none
    """

    discord_id: int
    account_id: str
    name: str
    client_id: str
    scopes: str
    authorized_at: int
    refresh_token: bytes = field(repr=False)
    generation: int = 1
    ended: bool = False
    reminded: int = 0


class LinkTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(self, discord_id: int) -> Link | None:
        row = await self._db.one(f"SELECT {_COLUMNS} FROM link WHERE discord_id = ?", discord_id)
        return _link(row) if row else None

    async def owner(self, account_id: str) -> int | None:
        """The Discord user who has linked this Spotify account."""
        row = await self._db.one("SELECT discord_id FROM link WHERE account_id = ?", account_id)
        return int(row[0]) if row else None

    async def renew(self, link: Link, refresh_token: bytes) -> bool:
        """Spotify gave a new refresh token. False where the row has changed since `link`."""
        return await self._db.change(
            "UPDATE link SET refresh_token = ?, generation = generation + 1"
            " WHERE discord_id = ? AND generation = ?",
            refresh_token,
            link.discord_id,
            link.generation,
        )

    async def current(self, link: Link) -> bool:
        """Whether the row is still the one that `link` was read from."""
        row = await self._db.one(
            "SELECT 1 FROM link WHERE discord_id = ? AND generation = ?",
            link.discord_id,
            link.generation,
        )
        return row is not None

    async def end(self, link: Link) -> None:
        """Spotify no longer accepts the link; the row stays, and needs a new login."""
        await self._db.change(
            "UPDATE link SET ended = 1 WHERE discord_id = ? AND generation = ?",
            link.discord_id,
            link.generation,
        )

    async def revive(self, discord_ids: set[int]) -> None:
        """It was an outage: these links are good after all."""
        async with self._db.writing() as db:
            await db.executemany(
                "UPDATE link SET ended = 0 WHERE discord_id = ?", [(it,) for it in discord_ids]
            )

    async def forget(self, discord_id: int) -> bool:
        """Erase all that belongs to a person, login in progress included, from the log as well.

        False where nothing was linked.
        """
        async with self._db.writing() as db:
            gone = await db.execute("DELETE FROM link WHERE discord_id = ?", (discord_id,))
            await db.execute("DELETE FROM person WHERE discord_id = ?", (discord_id,))
        await self._db.truncate_log()
        return gone.rowcount == 1

    async def older_than(self, authorized_at: float) -> list[Link]:
        """Links of people who want reminders, authorized before then and not ended."""
        rows = await self._db.all(
            f"SELECT {_COLUMNS} FROM link JOIN person USING (discord_id)"
            " WHERE authorized_at < ? AND reminders AND NOT ended",
            authorized_at,
        )
        return [_link(row) for row in rows]

    async def remind(self, link: Link, days: int) -> bool:
        """A reminder goes out. False where it has gone before, or the link is another now."""
        return await self._db.change(
            "UPDATE link SET reminded = ? WHERE discord_id = ? AND generation = ? AND reminded = ?",
            days,
            link.discord_id,
            link.generation,
            link.reminded,
        )

    async def uses(self, client_id: str) -> bool:
        """Whether anybody is linked with this app, or is about to be."""
        row = await self._db.one(
            "SELECT 1 FROM link WHERE client_id = ?1 UNION ALL SELECT 1 FROM login"
            " WHERE client_id = ?1 LIMIT 1",
            client_id,
        )
        return row is not None

    async def count(self) -> int:
        row = await self._db.one("SELECT count(*) FROM link")
        return int(row[0]) if row else 0


def _link(row: Row) -> Link:
    values = list(row)
    values[8] = bool(values[8])
    return Link(*values)
