"""What is kept, in SQLite: who is linked, logins in progress, and notes of the bot's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.store.connection import Database
from bot.store.links import Link, LinkTable
from bot.store.logins import Login, LoginTable
from bot.store.preferences import Favourite, Preferences, PreferenceTable
from bot.store.sealed import Sealed
from bot.store.spending import Exhausted, SpendingTable, Spent

__all__ = ["Exhausted", "Favourite", "Link", "Login", "Preferences", "Spent", "Store"]


class Store:
    """Verbs named for what happened in the world; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.links = LinkTable(database)
        self.logins = LoginTable(database)
        self.preferences = PreferenceTable(database)
        self.sealed = Sealed(database)
        self.spending = SpendingTable(database)

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Store]:
        """The store in the file `path`; closed at the end. Raises CannotStart."""
        async with Database.open(path) as database:
            yield cls(database)

    async def note(self, name: str, text: str) -> None:
        """Remember something of the bot's own, such as which commands Discord has."""
        await self._db.change("INSERT OR REPLACE INTO note VALUES (?, ?)", name, text)

    async def noted(self, name: str) -> str | None:
        row = await self._db.one("SELECT text FROM note WHERE name = ?", name)
        return str(row[0]) if row else None
