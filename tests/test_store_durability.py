"""Acknowledged writes survive kills and power cuts; unacknowledged ones are complete or absent."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Protocol

import pytest

from bot.errors.bot_error import BotError
from bot.store import Store
from bot.store.encryption import TokenCipher
from bot.store.rekey import stored_key_ids
from bot.store.sqlite import SqliteDatabase
from tests.durability.apsw_connection import open_database
from tests.durability.simulated_disk import PowerCut, SimulatedDisk
from tests.durability.store_operations import (
    KEYS,
    Rows,
    complete_login,
    count_user_rows,
    operation_at,
    read_all_rows,
    rekey,
    run_operation,
)

ROOT = Path(__file__).parent.parent
CIPHER = TokenCipher(KEYS)


class RunChild(Protocol):
    async def __call__(
        self, path: Path, first: int, acknowledged: int, delay: float, *, max_operations: int = 1000
    ) -> list[str]: ...


@pytest.mark.slow
async def test_kills_lose_no_acknowledged_write(tmp_path: Path) -> None:
    """A reference database that is never killed runs the same operations, to compare with."""
    rng = Random(1)
    path, number, unacknowledged = tmp_path / "tonearm.sqlite3", 0, 0
    unlinked: set[int] = set()
    async with _child_processes() as run_child, open_database(SimulatedDisk()) as reference:
        store = Store(reference, CIPHER)
        for _ in range(100):
            operations = await run_child(path, number, rng.randint(0, 12), rng.uniform(0, 0.002))
            assert operations == [
                await run_operation(store, number + n) for n in range(len(operations))
            ]
            number += len(operations)
            rows = await _read_rows(path)
            if rows != await read_all_rows(reference, CIPHER):
                operations.append(await run_operation(store, number))
                number += 1
                unacknowledged += 1
                assert rows == await read_all_rows(reference, CIPHER)
            for name, user in (operation.split() for operation in operations):
                if name == "unlink":
                    unlinked.add(int(user))
                elif name == "create_login":
                    unlinked.discard(int(user))
            assert not any(count_user_rows(user, rows) for user in unlinked)
    assert 0 < unacknowledged < 100, "some kills come before the commit, and some after"


@pytest.mark.slow
async def test_killed_rekey_leaves_all_rows_decryptable(tmp_path: Path) -> None:
    rng = Random(2)
    path = tmp_path / "tonearm.sqlite3"
    disk = SimulatedDisk()
    async with open_database(disk) as database:
        for user in range(500):
            await complete_login(Store(database, CIPHER), user, 5 * user + 1)
        rows = await read_all_rows(database, CIPHER)
    path.write_bytes(disk.file_contents(path.name))
    even, odd = (next(n for n in count(n, 2) if operation_at(n)[0] is rekey) for n in (0, 1))
    async with _child_processes() as run_child:
        start = perf_counter()
        assert await run_child(path, even, 1, 0, max_operations=1)
        max_delay = perf_counter() - start
        finished = 0
        for _ in range(12):
            number = even if finished % 2 else odd  # so that each rekey changes the key
            delay = rng.uniform(0, max_delay)
            if await run_child(path, number, 0, delay, max_operations=1):
                finished, max_delay = finished + 1, delay  # so that the next kill comes sooner
            async with SqliteDatabase.open(path) as database:
                assert await read_all_rows(database, CIPHER) == rows
                assert len(await stored_key_ids(database)) == 1, "all rows or none"
    assert finished < 12


async def test_cancelled_write_is_atomic_and_next_one_works(tmp_path: Path) -> None:
    rng = Random(3)
    cancelled = 0
    async with SqliteDatabase.open(tmp_path / "tonearm.sqlite3") as database:
        async with open_database(SimulatedDisk()) as reference:
            for number in range(200):
                before = await read_all_rows(reference, CIPHER)
                await run_operation(Store(reference, CIPHER), number)
                try:
                    async with asyncio.timeout(rng.uniform(0, 0.001)):
                        await run_operation(Store(database, CIPHER), number)
                except TimeoutError:
                    cancelled += 1
                if await read_all_rows(database, CIPHER) == before:
                    await run_operation(Store(database, CIPHER), number)
                assert await read_all_rows(database, CIPHER) == await read_all_rows(
                    reference, CIPHER
                )
        await _check_integrity(database)
    assert cancelled


@dataclass
class PowerCutStats:
    """What the power cuts of one configuration did.

    acknowledged  operations that were acknowledged before a cut
    lost          cuts that lost an acknowledged operation
    damaged       cuts that damaged the database
    """

    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


@pytest.mark.slow
async def test_power_cuts_lose_no_acknowledged_write() -> None:
    """With `synchronous = FULL`, SQLite syncs the write-ahead log at every commit."""
    stats = PowerCutStats()
    for seed in range(10):
        await _run_with_power_cuts(seed, 40, stats)
    assert stats.acknowledged > 1000
    assert stats.lost == 0
    assert stats.damaged == 0


@pytest.mark.slow
async def test_synchronous_normal_loses_logins_but_does_not_corrupt() -> None:
    """The control: NORMAL syncs the log only before a checkpoint.

    A power cut can lose the last commits, and the database stays consistent.
    """
    stats = PowerCutStats()
    for seed in range(5):
        await _run_with_power_cuts(seed, 20, stats, "NORMAL")
    assert stats.lost > 10
    assert stats.damaged == 0


@pytest.mark.slow
async def test_synchronous_off_corrupts_database() -> None:
    """The other control: without any sync, torn writes damage the database."""
    stats = PowerCutStats()
    for seed in range(5):
        await _run_with_power_cuts(seed, 20, stats, "OFF")
    assert stats.damaged > 0


async def _run_with_power_cuts(
    seed: int, cuts: int, stats: PowerCutStats, synchronous: str | None = None
) -> None:
    """Cut the power of a disk again and again, each time at a random write, sync or deletion.

    A rehearsal on a copy of the disk counts the steps and records the expected states.
    """
    rng = Random(seed)
    disk, number = SimulatedDisk(), 0
    for _ in range(cuts):
        operations = rng.randint(0, 24)
        rehearsal = disk.copy()
        states = await _run_operations(rehearsal, number, operations, synchronous)
        disk.schedule_power_cut(rng.randint(1, rehearsal.step_count), rng)
        reached = await _run_operations(disk, number, operations, synchronous)
        acknowledged = max(0, len(reached) - 1)
        stats.acknowledged += acknowledged
        if not disk.power_is_cut:
            disk.cut_power(rng)
        disk = disk.after_power_cut
        rows = await _read_after_cut(disk.copy())
        matches = [n for n, state in enumerate(states[: acknowledged + 2]) if state == rows]
        if not matches:
            stats.damaged += 1
            disk, number = SimulatedDisk(), 0
        elif matches[-1] >= acknowledged:
            number += matches[-1]
        else:
            stats.lost += 1
            number += 32 - number % 8  # repeated operations would match old frames of a torn log


async def _run_operations(
    disk: SimulatedDisk, first: int, operations: int, synchronous: str | None
) -> list[Rows]:
    """Run operations on a disk until they are done or the power is cut.

    Returns the rows before the first operation, and after each acknowledged one.
    """
    states: list[Rows] = []
    with suppress(PowerCut):
        async with open_database(disk, synchronous=synchronous) as database:
            states.append(await read_all_rows(database, CIPHER))
            for number in range(first, first + operations):
                await run_operation(Store(database, CIPHER), number)
                states.append(await read_all_rows(database, CIPHER))
    return states


async def _read_after_cut(disk: SimulatedDisk) -> Rows | None:
    """The rows on the disk; None if the database is damaged."""
    try:
        async with open_database(disk) as database:
            await _check_integrity(database)
            return await read_all_rows(database, CIPHER)
    except (sqlite3.Error, AssertionError, BotError):
        return None


async def _read_rows(path: Path) -> Rows:
    async with SqliteDatabase.open(path) as database:
        await _check_integrity(database)
        return await read_all_rows(database, CIPHER)


async def _check_integrity(database: SqliteDatabase) -> None:
    assert [tuple(row) for row in await database.fetch_all("PRAGMA integrity_check")] == [("ok",)]
    assert not await database.fetch_all("PRAGMA foreign_key_check")


@asynccontextmanager
async def _child_processes() -> AsyncIterator[RunChild]:
    """A function that runs operations in a child process until it is killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.durability.child_process"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin
    assert stdout

    async def run_child(
        path: Path, first: int, acknowledged: int, delay: float, *, max_operations: int = 1000
    ) -> list[str]:
        """Name and user of each operation that was acknowledged before SIGKILL."""
        stdin.write(f"{path}\t{first}\t{max_operations}\t{acknowledged}\t{delay}\n".encode())
        async with asyncio.timeout(20):
            output = (await stdout.readuntil(b"ended by 9\n")).decode()
        return output.splitlines()[:-1]

    try:
        yield run_child
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        stdin.close()
        await process.wait()
