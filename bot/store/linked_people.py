"""Reads who has linked an account, without the lock that the running bot holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors.bot_error import StartupError
from bot.store.accounts import ACCOUNT_COLUMNS, LinkedAccount, account_from_row
from bot.store.disk_errors import damage_error, statement_error


def linked_people(database: Path) -> list[LinkedAccount]:
    """All linked accounts, the oldest link first. Blocks. Raises StartupError."""
    if not database.exists():
        raise StartupError(f"{database} does not exist.")
    try:
        address = f"{database.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True)) as db:
            db.execute("PRAGMA query_only = ON")
            rows = db.execute(f"SELECT {ACCOUNT_COLUMNS} FROM link ORDER BY authorized_at")
            return [account_from_row(row) for row in rows]
    except sqlite3.Error as error:
        refusal = statement_error(error, database) or damage_error(database, str(error))
        raise StartupError(str(refusal)) from None
