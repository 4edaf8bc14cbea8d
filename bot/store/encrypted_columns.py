"""Which columns of the database hold secrets: all columns of bytes but the hashes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.store.database import Database, Row
from bot.store.encryption import KEY_ID_LENGTH

# The columns of bytes with SHA-256 hashes; "state" is in databases of older versions.
_HASHES = {("login", "nonce"), ("login", "cookie"), ("login", "state"), ("download", "token")}


def encrypted_columns(byte_columns: Iterable[Row]) -> list[tuple[str, str]]:
    """The tables and names of the encrypted columns among all columns of bytes."""
    return sorted({(str(table), str(column)) for table, column in byte_columns} - _HASHES)


async def read_encrypted_columns(database: Database) -> list[tuple[str, str]]:
    """The tables and names of the encrypted columns of a database."""
    return encrypted_columns(await database.fetch_all(database.byte_columns))


def key_ids_sql(table: str, column: str) -> str:
    """The query for the ids of the keys that encrypted an encrypted column."""
    return (
        f"SELECT DISTINCT substr({column}, 1, {KEY_ID_LENGTH}) FROM {table}"
        f" WHERE {column} IS NOT NULL"
    )
