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

from bot.errors import Fault
from bot.store import Store
from bot.store.connection import Database
from bot.vault import Vault
from tests.durability.disk import Disk, PowerCut
from tests.durability.life import KEYS, Rows, act, everything, log_in, meant, rekey, rows_of
from tests.durability.wire import database_on

ROOT = Path(__file__).parent.parent
VAULT = Vault(KEYS)


class Live(Protocol):
    async def __call__(
        self, path: Path, first: int, acknowledged: int, delay: float, *, most: int = 1000
    ) -> list[str]: ...


async def test_a_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A twin that is never killed lives through the same acts, and says what is to be there."""
    rng = Random(1)
    path, number, kept = tmp_path / "tonearm.sqlite3", 0, 0
    gone: set[int] = set()
    async with _children() as live, database_on(Disk()) as twin:
        for _ in range(100):
            told = await live(path, number, rng.randint(0, 12), rng.uniform(0, 0.002))
            assert told == [await act(Store(twin), VAULT, number + n) for n in range(len(told))]
            number += len(told)
            found = await _found(path)
            if found != await everything(twin, VAULT):
                told.append(await act(Store(twin), VAULT, number))
                number += 1
                kept += 1
                assert found == await everything(twin, VAULT)
            for verb, user in (line.split() for line in told):
                if verb == "forget":
                    gone.add(int(user))
                elif verb == "offer":
                    gone.discard(int(user))
            assert not any(rows_of(user, found) for user in gone)
    assert 0 < kept < 100, "some were killed before their act was in the file, and some after"


async def test_a_rekey_that_is_killed_leaves_every_row_openable(tmp_path: Path) -> None:
    rng = Random(2)
    path = tmp_path / "tonearm.sqlite3"
    disk = Disk()
    async with database_on(disk) as database:
        for user in range(500):
            await log_in(Store(database), VAULT, user, 5 * user + 1)
        rows = await everything(database, VAULT)
    path.write_bytes(disk.contents(path.name))
    even, odd = (next(n for n in count(n, 2) if meant(n)[0] is rekey) for n in (0, 1))
    async with _children() as live:
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
                assert await everything(database, VAULT) == rows
                assert len(await Store(database).sealed.keys()) == 1, "all rows or none"
    assert finished < 12


async def test_a_cancelled_verb_is_whole_or_absent_and_the_next_one_works(tmp_path: Path) -> None:
    rng = Random(3)
    cancelled = 0
    async with Database.open(tmp_path / "tonearm.sqlite3") as database:
        async with database_on(Disk()) as twin:
            for number in range(200):
                before = await everything(twin, VAULT)
                await act(Store(twin), VAULT, number)
                try:
                    async with asyncio.timeout(rng.uniform(0, 0.001)):
                        await act(Store(database), VAULT, number)
                except TimeoutError:
                    cancelled += 1
                if await everything(database, VAULT) == before:
                    await act(Store(database), VAULT, number)
                assert await everything(database, VAULT) == await everything(twin, VAULT)
        await _whole(database)
    assert cancelled


@dataclass
class Cuts:
    """What was seen of power cuts."""

    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


async def test_four_hundred_power_cuts_lose_nothing_that_was_acknowledged() -> None:
    """With `synchronous = FULL`, SQLite syncs the write-ahead log at every commit."""
    seen = Cuts()
    for seed in range(10):
        await _cut(seed, 40, seen)
    assert seen.acknowledged > 1000
    assert seen.lost == 0
    assert seen.damaged == 0


async def test_with_synchronous_normal_power_cuts_lose_logins_and_damage_nothing() -> None:
    """The control: NORMAL syncs the log before a checkpoint alone, so that the last commits may be
    on their way to the disk when the power goes. What is left is still some moment of the past.
    """
    seen = Cuts()
    for seed in range(5):
        await _cut(seed, 20, seen, "NORMAL")
    assert seen.lost > 10
    assert seen.damaged == 0


async def test_without_any_sync_power_cuts_damage_the_database() -> None:
    """The other control: what the disk tears can be seen where nothing is ever synced."""
    seen = Cuts()
    for seed in range(5):
        await _cut(seed, 20, seen, "OFF")
    assert seen.damaged > 0


async def _cut(seed: int, cuts: int, seen: Cuts, synchronous: str | None = None) -> None:
    """The life of one disk: acts, a power cut at a random write, sync or delete, and so on.

    Each stretch is rehearsed on a copy, which tells the steps it takes and what is to be there.
    """
    rng = Random(seed)
    disk, number = Disk(), 0
    for _ in range(cuts):
        acts = rng.randint(0, 24)
        rehearsal = disk.copy()
        states = await _live(rehearsal, number, acts, synchronous)
        disk.cut_at(rng.randint(1, rehearsal.steps), rng)
        acknowledged = max(0, len(await _live(disk, number, acts, synchronous)) - 1)
        seen.acknowledged += acknowledged
        if not disk.is_cut:
            disk.cut(rng)
        disk = disk.left
        found = await _after_cut(disk.copy())
        done = [n for n, state in enumerate(states[: acknowledged + 2]) if state == found]
        if not done:
            seen.damaged += 1
            disk, number = Disk(), 0
        elif done[-1] >= acknowledged:
            number += done[-1]
        else:
            seen.lost += 1
            number += 32 - number % 8  # what is told again would fit into torn logs of the past


async def _live(disk: Disk, first: int, acts: int, synchronous: str | None) -> list[Rows]:
    """Open the store of a disk and let it live through some acts, unless the power is cut.

    What was there at first, and after each act that was acknowledged.
    """
    states: list[Rows] = []
    with suppress(PowerCut):
        async with database_on(disk, synchronous=synchronous) as database:
            states.append(await everything(database, VAULT))
            for number in range(first, first + acts):
                await act(Store(database), VAULT, number)
                states.append(await everything(database, VAULT))
    return states


async def _after_cut(disk: Disk) -> Rows | None:
    """What is found; None where that is no database, or one that is damaged."""
    try:
        async with database_on(disk) as database:
            await _whole(database)
            return await everything(database, VAULT)
    except (apsw.Error, AssertionError, Fault):
        return None


async def _found(path: Path) -> Rows:
    async with Database.open(path) as database:
        await _whole(database)
        return await everything(database, VAULT)


async def _whole(database: Database) -> None:
    assert [tuple(row) for row in await database.all("PRAGMA integrity_check")] == [("ok",)]
    assert not await database.all("PRAGMA foreign_key_check")


@asynccontextmanager
async def _children() -> AsyncIterator[Live]:
    """Processes that are killed; see their module."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.durability.child"),
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
