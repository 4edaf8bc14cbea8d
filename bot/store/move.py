"""Moves the whole database from SQLite to PostgreSQL or back, or nothing of it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.login import StoredLoginUnreadable
from bot.errors.storage import StorageError
from bot.store.complete_files import complete_file, require_free
from bot.store.database import storable
from bot.store.disk_errors import damage_error, file_error, startup_error, statement_error
from bot.store.encrypted_columns import encrypted_columns, key_ids_sql
from bot.store.encryption import TokenCipher
from bot.store.inspection import reading, verify_copy
from bot.store.postgres_home import PROCESS_LOCKS
from bot.store.postgres_inspection import connect_once
from bot.store.postgres_schema import (
    FIRST_VERSION,
    TABLES,
    VERSION_NOTE,
    lock_schema,
    migrate_over,
)
from bot.store.postgres_schema import MIGRATIONS as POSTGRES_MIGRATIONS
from bot.store.process_lock import process_lock
from bot.store.schema import BYTE_COLUMNS, MIGRATIONS, table_columns

OnProgress = Callable[[str, int, int], object]
"""Called with a table, how many of its rows are moved, and how many it has."""

_BATCH = 1_000
# What an engine notes about itself is not moved.
_OWN_NOTES = f"name NOT IN ('{VERSION_NOTE}', 'write test')"
_UNLOCKED = "Stop every Tonearm that uses the database, and try again. Nothing was moved."
_OLD = (
    "{} was written by an older Tonearm. Start this one once, so that it updates the database, and "
    "stop it again."
)


@dataclass(frozen=True)
class MoveReport:
    """What was moved.

    rows     of each table
    secrets  how many encrypted values the keys have opened
    """

    rows: Mapping[str, int]
    secrets: int


@dataclass(frozen=True)
class _Table:
    """A table in both engines, and how its rows are read. The columns may contain `rowid`."""

    name: str
    columns: tuple[str, ...]

    @property
    def _condition(self) -> str:
        return f" WHERE {_OWN_NOTES}" if self.name == "note" else ""

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.name}{self._condition} ORDER BY 1"

    @property
    def count(self) -> str:
        return f"SELECT count(*) FROM {self.name}{self._condition}"

    @property
    def insert(self) -> str:
        places = ", ".join("?" * len(self.columns))
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({places})"


async def to_postgres(
    path: Path, url: str, keys: Sequence[bytes], on_progress: OnProgress
) -> MoveReport:
    """Copy the SQLite database at `path` to the empty PostgreSQL database at `url`.

    One transaction makes the tables and the rows, so a process that is killed leaves none. The
    source is only read. Raises StartupError if either is in use, is no database of this version,
    or cannot be reached, or a secret does not open.
    """
    with _sqlite_errors(path), process_lock(path), reading(path) as source:
        if verify_copy(path, path).is_older:
            raise ConfigError(_OLD.format(path))
        secrets = _open_secrets(source, TokenCipher(keys))
        async with connect_once(url) as target, target.transaction():
            await lock_schema(target)
            if await target.fetch(TABLES):
                raise StartupError(
                    "The PostgreSQL database is not empty. Make a new one with createdb. Nothing "
                    "was moved."
                )
            await migrate_over(target)
            rows = {}
            for table in await _tables(target):
                rows[table.name] = await _copy_to_postgres(source, target, table, on_progress)
    return MoveReport(rows, secrets)


async def _copy_to_postgres(
    source: sqlite3.Connection, target: asyncpg.Connection, table: _Table, on_progress: OnProgress
) -> int:
    ((expected,),) = source.execute(table.count)

    def records() -> Iterator[tuple[object, ...]]:
        for number, row in enumerate(source.execute(table.select), start=1):
            if number % _BATCH == 0 and number < expected:
                on_progress(table.name, number, expected)
            yield tuple(map(storable, row))  # an older version stored zero bytes

    await target.copy_records_to_table(table.name, records=records(), columns=table.columns)
    if table.columns[0] == "rowid":
        await target.execute(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'rowid'), max(rowid))"
            f" FROM {table.name} HAVING max(rowid) IS NOT NULL"
        )
    return _compare(table, expected, await target.fetchval(table.count), on_progress)


async def to_sqlite(
    url: str, path: Path, keys: Sequence[bytes], on_progress: OnProgress
) -> MoveReport:
    """Copy the PostgreSQL database at `url` to a new SQLite database at `path`.

    The file gets its name when it is complete. The source is only read, and not written by others
    meanwhile. Raises StartupError as `to_postgres` does.
    """
    with _sqlite_errors(path):
        require_free(path, "move that file away")
        with process_lock(path), complete_file(path) as partial:
            async with _stopped(url) as source:
                with closing(sqlite3.connect(partial)) as target:
                    for statements in MIGRATIONS:
                        target.executescript(statements)
                    target.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
                    with target:  # one transaction
                        rows = {}
                        for table in await _tables(source):
                            rows[table.name] = await _copy_to_sqlite(
                                source, target, table, on_progress
                            )
                    secrets = _open_secrets(target, TokenCipher(keys))
    return MoveReport(rows, secrets)


async def _copy_to_sqlite(
    source: asyncpg.Connection, target: sqlite3.Connection, table: _Table, on_progress: OnProgress
) -> int:
    expected = await source.fetchval(table.count)
    cursor = await source.cursor(table.select)
    done = 0
    while batch := await cursor.fetch(_BATCH):
        target.executemany(table.insert, map(tuple, batch))
        done += len(batch)
        if done < expected:
            on_progress(table.name, done, expected)
    ((moved,),) = target.execute(table.count)
    return _compare(table, expected, moved, on_progress)


def _compare(table: _Table, expected: int, moved: int, on_progress: OnProgress) -> int:
    if moved != expected:
        raise StartupError(
            f"{table.name} has {expected} rows, but {moved} arrived. Nothing was moved."
        )
    on_progress(table.name, moved, expected)
    return moved


@asynccontextmanager
async def _stopped(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in a database that no process uses, or can write to before its end."""
    async with connect_once(url) as connection, connection.transaction():
        await lock_schema(connection)
        if not await connection.fetch(TABLES):
            raise StartupError("The PostgreSQL database is empty, so there is nothing to move.")
        version = await connection.fetchval("SELECT text FROM note WHERE name = $1", VERSION_NOTE)
        if int(version or 0) != FIRST_VERSION + len(POSTGRES_MIGRATIONS):
            raise ConfigError(_OLD.format("The PostgreSQL database"))
        names = ", ".join(table_columns())
        await connection.execute("SET LOCAL lock_timeout = '5s'")
        try:
            await connection.execute(f"LOCK TABLE {names} IN SHARE MODE")
        except asyncpg.LockNotAvailableError:
            raise StartupError(f"The PostgreSQL database is in use. {_UNLOCKED}") from None
        numbers = await connection.fetch(f"SELECT objid FROM {PROCESS_LOCKS}")
        if numbers:
            named = ", ".join(sorted(str(row[0]) for row in numbers))
            raise StartupError(f"Process {named} runs on the PostgreSQL database. {_UNLOCKED}")
        yield connection


async def _tables(postgres: asyncpg.Connection) -> list[_Table]:
    """All tables of both engines, each behind those that its rows belong to."""
    with_rowid = {
        row[0]
        for row in await postgres.fetch(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND column_name = 'rowid'"
        )
    }
    tables = [
        _Table(name, ("rowid", *columns) if name in with_rowid else columns)
        for name, columns in table_columns().items()
    ]
    return sorted(tables, key=lambda table: table.name != "person")


def _open_secrets(db: sqlite3.Connection, cipher: TokenCipher) -> int:
    """Decrypt every secret once; how many there are. Raises StartupError for one that is lost."""
    count = 0
    for table, column in encrypted_columns(db.execute(BYTE_COLUMNS)):
        cipher.require_keys(bytes(row[0]) for row in db.execute(key_ids_sql(table, column)))
        secrets = f"SELECT discord_id, {column} FROM {table} WHERE {column} IS NOT NULL"
        for owner, encrypted in db.execute(secrets):
            try:
                cipher.decrypt(bytes(encrypted), column, owner)
            except StoredLoginUnreadable:
                raise StartupError(
                    f"A secret of the Discord user {owner} does not open, because its row was "
                    f"damaged. Run python -m bot forget {owner} before. Nothing was moved."
                ) from None
            count += 1
    return count


@contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    """Raise errors of the file as StartupError."""
    try:
        yield
    except sqlite3.Error as error:
        refusal = statement_error(error, path) or damage_error(path, str(error))
        raise startup_error(refusal) from None
    except OSError as error:
        raise startup_error(file_error(error, path)) from None
    except StorageError as error:
        raise startup_error(error) from None
