"""The PostgreSQL engine: a pool of connections, for one process or several."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress

import asyncpg

from bot.errors.storage import StorageError
from bot.store.database import ConstraintViolated, OnMessage, OnWrite, Row, Transaction
from bot.store.postgres_errors import is_unreachable, startup_error, statement_error
from bot.store.postgres_home import CHANNEL, HomeConnection
from bot.store.postgres_schema import BYTE_COLUMNS, migrate
from bot.store.schema import table_columns

_log = logging.getLogger(__name__)

# Connections for reads and writes. Each waiting command needs one only while its statement runs.
POOL_SIZE = 4
# Seconds for a statement, and for a free connection: short, because a user waits for the reply.
TIMEOUT = 2.0
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

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


class _PoolConnection(asyncpg.Connection):
    """Goes back to the pool without a round trip: nothing of ours lasts longer than a transaction,
    which the pool itself rolls back."""

    def get_reset_query(self) -> str:
        return ""


class _Transaction:
    """See `bot.store.database.Transaction`."""

    def __init__(self, connection: Connection, home: HomeConnection) -> None:
        self._connection = connection
        self._home = home

    async def execute(self, sql: str, *values: object) -> int:
        return _row_count(await self._connection.execute(sql, *values))

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        await self._connection.executemany(sql, rows)

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        return [tuple(row) for row in await self._connection.fetch(sql, *values)]

    async def tell(self, topic: str, *values: object) -> None:
        message = self._home.message(topic, values)
        await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message)


def _row_count(status: str) -> int:
    """The number of changed rows in a command's status, such as `UPDATE 1` or `INSERT 0 1`."""
    return int(status.rpartition(" ")[2])


class PostgresDatabase:
    """See `bot.store.database.Database`.

    Errors of our own SQL stay asyncpg.PostgresError. Deleted rows stay on the server's disk until
    a VACUUM, and in its write-ahead log until that is recycled.
    """

    byte_columns = BYTE_COLUMNS

    def __init__(self, pool: asyncpg.Pool, home: HomeConnection) -> None:
        self._pool = pool
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

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect(
                url, timeout=CONNECT_TIMEOUT, server_settings=_SERVER_SETTINGS
            )

        home = HomeConnection(connect, number, monotonic=monotonic)
        pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=POOL_SIZE,
            connection_class=_PoolConnection,
            command_timeout=TIMEOUT,
            timeout=CONNECT_TIMEOUT,
            server_settings=_SERVER_SETTINGS,
        )
        async with pool:
            waits = False
            while True:
                try:
                    async with pool.acquire(timeout=CONNECT_TIMEOUT) as connection:
                        await migrate(connection)
                    await home.open()
                    break
                except (OSError, TimeoutError, asyncpg.PostgresError) as error:
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
                with suppress(TimeoutError):
                    await asyncio.wait_for(pool.close(), TIMEOUT)
                pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._connection() as connection, connection.transaction():
            yield _Transaction(connection, self.home)
        self._works()

    async def execute(self, sql: str, *values: object) -> bool:
        async with self._connection() as connection:
            changed = _row_count(await connection.execute(sql, *values)) > 0
        self._works()
        return changed

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        async with self._connection() as connection:
            row = await connection.fetchrow(sql, *values)
        self._works()
        return None if row is None else tuple(row)

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        async with self._connection() as connection:
            row = await connection.fetchrow(sql, *values)
        return None if row is None else tuple(row)

    async def fetch_few(self, sql: str, *values: object) -> list[Row]:
        return await self.fetch_all(sql, *values)

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        async with self._connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql, *values)]

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
        message = self.home.message(topic, values)
        async with self._connection() as connection:
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message)

    def listen(self, on_message: OnMessage, on_lost: Callable[[], object]) -> None:
        self.home.on_message, self.home.on_lost = on_message, on_lost

    async def finish_erasure(self) -> None:
        async with self._connection() as connection:
            is_read = await connection.fetchval(_OTHER_TRANSACTION)
            await connection.execute(f"VACUUM {', '.join(table_columns())}", timeout=60.0)
        self.has_unerased_rows = is_read

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool. Raises StorageError for what the server refuses."""
        with self._raise_storage_errors():
            async with self._pool.acquire(timeout=TIMEOUT) as connection:
                yield connection

    def _works(self) -> None:
        """Record that a write was committed."""
        if self.last_error is not None:
            self.last_error = None
            _log.warning("the database can be written again")

    @contextmanager
    def _raise_storage_errors(self) -> Iterator[None]:
        """Raise errors of the server as StorageError; log the first one of a kind."""
        try:
            yield
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ConstraintViolated(error.sqlstate) from None
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            refusal = statement_error(error)
            if refusal is None:
                raise
            self.error_counts[refusal.word] += 1
            if type(refusal) is not type(self.last_error):
                _log.error("%s", refusal)
            self.last_error = refusal
            raise refusal from None
