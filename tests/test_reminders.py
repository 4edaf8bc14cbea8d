"""Logins expire after six months: reminders before, and a new login after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.spotify.consent_expiry import DAY, consent_expires_at
from sandbox.clock import Clock
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness


async def _run_maintenance(it: Harness) -> None:
    assert it.bot is not None
    await it.bot.run_maintenance()


def _sent_reminders(it: Harness) -> list[str]:
    messages = it.discord.user_client("ada", "dm").messages()
    texts = [message["content"] for message in messages]
    return [text for text in texts if "expires on" in text]


async def test_two_reminders_are_sent_once_each_over_restarts(
    harness: Harness, linked_user: UserClient
) -> None:
    expires_at = consent_expires_at(harness.clock())
    for days_left, expected in ((31, 0), (29, 1), (28, 1), (8, 1), (6, 2), (5, 2), (1, 2)):
        harness.clock.advance(expires_at - days_left * DAY - harness.clock())
        await _run_maintenance(harness)
        assert len(_sent_reminders(harness)) == expected, days_left
        await harness.restart()
        await _run_maintenance(harness)
        assert len(_sent_reminders(harness)) == expected, days_left


async def test_reminder_button_renews_six_months(harness: Harness, linked_user: UserClient) -> None:
    await (await linked_user.run("/settings")).press("Turn off")
    await (await linked_user.run("/settings")).press("Turn on")
    harness.clock.advance(consent_expires_at(harness.clock()) - 5 * DAY - harness.clock())
    await _run_maintenance(harness)
    dm = harness.discord.user_client("ada", "dm")
    reminder = dm.messages()[-1]
    reply = await dm.press(reminder, "Link Spotify")
    assert harness.find_login_offer(reply).url
    assert reply.ephemeral
    assert reply.message["id"] != reminder["id"], "only a private message becomes a login link"
    await harness.link_account("ada")
    harness.clock.advance(10 * DAY)
    await _run_maintenance(harness)
    assert len(_sent_reminders(harness)) == 1
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_disabled_reminders_stay_off_after_new_link(
    harness: Harness, linked_user: UserClient
) -> None:
    assert "- Reminders before" in (await linked_user.run("/account")).text
    off = await (await linked_user.run("/settings")).press("Turn off")
    assert "No DM before" in off.text
    await harness.link_account("ada")
    assert "- No reminders" in (await linked_user.run("/account")).text
    harness.clock.advance(consent_expires_at(harness.clock()) - 5 * DAY - harness.clock())
    await _run_maintenance(harness)
    assert not _sent_reminders(harness)


async def test_closed_direct_messages_do_not_stop_reminders(
    harness: Harness, linked_user: UserClient
) -> None:
    harness.discord.closed_dms.add("ada")
    harness.clock.advance(consent_expires_at(harness.clock()) - 5 * DAY - harness.clock())
    await _run_maintenance(harness)
    assert not _sent_reminders(harness)
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_account_shows_expiry_dates_and_stored_data(
    harness: Harness, linked_user: UserClient
) -> None:
    start = int(harness.clock())
    text = (await linked_user.run("/account")).text
    assert "### Ada on Spotify" in text
    assert f"<t:{start}:D>" in text or f"<t:{start - 1}:D>" in text
    assert "see and change what you saved" in text
    assert harness.spotify.client_id in text
    assert "- Reminders before the login expires" in text
    assert "- Private replies\n- Nobody sees what you’re playing" in text


async def test_after_six_months_the_next_command_asks_for_a_new_login() -> None:
    async with run_harness(clock=Clock(datetime(2026, 8, 31, tzinfo=UTC).timestamp())) as it:
        ada = await it.link_account("ada")
        it.clock.advance(consent_expires_at(it.clock()) + 60 - it.clock())
        reply = await ada.run("/now")
        assert "Your Spotify login has ended" in reply.text
        assert "This login has expired" in (await ada.run("/account")).text
        renewals = len(it.spotify.accounts_traffic.exchanges)
        assert "login has ended" in (await ada.run("/now")).text
        assert len(it.spotify.accounts_traffic.exchanges) == renewals


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((2026, 1, 15, 12), (2026, 7, 15, 12)),
        ((2026, 8, 31, 23), (2027, 2, 28, 23)),
        ((2027, 8, 31), (2028, 2, 29)),
        ((2026, 12, 1), (2027, 6, 1)),
    ],
)
def test_six_months_are_calendar_months(
    start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    authorized_at = datetime(*start, tzinfo=UTC).timestamp()
    assert consent_expires_at(authorized_at) == datetime(*end, tzinfo=UTC).timestamp()
