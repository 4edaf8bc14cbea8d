"""The connections to PostgreSQL for statements, each used by one task at a time.

asyncpg's own pool makes a task to wait for a connection and one to give it back: together they take
longer than reading a row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

# After an error of these kinds, a statement may still run.
_INTERRUPTED = (
    asyncio.CancelledError,
    GeneratorExit,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# Seconds without a statement after which a firewall may have forgotten a connection.
_MAX_IDLE = 300.0


class ConnectionPool:
    """At most `size` connections, made when they are needed.

    timeout  seconds to wait for a free or a new connection
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, timeout: float
    ) -> None:
        self._connect = connect
        self._timeout = timeout
        self._free = asyncio.Semaphore(size)
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._is_closed = False
        self._closing: set[asyncio.Task[None]] = set()
        self._time = asyncio.get_running_loop().time

    async def take(self) -> asyncpg.Connection:
        """A connection without a transaction, which `give_back` must get in any case.

        Raises TimeoutError, and asyncpg's errors.
        """
        if self._free.locked():
            async with asyncio.timeout(self._timeout):
                await self._free.acquire()
        else:
            await self._free.acquire()  # at once
        connection = self._take_idle()
        if connection is None:
            try:
                async with asyncio.timeout(self._timeout):
                    connection = await self._connect()
            except BaseException:
                self._free.release()
                raise
        return connection

    def give_back(self, connection: asyncpg.Connection, error: BaseException | None) -> None:
        """Let others use the connection, unless the error of its user leaves it unusable."""
        is_idle = not (connection.is_closed() or connection.is_in_transaction())
        if is_idle and not self._is_closed and not _leaves_unusable(error):
            self._idle.append((connection, self._time()))
        else:
            self._discard(connection)
        self._free.release()

    def _take_idle(self) -> asyncpg.Connection | None:
        """The connection that was used last, if it can still be used."""
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and self._time() - since < _MAX_IDLE:
                return connection
            self._discard(connection)
        return None

    async def close(self) -> None:
        """Close the idle connections. Those in use are closed when they are given back."""
        self._is_closed = True
        for connection, _ in self._idle:
            self._discard(connection)
        self._idle.clear()
        await asyncio.gather(*self._closing)

    def _discard(self, connection: asyncpg.Connection) -> None:
        closing = asyncio.create_task(self._close(connection))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _close(self, connection: asyncpg.Connection) -> None:
        """Stop what the server does for the connection, and close it."""
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.close(timeout=self._timeout)


def _leaves_unusable(error: BaseException | None) -> bool:
    """Whether a connection is of no use after this error."""
    if isinstance(error, asyncpg.PostgresError):
        return error.severity_en != "ERROR"  # such as FATAL: then the server closes it
    return isinstance(error, _INTERRUPTED)
