"""A real database that is deleted, replaced or locked by somebody else while the bot runs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from bot.store.sqlite import SqliteDatabase
from sandbox.browser import Browser
from sandbox.discord import UserClient
from sandbox.harness import Harness
from tests.storage_health import health, maintain


async def test_deleted_or_replaced_database_is_noticed(harness: Harness) -> None:
    for suffix, replaced in (("", False), ("", True), ("-wal", False), ("-shm", False)):
        ada = await harness.link_account("ada")
        file = harness.settings.database.with_name(f"tonearm.sqlite3{suffix}")
        kept = file.with_name("kept")
        file.rename(kept)
        if replaced:
            file.write_bytes(kept.read_bytes())
        harness.clock.advance(600)
        await maintain(harness)
        assert await health(harness) == (503, "gone")
        reply = await (await ada.run("/settings")).press("Allow")
        assert "was moved or deleted" in reply.text
        assert "was moved or deleted" in (await ada.run("/link")).text
        kept.rename(file)
        assert await health(harness) == (200, "ok")
        assert "Linked since" in (await ada.run("/account")).text


async def test_database_that_is_cut_off_is_noticed(harness: Harness, ada: UserClient) -> None:
    """A write would go to the log beside it, and the rest would be missing after a restart."""
    database = harness.settings.database
    assert harness.bot is not None
    await harness.bot.services.store._db.erase_deleted()
    assert (await health(harness))[0] == 200
    await maintain(harness)
    os.truncate(database, database.stat().st_size - 4096)
    await maintain(harness)
    assert (await health(harness))[0] == 503
    assert "This bot’s database" in (await ada.run("/link")).text


async def test_login_is_not_confirmed_if_its_database_was_deleted(harness: Harness) -> None:
    ada = harness.discord.user_client("ada", "music")
    offer = harness.find_login_offer(await ada.run("/link"))
    async with Browser() as browser:
        await browser.log_in(offer.url, account="ada", discord="ada")
    message = await offer.user_client.wait_for_message("Enter code")
    harness.settings.database.unlink()
    form = await offer.user_client.press(message, "Enter code")
    reply = await form.submit(code="0000-0000")
    assert "was moved or deleted" in reply.text


async def test_database_locked_by_another_program_is_explained(
    harness: Harness, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    database = harness.bot.services.store._db
    assert isinstance(database, SqliteDatabase)
    await database._writer.execute("PRAGMA busy_timeout = 0")
    panel = await linked_user.run("/settings")
    with closing(sqlite3.connect(harness.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Another program is using" in (await panel.press("Allow")).text
        assert await health(harness) == (503, "busy")
        other.execute("COMMIT")
    harness.clock.advance(10)
    assert await health(harness) == (200, "ok")
    assert "Others can see" in (await panel.press("Allow")).text


async def test_unlink_says_so_while_its_rows_cannot_be_overwritten(
    harness: Harness, linked_user: UserClient
) -> None:
    """Another program that reads keeps SQLite from emptying the write-ahead log."""
    question = await linked_user.run("/unlink")
    wal = harness.settings.database.with_name("tonearm.sqlite3-wal")
    with closing(sqlite3.connect(harness.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM link").fetchall()
        reply = await question.press("Unlink and erase")
        assert "Traces of it are still on the disk" in reply.text
        assert "You’re not linked" in (await linked_user.run("/account")).text
        other.execute("COMMIT")
    await maintain(harness)
    assert wal.stat().st_size == 0
