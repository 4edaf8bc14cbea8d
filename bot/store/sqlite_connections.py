"""Opens the connections to the SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import aiosqlite

# synchronous = FULL: committed transactions survive a power cut; NORMAL loses some in WAL mode.
# secure_delete: SQLite overwrites deleted rows.
# temp_store = MEMORY: SQLite needs no other folder, which may be full or read-only, too.
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
)

# Seconds to wait for another connection's lock: short, because a user waits for the reply.
_LOCK_TIMEOUT = 2.0


class Connections(NamedTuple):
    """The writer and the reader have threads; the row reader is used in the event loop."""

    writer: aiosqlite.Connection
    reader: aiosqlite.Connection
    row_reader: sqlite3.Connection


Connect = Callable[[Path], AbstractAsyncContextManager[Connections]]


@asynccontextmanager
async def connect_to_file(path: Path) -> AsyncIterator[Connections]:
    file = os.path.join(".", path)  # otherwise ":memory:" would not be a file name
    async with AsyncExitStack() as stack:
        # Opened first: if aiosqlite cannot open the file, its thread prints a traceback.
        row_reader = stack.enter_context(closing(sqlite3.connect(file, isolation_level=None)))
        writer, reader = [
            await stack.enter_async_context(
                aiosqlite.connect(file, timeout=_LOCK_TIMEOUT, isolation_level=None)
            )
            for _ in range(2)
        ]
        await reader.execute("PRAGMA query_only = ON")
        row_reader.execute("PRAGMA query_only = ON")
        yield Connections(writer, reader, row_reader)
