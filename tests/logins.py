"""What tests of linking do again and again: agree in a browser, type the code, count the links."""

from __future__ import annotations

import sqlite3

from sandbox.browser import Browser
from sandbox.discord import Reply
from sandbox.reading_page import Page
from sandbox.stage import Offer, Stage


def links_stored(stage: Stage) -> int:
    with sqlite3.connect(stage.settings.database) as db:
        count = db.execute("SELECT count(*) FROM link").fetchone()[0]
    db.close()
    return int(count)


async def agree(offer: Offer, account: str = "ada", *, accept: bool = True) -> Page:
    """Follow the login link in a browser; its last page."""
    async with Browser() as browser:
        return await browser.log_in(offer.url, account=account, accept=accept)


async def enter(offer: Offer, code: str) -> Reply:
    """Press the button beside the login link and type the code."""
    message = next(m for m in offer.seat.messages() if m["id"] == offer.message["id"])
    form = await offer.seat.press(message, "Enter code")
    return await form.submit(code=code)
