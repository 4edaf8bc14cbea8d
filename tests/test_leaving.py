"""Leaving: one question, and then nothing is left."""

from __future__ import annotations

import sqlite3

from sandbox.browser import Browser
from sandbox.discord import Seat
from sandbox.stage import Stage
from tests.logins import links_stored


async def test_unlink_asks_once_and_erases_everything(stage: Stage, linked: Seat) -> None:
    await linked.run("/link")
    asked = await linked.run("/unlink")
    assert "cannot be undone" in asked.text
    assert links_stored(stage) == 1
    done = await asked.press("Unlink and erase")
    assert "erased" in done.text
    assert "spotify.com/account/apps" in done.text
    with sqlite3.connect(stage.settings.database) as db:
        for table in ("link", "login", "person"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    db.close()
    log = stage.settings.database.with_name("tonearm.sqlite3-wal")
    assert log.stat().st_size == 0
    assert "not linked" in (await linked.run("/now")).text
    assert "nothing to erase" in (await linked.run("/unlink")).text


async def test_unlink_ends_a_login_under_way(stage: Stage, ada: Seat) -> None:
    offer = stage.offer(await ada.run("/link"))
    await ada.run("/unlink")
    async with Browser() as browser:
        assert (await browser.open(offer.url)).status == 410
