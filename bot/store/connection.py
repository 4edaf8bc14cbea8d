"""The SQLite file: one connection that writes, one that reads, and a lock for one process."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import (
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    suppress,
)
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors.bot_error import StartupError
from bot.store.schema import migrate

_log = logging.getLogger(__name__)

Row = Sequence[Any]

# synchronous = FULL: committed transactions survive a power cut; NORMAL loses some in WAL mode.
# secure_delete: SQLite overwrites deleted rows.
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
)

_MAX_CHECKPOINT_ATTEMPTS = 50
_CHECKPOINT_RETRY_DELAY = 0.02  # seconds


class Database:
    """Reads see only committed data. Writes run one after another, each in a transaction.

    The writer and the reader have threads; the row reader is used in the event loop.
    """

    def __init__(
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        row_reader: sqlite3.Connection,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._row_reader = row_reader
        self._write_lock = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Database]:
        """The database at `path`, created or migrated. Raises StartupError."""
        async with AsyncExitStack() as stack:
            stack.enter_context(_process_lock(path))
            try:
                writer = await stack.enter_async_context(
                    aiosqlite.connect(path, isolation_level=None)
                )
                for pragma in _PRAGMAS:
                    await writer.execute(f"PRAGMA {pragma}")
                await migrate(writer)
                reader = await stack.enter_async_context(
                    aiosqlite.connect(path, isolation_level=None)
                )
                await reader.execute("PRAGMA query_only = ON")
                row_reader = stack.enter_context(
                    closing(sqlite3.connect(path, isolation_level=None))
                )
                row_reader.execute("PRAGMA query_only = ON")
            except sqlite3.Error as error:
                raise StartupError(f"The database {path} cannot be used: {error}.") from None
            yield cls(writer, reader, row_reader)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: committed at the end, rolled back on an error.

        A task may be cancelled at any point, while the connection's thread still executes earlier
        statements. The rollback is queued after them, and may find no transaction to roll back.
        """
        async with self._write_lock:
            try:
                await self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                await self._writer.execute("COMMIT")
            except BaseException:
                await asyncio.shield(self._rollback())
                raise

    async def _rollback(self) -> None:
        with suppress(sqlite3.OperationalError):
            await self._writer.execute("ROLLBACK")

    async def execute(self, sql: str, *values: object) -> bool:
        """Run one statement in its own transaction; whether it changed a row."""
        async with self.transaction() as db:
            return (await db.execute(sql, values)).rowcount > 0

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        """Run one statement in its own transaction; the first row of its RETURNING clause."""
        async with self.transaction() as db, db.execute(sql, values) as rows:
            return await rows.fetchone()

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row. The query must use an index, because it runs in the event loop.

        It takes some ten microseconds, with a thread three to ten times as many, and a command
        reads the linked account before each call to Spotify.
        """
        row: Row | None = next(self._row_reader.execute(sql, values), None)
        return row

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        return list(await self._reader.execute_fetchall(sql, values))

    async def truncate_wal(self) -> None:
        """Checkpoint and empty the write-ahead log, which still contains erased rows.

        A concurrent read prevents it, so it is tried for a second.
        """
        for _ in range(_MAX_CHECKPOINT_ATTEMPTS):
            async with (
                self._write_lock,
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)") as rows,
            ):
                row = await rows.fetchone()
            if row is not None and row[0] == 0:
                return
            await asyncio.sleep(_CHECKPOINT_RETRY_DELAY)
        _log.warning("the write-ahead log could not be emptied; the next erasure tries again")


@contextmanager
def _process_lock(path: Path) -> Iterator[None]:
    """Lock the file beside the database. Raises StartupError if another process holds the lock.

    Two processes would use the same refresh token, and Spotify may then revoke it.
    """
    lock = path.with_name(path.name + ".lock")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(lock.open("w"))
        except OSError as error:
            raise StartupError(f"{lock} cannot be written: {error.strerror}.") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartupError(
                f"Another Tonearm is running on {path}. Stop it first, or set DATABASE to "
                "another file."
            ) from None
        yield
