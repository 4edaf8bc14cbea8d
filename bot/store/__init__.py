"""What is kept, in SQLite: who is linked, logins in progress, and notes of the bot's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.store.accounts import AccountTable, LinkedAccount
from bot.store.api_usage import ApiUsageTable, ExhaustedQuota, HourlyUsage
from bot.store.connection import Database
from bot.store.pending_logins import PendingLogin, PendingLoginTable
from bot.store.preferences import Preferences, PreferenceTable, SavedDefault
from bot.store.rekey import EncryptedColumns

__all__ = [
    "ExhaustedQuota",
    "HourlyUsage",
    "LinkedAccount",
    "PendingLogin",
    "Preferences",
    "SavedDefault",
    "Store",
]


class Store:
    """Verbs named for what happened in the world; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.accounts = AccountTable(database)
        self.pending_logins = PendingLoginTable(database)
        self.preferences = PreferenceTable(database)
        self.encrypted_columns = EncryptedColumns(database)
        self.api_usage = ApiUsageTable(database)

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Store]:
        """The store in the file `path`; closed at the end. Raises StartupError."""
        async with Database.open(path) as database:
            yield cls(database)

    async def set_meta(self, name: str, text: str) -> None:
        """Remember something of the bot's own, such as which commands Discord has."""
        await self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", name, text)

    async def get_meta(self, name: str) -> str | None:
        row = await self._db.fetch_one("SELECT text FROM note WHERE name = ?", name)
        return str(row[0]) if row else None
