"""Copies of the database from before a migration, with which an operator can go back."""

from __future__ import annotations

import glob
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiosqlite

from bot.store.private_files import open_private
from bot.store.schema import KEPT_OF_ERASED

_log = logging.getLogger(__name__)

# Seconds for which a copy is kept.
MAX_AGE = 7 * 24 * 3600

_SUFFIX = ".schema-"
_ABOUT_USERS = (
    "SELECT part.name FROM sqlite_schema AS part, pragma_table_info(part.name) AS field"
    " WHERE part.type = 'table' AND field.name = 'discord_id'"
)


async def copy_before_migration(db: aiosqlite.Connection, path: Path, version: int) -> None:
    """Copy the database at `path` beside it, before its schema `version` is migrated.

    Raises OSError or sqlite3.Error, such as for a full disk; then nothing may be migrated.
    """
    copy = path.with_name(f"{path.name}{_SUFFIX}{version}")
    copy.unlink(missing_ok=True)  # of a migration that was interrupted
    os.close(open_private(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    await db.execute("VACUUM INTO ?", (str(copy),))
    _log.info("the database from before this version is in %s for a week", copy)


def erase_old_copies(path: Path, now: float) -> None:
    """Delete the copies that are older than MAX_AGE; `now` is in seconds since 1970."""
    for copy in _copies(path):
        if copy.stat().st_mtime < now - MAX_AGE:
            copy.unlink()
            _log.info("deleted the database from before an earlier version: %s", copy)


def erase_in_copies(path: Path, discord_id: int) -> None:
    """Delete a user's rows from the copies. Blocks. Raises OSError, sqlite3.Error."""
    for copy in _copies(path):
        with closing(sqlite3.connect(copy)) as db, db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA foreign_keys = ON")
            tables = {name for (name,) in db.execute(_ABOUT_USERS)} - KEPT_OF_ERASED
            for table in tables:
                db.execute(f"DELETE FROM {table} WHERE discord_id = ?", (discord_id,))


def _copies(path: Path) -> Iterator[Path]:
    return path.parent.glob(f"{glob.escape(path.name)}{_SUFFIX}*")
