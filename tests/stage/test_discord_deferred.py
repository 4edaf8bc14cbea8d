"""Second thoughts by hand: answers taken back, edited late, edited after they are gone."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, Seat
from sandbox.discord.acting import act
from sandbox.discord.interactions import SLASH
from tests.stage.discord_bodies import button, row
from tests.stage.discord_wire import Answer, Wire

THINKING = {"type": 5}
HELLO = {"type": 4, "data": {"content": "Hello"}}
QUIETLY = {"content": "For you", "flags": 64}


@pytest.mark.parametrize("private", [True, False])
async def test_what_comes_after_a_deferral_is_taken_back(wire: Wire, private: bool) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, {"type": 5, "data": {"flags": 0 if private else 64}})
    original = wire.hook(interaction, "/messages/@original")
    thinking = (await wire.call("GET", original)).json
    assert (await wire.call("DELETE", original)).status == 204
    body = QUIETLY if private else {"content": "For all"}
    after = (await wire.call("POST", wire.hook(interaction), body)).json
    assert after["id"] != thinking["id"]
    assert after["flags"] == (64 if private else 0)  # its own, not the deferral's
    assert "message_reference" not in after
    for method, edit in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        assert (await wire.call(method, original, edit)).code == 10008


async def test_an_answer_that_was_taken_back_is_seen_by_one(stand_in: Discord, ada: Seat) -> None:
    reply = await ada.run("/retract")
    assert (reply.text, reply.ephemeral) == ("For you", True)
    assert stand_in.seat("grace").messages() == []
    reply = await ada.run("/retract quietly:false")
    assert (reply.text, reply.ephemeral) == ("For you", False)
    assert len(stand_in.seat("grace").messages()) == 1


async def test_what_is_taken_back_for_good_keeps_nobody_waiting(
    stand_in: Discord, wire: Wire
) -> None:
    user = stand_in.world.users["ada"]
    channel = stand_in.world.channel(user, "music")
    acting = asyncio.create_task(act(stand_in, SLASH, user, channel, {}, types=[0]))
    while not stand_in.interactions.all():
        await wire.call("GET", "/users/@me")
    [interaction] = stand_in.interactions.all()
    await wire.answer(interaction, THINKING)
    await wire.call("DELETE", wire.hook(interaction, "/messages/@original"))
    assert await acting is interaction


async def edit(wire: Wire, path: str) -> Answer:
    return await wire.call("PATCH", path, {"content": "Changed"})


@pytest.mark.parametrize("flags", [0, 64])
async def test_answers_can_be_edited_for_fifteen_minutes(
    stand_in: Discord, wire: Wire, flags: int
) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, {"type": 4, "data": {"content": "x", "flags": flags}})
    follow_up = await wire.call("POST", wire.hook(interaction), {"content": "y", "flags": flags})
    paths = [
        wire.hook(interaction, f"/messages/{message}")
        for message in ("@original", follow_up.json["id"])
    ]
    stand_in.clock.advance(15 * 60 - 5)
    for path in paths:
        assert (await edit(wire, path)).json["content"] == "Changed"
    stand_in.clock.advance(5)
    for path in paths:
        for method in ("PATCH", "GET", "DELETE"):
            body = {"content": "z"} if method == "PATCH" else None
            late = await wire.call(method, path, body)
            assert (late.status, late.code) == (401, 50027)


async def test_a_pressed_message_is_edited_by_whoever_was_pressed(
    stand_in: Discord, wire: Wire
) -> None:
    first = await wire.interaction()
    data = {"content": "Panel", "components": [row(button())]}
    message = (await wire.answer(first, {"type": 4, "data": data})).json["resource"]["message"]
    stand_in.clock.advance(20 * 60)
    pressed = await wire.interaction(3, pressed=stand_in.world.find(message["id"]))
    await wire.answer(pressed, {"type": 6})
    original = wire.hook(pressed, "/messages/@original")
    assert (await edit(wire, original)).json["id"] == message["id"]
    more = await wire.call("POST", wire.hook(pressed), QUIETLY)
    assert more.json["id"] != message["id"]  # nothing was "thinking"
    assert more.json["flags"] == 64


@pytest.mark.parametrize("kind", [6, 7])
async def test_a_message_that_is_gone_is_not_updated(
    stand_in: Discord, wire: Wire, kind: int
) -> None:
    message = (await wire.answer(await wire.interaction(), HELLO)).json["resource"]["message"]
    post = stand_in.world.find(message["id"])
    assert post is not None
    pressed = await wire.interaction(3, pressed=post)
    stand_in.world.remove(post)
    answer = await wire.answer(pressed, {"type": kind, "data": {"content": "x"}})
    assert (answer.status, answer.code) == (404, 10008)
    assert (await wire.answer(pressed, HELLO)).status == 200


async def test_a_message_that_goes_after_a_press_is_not_edited(
    stand_in: Discord, wire: Wire
) -> None:
    message = (await wire.answer(await wire.interaction(), HELLO)).json["resource"]["message"]
    post = stand_in.world.find(message["id"])
    assert post is not None
    pressed = await wire.interaction(3, pressed=post)
    await wire.answer(pressed, {"type": 6})
    stand_in.world.remove(post)
    gone = await edit(wire, wire.hook(pressed, "/messages/@original"))
    assert (gone.status, gone.code) == (404, 10008)
    assert (await wire.call("POST", wire.hook(pressed), {"content": "x"})).status == 200


async def test_an_interaction_that_comes_twice_is_one(stand_in: Discord, wire: Wire) -> None:
    stand_in.duplicate_interactions = True
    interaction = await wire.interaction()
    answers = await asyncio.gather(*(wire.answer(interaction, HELLO) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [200, 400]
    assert [message["content"] for message in stand_in.seat().messages()] == ["Hello"]
