"""Everything that is sealed, for whoever changes the key."""

from __future__ import annotations

from collections.abc import Callable

from bot.store.connection import Database
from bot.store.encryption import KEY_ID_LENGTH

Reencrypt = Callable[[bytes, str, int], bytes]
"""A sealed secret, the column it stands in and whose row it is → the same under the first key."""

_COLUMNS = (
    ("link", "refresh_token"),
    ("login", "refresh_token"),
    ("login", "verifier"),
    ("login", "code"),
    ("login", "notice"),
)


class EncryptedColumns:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def key_ids(self) -> set[bytes]:
        """The ids of all keys that something is sealed under."""
        found: set[bytes] = set()
        for table, column in _COLUMNS:
            rows = await self._db.fetch_all(
                f"SELECT DISTINCT substr({column}, 1, {KEY_ID_LENGTH}) FROM {table}"
                f" WHERE {column} IS NOT NULL"
            )
            found |= {bytes(row[0]) for row in rows}
        return found

    async def reencrypt(self, reencrypt: Reencrypt) -> int:
        """Seal everything anew, all or nothing; how many secrets that were."""
        count = 0
        async with self._db.transaction() as db:
            for table, column in _COLUMNS:
                rows = await db.execute_fetchall(
                    f"SELECT discord_id, {column} FROM {table} WHERE {column} IS NOT NULL"
                )
                reencrypted = [
                    (reencrypt(bytes(sealed), column, owner), owner) for owner, sealed in rows
                ]
                await db.executemany(
                    f"UPDATE {table} SET {column} = ? WHERE discord_id = ?", reencrypted
                )
                count += len(reencrypted)
        await self._db.truncate_wal()
        return count
