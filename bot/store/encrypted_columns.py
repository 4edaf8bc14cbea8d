"""Which columns of the database hold secrets."""

from __future__ import annotations

from bot.store.encryption import KEY_ID_LENGTH

ENCRYPTED_COLUMNS = (
    ("link", "refresh_token"),
    ("login", "refresh_token"),
    ("login", "code"),
    ("login", "notice"),
    ("job", "place"),
)


def key_ids_sql(table: str, column: str) -> str:
    """The query for the ids of the keys that encrypted an encrypted column."""
    return (
        f"SELECT DISTINCT substr({column}, 1, {KEY_ID_LENGTH}) FROM {table}"
        f" WHERE {column} IS NOT NULL"
    )
