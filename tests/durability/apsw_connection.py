"""The store on a simulated disk: apsw behind the interface of aiosqlite."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import aiosqlite
import apsw

from bot.store.schema import migrate
from bot.store.sqlite import SqliteDatabase
from bot.store.sqlite_connections import PRAGMAS, Connect, Connections
from tests.durability.simulated_disk import PowerCut, SimulatedDisk

Bindings = Sequence[Any] | Mapping[str, Any]


class _Cursor:
    def __init__(self, rows: list[tuple[Any, ...]], rowcount: int) -> None:
        self.rows = iter(rows)
        self.rowcount = rowcount

    async def fetchone(self) -> tuple[Any, ...] | None:
        return next(self.rows, None)

    async def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self.rows)


class _PendingResult:
    """A statement to `await` or to use in `async with`, like those of aiosqlite."""

    def __init__(self, connection: _ApswConnection, sql: str, values: Bindings) -> None:
        self._connection, self._sql, self._values = connection, sql, values

    def __await__(self) -> Generator[Any, None, _Cursor]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> _Cursor:
        return self._connection.run(self._sql, self._values)

    async def __aexit__(self, *_: object) -> None:
        pass


class _ApswConnection:
    """The part of aiosqlite.Connection that the store uses; raises PowerCut after a power cut."""

    def __init__(self, db: apsw.Connection, disk: SimulatedDisk) -> None:
        self._db = db
        self._disk = disk

    def run(self, sql: str, values: Bindings) -> _Cursor:
        if self._disk.power_is_cut:
            raise PowerCut
        try:
            rows = self._db.execute(sql, values).fetchall()
        except apsw.ConstraintError as error:
            violated = sqlite3.IntegrityError(str(error))
            violated.sqlite_errorname = "SQLITE_CONSTRAINT"
            raise violated from None
        except apsw.Error as error:
            raise _as_sqlite3_error(error) from None
        if self._disk.power_is_cut:
            raise PowerCut
        return _Cursor(rows, self._db.changes())

    def execute(self, sql: str, values: Bindings = ()) -> _PendingResult:
        return _PendingResult(self, sql, values)

    async def executemany(self, sql: str, values: Iterable[Bindings]) -> None:
        for row in values:
            self.run(sql, row)

    async def execute_fetchall(self, sql: str, values: Bindings = ()) -> list[tuple[Any, ...]]:
        return await self.run(sql, values).fetchall()

    async def executescript(self, sql: str) -> None:
        self.run(sql, ())


def _as_sqlite3_error(error: apsw.Error) -> sqlite3.OperationalError:
    """The error that Python's own module raises for this code."""
    code = getattr(error, "extendedresult", apsw.SQLITE_IOERR)
    raised = sqlite3.OperationalError(str(error))
    raised.sqlite_errorcode = code
    names = apsw.mapping_extended_result_codes | apsw.mapping_result_codes
    raised.sqlite_errorname = str(names.get(code, code))
    return raised


class _RowReader:
    """The part of sqlite3.Connection that the store uses."""

    def __init__(self, connection: _ApswConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Bindings = ()) -> Iterator[tuple[Any, ...]]:
        return self._connection.run(sql, values).rows


def connect_to(disk: SimulatedDisk) -> Connect:
    """Connects the store to a disk, with one connection that does what the bot's three do."""

    @asynccontextmanager
    async def connect(path: Path) -> AsyncIterator[Connections]:
        try:
            db = apsw.Connection(path.name, vfs=disk.vfs_name)
        except apsw.Error as error:
            raise _as_sqlite3_error(error) from None
        try:
            wrapper = _ApswConnection(db, disk)
            await wrapper.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection = cast(aiosqlite.Connection, wrapper)
            row_reader = cast(sqlite3.Connection, _RowReader(wrapper))
            yield Connections(connection, connection, row_reader)
        finally:
            with suppress(apsw.Error):  # of the checkpoint, which SQLite itself ignores
                db.close()

    return connect


@asynccontextmanager
async def open_database(
    disk: SimulatedDisk, *, synchronous: str | None = None
) -> AsyncIterator[SqliteDatabase]:
    """The database on a disk, without the bot's checks, or with another `synchronous` setting."""
    path = Path("tonearm.sqlite3")
    async with connect_to(disk)(path) as connections:
        for pragma in PRAGMAS:
            await connections.writer.execute(f"PRAGMA {pragma}")
        if synchronous is not None:
            await connections.writer.execute(f"PRAGMA synchronous = {synchronous}")
        await migrate(connections.writer)
        yield SqliteDatabase(path, connections)
    if disk.power_is_cut:
        raise PowerCut
