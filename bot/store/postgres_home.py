"""The connection that a process keeps for itself: its lock, and the messages of the others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import asyncpg

from bot.errors.bot_error import StartupError
from bot.store.database import OnMessage
from bot.store.postgres_errors import is_unreachable

_log = logging.getLogger(__name__)

CHANNEL = "tonearm"
# The first number of each process's advisory lock, the second one is the process's own.
LOCK_SPACE = 0x746F6E65
# The locks of the processes that use this database; pg_locks has those of the whole server.
PROCESS_LOCKS = f"""pg_locks WHERE locktype = 'advisory' AND classid = {LOCK_SPACE}
    AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
# Seconds between two messages to itself, and without one after which the connection is given up:
# a connection can be dead without an error.
_HEARTBEAT_INTERVAL, _MAX_SILENCE = 15.0, 30.0
_HEARTBEAT = "heartbeat"
_TIMEOUT = 5.0
_RETRY_INTERVAL = 2.0


class HomeConnection:
    """Holds the lock of this process's number, and passes on what the other processes say.

    number      of this process
    on_message  called with the topic and values of a message of another process
    on_lost     called when messages may have been missed

    session: the server's number of the connection that holds the lock; None if it is lost.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        number: int,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self.session: int | None = None
        self.on_message: OnMessage = lambda _topic, _values: None
        self.on_lost: Callable[[], object] = lambda: None
        self._connect = connect
        self._number = number
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take the lock. Raises StartupError if another process has this number."""
        connection = await self._attach()
        if connection is None:
            raise StartupError(
                f"Another Tonearm is process {self._number} on this database. Stop it, or give "
                "this one another number in PROCESS."
            )
        self._task = asyncio.create_task(self._keep(connection))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def message(self, topic: str, values: Sequence[object]) -> str:
        """A message as `pg_notify` takes it."""
        return json.dumps([self._number, topic, *values])

    async def _attach(self) -> asyncpg.Connection | None:
        """A connection that listens and holds the lock; None if another process holds it."""
        connection = await self._connect()
        try:
            async with asyncio.timeout(_TIMEOUT):
                sql = "SELECT pg_try_advisory_lock($1, $2)"
                if not await connection.fetchval(sql, LOCK_SPACE, self._number):
                    connection.terminate()
                    return None
                await connection.add_listener(CHANNEL, self._receive)
                session = await connection.fetchval("SELECT pg_backend_pid()")
        except BaseException:
            connection.terminate()
            raise
        self._lost.clear()
        connection.add_termination_listener(lambda _: self._lost.set())
        self._heard_at = self._monotonic()
        self.session = session
        return connection

    async def _keep(self, connection: asyncpg.Connection | None) -> None:
        """Watch the connection, and replace it when it is lost."""
        try:
            while True:
                if connection is not None:
                    await self._watch(connection)
                    connection.terminate()
                    self.session = None
                    _log.warning("the database's messages are lost; connecting again")
                    self.on_lost()
                try:
                    connection = await self._attach()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    if not is_unreachable(error):
                        _log.error("no messages of the database: %s", type(error).__name__)
                    connection = None
                if connection is None:
                    await asyncio.sleep(_RETRY_INTERVAL)
                else:
                    _log.warning("the database's messages are back")
                    self.on_lost()  # what changed in between was missed
        finally:
            self.session = None
            if connection is not None:
                with suppress(Exception):
                    await asyncio.wait_for(connection.close(), _TIMEOUT)
                connection.terminate()

    async def _watch(self, connection: asyncpg.Connection) -> None:
        """Return when the connection is lost, or silent for too long."""
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(_TIMEOUT):
                    heartbeat = self.message(_HEARTBEAT, ())
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, heartbeat)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT_INTERVAL):
                    await self._lost.wait()
            if self._monotonic() - self._heard_at > _MAX_SILENCE:
                return

    def _receive(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._heard_at = self._monotonic()
        try:
            sender, topic, *values = json.loads(str(payload))
        except (ValueError, TypeError):
            return  # another program's
        if sender != self._number and topic != _HEARTBEAT:
            try:
                self.on_message(topic, values)
            except Exception:
                _log.exception("a message of another process was not understood")
