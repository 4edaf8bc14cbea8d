"""Reads and blocks people in the SQLite file without the lock that the running bot holds.

SQLite lets other processes read and write; the lock only keeps a second bot away.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors.bot_error import StartupError
from bot.store.accounts import ACCOUNT_COLUMNS, LinkedAccount, account_from_row
from bot.store.blocked import ALL_BLOCKED, BLOCK, UNBLOCK
from bot.store.disk_errors import damage_error, exists, statement_error
from bot.store.inspection import reading


def linked_people(database: Path) -> list[LinkedAccount]:
    """All linked accounts, the oldest link first. Blocks. Raises StartupError."""
    with reading(database) as db:
        rows = db.execute(f"SELECT {ACCOUNT_COLUMNS} FROM link ORDER BY authorized_at")
        return [account_from_row(row) for row in rows]


def blocked_people(database: Path) -> list[int]:
    """The IDs of all blocked users. Blocks. Raises StartupError."""
    with reading(database) as db:
        # Before the first start of this version, the table is missing.
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'blocked'").fetchone():
            return []
        return [discord_id for (discord_id,) in db.execute(ALL_BLOCKED)]


def block(database: Path, discord_id: int) -> bool:
    """False if the user was blocked before. Blocks. Raises StartupError."""
    return _write(database, BLOCK, discord_id)


def unblock(database: Path, discord_id: int) -> bool:
    """False if the user was not blocked. Blocks. Raises StartupError."""
    return _write(database, UNBLOCK, discord_id)


def _write(database: Path, sql: str, discord_id: int) -> bool:
    if not exists(database):
        raise StartupError(f"{database} does not exist.")
    try:
        address = f"{database.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            return db.execute(sql, {"1": discord_id}).rowcount == 1
    except sqlite3.Error as error:
        refusal = statement_error(error, database) or damage_error(database, str(error))
        raise StartupError(str(refusal)) from None
