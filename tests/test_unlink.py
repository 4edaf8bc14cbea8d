"""/unlink asks for confirmation, and then erases everything."""

from __future__ import annotations

import sqlite3

from sandbox.browser import Browser
from sandbox.discord import UserClient
from sandbox.harness import Harness
from tests.login_steps import count_linked_accounts


async def test_unlink_asks_once_and_erases_everything(
    harness: Harness, linked_user: UserClient
) -> None:
    await linked_user.run("/link")
    question = await linked_user.run("/unlink")
    assert "can’t be undone" in question.text
    assert count_linked_accounts(harness) == 1
    reply = await question.press("Unlink and erase")
    assert "Everything stored about you is gone" in reply.text
    assert "spotify.com/account/apps" in reply.text
    with sqlite3.connect(harness.settings.database) as db:
        for table in ("link", "login", "person"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    db.close()
    wal = harness.settings.database.with_name("tonearm.sqlite3-wal")
    assert wal.stat().st_size == 0
    assert "haven’t linked" in (await linked_user.run("/now")).text
    assert "nothing to erase" in (await linked_user.run("/unlink")).text


async def test_unlink_can_be_cancelled(harness: Harness, linked_user: UserClient) -> None:
    question = await linked_user.run("/unlink")
    cancelled = await question.press("Cancel")
    assert cancelled.text == "Cancelled, so nothing was erased."
    assert not cancelled.message["components"]
    assert len(linked_user.messages()) == 1, "the answer replaces the question"
    assert count_linked_accounts(harness) == 1


async def test_cancel_after_another_question_was_confirmed_claims_nothing(
    harness: Harness, linked_user: UserClient
) -> None:
    confirmed = await linked_user.run("/unlink")
    late = await linked_user.run("/unlink")
    await confirmed.press("Unlink and erase")
    assert "nothing to erase" in (await late.press("Cancel")).text


async def test_old_question_does_not_erase_a_newer_link(
    harness: Harness, linked_user: UserClient
) -> None:
    old = await linked_user.run("/unlink")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    harness.clock.advance(60)
    await harness.link_account("ada")
    asked_again = await old.press("Unlink and erase")
    assert "can’t be undone" in asked_again.text
    assert count_linked_accounts(harness) == 1
    assert "is gone" in (await asked_again.press("Unlink and erase")).text
    assert count_linked_accounts(harness) == 0


async def test_account_says_that_a_login_is_stored(harness: Harness, ada: UserClient) -> None:
    assert "nothing is stored about you" in (await ada.run("/account")).text
    await ada.run("/link")
    assert "your last login is stored" in (await ada.run("/account")).text
    await ada.run("/unlink")
    assert "nothing is stored about you" in (await ada.run("/account")).text


async def test_unlink_cancels_pending_login(harness: Harness, ada: UserClient) -> None:
    offer = harness.find_login_offer(await ada.run("/link"))
    await ada.run("/unlink")
    async with Browser() as browser:
        assert (await browser.open(offer.url)).status == 410
