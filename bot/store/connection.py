"""One connection that writes, one that reads, and nobody else on the file."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors.bot_error import StartupError
from bot.store.schema import migrate

_log = logging.getLogger(__name__)

Row = Sequence[Any]

# FULL: what was acknowledged survives a power cut, which NORMAL does not promise in WAL mode.
# secure_delete: what was erased is overwritten.
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
)


_MAX_CHECKPOINT_ATTEMPTS = 50


class Database:
    """Reads see only what is committed; writes stand in line and are a transaction each."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._writer = writer
        self._reader = reader
        self._write_lock = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Database]:
        """The database at `path`, made or brought up to date. Raises StartupError."""
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
            except sqlite3.Error as error:
                raise StartupError(f"The database {path} cannot be used: {error}.") from None
            yield cls(writer, reader)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: committed at the end, undone where anything is raised.

        Whoever waits may be cancelled at any point, while SQLite's thread still works off what it
        was given: so the undoing comes last in its line, and may find nothing left to undo.
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
        """Run one statement in a transaction of its own; whether it changed a row."""
        async with self.transaction() as db:
            return (await db.execute(sql, values)).rowcount > 0

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        """Run one statement that changes at most one row; that row, as its RETURNING says."""
        async with self.transaction() as db, db.execute(sql, values) as rows:
            return await rows.fetchone()

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        rows = await self.fetch_all(sql, *values)
        return rows[0] if rows else None

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        return list(await self._reader.execute_fetchall(sql, values))

    async def truncate_wal(self) -> None:
        """Move everything out of the write-ahead log, and empty it, so that nothing erased is left.

        Whoever reads at that very moment is in its way, so it is tried for a second.
        """
        for _ in range(_MAX_CHECKPOINT_ATTEMPTS):
            async with (
                self._write_lock,
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)") as rows,
            ):
                row = await rows.fetchone()
            if row is not None and row[0] == 0:
                return
            await asyncio.sleep(0.02)
        _log.warning("the write-ahead log could not be emptied; the next erasure tries again")


@contextmanager
def _process_lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside the database. Raises StartupError where another process does.

    Two processes would renew the same login twice, and Spotify may then end it.
    """
    lock = path.with_name(path.name + ".lock")
    with ExitStack() as stack:
        try:
            held = stack.enter_context(lock.open("w"))
        except OSError as error:
            raise StartupError(f"{lock} cannot be written: {error.strerror}.") from None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartupError(
                f"Another Tonearm is running on {path}. Stop it first, or set DATABASE to "
                "another file."
            ) from None
        yield
