"""Responses to interactions in the simulated Discord: which are allowed, when, and how often."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord
from tests.simulators.discord_rest_client import RestClient

HELLO_RESPONSE = {"type": 4, "data": {"content": "Hello"}}
DEFERRED = {"type": 5}
COMPONENTS_V2 = 1 << 15
TEXT_COMPONENTS = [{"type": 10, "content": "x"}]


async def test_a_first_answer(discord_server: Discord, api: RestClient) -> None:
    interaction = await api.interaction()
    answer = await api.respond(interaction, HELLO_RESPONSE)
    assert (
        answer.json["interaction"]["response_message_id"]
        == answer.json["resource"]["message"]["id"]
    )
    assert answer.json["resource"]["message"]["content"] == "Hello"
    quiet = await api.interaction()
    path = f"/interactions/{quiet.id}/{quiet.token}/callback"
    assert (await api.call("POST", path, HELLO_RESPONSE)).status == 204


@pytest.mark.parametrize(
    ("kind", "allowed"), [(2, {4, 5, 9}), (3, {4, 5, 6, 7, 9}), (4, {8}), (5, {4, 5})]
)
async def test_each_kind_has_its_answers(
    discord_server: Discord, api: RestClient, kind: int, allowed: set[int]
) -> None:
    modal = {"title": "T", "custom_id": "m", "components": [TEXT_COMPONENTS[0]]}
    data = {4: {"content": "x"}, 7: {"content": "x"}, 8: {"choices": []}, 9: modal}
    post = discord_server.user_client("grace").send("x")
    for answer_type in range(13):
        pressed = discord_server.state.find_message(post["id"]) if kind == 3 else None
        interaction = await api.interaction(kind, source_message=pressed)
        body = {"type": answer_type, "data": data.get(answer_type)}
        answer = await api.respond(interaction, body)
        assert answer.status == (200 if answer_type in allowed else 400), answer.json
        if answer_type not in allowed:
            assert answer.error_codes_at("type")


async def test_a_modal_from_a_message_may_update_it(
    discord_server: Discord, api: RestClient
) -> None:
    pressed = discord_server.state.find_message(discord_server.user_client("grace").send("x")["id"])
    interaction = await api.interaction(5, source_message=pressed)
    answer = await api.respond(interaction, {"type": 7, "data": {"content": "y"}})
    assert answer.json["resource"] == {"type": 7, "message": pressed.data if pressed else None}


async def test_token_expires_after_three_seconds(discord_server: Discord, api: RestClient) -> None:
    interaction = await api.interaction()
    discord_server.clock.advance(3)
    late = await api.respond(interaction, HELLO_RESPONSE)
    assert (late.status, late.code) == (404, 10062)
    dead = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    assert (dead.status, dead.code) == (404, 10015)


async def test_an_interaction_is_answered_once(api: RestClient) -> None:
    interaction = await api.interaction()
    await api.respond(interaction, DEFERRED)
    again = await api.respond(interaction, HELLO_RESPONSE)
    assert (again.status, again.code) == (400, 40060)


async def test_tokens_belong_to_their_interaction(api: RestClient) -> None:
    first, other = await api.interaction(), await api.interaction()
    path = f"/interactions/{first.id}/{other.token}/callback"
    assert (await api.call("POST", path, HELLO_RESPONSE)).code == 10062
    assert (
        await api.call("POST", f"/interactions/{first.id}/x/callback", HELLO_RESPONSE)
    ).code == 10062


async def test_follow_ups_need_a_first_answer_and_its_token(
    discord_server: Discord, api: RestClient
) -> None:
    interaction = await api.interaction()
    early = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    assert (early.status, early.code) == (404, 10015)
    await api.respond(interaction, HELLO_RESPONSE)
    assert (await api.call("POST", api.webhook_path(interaction), {"content": "x"})).status == 200
    foreign = await api.call("POST", f"/webhooks/1/{interaction.token}", {"content": "x"})
    assert (foreign.status, foreign.code) == (404, 10015)
    discord_server.clock.advance(15 * 60)
    expired = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    assert (expired.status, expired.code) == (401, 50027)


async def test_the_first_follow_up_after_thinking_is_the_answer(api: RestClient) -> None:
    interaction = await api.interaction()
    await api.respond(interaction, {"type": 5, "data": {"flags": 64}})
    thinking = await api.call("GET", api.webhook_path(interaction, "/messages/@original"))
    assert thinking.json["flags"] == 64 | 128
    answer = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    assert answer.json["id"] == thinking.json["id"]
    assert answer.json["flags"] == 64  # fixed by the deferral
    assert answer.json["edited_timestamp"] is None
    more = await api.call("POST", api.webhook_path(interaction), {"content": "y"})
    assert more.json["id"] != thinking.json["id"]
    assert more.json["flags"] == 0


async def test_a_deferral_says_only_whether_it_is_private(api: RestClient) -> None:
    for data in ({"flags": COMPONENTS_V2}, {"flags": 128}):
        answer = await api.respond(await api.interaction(), {"type": 5, "data": data})
        assert answer.error_codes_at("data.flags")


@pytest.mark.parametrize("place", ["elsewhere", "huddle"])
async def test_five_follow_ups_where_the_bot_is_no_member(api: RestClient, place: str) -> None:
    interaction = await api.interaction(place=place)
    await api.respond(interaction, DEFERRED)
    sent = [
        await api.call("POST", api.webhook_path(interaction), {"content": "x"}) for _ in range(7)
    ]
    assert [answer.status for answer in sent] == [200] * 6 + [400]  # the first is the answer
    assert sent[-1].code == 40094


async def test_answers_can_be_read_changed_and_deleted(
    discord_server: Discord, api: RestClient
) -> None:
    interaction = await api.interaction()
    await api.respond(interaction, HELLO_RESPONSE)
    original = api.webhook_path(interaction, "/messages/@original")
    changed = await api.call("PATCH", original, {"content": "Bye"})
    assert changed.json["content"] == "Bye"
    assert changed.json["edited_timestamp"]
    assert (await api.call("GET", original)).json == changed.json
    assert (await api.call("DELETE", original)).status == 204
    assert (await api.call("GET", original)).code == 10008
    assert discord_server.user_client().messages() == []
    second = await api.call("POST", api.webhook_path(interaction), {"content": "x"})
    follow_up = api.webhook_path(interaction, f"/messages/{second.json['id']}")
    assert (await api.call("PATCH", follow_up, {"content": "y"})).json["content"] == "y"
    other = await api.interaction()
    await api.respond(other, HELLO_RESPONSE)
    foreign = api.webhook_path(other, f"/messages/{second.json['id']}")
    assert (await api.call("PATCH", foreign, {"content": "z"})).code == 10008


async def test_private_answers_are_beyond_the_channel(api: RestClient) -> None:
    interaction = await api.interaction()
    body = {"type": 4, "data": {"content": "x", "flags": 64}}
    message = (await api.respond(interaction, body)).json["resource"]["message"]
    path = f"/channels/{message['channel_id']}/messages/{message['id']}"
    for method, edit in (("GET", None), ("PATCH", {"content": "y"}), ("DELETE", None)):
        assert (await api.call(method, path, edit)).code == 10008


async def test_layout_stays_a_layout(api: RestClient) -> None:
    interaction = await api.interaction()
    await api.respond(
        interaction, {"type": 4, "data": {"flags": COMPONENTS_V2, "components": TEXT_COMPONENTS}}
    )
    original = api.webhook_path(interaction, "/messages/@original")
    for edit in ({"content": "x"}, {"embeds": [{"title": "x"}]}, {"content": "x", "flags": 0}):
        assert (await api.call("PATCH", original, edit)).code == 50035
    kept = await api.call("PATCH", original, {"components": TEXT_COMPONENTS, "flags": 0})
    assert kept.json["flags"] & COMPONENTS_V2
    assert (await api.call("PATCH", original, {"components": []})).code == 50006


async def test_an_older_message_must_be_cleared_to_become_a_layout(api: RestClient) -> None:
    interaction = await api.interaction()
    data = {"content": "x", "embeds": [{"title": "x"}], "attachments": [{"id": 0}]}
    files = {"files[0]": ("a.txt", b"x")}
    await api.respond(interaction, {"type": 4, "data": data}, files=files)
    original = api.webhook_path(interaction, "/messages/@original")
    edit: dict[str, object] = {"flags": COMPONENTS_V2, "components": TEXT_COMPONENTS}
    for name, nothing in (("content", None), ("embeds", []), ("attachments", [])):
        refused = await api.call("PATCH", original, edit)
        assert refused.error_codes_at(name), refused.json
        edit[name] = nothing
    assert (await api.call("PATCH", original, edit)).status == 200
