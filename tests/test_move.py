"""`python -m bot move`: from SQLite to PostgreSQL and back, all or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from bench.users import Link, write_links
from bot.command_line.exit_codes import ExitCode
from bot.errors.bot_error import StartupError
from bot.store import Pin, ProcessShare, Store
from bot.store.encryption import TokenCipher
from bot.store.move import to_postgres, to_sqlite
from sandbox.harness import bot_environment
from tests.durability.store_operations import (
    KEYS,
    complete_login,
    read_all_rows,
    run_operation,
)
from tests.postgres_server import PostgresServer, run_postgres
from tests.program import read_output, run_program, run_services

CIPHER = TokenCipher(KEYS)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


def _progress(*_: object) -> None:
    """Nobody looks at it."""


def _contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows with their numbers, in their order."""
    with closing(sqlite3.connect(file)) as db:
        tables = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {
            name: db.execute(
                f"SELECT * FROM {name} ORDER BY 1, 2"
                if "WITHOUT ROWID" in sql or name == "note"
                else f"SELECT rowid, * FROM {name} ORDER BY rowid"
            ).fetchall()
            for name, sql in tables
        }


async def _tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def _fill(file: Path) -> int:
    """Random operations, and rows in the tables that these leave empty; a linked user."""
    async with Store.open(file, KEYS) as store:
        for number in range(400):
            await run_operation(store, number)
        person, account = 101, "a\0name of the\U0001f3b5 service"
        await store.accounts.unlink(person)
        await complete_login(store, person, 1)
        async with store._db.transaction() as db:
            await db.execute("INSERT INTO spent VALUES ('app', 'search', 3600, 7, 1)")
            await db.execute("INSERT INTO blocked VALUES ($1)", 2**62)
            await db.execute("INSERT INTO exhausted VALUES ('app', 'search', 1800000000.25)")
            await db.execute("INSERT INTO sleep_timer VALUES ($1, 1.5, NULL, 1)", person)
            await db.execute(
                "INSERT INTO job VALUES ($1, 'export', $2, '{}', 0.1, '', $3, 0, 0, 0, 1, '')",
                person,
                2**62,
                CIPHER.encrypt("a place", "place", person),
            )
            await db.execute("INSERT INTO download VALUES ($1, $2, 'x', 0.1, 0)", person, b"\0\xff")
            await db.execute(
                "INSERT INTO backup VALUES ($1, 'week', 0.1, 0, NULL, $2)", person, 2**62
            )
        for number in (5, 3, 4):
            await store.pins.set(person, Pin(f"spotify:album:{number}", f"name {number}"))
    with closing(sqlite3.connect(file)) as older, older:  # a version that stored zero bytes
        older.execute("UPDATE link SET name = ? WHERE discord_id = ?", (account, person))
    return person


async def test_moving_there_and_back_gives_an_equal_database(
    server: PostgresServer, tmp_path: Path
) -> None:
    file, back, url = tmp_path / "a.sqlite3", tmp_path / "b.sqlite3", await server.database()
    person = await _fill(file)
    before, rows = file.read_bytes(), _contents(file)
    moved = await to_postgres(file, url, KEYS, _progress)
    assert file.read_bytes() == before
    assert {table: len(rows[table]) for table in rows} == moved.rows
    assert all(moved.rows.values())
    assert moved.secrets > 0
    async with Store.connect(url, KEYS) as store:
        async with Store.open(file, KEYS) as source:
            await source._db.execute(
                "UPDATE link SET name = $1 WHERE discord_id = $2",
                "aname of the\U0001f3b5 service",
                person,
            )
            expected = await read_all_rows(source._db, CIPHER)
            arrived = await read_all_rows(store._db, CIPHER)
            arrived["note"] = [row for row in arrived["note"] if row in expected["note"]]
            assert arrived == expected
    assert await to_sqlite(url, back, KEYS, _progress) == moved
    assert _contents(back) == _contents(file)
    # Numbers of new rows go on behind the moved ones.
    async with Store.connect(url, KEYS) as store:
        await store.pins.set(person, Pin("spotify:album:9", "name 9"))
        assert [pin.name for pin in await store.pins.of(person)][-1] == "name 9"
        await complete_login(store, 999, 1)


async def test_refused_move_leaves_the_target_empty(server: PostgresServer, tmp_path: Path) -> None:
    file, new = tmp_path / "a.sqlite3", tmp_path / "b.sqlite3"
    url, empty = await server.database(), await server.database()

    async def expect_refusal(move: Awaitable[object], reason: str) -> None:
        with pytest.raises(StartupError, match=reason):
            await move
        assert await _tables(empty) == []
        assert not new.exists()
        assert list(tmp_path.glob("*partial*")) == []

    there = partial(to_postgres, keys=KEYS, on_progress=_progress)
    back = partial(to_sqlite, keys=KEYS, on_progress=_progress)
    await expect_refusal(there(file, empty), "does not exist")
    await expect_refusal(back(empty, new), "is empty")
    async with Store.open(file, KEYS) as store:
        await complete_login(store, 101, 1)
        await expect_refusal(there(file, empty), "Another Tonearm is running")
    await to_postgres(file, url, KEYS, _progress)
    await expect_refusal(there(file, url), "is not empty")
    await expect_refusal(back(url, file), "exists already")
    async with Store.connect(url, KEYS, ProcessShare(3, 3)):
        await expect_refusal(back(url, new), "Process 3 runs")
    other = [b"\x07" * 32]
    await expect_refusal(to_postgres(file, empty, other, _progress), "missing")
    await expect_refusal(to_sqlite(url, new, other, _progress), "missing")
    nowhere = "postgresql://postgres@127.0.0.1:9/x"
    await expect_refusal(there(file, nowhere), "cannot be reached")
    with closing(sqlite3.connect(file)) as db, db:
        # The secret of another row, which has the right key.
        db.execute("UPDATE link SET refresh_token = ?", (CIPHER.encrypt("a", "refresh_token", 1),))
    await expect_refusal(there(file, empty), "user 101 does not open")


async def test_no_process_can_write_to_a_database_that_is_moved(
    server: PostgresServer, tmp_path: Path
) -> None:
    url, refused = await server.database(), list[Exception]()
    async with Store.connect(url, KEYS) as store:
        await complete_login(store, 101, 1)

    async def write() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("SET lock_timeout = '100ms'")
            with pytest.raises(asyncpg.LockNotAvailableError) as error:
                await connection.execute("DELETE FROM person")
            refused.append(error.value)
        finally:
            await connection.close()

    def on_progress(table: str, *_: object) -> None:
        if table == "person":  # in the middle; the move itself waits meanwhile
            thread = threading.Thread(target=lambda: asyncio.run(write()))
            thread.start()
            thread.join()

    moved = await to_sqlite(url, tmp_path / "b", KEYS, on_progress)
    assert moved.rows["link"] == len(refused) == 1


@pytest.mark.slow
async def test_killed_command_leaves_the_target_empty(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path) | {"TOKEN_KEYS": KEYS[0].hex()}
    file, new, url = Path(settings["DATABASE"]), tmp_path / "b.sqlite3", await server.database()
    links = (Link(number, f"account {number}", "app", "x" * 131) for number in range(1, 30_001))
    await write_links(file, links, KEYS[0])
    there = (settings, ("-m", "bot", "move", url))
    back = (settings | {"DATABASE": url}, ("-m", "bot", "move", str(new)))
    for environment, command in (there, back):
        async with run_program(tmp_path, environment, command) as process:
            assert process.stderr is not None
            while b"link: 25,000 of 30,000 rows" not in (line := await process.stderr.readline()):
                assert line, await read_output(process)
            process.kill()
            await process.wait()
        if (environment, command) == there:
            async with asyncio.timeout(20):
                while await _tables(url):  # the server has noticed once its lock is free
                    pass
        else:
            assert not new.exists()
        async with run_program(tmp_path, environment, command) as process:
            code, output = await read_output(process)
        assert code == ExitCode.OK, output
        assert "Moved 30,000 linked accounts and 30,000 secrets" in output
    assert _contents(new)["link"] == _contents(file)["link"]
