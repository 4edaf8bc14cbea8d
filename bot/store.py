"""What is kept, in SQLite: who is linked, and a few notes of the bot's own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiosqlite

from bot.errors import CannotStart

# Append only: the database's user_version says how many of these it has been through.
MIGRATIONS = (
    """
    CREATE TABLE link (
        discord_id    INTEGER PRIMARY KEY,
        account_id    TEXT NOT NULL,
        name          TEXT NOT NULL,
        client_id     TEXT NOT NULL,
        scopes        TEXT NOT NULL,
        authorized_at INTEGER NOT NULL,
        refresh_token BLOB NOT NULL
    ) STRICT;
    CREATE TABLE note (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) STRICT;
    """,
)


@dataclass(frozen=True)
class Link:
    """A Discord user's Spotify account. `authorized_at` is in seconds since 1970."""

    discord_id: int
    account_id: str
    name: str
    client_id: str
    scopes: str
    authorized_at: int
    refresh_token: bytes = field(repr=False)


class Store:
    """One connection; every verb is one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Store]:
        """The database at `path`, made or brought up to date; closed at the end.

        Raises CannotStart.
        """
        async with AsyncExitStack() as stack:
            try:
                db = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None))
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                    await db.execute(f"PRAGMA {pragma}")
                await _migrate(db)
            except sqlite3.Error as error:
                raise CannotStart(f"The database {path} cannot be used: {error}.") from None
            yield cls(db)

    async def close(self) -> None:
        await self._db.close()

    async def link(self, link: Link) -> None:
        """Somebody linked an account, for the first time or again."""
        await self._db.execute(
            "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                link.discord_id,
                link.account_id,
                link.name,
                link.client_id,
                link.scopes,
                link.authorized_at,
                link.refresh_token,
            ),
        )

    async def renew(self, discord_id: int, old: bytes, new: bytes) -> bool:
        """Spotify gave a new refresh token. False where `old` is no longer the one stored."""
        cursor = await self._db.execute(
            "UPDATE link SET refresh_token = ? WHERE discord_id = ? AND refresh_token = ?",
            (new, discord_id, old),
        )
        return cursor.rowcount == 1

    async def unlink(self, discord_id: int) -> bool:
        """Somebody left. False where nothing was stored."""
        cursor = await self._db.execute("DELETE FROM link WHERE discord_id = ?", (discord_id,))
        await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cursor.rowcount == 1

    async def linked(self, discord_id: int) -> Link | None:
        async with self._db.execute(
            "SELECT * FROM link WHERE discord_id = ?", (discord_id,)
        ) as rows:
            row = await rows.fetchone()
        return Link(*row) if row else None

    async def note(self, name: str, text: str) -> None:
        await self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, text))

    async def noted(self, name: str) -> str | None:
        async with self._db.execute("SELECT text FROM note WHERE name = ?", (name,)) as rows:
            row = await rows.fetchone()
        return str(row[0]) if row else None


async def _migrate(db: aiosqlite.Connection) -> None:
    async with db.execute("PRAGMA user_version") as rows:
        row = await rows.fetchone()
    for number, statements in enumerate(MIGRATIONS, start=1):
        if row is None or row[0] < number:
            await db.executescript(
                f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {number}; COMMIT;"
            )
