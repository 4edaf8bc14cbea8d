"""The store on PostgreSQL behaves as on SQLite, also when its server is gone or silent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.command_line.checks.findings import Mark
from bot.command_line.checks.storage import inspect_database
from bot.errors.storage import StorageError
from bot.store import Store
from bot.store.encryption import TokenCipher
from bot.store.rekey import stored_key_ids
from sandbox.harness import run_harness
from tests.durability.apsw_connection import open_database
from tests.durability.simulated_disk import SimulatedDisk
from tests.durability.store_operations import (
    KEYS,
    complete_login,
    count_user_rows,
    operation_at,
    read_all_rows,
    read_columns,
    run_operation,
)
from tests.findings import expect
from tests.postgres_server import PostgresServer, run_postgres

CIPHER = TokenCipher(KEYS)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


async def test_every_operation_does_the_same_on_both_engines(server: PostgresServer) -> None:
    async with (
        open_database(SimulatedDisk()) as sqlite,
        Store.connect(await server.database(), KEYS) as store,
    ):
        assert await read_columns(store._db) == await read_columns(sqlite)
        await store.set_meta("schema", "")
        await Store(sqlite, CIPHER).set_meta("schema", "")
        for number in range(400):
            await run_operation(Store(sqlite, CIPHER), number)
            await run_operation(Store(store._db, CIPHER), number)
            if number % 20 == 0:
                rows = await read_all_rows(store._db, CIPHER)
                assert rows == await read_all_rows(sqlite, CIPHER), operation_at(number)
        assert await stored_key_ids(store._db) == await stored_key_ids(sqlite)
        user = next(iter(rows["person"]))[0]
        assert isinstance(user, int)
        await store.accounts.unlink(user)
        assert count_user_rows(user, await read_all_rows(store._db, CIPHER)) == 0
        assert store.has_unerased_rows
        await store.maintain()
        assert not store.has_unerased_rows


async def test_check_reads_the_database_and_changes_nothing(server: PostgresServer) -> None:
    url = await server.database()

    async def expect_finding(mark: Mark, part: str, url: str = url) -> None:
        inspection, findings = await inspect_database({"database": Path("x"), "database_url": url})
        expect(findings, "DATABASE", mark, part)
        if mark is Mark.OK and inspection is not None:
            assert inspection.require_keys(Path("x"), tuple(KEYS))

    for _ in range(2):
        await expect_finding(Mark.NOTE, "PostgreSQL has no tables yet")
    async with Store.connect(url, KEYS) as store:
        await complete_login(store, 101, 1)
        await expect_finding(Mark.OK, "1 account is linked in PostgreSQL")
        await store.set_meta("schema", "999")
    await expect_finding(Mark.WRONG, "newer Tonearm")
    await expect_finding(Mark.WRONG, "does not exist", server.url("missing"))
    nowhere = "postgresql://postgres@127.0.0.1:9/canary"
    await expect_finding(Mark.WRONG, "cannot be reached", nowhere)


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
