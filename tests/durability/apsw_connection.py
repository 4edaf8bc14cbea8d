"""The store on a simulated disk: apsw behind the interface of aiosqlite."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import aiosqlite
import apsw

from bot.store.connection import _PRAGMAS, Database
from bot.store.schema import migrate
from tests.durability.simulated_disk import PowerCut, SimulatedDisk


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

    def __init__(self, connection: _ApswConnection, sql: str, values: Sequence[Any]) -> None:
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

    def run(self, sql: str, values: Sequence[Any]) -> _Cursor:
        if self._disk.power_is_cut:
            raise PowerCut
        try:
            rows = self._db.execute(sql, tuple(values)).fetchall()
        except apsw.ConstraintError as error:
            raise sqlite3.IntegrityError(str(error)) from None
        if self._disk.power_is_cut:
            raise PowerCut
        return _Cursor(rows, self._db.changes())

    def execute(self, sql: str, values: Sequence[Any] = ()) -> _PendingResult:
        return _PendingResult(self, sql, values)

    async def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        for row in values:
            self.run(sql, row)

    async def execute_fetchall(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return await self.run(sql, values).fetchall()

    async def executescript(self, sql: str) -> None:
        self.run(sql, ())


class _RowReader:
    """The part of sqlite3.Connection that the store uses."""

    def __init__(self, connection: _ApswConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        return self._connection.run(sql, values).rows


@asynccontextmanager
async def open_database(
    disk: SimulatedDisk, *, synchronous: str | None = None
) -> AsyncIterator[Database]:
    """The database on a disk, opened like the bot's, or with another `synchronous` setting."""
    db = apsw.Connection("tonearm.sqlite3", vfs=disk.vfs_name)
    try:
        wrapper = _ApswConnection(db, disk)
        await wrapper.execute("PRAGMA locking_mode = EXCLUSIVE")
        for pragma in _PRAGMAS:
            await wrapper.execute(f"PRAGMA {pragma}")
        if synchronous is not None:
            await wrapper.execute(f"PRAGMA synchronous = {synchronous}")
        connection = cast(aiosqlite.Connection, wrapper)
        await migrate(connection)
        yield Database(connection, connection, cast(sqlite3.Connection, _RowReader(wrapper)))
    finally:
        db.close()
    if disk.power_is_cut:
        raise PowerCut
