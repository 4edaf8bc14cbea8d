"""Autocomplete in the simulated Discord while the user types on."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import ClientValidationError, Discord, UserClient
from tests.simulators.discord_bot import SmallBot
from tests.simulators.discord_rest_client import RestClient

CHOICES = {"type": 8, "data": {"choices": [{"name": "x", "value": "x"}]}}


@pytest.fixture(name="hold")
def _hold(bot: SmallBot) -> asyncio.Event:
    """The choices for "la" wait for this event."""
    bot.held["la"] = asyncio.Event()
    return bot.held["la"]


async def test_keystrokes_do_not_wait_for_earlier_choices(
    discord_server: Discord, ada: UserClient, hold: asyncio.Event
) -> None:
    typing = asyncio.create_task(ada.autocomplete_keystrokes("/spell word:", "l", "la", "lan"))
    await discord_server.changes.wait_until(
        lambda: len(answered_texts(discord_server)) == 2, "two of three answers"
    )
    assert not typing.done()
    assert answered_texts(discord_server) == ["l", "lan"]
    hold.set()
    offered = await typing
    assert [offer.choices for offer in offered] == [
        [{"name": f"{word}…", "value": word}] for word in ("l", "la", "lan")
    ]
    assert all(0 <= offer.elapsed < 3 for offer in offered)


async def test_late_choices_are_not_offered(
    discord_server: Discord, ada: UserClient, hold: asyncio.Event
) -> None:
    typing = asyncio.create_task(ada.autocomplete_keystrokes("/spell word:", "l", "la"))
    await discord_server.changes.wait_until(
        lambda: answered_texts(discord_server) == ["l"], "one of two answers"
    )
    discord_server.clock.advance(3)
    first, second = await typing
    assert first.choices is not None
    assert second.choices is None
    assert first.elapsed < 3 <= second.elapsed
    hold.set()
    assert discord_server.page_view("ada", "music")["messages"] == []  # no message


async def test_other_options_are_sent_along(ada: UserClient, bot: SmallBot) -> None:
    await ada.autocomplete_keystrokes("/spell times:2 word:", "l")
    data = bot.received[-1].data
    assert data is not None
    assert [option.get("focused") for option in data["options"]] == [None, True]  # type: ignore
    with pytest.raises(ClientValidationError, match="no autocomplete"):
        await ada.autocomplete_keystrokes("/spell word:l times:", "1")


async def test_bounds_of_numbers_are_checked_before_sending(ada: UserClient, bot: SmallBot) -> None:
    for times in (0, 4):
        with pytest.raises(ClientValidationError, match=r"at (least|most)"):
            await ada.run(f"/spell word:a times:{times}")
    assert bot.received == []
    assert (await ada.run("/spell word:a times:3")).text == "aaa"


async def test_autocomplete_is_answered_once_and_in_time(
    discord_server: Discord, api: RestClient
) -> None:
    interaction = await api.interaction(4)
    assert (await api.respond(interaction, CHOICES)).status == 200
    again = await api.respond(interaction, CHOICES)
    assert (again.status, again.code) == (400, 40060)
    slow = await api.interaction(4)
    discord_server.clock.advance(3)
    late = await api.respond(slow, CHOICES)
    assert (late.status, late.code) == (404, 10062)


async def test_autocomplete_has_no_webhook(api: RestClient) -> None:
    interaction = await api.interaction(4)
    await api.respond(interaction, CHOICES)
    follow_up = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    assert (follow_up.status, follow_up.code) == (404, 10015)


async def test_only_choices_answer_an_autocomplete(api: RestClient) -> None:
    interaction = await api.interaction(4)
    for kind in (4, 5, 6, 7, 9):
        assert (await api.respond(interaction, {"type": kind})).error_codes_at("type")
    slash = await api.interaction()
    assert (await api.respond(slash, CHOICES)).error_codes_at("type")


def answered_texts(discord_server: Discord) -> list[str]:
    """The texts for which choices were offered, in the order in which they were typed."""
    done = [
        interaction
        for interaction in discord_server.interactions.all()
        if interaction.response_type == 8
    ]
    return [interaction.data["options"][-1]["value"] for interaction in done]
