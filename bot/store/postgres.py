"""The PostgreSQL engine: a pool of connections, for one process or several."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial

import asyncpg

from bot.errors.storage import StorageError
from bot.store.database import ConstraintViolated, OnMessage, OnWrite, Row, Transaction, storable
from bot.store.postgres_errors import is_unreachable, startup_error, statement_error
from bot.store.postgres_home import CHANNEL, HomeConnection
from bot.store.postgres_pool import ConnectionPool
from bot.store.postgres_schema import BYTE_COLUMNS, migrate
from bot.store.schema import table_columns

_log = logging.getLogger(__name__)

# Connections for reads and writes. Each waiting command needs one only while its statement runs.
POOL_SIZE = 4
# Seconds for a statement, and for a free connection: short, because a user waits for the reply.
TIMEOUT = 2.0
_VACUUM_TIMEOUT = 60.0
# Seconds to open a connection, and between two attempts while the server is not there.
CONNECT_TIMEOUT, RETRY_INTERVAL = 5.0, 2.0

# A server that lost its power says nothing: then the connection ends after 25 seconds.
_SERVER_SETTINGS = {
    "application_name": "tonearm",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
# A VACUUM leaves deleted rows that the transaction of another connection may still read, such as
# pg_dump's.
_OTHER_TRANSACTION = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND backend_xmin IS NOT NULL AND backend_type = 'client backend'
        AND pid <> pg_backend_pid())
"""


class _Transaction:
    """See `bot.store.database.Transaction`. Outside one, each statement is one of its own."""

    def __init__(self, connection: asyncpg.Connection, home: HomeConnection) -> None:
        self.connection = connection
        self._home = home

    async def execute(self, sql: str, *values: object) -> int:
        status = await self.connection.execute(sql, *map(storable, values))
        return int(status.rpartition(" ")[2])  # such as `UPDATE 1` or `INSERT 0 1`

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        await self.connection.executemany(sql, [tuple(map(storable, row)) for row in rows])

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        row = await self.connection.fetchrow(sql, *map(storable, values))
        return None if row is None else tuple(row)

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        rows = await self.connection.fetch(sql, *map(storable, values))
        return [tuple(row) for row in rows]

    async def tell(self, topic: str, *values: object) -> None:
        message = self._home.message(topic, values)
        await self.connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message)


class _Statements:
    """The context of statements on a connection of the pool. Raises StorageError.

    A class, because a generator takes a tenth of the time that reading a row takes.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def __aenter__(self) -> _Transaction:
        try:
            self._connection = await self._database.pool.take()
        except Exception as error:
            self._database.raise_storage_error(error)
            raise
        return _Transaction(self._connection, self._database.home)

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._database.pool.give_back(self._connection, error)
        if error is not None:
            self._database.raise_storage_error(error)


class PostgresDatabase:
    """See `bot.store.database.Database`.

    Errors of our own SQL stay asyncpg.PostgresError. Deleted rows stay on the server's disk until
    a VACUUM, and in its write-ahead log until that is recycled.
    """

    byte_columns = BYTE_COLUMNS

    def __init__(self, pool: ConnectionPool, home: HomeConnection) -> None:
        self.pool = pool
        self.home = home
        self.last_error: StorageError | None = None
        self.error_counts: Counter[str] = Counter()
        self.has_unerased_rows = True  # a process that was killed may have left some
        self.on_write: OnWrite = lambda _: nullcontext()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        number: int = 1,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> AsyncIterator[PostgresDatabase]:
        """The database at `url`, created or migrated. Waits until the server can be reached.

        number  of this process; two of one number cannot use the database

        Raises ConfigError if it refuses the login or the database is another program's, and
        StartupError if another process has this number.
        """

        async def connect(timeout: float | None = None) -> asyncpg.Connection:
            return await asyncpg.connect(
                url,
                timeout=CONNECT_TIMEOUT,
                command_timeout=timeout,
                server_settings=_SERVER_SETTINGS,
            )

        home = HomeConnection(connect, number, monotonic=monotonic)
        pool = ConnectionPool(partial(connect, TIMEOUT), POOL_SIZE, TIMEOUT)
        waits = False
        while True:
            try:
                await migrate(connect)
                await home.open()
                break
            except (OSError, asyncpg.PostgresError) as error:
                if not is_unreachable(error):
                    raise startup_error(error) from None
                if not waits:
                    _log.warning("waiting for the database server: %s", type(error).__name__)
                waits = True
            await sleep(RETRY_INTERVAL)
        if waits:
            _log.warning("the database server is there")
        try:
            yield cls(pool, home)
        finally:
            await home.close()
            await pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with _Statements(self) as db, db.connection.transaction():
            yield db
        self._works()

    async def execute(self, sql: str, *values: object) -> bool:
        async with _Statements(self) as db:
            changed = await db.execute(sql, *values)
        self._works()
        return changed > 0

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        row = await self.fetch_one(sql, *values)
        self._works()
        return row

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        async with _Statements(self) as db:
            return await db.fetch_one(sql, *values)

    async def fetch_few(self, sql: str, *values: object) -> list[Row]:
        return await self.fetch_all(sql, *values)

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        async with _Statements(self) as db:
            return await db.fetch_all(sql, *values)

    async def check_writable(self) -> None:
        async with self.transaction() as db:
            await db.execute("DELETE FROM note WHERE name = 'write test'")
            await db.execute(  # another process may test at the same time
                "INSERT INTO note VALUES ('write test', '') ON CONFLICT (name) DO NOTHING"
            )

    async def disk_error(self) -> StorageError | None:
        if self.last_error is not None:
            with suppress(StorageError):
                await self.check_writable()
        return self.last_error

    def free_bytes(self) -> int | None:
        return None  # the server's disk is not ours to look at

    def erase_old_copies(self, now: float) -> None:
        """There are none: the operator backs the server up."""

    async def erase_traces(self, discord_id: int) -> None:
        self.has_unerased_rows = True

    async def erase_deleted(self) -> None:
        self.has_unerased_rows = True

    async def tell(self, topic: str, *values: object) -> None:
        async with _Statements(self) as db:
            await db.tell(topic, *values)

    def listen(self, on_message: OnMessage, on_lost: Callable[[], object]) -> None:
        self.home.on_message, self.home.on_lost = on_message, on_lost

    async def finish_erasure(self) -> None:
        vacuum = f"VACUUM {', '.join(table_columns())}"
        async with _Statements(self) as db:
            is_read = await db.connection.fetchval(_OTHER_TRANSACTION)
            await db.connection.execute(vacuum, timeout=_VACUUM_TIMEOUT)
        self.has_unerased_rows = is_read

    def _works(self) -> None:
        """Record that a write was committed."""
        if self.last_error is not None:
            self.last_error = None
            _log.warning("the database can be written again")

    def raise_storage_error(self, error: BaseException) -> None:
        """Raise an error of the server as StorageError, and log the first one of a kind."""
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            raise ConstraintViolated(error.sqlstate) from None
        if not isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError):
            return
        if (refusal := statement_error(error)) is not None:
            self.error_counts[refusal.word] += 1
            if type(refusal) is not type(self.last_error):
                _log.error("%s", refusal)
            self.last_error = refusal
            raise refusal from None
