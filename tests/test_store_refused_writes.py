"""If the disk refuses a write, each store operation is complete, or leaves the rows unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors.storage import StorageError
from bot.store import Store
from bot.store.encryption import TokenCipher
from tests.durability.apsw_connection import open_database
from tests.durability.simulated_disk import SimulatedDisk
from tests.durability.store_operations import KEYS, Rows, read_all_rows, run_operation
from tests.stall_free_loop import StallFreeLoop

CIPHER = TokenCipher(KEYS)
OPERATIONS = 128
ERRORS = (apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_FULL, apsw.SQLITE_READONLY)


class Rehearsal:
    """Run the operations one after another on a disk that refuses nothing.

    disks   the disk before each operation
    states  the rows before each operation, and after the last one
    """

    def __init__(self) -> None:
        self.disks: list[SimulatedDisk] = []
        self.states: list[Rows] = []

    async def run(self) -> None:
        disk = SimulatedDisk()
        for number in range(OPERATIONS + 1):
            async with open_database(disk) as database:
                self.states.append(await read_all_rows(database, CIPHER))
            self.disks.append(disk.copy())
            async with open_database(disk) as database:
                await run_operation(Store(database, CIPHER), number)

    async def check(self, number: int, refuse: Callable[[SimulatedDisk], None]) -> None:
        """Run an operation on a disk that refuses writes, and again when it allows them."""
        disk, before, after = (
            self.disks[number].copy(),
            self.states[number],
            self.states[number + 1],
        )
        async with open_database(disk) as database:
            store = Store(database, CIPHER)
            refuse(disk)
            try:
                await run_operation(store, number)
            except StorageError:
                assert await read_all_rows(database, CIPHER) == before
                disk.repair()
                await store.maintain()
                await run_operation(store, number)
            disk.repair()
            await store.maintain()  # also stores a refresh token that the disk refused
            assert await read_all_rows(database, CIPHER) == after
            assert not store.has_unerased_rows
        async with open_database(disk) as database:
            assert await read_all_rows(database, CIPHER) == after


@pytest.fixture(name="runner", scope="module")
def _runner() -> Iterator[asyncio.Runner]:
    """One event loop for all examples."""
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        yield runner


@pytest.fixture(name="rehearsal", scope="module")
def _rehearsal(runner: asyncio.Runner) -> Rehearsal:
    rehearsal = Rehearsal()
    runner.run(rehearsal.run())
    return rehearsal


_numbers = st.integers(0, OPERATIONS - 1)


@given(number=_numbers, room=st.integers(0, 20_000))
def test_operation_on_a_disk_that_fills_is_done_or_refused(
    runner: asyncio.Runner, rehearsal: Rehearsal, number: int, room: int
) -> None:
    def fill(disk: SimulatedDisk) -> None:
        disk.capacity = disk.used_bytes + room

    runner.run(rehearsal.check(number, fill))


@given(number=_numbers, error=st.sampled_from(ERRORS), writes_left=st.integers(0, 12))
def test_operation_on_a_disk_that_fails_is_done_or_refused(
    runner: asyncio.Runner, rehearsal: Rehearsal, number: int, error: int, writes_left: int
) -> None:
    def fail(disk: SimulatedDisk) -> None:
        disk.write_error, disk.writes_left = error, writes_left

    runner.run(rehearsal.check(number, fail))
