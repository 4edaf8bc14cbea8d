"""What was acknowledged survives kills and power cuts; what was under way is whole or absent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Protocol

import apsw

from bot.errors.bot_error import BotError
from bot.store import Store
from bot.store.connection import Database
from bot.store.encryption import TokenCipher
from bot.store.rekey import stored_key_ids
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
        self, path: Path, first: int, acknowledged: int, delay: float, *, most: int = 1000
    ) -> list[str]: ...


async def test_kills_lose_no_acknowledged_write(tmp_path: Path) -> None:
    """A twin that is never killed lives through the same acts, and says what is to be there."""
    rng = Random(1)
    path, number, kept = tmp_path / "tonearm.sqlite3", 0, 0
    gone: set[int] = set()
    async with _child_processes() as live, open_database(SimulatedDisk()) as twin:
        for _ in range(100):
            told = await live(path, number, rng.randint(0, 12), rng.uniform(0, 0.002))
            assert told == [
                await run_operation(Store(twin, CIPHER), number + n) for n in range(len(told))
            ]
            number += len(told)
            found = await _read_rows(path)
            if found != await read_all_rows(twin, CIPHER):
                told.append(await run_operation(Store(twin, CIPHER), number))
                number += 1
                kept += 1
                assert found == await read_all_rows(twin, CIPHER)
            for verb, user in (line.split() for line in told):
                if verb == "forget":
                    gone.add(int(user))
                elif verb == "offer":
                    gone.discard(int(user))
            assert not any(count_user_rows(user, found) for user in gone)
    assert 0 < kept < 100, "some were killed before their act was in the file, and some after"


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
    async with _child_processes() as live:
        start = perf_counter()
        assert await live(path, even, 1, 0, most=1)
        as_long = perf_counter() - start
        finished = 0
        for _ in range(12):
            number = even if finished % 2 else odd  # each makes the other's second key the first
            delay = rng.uniform(0, as_long)
            if await live(path, number, 0, delay, most=1):
                finished, as_long = finished + 1, delay  # so that the next one is killed sooner
            async with Database.open(path) as database:
                assert await read_all_rows(database, CIPHER) == rows
                assert len(await stored_key_ids(database)) == 1, "all rows or none"
    assert finished < 12


async def test_cancelled_write_is_atomic_and_next_one_works(tmp_path: Path) -> None:
    rng = Random(3)
    cancelled = 0
    async with Database.open(tmp_path / "tonearm.sqlite3") as database:
        async with open_database(SimulatedDisk()) as twin:
            for number in range(200):
                before = await read_all_rows(twin, CIPHER)
                await run_operation(Store(twin, CIPHER), number)
                try:
                    async with asyncio.timeout(rng.uniform(0, 0.001)):
                        await run_operation(Store(database, CIPHER), number)
                except TimeoutError:
                    cancelled += 1
                if await read_all_rows(database, CIPHER) == before:
                    await run_operation(Store(database, CIPHER), number)
                assert await read_all_rows(database, CIPHER) == await read_all_rows(twin, CIPHER)
        await _check_integrity(database)
    assert cancelled


@dataclass
class PowerCutStats:
    """What was seen of power cuts."""

    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


async def test_power_cuts_lose_no_acknowledged_write() -> None:
    """With `synchronous = FULL`, SQLite syncs the write-ahead log at every commit."""
    seen = PowerCutStats()
    for seed in range(10):
        await _run_with_power_cuts(seed, 40, seen)
    assert seen.acknowledged > 1000
    assert seen.lost == 0
    assert seen.damaged == 0


async def test_synchronous_normal_loses_logins_but_does_not_corrupt() -> None:
    """The control: NORMAL syncs the log before a checkpoint alone, so that the last commits may be
    on their way to the disk when the power goes. What is left is still some moment of the past.
    """
    seen = PowerCutStats()
    for seed in range(5):
        await _run_with_power_cuts(seed, 20, seen, "NORMAL")
    assert seen.lost > 10
    assert seen.damaged == 0


async def test_synchronous_off_corrupts_database() -> None:
    """The other control: what the disk tears can be seen where nothing is ever synced."""
    seen = PowerCutStats()
    for seed in range(5):
        await _run_with_power_cuts(seed, 20, seen, "OFF")
    assert seen.damaged > 0


async def _run_with_power_cuts(
    seed: int, cuts: int, seen: PowerCutStats, synchronous: str | None = None
) -> None:
    """The life of one disk: acts, a power cut at a random write, sync or delete, and so on.

    Each stretch is rehearsed on a copy, which tells the steps it takes and what is to be there.
    """
    rng = Random(seed)
    disk, number = SimulatedDisk(), 0
    for _ in range(cuts):
        acts = rng.randint(0, 24)
        rehearsal = disk.copy()
        states = await _run_operations(rehearsal, number, acts, synchronous)
        disk.schedule_power_cut(rng.randint(1, rehearsal.step_count), rng)
        acknowledged = max(0, len(await _run_operations(disk, number, acts, synchronous)) - 1)
        seen.acknowledged += acknowledged
        if not disk.power_is_cut:
            disk.cut_power(rng)
        disk = disk.after_power_cut
        found = await _read_after_cut(disk.copy())
        done = [n for n, state in enumerate(states[: acknowledged + 2]) if state == found]
        if not done:
            seen.damaged += 1
            disk, number = SimulatedDisk(), 0
        elif done[-1] >= acknowledged:
            number += done[-1]
        else:
            seen.lost += 1
            number += 32 - number % 8  # what is told again would fit into torn logs of the past


async def _run_operations(
    disk: SimulatedDisk, first: int, acts: int, synchronous: str | None
) -> list[Rows]:
    """Open the store of a disk and let it live through some acts, unless the power is cut.

    What was there at first, and after each act that was acknowledged.
    """
    states: list[Rows] = []
    with suppress(PowerCut):
        async with open_database(disk, synchronous=synchronous) as database:
            states.append(await read_all_rows(database, CIPHER))
            for number in range(first, first + acts):
                await run_operation(Store(database, CIPHER), number)
                states.append(await read_all_rows(database, CIPHER))
    return states


async def _read_after_cut(disk: SimulatedDisk) -> Rows | None:
    """What is found; None where that is no database, or one that is damaged."""
    try:
        async with open_database(disk) as database:
            await _check_integrity(database)
            return await read_all_rows(database, CIPHER)
    except (apsw.Error, AssertionError, BotError):
        return None


async def _read_rows(path: Path) -> Rows:
    async with Database.open(path) as database:
        await _check_integrity(database)
        return await read_all_rows(database, CIPHER)


async def _check_integrity(database: Database) -> None:
    assert [tuple(row) for row in await database.fetch_all("PRAGMA integrity_check")] == [("ok",)]
    assert not await database.fetch_all("PRAGMA foreign_key_check")


@asynccontextmanager
async def _child_processes() -> AsyncIterator[RunChild]:
    """Processes that are killed; see their module."""
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

    async def live(
        path: Path, first: int, acknowledged: int, delay: float, *, most: int = 1000
    ) -> list[str]:
        """What was acknowledged until SIGKILL."""
        stdin.write(f"{path}\t{first}\t{most}\t{acknowledged}\t{delay}\n".encode())
        async with asyncio.timeout(20):
            said = (await stdout.readuntil(b"ended by 9\n")).decode()
        return said.splitlines()[:-1]

    try:
        yield live
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        stdin.close()
        await process.wait()
