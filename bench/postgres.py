"""Both engines beside their bare drivers, and several processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiosqlite
import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.postgres_bots import measure_bots
from bench.renewing_process import AT_ONCE
from bench.report import Row, compare, percentile
from bench.users import Link, write_links
from bot.store import Store
from bot.store.accounts import ACCOUNT_COLUMNS
from bot.store.encryption import TokenCipher
from bot.store.keys import KEY_BYTES
from bot.store.move import to_postgres
from bot.store.sqlite_connections import PRAGMAS
from tests.postgres_server import has_postgres, run_postgres

LINKS, READS, COMMITS = 10_000, 1_000, 300
PROCESSES, RENEWALS = (1, 2, 4), 2_000
ACCESS_AIM = 1.5
_ACCOUNT = f"SELECT {ACCOUNT_COLUMNS} FROM link WHERE discord_id = $1"
_TOKEN = "SELECT refresh_token FROM link WHERE discord_id = $1 AND generation = $2"
_RENEW = "UPDATE link SET refresh_token = $1, generation = generation + 1 WHERE discord_id = $2"

Operation = Callable[[int], Awaitable[object]]


async def measure(rounds: int) -> list[Row]:
    if not has_postgres():
        print("no PostgreSQL server on this machine: not measured", file=sys.stderr)
        return []
    key = secrets.token_bytes(KEY_BYTES)
    with run_postgres() as server, TemporaryDirectory() as folder:
        file, url = Path(folder) / "bench.sqlite3", await server.database()
        links = (Link(n, f"account {n}", "app", secrets.token_urlsafe(96)) for n in _users())
        await write_links(file, links, key)
        await to_postgres(file, url, [key], lambda *_: None)
        return [
            *await _compare_sqlite(file, key, rounds),
            *await _compare_postgres(url, key, rounds),
            *await _renewals(url, key, rounds),
            *await measure_bots(server, Path(folder), rounds),
        ]


def _users() -> range:
    return range(1, LINKS + 1)


# ---- reads and commits


async def _compare_sqlite(file: Path, key: bytes, rounds: int) -> list[Row]:
    cipher, renewed = AESGCM(key), TokenCipher([key]).encrypt("x" * 131, "refresh_token", 0)
    async with (
        Store.open(file, [key]) as store,
        aiosqlite.connect(file, isolation_level=None) as writer,
    ):
        for pragma in PRAGMAS:
            await writer.execute(f"PRAGMA {pragma}")
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:

            async def read(user: int) -> None:
                row = reader.execute(_ACCOUNT, {"1": user}).fetchone()
                token = reader.execute(_TOKEN, {"1": user, "2": row[6]}).fetchone()[0]
                _decrypt(cipher, token, user)

            async def commit(user: int) -> None:
                reader.execute(_ACCOUNT, {"1": user}).fetchone()
                await writer.execute("BEGIN IMMEDIATE")
                await writer.execute(_RENEW, {"1": renewed, "2": user})
                await writer.execute("COMMIT")

            async def our_commit(user: int) -> None:
                account = await store.accounts.get(user)
                assert account is not None
                assert await store.accounts.renew(account, "x" * 131)

            return await _rows("SQLite", "sqlite3", store, read, our_commit, commit, rounds)


async def _compare_postgres(url: str, key: bytes, rounds: int) -> list[Row]:
    cipher, renewed = AESGCM(key), TokenCipher([key]).encrypt("x" * 131, "refresh_token", 0)
    bare = await asyncpg.connect(url)
    try:
        async with Store.connect(url, [key]) as store:
            leases = store.leases
            assert leases is not None

            async def read(user: int) -> None:
                row = await bare.fetchrow(_ACCOUNT, user)
                assert row is not None
                _decrypt(cipher, await bare.fetchval(_TOKEN, user, row[6]), user)

            async def commit(user: int) -> None:
                await bare.fetchrow(_ACCOUNT, user)
                await bare.execute(_RENEW, renewed, user)

            async def our_commit(user: int) -> None:
                account = await store.accounts.get(user)
                assert account is not None
                assert await leases.store(account, "x" * 131, "y" * 131, 3600)

            return await _rows("PostgreSQL", "asyncpg", store, read, our_commit, commit, rounds)
    finally:
        await bare.close()


def _decrypt(cipher: AESGCM, encrypted: bytes, user: int) -> str:
    return cipher.decrypt(
        encrypted[4:16], encrypted[16:], f"refresh_token of {user}".encode()
    ).decode()


async def _rows(
    engine: str,
    driver: str,
    store: Store,
    read: Operation,
    our_commit: Operation,
    commit: Operation,
    rounds: int,
) -> list[Row]:
    async def our_read(user: int) -> None:
        account = await store.accounts.get(user)
        assert account is not None
        assert await store.accounts.refresh_token(account)

    return [
        compare(
            f"{engine}: a link and its token read, peer {driver}",
            await _alternate(our_read, read, range(1, READS + 1), rounds),
            unit="µs",
            scale=1e6,
            aim=ACCESS_AIM,
        ),
        compare(
            f"{engine}: a renewed token committed, peer {driver}",
            # Other users than those that are read, whose tokens have to open.
            await _alternate(our_commit, commit, range(LINKS - COMMITS, LINKS), rounds),
            unit="µs",
            scale=1e6,
            aim=ACCESS_AIM,
        ),
    ]


async def _alternate(
    ours: Operation, peer: Operation, users: Sequence[int], rounds: int
) -> list[tuple[float, float]]:
    """Median seconds of both, one after the other for each user. The first round warms up."""
    results = []
    for _ in range(rounds + 1):
        samples: tuple[list[float], list[float]] = ([], [])
        for user in users:
            for operation, seconds in zip((ours, peer), samples, strict=True):
                started = perf_counter()
                await operation(user)
                seconds.append(perf_counter() - started)
        results.append((percentile(samples[0], 50), percentile(samples[1], 50)))
    return results[1:]


# ---- renewals by several processes


async def _renewals(url: str, key: bytes, rounds: int) -> list[Row]:
    rates = {
        count: [await _renewals_a_second(url, key, count) for _ in range(rounds)]
        for count in PROCESSES
    }
    return [
        Row(
            f"renewals a second in the store, {count} × {AT_ONCE} at once, peer 1 process",
            percentile(rates[count], 50),
            "/s",
            percentile(rates[1], 50),
            percentile(rates[count], 50) / percentile(rates[1], 50),
        )
        for count in PROCESSES
    ]


async def _renewals_a_second(url: str, key: bytes, count: int) -> float:
    each = RENEWALS // count
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(_renewing(url, key, number, 1 + number * each, each))
            for number in range(count)
        ]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(b"\n")
        seconds = [float((await process.communicate())[0]) for process in processes]
    return RENEWALS / max(seconds)


@asynccontextmanager
async def _renewing(
    url: str, key: bytes, number: int, first: int, count: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.renewing_process", url),
        *(str(number + 1), str(first), str(count)),
        env={**os.environ, "KEY": key.hex()},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
