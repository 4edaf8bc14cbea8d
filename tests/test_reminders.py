"""Six months: people are reminded before Spotify ends their login, and told when it has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.spotify.consent import DAY, ends_at
from sandbox.clock import Clock
from sandbox.discord import Seat
from sandbox.stage import Stage, stage


async def _round(it: Stage) -> None:
    assert it.bot is not None
    await it.bot.go_round()


def _reminders(it: Stage) -> list[str]:
    messages = it.discord.seat("ada", "dm").messages()
    return [m["content"] for m in messages if "ends on" in m["content"]]


async def test_two_reminders_once_each_over_restarts(stage: Stage, linked: Seat) -> None:
    ends = ends_at(stage.clock())
    for days_left, expected in ((31, 0), (29, 1), (28, 1), (8, 1), (6, 2), (5, 2), (1, 2)):
        stage.clock.advance(ends - days_left * DAY - stage.clock())
        await _round(stage)
        assert len(_reminders(stage)) == expected, days_left
        await stage.restart()
        await _round(stage)
        assert len(_reminders(stage)) == expected, days_left


async def test_the_button_in_a_reminder_begins_a_new_six_months(stage: Stage, linked: Seat) -> None:
    await (await linked.run("/settings")).press("Turn off")
    await (await linked.run("/settings")).press("Turn on")
    stage.clock.advance(ends_at(stage.clock()) - 5 * DAY - stage.clock())
    await _round(stage)
    dm = stage.discord.seat("ada", "dm")
    reply = await dm.press(dm.messages()[-1], "Link Spotify")
    assert stage.offer(reply).url
    await stage.link("ada")
    stage.clock.advance(10 * DAY)
    await _round(stage)
    assert len(_reminders(stage)) == 1
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_who_turned_them_off_gets_none_and_keeps_that_over_a_new_link(
    stage: Stage, linked: Seat
) -> None:
    assert ", reminders before" in (await linked.run("/account")).text
    off = await (await linked.run("/settings")).press("Turn off")
    assert "You get no message" in off.text
    await stage.link("ada")
    assert "no reminders" in (await linked.run("/account")).text
    stage.clock.advance(ends_at(stage.clock()) - 5 * DAY - stage.clock())
    await _round(stage)
    assert not _reminders(stage)


async def test_closed_direct_messages_stop_nothing(stage: Stage, linked: Seat) -> None:
    stage.discord.closed_dms.add("ada")
    stage.clock.advance(ends_at(stage.clock()) - 5 * DAY - stage.clock())
    await _round(stage)
    assert not _reminders(stage)
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_the_account_shows_both_ends_and_what_is_stored(stage: Stage, linked: Seat) -> None:
    began = int(stage.clock())
    text = (await linked.run("/account")).text
    assert "**Ada**" in text
    assert f"<t:{began}:D>" in text or f"<t:{began - 1}:D>" in text
    assert "see and change what you saved" in text
    assert stage.spotify.client_id in text
    assert "reminders before the login ends" in text
    assert "private replies, nobody sees what you play" in text


async def test_after_six_months_the_next_command_asks_for_a_new_login() -> None:
    async with stage(clock=Clock(datetime(2026, 8, 31, tzinfo=UTC).timestamp())) as it:
        ada = await it.link("ada")
        it.clock.advance(ends_at(it.clock()) + 60 - it.clock())
        reply = await ada.run("/now")
        assert "no longer accepts your login" in reply.text
        assert "Spotify has ended this login" in (await ada.run("/account")).text
        renewals = len(it.spotify.accounts_recording.exchanges)
        assert "no longer accepts" in (await ada.run("/now")).text
        assert len(it.spotify.accounts_recording.exchanges) == renewals


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        ((2026, 1, 15, 12), (2026, 7, 15, 12)),
        ((2026, 8, 31, 23), (2027, 2, 28, 23)),
        ((2027, 8, 31), (2028, 2, 29)),
        ((2026, 12, 1), (2027, 6, 1)),
    ],
)
def test_six_months_are_months_of_the_calendar(
    began: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    at = datetime(*began, tzinfo=UTC).timestamp()
    assert ends_at(at) == datetime(*ends, tzinfo=UTC).timestamp()
