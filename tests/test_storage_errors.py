"""A disk that refuses writes while the bot runs: each command says so, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import apsw
import pytest

from bot.store.sqlite import SqliteDatabase
from sandbox.browser import Browser
from sandbox.discord import UserClient
from sandbox.harness import Harness, find_confirmation_code, run_harness
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.login_state_machine.renewal_helpers import count_renewals
from tests.storage_health import health, maintain

FULL, READ_ONLY, FAULT = "disk is full", "isn’t allowed to write", "disk has a fault"

# How a disk refuses writes: what people read, and the word in /health.
REFUSALS: dict[str, tuple[Callable[[SimulatedDisk], None], str, str]] = {
    "full": (SimulatedDisk.fill, FULL, "full"),
    "read-only": (lambda disk: _refuse(disk, apsw.SQLITE_READONLY), READ_ONLY, "read-only"),
    "forbidden": (lambda disk: _refuse(disk, apsw.SQLITE_PERM), READ_ONLY, "read-only"),
    "write fault": (lambda disk: _refuse(disk, apsw.SQLITE_IOERR_WRITE), FAULT, "failing"),
    "sync fault": (lambda disk: _refuse(disk, apsw.SQLITE_IOERR_FSYNC), FAULT, "failing"),
    "cannot open": (lambda disk: _refuse(disk, apsw.SQLITE_CANTOPEN), FAULT, "failing"),
    "damaged": (lambda disk: _refuse(disk, apsw.SQLITE_CORRUPT), "is damaged", "damaged"),
}


def _refuse(disk: SimulatedDisk, code: int) -> None:
    disk.write_error = code


@asynccontextmanager
async def _bot_on(disk: SimulatedDisk) -> AsyncIterator[tuple[Harness, UserClient]]:
    """The bot on a simulated disk, with Ada's account linked."""
    async with run_harness(connect_database=connect_to(disk)) as harness:
        yield harness, await harness.link_account("ada")


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_every_refused_write_is_explained_and_works_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for refuse, sentence, word in REFUSALS.values():
        disk = SimulatedDisk()
        async with _bot_on(disk) as (harness, ada):
            panel, unlink = await ada.run("/settings"), await ada.run("/unlink")
            await ada.run("/now")  # so that an access token is in memory
            caplog.clear()
            refuse(disk)
            for reply in (
                *[await panel.press(label) for label in ("Make public", "Allow", "Turn off")],
                await panel.pick("Kitchen Speaker", select=0),
                await panel.pick("Harbour Evenings", select=1),
                await unlink.press("Unlink and erase"),
                await ada.run("/link"),
            ):
                assert sentence in reply.text
                assert harness.settings.operator in reply.text
                assert "bug" not in reply.text
            await maintain(harness)
            assert "Ada's Laptop" in (await ada.run("/now")).text, "reading still works"
            assert await health(harness) == (503, word)
            (error,) = _errors(caplog)
            assert str(harness.settings.database) in error
            disk.repair()
            harness.clock.advance(10)  # a press right after the first one counts as the same
            assert "Everyone in the channel" in (await panel.press("Make public")).text
            assert "Ada's Laptop" in (await ada.run("/now")).text
            await maintain(harness)
            if word != "damaged":  # what was damaged once is so until it is looked at
                assert await health(harness) == (200, "ok")
            await harness.restart()
            assert await health(harness) == (200, "ok")
            assert "Everyone in the channel" in (await ada.run("/settings")).text


async def test_unreadable_disk_is_explained_and_not_taken_for_unlinked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, ada):
        assert harness.bot is not None
        database = harness.bot.services.store._db
        assert isinstance(database, SqliteDatabase)
        await database._writer.execute("PRAGMA cache_size = 0")
        disk.read_error = apsw.SQLITE_IOERR_READ
        for command in ("/account", "/now", "/settings", "/unlink", "/devices"):
            assert FAULT in (await ada.run(command)).text
        assert await ada.autocomplete("/play what:har") == []
        await maintain(harness)
        assert len(_errors(caplog)) == 1
        disk.repair()
        assert "Linked since" in (await ada.run("/account")).text


async def test_no_token_is_spent_that_could_not_be_stored() -> None:
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, ada):
        spotify = harness.spotify
        spotify.oauth.refresh_token_reply = "new"
        await ada.run("/now")
        disk.fill()
        for seconds in (1800, 1770):
            harness.clock.advance(seconds)
            assert "Ada's Laptop" in (await ada.run("/now")).text, "its access token is valid"
        harness.clock.advance(30)
        for _ in range(2):
            assert FULL in (await ada.run("/now")).text
        assert count_renewals(spotify) == 1
        disk.repair()
        assert "Ada's Laptop" in (await ada.run("/now")).text
        await harness.restart()
        assert "Ada's Laptop" in (await ada.run("/now")).text


async def _renew_while_the_disk_fills(
    harness: Harness, ada: UserClient, disk: SimulatedDisk
) -> None:
    """Spotify replaces the refresh token, and the disk is full when the answer arrives."""
    harness.spotify.oauth.refresh_token_reply = "new"
    harness.spotify.tokens.expire_access_tokens()
    held = HeldResponse("POST /api/token")
    harness.spotify.accounts_faults.add(held)
    async with released_at_exit(held.hold) as hold:
        command = asyncio.create_task(ada.run("/now"))
        await hold.response_ready.wait()
        disk.fill()
    assert "Ada's Laptop" in (await command).text


async def test_replaced_token_is_used_and_stored_once_there_is_room() -> None:
    """By the next renewal, by the maintenance, or when the bot stops."""
    for end in ("renewal", "maintenance", "stop"):
        disk = SimulatedDisk()
        async with _bot_on(disk) as (harness, ada):
            await _renew_while_the_disk_fills(harness, ada, disk)
            assert "Ada's Laptop" in (await ada.run("/now")).text
            disk.repair()
            if end == "renewal":
                harness.spotify.tokens.expire_access_tokens()
            elif end == "maintenance":
                await maintain(harness)
                renewals = count_renewals(harness.spotify)
                assert "Ada's Laptop" in (await ada.run("/now")).text
                assert count_renewals(harness.spotify) == renewals
            await harness.restart()
            assert "Ada's Laptop" in (await ada.run("/now")).text, end


async def test_token_that_never_could_be_stored_is_logged_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, ada):
        await _renew_while_the_disk_fills(harness, ada, disk)
        await harness.stop()
        assert "1 renewed logins could not be stored" in _errors(caplog)[-1]
        disk.repair()
        await harness.start()
        assert "Press the button to link again" in (await ada.run("/now")).text


async def test_login_link_that_was_sent_is_not_denied() -> None:
    """The disk fills up while Discord delivers the message with the link."""
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, _):
        grace = harness.discord.user_client("grace", "music")
        held = HeldResponse("POST .*/messages")
        harness.discord.faults.add(held)
        async with released_at_exit(held.hold) as hold:
            command = asyncio.create_task(grace.run("/link"))
            await hold.response_ready.wait()
            disk.fill()
        reply = await command
        assert "disk" not in reply.text
        disk.repair()
        async with Browser() as browser:
            page = await browser.log_in(harness.find_login_offer(reply).url, account="grace")
        assert find_confirmation_code(page.text)


async def test_login_on_a_full_disk_goes_on_where_it_was() -> None:
    """The authorization code is exchanged only after a successful write."""
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, _):
        grace = harness.discord.user_client("grace", "music")
        offer = harness.find_login_offer(await grace.run("/link"))
        async with Browser() as browser:
            await browser.open(offer.url)
            await browser.submit("Continue")
            disk.fill()
            page = await browser.submit("Agree", account="grace")
            assert (page.status, FULL in page.text) == (503, True)
            disk.repair()
            page = await browser.open(page.url)
        assert find_confirmation_code(page.text)


async def test_full_disk_after_the_exchange_links_nobody() -> None:
    disk = SimulatedDisk()
    async with _bot_on(disk) as (harness, _):
        grace = harness.discord.user_client("grace", "music")
        reply = await grace.run("/link")
        offer = harness.find_login_offer(reply)
        held = HeldResponse("POST /api/token")
        harness.spotify.accounts_faults.add(held)
        async with Browser() as browser:
            async with released_at_exit(held.hold) as hold:
                login = asyncio.create_task(
                    browser.log_in(offer.url, account="grace", discord="grace")
                )
                await hold.response_ready.wait()
                disk.fill()
            page = await login
        assert (page.status, FULL in page.text) == (503, True)
        disk.repair()
        assert "not linked" in (await grace.run("/account")).text
