"""Steps of a login in a browser and in Discord, shared by the tests of logins."""

from __future__ import annotations

import sqlite3

from sandbox.browser import Browser
from sandbox.discord import Reply
from sandbox.harness import Harness, LoginOffer
from sandbox.html_reader import HtmlPage


def count_linked_accounts(harness: Harness) -> int:
    with sqlite3.connect(harness.settings.database) as db:
        count = db.execute("SELECT count(*) FROM link").fetchone()[0]
    db.close()
    return int(count)


async def authorize_login(
    offer: LoginOffer, account: str = "ada", *, accept: bool = True
) -> HtmlPage:
    """Open the login link in a browser, authorize or cancel; the result page."""
    async with Browser() as browser:
        return await browser.log_in(offer.url, account=account, accept=accept)


async def enter_code(offer: LoginOffer, code: str) -> Reply:
    """Press the button beside the login link and type the code."""
    message = next(m for m in offer.user_client.messages() if m["id"] == offer.message["id"])
    form = await offer.user_client.press(message, "Enter code")
    return await form.submit(code=code)
