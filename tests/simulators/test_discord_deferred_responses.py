"""Deferred responses in the simulated Discord: deleted, edited late, or gone."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.discord.awaiting_reply import interact_and_wait
from sandbox.discord.interactions import APPLICATION_COMMAND
from tests.simulators.discord_rest_client import HttpResponse, RestClient
from tests.simulators.message_bodies import button, row

DEFERRED = {"type": 5}
HELLO_RESPONSE = {"type": 4, "data": {"content": "Hello"}}
EPHEMERAL_BODY = {"content": "For you", "flags": 64}


@pytest.mark.parametrize("private", [True, False])
async def test_follow_up_after_a_deleted_deferral(api: RestClient, private: bool) -> None:
    interaction = await api.interaction()
    await api.respond(interaction, {"type": 5, "data": {"flags": 0 if private else 64}})
    original = api.webhook_path(interaction, "/messages/@original")
    thinking = (await api.call("GET", original)).json
    assert (await api.call("DELETE", original)).status == 204
    body = EPHEMERAL_BODY if private else {"content": "For all"}
    after = (await api.call("POST", api.webhook_path(interaction), body)).json
    assert after["id"] != thinking["id"]
    assert after["flags"] == (64 if private else 0)  # its own, not the deferral's
    assert "message_reference" not in after
    for method, edit in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        assert (await api.call(method, original, edit)).code == 10008


async def test_reply_after_a_deleted_deferral_has_its_own_visibility(
    discord_server: Discord, ada: UserClient
) -> None:
    reply = await ada.run("/retract")
    assert (reply.text, reply.ephemeral) == ("For you", True)
    assert discord_server.user_client("grace").messages() == []
    reply = await ada.run("/retract quietly:false")
    assert (reply.text, reply.ephemeral) == ("For you", False)
    assert len(discord_server.user_client("grace").messages()) == 1


async def test_deleted_deferral_ends_the_wait(discord_server: Discord, api: RestClient) -> None:
    user = discord_server.state.users["ada"]
    channel = discord_server.state.find_channel(user, "music")
    acting = asyncio.create_task(
        interact_and_wait(discord_server, APPLICATION_COMMAND, user, channel, {}, types=[0])
    )
    while not discord_server.interactions.all():
        await api.call("GET", "/users/@me")
    [interaction] = discord_server.interactions.all()
    await api.respond(interaction, DEFERRED)
    await api.call("DELETE", api.webhook_path(interaction, "/messages/@original"))
    assert await acting is interaction


async def edit_message(api: RestClient, path: str) -> HttpResponse:
    return await api.call("PATCH", path, {"content": "Changed"})


@pytest.mark.parametrize("flags", [0, 64])
async def test_answers_can_be_edited_for_fifteen_minutes(
    discord_server: Discord, api: RestClient, flags: int
) -> None:
    interaction = await api.interaction()
    await api.respond(interaction, {"type": 4, "data": {"content": "x", "flags": flags}})
    follow_up = await api.call(
        "POST", api.webhook_path(interaction), {"content": "y", "flags": flags}
    )
    paths = [
        api.webhook_path(interaction, f"/messages/{message}")
        for message in ("@original", follow_up.json["id"])
    ]
    discord_server.clock.advance(15 * 60 - 5)
    for path in paths:
        assert (await edit_message(api, path)).json["content"] == "Changed"
    discord_server.clock.advance(5)
    for path in paths:
        for method in ("PATCH", "GET", "DELETE"):
            body = {"content": "z"} if method == "PATCH" else None
            late = await api.call(method, path, body)
            assert (late.status, late.code) == (401, 50027)


async def test_press_permits_edits_of_an_old_message(
    discord_server: Discord, api: RestClient
) -> None:
    first = await api.interaction()
    data = {"content": "Panel", "components": [row(button())]}
    message = (await api.respond(first, {"type": 4, "data": data})).json["resource"]["message"]
    discord_server.clock.advance(20 * 60)
    pressed = await api.interaction(
        3, source_message=discord_server.state.find_message(message["id"])
    )
    await api.respond(pressed, {"type": 6})
    original = api.webhook_path(pressed, "/messages/@original")
    assert (await edit_message(api, original)).json["id"] == message["id"]
    more = await api.call("POST", api.webhook_path(pressed), EPHEMERAL_BODY)
    assert more.json["id"] != message["id"]  # nothing was "thinking"
    assert more.json["flags"] == 64


@pytest.mark.parametrize("kind", [6, 7])
async def test_a_message_that_is_gone_is_not_updated(
    discord_server: Discord, api: RestClient, kind: int
) -> None:
    message = (await api.respond(await api.interaction(), HELLO_RESPONSE)).json["resource"][
        "message"
    ]
    post = discord_server.state.find_message(message["id"])
    assert post is not None
    pressed = await api.interaction(3, source_message=post)
    discord_server.state.delete_message(post)
    answer = await api.respond(pressed, {"type": kind, "data": {"content": "x"}})
    assert (answer.status, answer.code) == (404, 10008)
    assert (await api.respond(pressed, HELLO_RESPONSE)).status == 200


async def test_a_message_that_goes_after_a_press_is_not_edited(
    discord_server: Discord, api: RestClient
) -> None:
    message = (await api.respond(await api.interaction(), HELLO_RESPONSE)).json["resource"][
        "message"
    ]
    post = discord_server.state.find_message(message["id"])
    assert post is not None
    pressed = await api.interaction(3, source_message=post)
    await api.respond(pressed, {"type": 6})
    discord_server.state.delete_message(post)
    gone = await edit_message(api, api.webhook_path(pressed, "/messages/@original"))
    assert (gone.status, gone.code) == (404, 10008)
    assert (await api.call("POST", api.webhook_path(pressed), {"content": "x"})).status == 200


async def test_interaction_delivered_twice_is_answered_once(
    discord_server: Discord, api: RestClient
) -> None:
    discord_server.duplicate_interactions = True
    interaction = await api.interaction()
    answers = await asyncio.gather(*(api.respond(interaction, HELLO_RESPONSE) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [200, 400]
    assert [message["content"] for message in discord_server.user_client().messages()] == ["Hello"]
