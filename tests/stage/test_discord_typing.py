"""Typing on while what was offered for the last letter is still on its way."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, Refused, Seat
from tests.stage.discord_bot import SmallBot
from tests.stage.discord_wire import Wire

CHOICES = {"type": 8, "data": {"choices": [{"name": "x", "value": "x"}]}}


@pytest.fixture(name="hold")
def _hold(bot: SmallBot) -> asyncio.Event:
    """What is offered for "la" waits for this."""
    bot.held["la"] = asyncio.Event()
    return bot.held["la"]


async def test_no_letter_waits_for_the_offers_of_another(
    stand_in: Discord, ada: Seat, hold: asyncio.Event
) -> None:
    typing = asyncio.create_task(ada.type("/spell word:", "l", "la", "lan"))
    await stand_in.changes.until(lambda: len(answered(stand_in)) == 2, "two of three answers")
    assert not typing.done()
    assert answered(stand_in) == ["l", "lan"]
    hold.set()
    offered = await typing
    assert [one.choices for one in offered] == [
        [{"name": f"{word}…", "value": word}] for word in ("l", "la", "lan")
    ]
    assert all(0 <= one.took < 3 for one in offered)


async def test_what_comes_too_late_is_not_offered(
    stand_in: Discord, ada: Seat, hold: asyncio.Event
) -> None:
    typing = asyncio.create_task(ada.type("/spell word:", "l", "la"))
    await stand_in.changes.until(lambda: answered(stand_in) == ["l"], "one of two answers")
    stand_in.clock.advance(3)
    first, second = await typing
    assert first.choices is not None
    assert second.choices is None
    assert first.took < 3 <= second.took
    hold.set()
    assert stand_in.view("ada", "music")["messages"] == []  # nobody is told


async def test_other_options_are_sent_along(ada: Seat, bot: SmallBot) -> None:
    await ada.type("/spell times:2 word:", "l")
    data = bot.heard[-1].data
    assert data is not None
    assert [option.get("focused") for option in data["options"]] == [None, True]  # type: ignore
    with pytest.raises(Refused, match="nothing is offered"):
        await ada.type("/spell word:l times:", "1")


async def test_numbers_are_held_to_their_bounds_before_anything_is_sent(
    ada: Seat, bot: SmallBot
) -> None:
    for times in (0, 4):
        with pytest.raises(Refused, match=r"at (least|most)"):
            await ada.run(f"/spell word:a times:{times}")
    assert bot.heard == []
    assert (await ada.run("/spell word:a times:3")).text == "aaa"


async def test_offers_are_answered_once_and_in_time(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction(4)
    assert (await wire.answer(interaction, CHOICES)).status == 200
    again = await wire.answer(interaction, CHOICES)
    assert (again.status, again.code) == (400, 40060)
    slow = await wire.interaction(4)
    stand_in.clock.advance(3)
    late = await wire.answer(slow, CHOICES)
    assert (late.status, late.code) == (404, 10062)


async def test_offers_have_no_webhook(wire: Wire) -> None:
    interaction = await wire.interaction(4)
    await wire.answer(interaction, CHOICES)
    follow_up = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    assert (follow_up.status, follow_up.code) == (404, 10015)


async def test_only_offers_answer_an_option_that_is_typed(wire: Wire) -> None:
    interaction = await wire.interaction(4)
    for kind in (4, 5, 6, 7, 9):
        assert (await wire.answer(interaction, {"type": kind})).error_at("type")
    slash = await wire.interaction()
    assert (await wire.answer(slash, CHOICES)).error_at("type")


def answered(stand_in: Discord) -> list[str]:
    """The texts for which something was offered, in the order in which they were typed."""
    done = [one for one in stand_in.interactions.all() if one.answer == 8]
    return [one.data["options"][-1]["value"] for one in done]
