"""The SQLite engine: one connection that writes, two that read, and a lock for one process."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import (
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from functools import partial
from pathlib import Path
from shutil import disk_usage

import aiosqlite

from bot.errors.storage import StorageDamaged, StorageError
from bot.store import migration_copies
from bot.store.database import ConstraintViolated, OnMessage, OnWrite, Row, Transaction, storable
from bot.store.disk_errors import (
    damage_error,
    exists,
    file_error,
    file_identities,
    file_size,
    replacement_error,
    startup_error,
    statement_error,
)
from bot.store.keys import key_file
from bot.store.private_files import make_private
from bot.store.process_lock import process_lock
from bot.store.schema import BYTE_COLUMNS, migrate, missing_columns
from bot.store.sqlite_connections import PRAGMAS, Connect, Connections, connect_to_file

_log = logging.getLogger(__name__)

# Seconds to look for damage at the start. 100 MB take 0.1 s from memory and 2 s from a disk.
_MAX_CHECK_TIME = 20.0
# Made once: a command reads the linked account before each call to Spotify.
_NAMES = tuple(str(number) for number in range(1, 33))


class _Transaction:
    """See `bot.store.database.Transaction`."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, *values: object) -> int:
        return (await self._connection.execute(sql, _named(values))).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        await self._connection.executemany(sql, map(_named, rows))

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        return list(await self._connection.execute_fetchall(sql, _named(values)))

    async def tell(self, topic: str, *values: object) -> None:
        """Only one process can use the file."""


def _named(values: Sequence[object]) -> dict[str, object]:
    """The values by the names that `$1`, `$2` … are for SQLite: parameters "1", "2" …"""
    return dict(zip(_NAMES, map(storable, values), strict=False))


class SqliteDatabase:
    """See `bot.store.database.Database`. Writes run one after another.

    Errors of our own SQL stay sqlite3.Error. Deleted rows may still be in the write-ahead log.
    """

    byte_columns = BYTE_COLUMNS

    def __init__(self, path: Path, connections: Connections) -> None:
        self._path = path
        self._writer, self._reader, self._row_reader = connections
        self._write_lock = asyncio.Lock()
        self._files: tuple[object, ...] | None = None  # once it is open
        self._size = 0
        self.last_error: StorageError | None = None
        self.error_counts: Counter[str] = Counter()
        self.has_unerased_rows = False
        self.on_write: OnWrite = lambda _: nullcontext()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, connect: Connect = connect_to_file
    ) -> AsyncIterator[SqliteDatabase]:
        """The database at `path`, created or migrated, after a check for damage and a test write.

        Raises StartupError.
        """
        async with AsyncExitStack() as stack:
            try:
                is_new = stack.enter_context(process_lock(path))
                make_private(path)
                connections = await stack.enter_async_context(connect(path))
                await _prepare(path, connections.writer)
                database = cls(path, connections)
                await database.check_writable()
                database._files = file_identities(path)
            except sqlite3.Error as error:
                # Our own statements fail only on foreign tables.
                refusal = statement_error(error, path) or damage_error(path, str(error))
                raise startup_error(refusal) from None
            except OSError as error:
                raise startup_error(file_error(error, path)) from None
            except StorageError as error:
                raise startup_error(error) from None
            if is_new and exists(key_file(path)):
                lost = "If people were linked, stop Tonearm and put their database back."
                _log.warning("made a new database: %s. The key beside it is older. %s", path, lost)
            elif is_new:
                _log.info("made a new database: %s", path)
            yield database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction: committed at the end, rolled back on an error. Raises StorageError.

        A task may be cancelled at any point, while the connection's thread still executes earlier
        statements. The rollback is queued after them, and may find no transaction to roll back.
        """
        async with self._write_lock:
            with self._raise_storage_errors():
                self._check_files()
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield _Transaction(self._writer)
                    await self._writer.execute("COMMIT")
                except BaseException:
                    await asyncio.shield(self._rollback())
                    raise
                self._check_files()

    async def _rollback(self) -> None:
        with suppress(sqlite3.Error):
            await self._writer.execute("ROLLBACK")

    async def execute(self, sql: str, *values: object) -> bool:
        """Run one statement in its own transaction; whether it changed a row."""
        async with self.transaction() as db:
            return await db.execute(sql, *values) > 0

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        """Run one statement in its own transaction; the first row of its RETURNING clause."""
        async with self.transaction() as db:
            return next(iter(await db.fetch_all(sql, *values)), None)

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row. The query must use an index, because it runs in the event loop.

        It takes some ten microseconds, with a thread three to ten times as many, and a command
        reads the linked account before each call to Spotify.
        """
        try:  # `_raise_storage_errors` takes as long as the read
            row: Row | None = next(self._row_reader.execute(sql, _named(values)), None)
        except sqlite3.Error as error:
            with self._raise_storage_errors():
                raise error
        return row

    async def fetch_few(self, sql: str, *values: object) -> list[Row]:
        with self._raise_storage_errors():
            return list(self._row_reader.execute(sql, _named(values)))

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        with self._raise_storage_errors():
            return list(await self._reader.execute_fetchall(sql, _named(values)))

    async def check_writable(self) -> None:
        """Write a row and delete it again, committed to the disk. Raises StorageError.

        Only this ends a disk error: a statement that changes no row writes nothing.
        """
        async with self.transaction() as db:
            await db.execute("INSERT INTO note VALUES ('write test', '')")
            await db.execute("DELETE FROM note WHERE name = 'write test'")
        if self.last_error is not None and not isinstance(self.last_error, StorageDamaged):
            self.last_error = None
            _log.warning("the database can be written again")

    async def disk_error(self) -> StorageError | None:
        """The last error of the disk, if a new test still fails; None if the disk works."""
        if self.last_error is not None and not self._write_lock.locked():
            with suppress(StorageError):
                await self.check_writable()
        return self.last_error

    def free_bytes(self) -> int | None:
        """Room on the disk for the bot; None if it cannot be read."""
        try:
            return disk_usage(self._path.parent).free
        except OSError:
            return None

    def erase_old_copies(self, now: float) -> None:
        """Delete the copies of the database from before a migration that are too old."""
        with suppress(OSError):  # the next minute tries again
            migration_copies.erase_old_copies(self._path, now)

    async def erase_traces(self, discord_id: int) -> None:
        """Erase a user's rows that were deleted from the database from the files beside it."""
        await self.erase_deleted()
        try:
            await asyncio.to_thread(migration_copies.erase_in_copies, self._path, discord_id)
        except (OSError, sqlite3.Error) as error:
            # A copy from before a migration is deleted within a week.
            _log.warning("erased rows are still in a copy: %s", type(error).__name__)

    async def tell(self, topic: str, *values: object) -> None:
        """Only one process can use the file."""

    def listen(self, on_message: OnMessage, on_lost: Callable[[], object]) -> None:
        """Nobody sends a message."""

    async def finish_erasure(self) -> None:
        await self.erase_deleted()

    async def erase_deleted(self) -> None:
        """Checkpoint and empty the write-ahead log, which still contains erased rows.

        A concurrent read, even of another program, prevents it, so SQLite waits for its end. Then
        `has_unerased_rows` says whether to try again.
        """
        self.has_unerased_rows = True
        with suppress(StorageError):
            async with self._write_lock:
                with self._raise_storage_errors():
                    self.has_unerased_rows = not await self._checkpoint()
        if self.has_unerased_rows:
            _log.warning(
                "erased rows are still in the write-ahead log; the next minute tries again"
            )

    async def _checkpoint(self) -> bool:
        async with self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)") as rows:
            row = await rows.fetchone()
        return row is not None and row[0] == 0

    def _check_files(self) -> None:
        """Raises StorageGone: a write to deleted files would be lost with the process."""
        if self._files is not None:
            size = file_size(self._path)
            if file_identities(self._path) != self._files or size < self._size:
                raise replacement_error(self._path)
            self._size = size  # SQLite makes the file shorter only by a VACUUM

    @contextmanager
    def _raise_storage_errors(self) -> Iterator[None]:
        """Raise errors of the disk as StorageError; log the first one of a kind."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ConstraintViolated(error.sqlite_errorname) from None
        except (sqlite3.Error, StorageError) as error:
            refusal = (
                error if isinstance(error, StorageError) else statement_error(error, self._path)
            )
            if refusal is None:
                raise
            self.error_counts[refusal.word] += 1
            if self._files is not None and type(refusal) is not type(self.last_error):
                _log.error("%s", refusal)
            if not isinstance(self.last_error, StorageDamaged):
                self.last_error = refusal
            raise refusal from None


async def _prepare(path: Path, writer: aiosqlite.Connection) -> None:
    """Look for damage, then configure and migrate. Raises StorageDamaged, StartupError."""
    try:
        async with asyncio.timeout(_MAX_CHECK_TIME):
            rows = list(await writer.execute_fetchall("PRAGMA quick_check(1)"))
    except TimeoutError:
        await writer.interrupt()
        _log.warning("the database is too large to look for damage in %d s", _MAX_CHECK_TIME)
    else:
        if rows[0][0] != "ok":
            raise damage_error(path, str(rows[0][0]))
    for pragma in PRAGMAS:
        await writer.execute(f"PRAGMA {pragma}")
    await migrate(writer, partial(migration_copies.copy_before_migration, writer, path))
    if missing := await missing_columns(writer):
        raise damage_error(path, f"without {missing[0]}")
