"""Everything that is sealed, for whoever changes the key."""

from __future__ import annotations

from collections.abc import Callable

from bot.store.connection import Database
from bot.vault import KEY_ID

Reseal = Callable[[bytes, str, int], bytes]
"""A sealed secret, the column it stands in and whose row it is → the same under the first key."""

_PLACES = (
    ("link", "refresh_token"),
    ("login", "refresh_token"),
    ("login", "verifier"),
    ("login", "code"),
    ("login", "notice"),
)


class Sealed:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def keys(self) -> set[bytes]:
        """The ids of all keys that something is sealed under."""
        found: set[bytes] = set()
        for table, column in _PLACES:
            rows = await self._db.all(
                f"SELECT DISTINCT substr({column}, 1, {KEY_ID}) FROM {table}"
                f" WHERE {column} IS NOT NULL"
            )
            found |= {bytes(row[0]) for row in rows}
        return found

    async def reseal(self, reseal: Reseal) -> int:
        """Seal everything anew, all or nothing; how many secrets that were."""
        count = 0
        async with self._db.writing() as db:
            for table, column in _PLACES:
                rows = await db.execute_fetchall(
                    f"SELECT discord_id, {column} FROM {table} WHERE {column} IS NOT NULL"
                )
                anew = [(reseal(bytes(sealed), column, owner), owner) for owner, sealed in rows]
                await db.executemany(f"UPDATE {table} SET {column} = ? WHERE discord_id = ?", anew)
                count += len(anew)
        await self._db.truncate_log()
        return count
