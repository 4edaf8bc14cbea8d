"""The store on PostgreSQL when its connections or its server are lost, late or silent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.errors.storage import StorageError
from bot.store import Store
from bot.store.database import ConstraintViolated, Database
from bot.store.postgres import POOL_SIZE
from sandbox.harness import run_harness
from tests.durability.store_operations import KEYS
from tests.postgres_server import PostgresServer, run_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


async def test_pool_gives_out_only_connections_that_work(server: PostgresServer) -> None:
    async with Store.connect(await server.database(), KEYS) as store:
        db = store._db
        pid = "SELECT pg_backend_pid()"
        first = await db.fetch_one(pid)
        # An error, such as of a statement, keeps the connection; its transaction is rolled back.
        with pytest.raises(ConstraintViolated):
            await _insert_twice(db)
        assert await db.fetch_all("SELECT * FROM blocked") == []
        assert await db.fetch_one(pid) == first
        # A cancelled statement may still run: its connection is not used again.
        sleeping = asyncio.create_task(db.fetch_all("SELECT pg_sleep(60)"))
        watch = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        async with asyncio.timeout(20):
            while not (interrupted := await db.fetch_all(watch)):
                pass
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        # More statements than connections wait for one of these.
        rows = await asyncio.gather(*(db.fetch_one(pid) for _ in range(20)))
        assert 1 < len(set(rows)) <= POOL_SIZE
        assert not set(rows) & set(interrupted)
        # All of them end, as when the server is started again.
        with suppress(StorageError):
            await db.fetch_all(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() ORDER BY pid = pg_backend_pid()"
            )
        many = [db.fetch_one(pid) for _ in range(20)]
        for result in await asyncio.gather(*many, return_exceptions=True):
            assert isinstance(result, StorageError) or result not in rows
        assert await db.fetch_one(pid) not in rows


async def _insert_twice(database: Database) -> None:
    async with database.transaction() as db:
        for _ in range(2):
            await db.execute("INSERT INTO blocked VALUES (1)")


@pytest.mark.slow
async def test_bot_on_postgresql_survives_a_crash_of_the_server(server: PostgresServer) -> None:
    async with run_harness(DATABASE=await server.database(), TOKEN_KEYS=KEYS[0].hex()) as harness:
        ada = await harness.link_in_browser("ada")
        assert "Ada's Laptop" in (await ada.run("/now")).text
        server.stop()
        refused = await ada.run("/link")
        assert "can’t reach its database" in refused.text
        server.start()
        assert "Ada's Laptop" in (await ada.run("/now")).text
        await (await ada.run("/settings")).press("Make public")
        await harness.restart()
        assert "Ada's Laptop" in (await ada.run("/now")).text
        assert "Public replies" in (await ada.run("/account")).text
        await (await ada.run("/unlink")).press("Unlink and erase")
        assert "haven’t linked" in (await ada.run("/now")).text


@pytest.mark.slow
async def test_store_waits_for_a_server_that_starts_later(server: PostgresServer) -> None:
    url = await server.database()
    server.stop()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        server.start()

    async with Store.connect(url, KEYS, sleep=sleep) as store:
        await store.check_writable()
    assert len(waits) == 1


@pytest.mark.slow
async def test_silent_server_is_refused_in_time(server: PostgresServer) -> None:
    """A proxy takes the connection's bytes, and forwards none of them any more."""
    socket = server.folder / ".s.PGSQL.5432"
    forwards = asyncio.Event()
    forwards.set()
    writers: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await forwards.wait()
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(str(socket))
        writers.extend((writer, back))
        await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)

    url = (await server.database()).partition("?")[0].rpartition("/")[2]
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        async with Store.connect(
            f"postgresql://postgres@127.0.0.1:{port}/{url}?sslmode=disable", KEYS
        ) as store:
            await store.check_writable()
            forwards.clear()
            async with asyncio.timeout(10):
                with pytest.raises(StorageError, match="in time"):
                    await store.set_meta("a note", "")
            forwards.set()
            async with asyncio.timeout(20):
                while True:
                    try:
                        await store.set_meta("a note", "")
                    except StorageError:
                        continue
                    break
        for writer in writers:
            writer.close()
