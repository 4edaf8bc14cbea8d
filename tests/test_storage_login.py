"""A login while the disk refuses writes, at every write that comes after the code is exchanged."""

from __future__ import annotations

import asyncio

import apsw

from sandbox.browser import Browser
from sandbox.harness import run_harness
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

MAX_WRITES = 60


async def _log_in(writes_left: int) -> bool:
    """Log in with Discord; after these writes, the disk refuses all. Whether the page says linked.

    Then the page, and /account when the disk has recovered, say the same.
    """
    disk = SimulatedDisk()
    async with run_harness(
        connect_database=connect_to(disk), DISCORD_CLIENT_SECRET="yes"
    ) as harness:
        ada = harness.discord.user_client("ada", "music")
        offer = harness.find_login_offer(await ada.run("/link"))
        held = HeldResponse("GET /v1/me$")
        harness.spotify.faults.add(held)
        async with Browser() as browser:
            async with released_at_exit(held.hold) as hold:
                login = asyncio.create_task(browser.log_in(offer.url, account="ada"))
                await hold.response_ready.wait()
                disk.write_error, disk.writes_left = apsw.SQLITE_IOERR_WRITE, writes_left
            page = await login
            disk.repair()
            linked = "Linked to Ada" in page.text
            assert linked or page.status == 503
            again = await browser.open(page.url)
        assert ("Linked to Ada" in again.text) == linked
        assert linked or "interrupted" in again.text
        assert ("not linked" in (await ada.run("/account")).text) != linked
        return linked


async def test_login_is_linked_or_interrupted_wherever_the_disk_refuses() -> None:
    for writes_left in range(MAX_WRITES):
        if await _log_in(writes_left):
            break
    assert 4 < writes_left < MAX_WRITES - 1
