"""Makes a database, and reads why a store does not open."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors.bot_error import StartupError
from bot.store import Store
from bot.store.sqlite_connections import connect_to_file
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.durability.store_operations import KEYS, complete_login


async def startup_reason(
    path: Path, disk: SimulatedDisk | None = None, *, keys: bool = True
) -> str:
    """The message of the StartupError with which the store does not open."""
    connect = connect_to_file if disk is None else connect_to(disk)
    with pytest.raises(StartupError) as refused:
        async with Store.open(path, KEYS if keys else (), connect):
            pass
    reason = str(refused.value)
    assert len(reason.splitlines()) == 1
    assert reason.endswith(".")
    assert str(path.parent) in reason
    return reason


async def make_database(path: Path) -> None:
    async with Store.open(path, KEYS) as store:
        for user in range(101, 201):
            await complete_login(store, user, user * 5 + 1)
