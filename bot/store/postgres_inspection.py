"""Reads what a PostgreSQL database contains, without a change or a migration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from bot.errors.bot_error import ConfigError, StartupError
from bot.store.encrypted_columns import encrypted_columns, key_ids_sql
from bot.store.inspection import Inspection
from bot.store.postgres import CONNECT_TIMEOUT
from bot.store.postgres_errors import is_unreachable, startup_error
from bot.store.postgres_schema import (
    BYTE_COLUMNS,
    FIRST_VERSION,
    MIGRATIONS,
    OWN_TABLES,
    TABLES,
    VERSION_NOTE,
)


async def inspect_server(url: str) -> Inspection | None:
    """The contents of the database; None if it is empty.

    Raises ConfigError if the server refuses the login, or the database is not one of this version
    or an older one, and StartupError if the server cannot be reached.
    """
    async with (
        connect_once(url) as connection,
        connection.transaction(readonly=True, isolation="repeatable_read"),
    ):
        return await _inspect(connection)


@asynccontextmanager
async def connect_once(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for a command, which does not wait for the server and has no lock.

    Raises ConfigError for what the server refuses, also later, and StartupError if it is gone.
    """
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT)
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if is_unreachable(error):
            raise StartupError("The database server cannot be reached. Start it.") from None
        raise startup_error(error) from None


async def _inspect(connection: asyncpg.Connection) -> Inspection | None:
    tables = {row[0] for row in await connection.fetch(TABLES)}
    if not tables:
        return None
    if not tables >= OWN_TABLES:
        raise ConfigError("It belongs to another program. Choose an empty database.")
    notes = {row[0]: row[1] for row in await connection.fetch("SELECT name, text FROM note")}
    version, newest = int(notes.get(VERSION_NOTE) or 0), FIRST_VERSION + len(MIGRATIONS)
    if version > newest:
        raise ConfigError("It was written by a newer Tonearm. Upgrade Tonearm to use it.")
    key_ids = set()
    byte_columns = map(tuple, await connection.fetch(BYTE_COLUMNS))
    for table, column in encrypted_columns(byte_columns):
        rows = await connection.fetch(key_ids_sql(table, column))
        key_ids |= {bytes(row[0]) for row in rows}
    linked = await connection.fetchval("SELECT count(*) FROM link")
    return Inspection(linked, version < newest, frozenset(key_ids), notes)
