"""Who is linked to which Spotify account, and the settings that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.store.connection import Database, Row

_COLUMNS = (
    "discord_id, account_id, name, client_id, scopes, authorized_at, refresh_token, generation, "
    "ended, reminded"
)


@dataclass(frozen=True)
class LinkedAccount:
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
    version: int = 1
    revoked: bool = False
    last_reminder: int = 0


class AccountTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, discord_id: int) -> LinkedAccount | None:
        row = await self._db.fetch_one(
            f"SELECT {_COLUMNS} FROM link WHERE discord_id = ?", discord_id
        )
        return _account_from_row(row) if row else None

    async def find_owner(self, account_id: str) -> int | None:
        """The Discord user who has linked this Spotify account."""
        row = await self._db.fetch_one(
            "SELECT discord_id FROM link WHERE account_id = ?", account_id
        )
        return int(row[0]) if row else None

    async def renew(self, account: LinkedAccount, refresh_token: bytes) -> bool:
        """Spotify gave a new refresh token. False where the row has changed since `link`."""
        return await self._db.execute(
            "UPDATE link SET refresh_token = ?, generation = generation + 1"
            " WHERE discord_id = ? AND generation = ?",
            refresh_token,
            account.discord_id,
            account.version,
        )

    async def is_unchanged(self, account: LinkedAccount) -> bool:
        """Whether the row is still the one that `link` was read from."""
        row = await self._db.fetch_one(
            "SELECT 1 FROM link WHERE discord_id = ? AND generation = ?",
            account.discord_id,
            account.version,
        )
        return row is not None

    async def mark_revoked(self, account: LinkedAccount) -> None:
        """Spotify no longer accepts the link; the row stays, and needs a new login."""
        await self._db.execute(
            "UPDATE link SET ended = 1 WHERE discord_id = ? AND generation = ?",
            account.discord_id,
            account.version,
        )

    async def unmark_revoked(self, discord_ids: set[int]) -> None:
        """It was an outage: these links are good after all."""
        async with self._db.transaction() as db:
            await db.executemany(
                "UPDATE link SET ended = 0 WHERE discord_id = ?", [(it,) for it in discord_ids]
            )

    async def unlink(self, discord_id: int) -> bool:
        """Erase all that belongs to a person, login in progress included, from the log as well.

        False where nothing was linked.
        """
        async with self._db.transaction() as db:
            gone = await db.execute("DELETE FROM link WHERE discord_id = ?", (discord_id,))
            await db.execute("DELETE FROM person WHERE discord_id = ?", (discord_id,))
        await self._db.truncate_wal()
        return gone.rowcount == 1

    async def authorized_before(self, cutoff: float) -> list[LinkedAccount]:
        """Links of people who want reminders, authorized before then and not ended."""
        rows = await self._db.fetch_all(
            f"SELECT {_COLUMNS} FROM link JOIN person USING (discord_id)"
            " WHERE authorized_at < ? AND reminders AND NOT ended",
            cutoff,
        )
        return [_account_from_row(row) for row in rows]

    async def mark_reminded(self, account: LinkedAccount, days: int) -> bool:
        """A reminder goes out. False where it has gone before, or the link is another now."""
        return await self._db.execute(
            "UPDATE link SET reminded = ? WHERE discord_id = ? AND generation = ? AND reminded = ?",
            days,
            account.discord_id,
            account.version,
            account.last_reminder,
        )

    async def is_client_used(self, client_id: str) -> bool:
        """Whether anybody is linked with this app, or is about to be."""
        row = await self._db.fetch_one(
            "SELECT 1 FROM link WHERE client_id = ?1 UNION ALL SELECT 1 FROM login"
            " WHERE client_id = ?1 LIMIT 1",
            client_id,
        )
        return row is not None

    async def count(self) -> int:
        row = await self._db.fetch_one("SELECT count(*) FROM link")
        return int(row[0]) if row else 0


def _account_from_row(row: Row) -> LinkedAccount:
    values = list(row)
    values[8] = bool(values[8])
    return LinkedAccount(*values)
