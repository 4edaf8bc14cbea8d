"""Which keys the stored secrets need, and their encryption with another key."""

from __future__ import annotations

from bot.errors.bot_error import StartupError
from bot.errors.login import LoginExpired
from bot.store.database import Database
from bot.store.encrypted_columns import key_ids_sql, read_encrypted_columns
from bot.store.encryption import TokenCipher


async def stored_key_ids(database: Database) -> set[bytes]:
    """The ids of all keys that encrypted a stored secret."""
    ids: set[bytes] = set()
    for table, column in await read_encrypted_columns(database):
        ids |= {bytes(row[0]) for row in await database.fetch_all(key_ids_sql(table, column))}
    return ids


async def reencrypt(database: Database, cipher: TokenCipher) -> int:
    """Encrypt every secret with the first key of `cipher`, all or none; how many there are.

    Raises StartupError if a secret cannot be decrypted.
    """
    count = 0
    try:
        async with database.transaction() as db:
            for table, column in await read_encrypted_columns(database):
                rows = await db.fetch_all(
                    f"SELECT discord_id, {column} FROM {table} WHERE {column} IS NOT NULL"
                )
                reencrypted = [
                    (cipher.reencrypt(bytes(encrypted), column, owner), owner, encrypted)
                    for owner, encrypted in rows
                ]
                await db.execute_many(
                    f"UPDATE {table} SET {column} = $1 WHERE discord_id = $2 AND {column} = $3",
                    reencrypted,
                )
                count += len(reencrypted)
    except LoginExpired:
        raise StartupError(
            "A stored login does not open with the keys that are here: its row was damaged or "
            "moved. Nothing was changed."
        ) from None
    await database.erase_deleted()
    return count
