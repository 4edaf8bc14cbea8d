"""The life of an interaction by hand: what the app may answer, when, and how often."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord
from tests.stage.discord_wire import Wire

HELLO = {"type": 4, "data": {"content": "Hello"}}
THINKING = {"type": 5}
V2 = 1 << 15
TEXT = [{"type": 10, "content": "x"}]


async def test_a_first_answer(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction()
    answer = await wire.answer(interaction, HELLO)
    assert (
        answer.json["interaction"]["response_message_id"]
        == answer.json["resource"]["message"]["id"]
    )
    assert answer.json["resource"]["message"]["content"] == "Hello"
    quiet = await wire.interaction()
    path = f"/interactions/{quiet.id}/{quiet.token}/callback"
    assert (await wire.call("POST", path, HELLO)).status == 204


@pytest.mark.parametrize(
    ("kind", "allowed"), [(2, {4, 5, 9}), (3, {4, 5, 6, 7, 9}), (4, {8}), (5, {4, 5})]
)
async def test_each_kind_has_its_answers(
    stand_in: Discord, wire: Wire, kind: int, allowed: set[int]
) -> None:
    modal = {"title": "T", "custom_id": "m", "components": [TEXT[0]]}
    data = {4: {"content": "x"}, 7: {"content": "x"}, 8: {"choices": []}, 9: modal}
    post = stand_in.seat("grace").say("x")
    for answer_type in range(13):
        pressed = stand_in.world.find(post["id"]) if kind == 3 else None
        interaction = await wire.interaction(kind, pressed=pressed)
        body = {"type": answer_type, "data": data.get(answer_type)}
        answer = await wire.answer(interaction, body)
        assert answer.status == (200 if answer_type in allowed else 400), answer.json
        if answer_type not in allowed:
            assert answer.error_at("type")


async def test_a_modal_from_a_message_may_update_it(stand_in: Discord, wire: Wire) -> None:
    pressed = stand_in.world.find(stand_in.seat("grace").say("x")["id"])
    interaction = await wire.interaction(5, pressed=pressed)
    answer = await wire.answer(interaction, {"type": 7, "data": {"content": "y"}})
    assert answer.json["resource"] == {"type": 7, "message": pressed.data if pressed else None}


async def test_three_seconds_and_the_token_is_dead(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction()
    stand_in.clock.advance(3)
    late = await wire.answer(interaction, HELLO)
    assert (late.status, late.code) == (404, 10062)
    dead = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    assert (dead.status, dead.code) == (404, 10015)


async def test_an_interaction_is_answered_once(wire: Wire) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, THINKING)
    again = await wire.answer(interaction, HELLO)
    assert (again.status, again.code) == (400, 40060)


async def test_tokens_belong_to_their_interaction(wire: Wire) -> None:
    one, other = await wire.interaction(), await wire.interaction()
    path = f"/interactions/{one.id}/{other.token}/callback"
    assert (await wire.call("POST", path, HELLO)).code == 10062
    assert (await wire.call("POST", f"/interactions/{one.id}/x/callback", HELLO)).code == 10062


async def test_follow_ups_need_a_first_answer_and_its_token(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction()
    early = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    assert (early.status, early.code) == (404, 10015)
    await wire.answer(interaction, HELLO)
    assert (await wire.call("POST", wire.hook(interaction), {"content": "x"})).status == 200
    foreign = await wire.call("POST", f"/webhooks/1/{interaction.token}", {"content": "x"})
    assert (foreign.status, foreign.code) == (404, 10015)
    stand_in.clock.advance(15 * 60)
    expired = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    assert (expired.status, expired.code) == (401, 50027)


async def test_the_first_follow_up_after_thinking_is_the_answer(wire: Wire) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, {"type": 5, "data": {"flags": 64}})
    thinking = await wire.call("GET", wire.hook(interaction, "/messages/@original"))
    assert thinking.json["flags"] == 64 | 128
    answer = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    assert answer.json["id"] == thinking.json["id"]
    assert answer.json["flags"] == 64  # fixed by the deferral
    assert answer.json["edited_timestamp"] is None
    more = await wire.call("POST", wire.hook(interaction), {"content": "y"})
    assert more.json["id"] != thinking.json["id"]
    assert more.json["flags"] == 0


async def test_a_deferral_says_only_whether_it_is_private(wire: Wire) -> None:
    for data in ({"flags": V2}, {"flags": 128}):
        answer = await wire.answer(await wire.interaction(), {"type": 5, "data": data})
        assert answer.error_at("data.flags")


@pytest.mark.parametrize("place", ["elsewhere", "huddle"])
async def test_five_follow_ups_where_the_bot_is_no_member(wire: Wire, place: str) -> None:
    interaction = await wire.interaction(place=place)
    await wire.answer(interaction, THINKING)
    sent = [await wire.call("POST", wire.hook(interaction), {"content": "x"}) for _ in range(7)]
    assert [answer.status for answer in sent] == [200] * 6 + [400]  # the first is the answer
    assert sent[-1].code == 40094


async def test_answers_can_be_read_changed_and_deleted(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, HELLO)
    original = wire.hook(interaction, "/messages/@original")
    changed = await wire.call("PATCH", original, {"content": "Bye"})
    assert changed.json["content"] == "Bye"
    assert changed.json["edited_timestamp"]
    assert (await wire.call("GET", original)).json == changed.json
    assert (await wire.call("DELETE", original)).status == 204
    assert (await wire.call("GET", original)).code == 10008
    assert stand_in.seat().messages() == []
    second = await wire.call("POST", wire.hook(interaction), {"content": "x"})
    follow_up = wire.hook(interaction, f"/messages/{second.json['id']}")
    assert (await wire.call("PATCH", follow_up, {"content": "y"})).json["content"] == "y"
    other = await wire.interaction()
    await wire.answer(other, HELLO)
    foreign = wire.hook(other, f"/messages/{second.json['id']}")
    assert (await wire.call("PATCH", foreign, {"content": "z"})).code == 10008


async def test_private_answers_are_beyond_the_channel(wire: Wire) -> None:
    interaction = await wire.interaction()
    body = {"type": 4, "data": {"content": "x", "flags": 64}}
    message = (await wire.answer(interaction, body)).json["resource"]["message"]
    path = f"/channels/{message['channel_id']}/messages/{message['id']}"
    for method, edit in (("GET", None), ("PATCH", {"content": "y"}), ("DELETE", None)):
        assert (await wire.call(method, path, edit)).code == 10008


async def test_a_layout_is_one_for_ever(wire: Wire) -> None:
    interaction = await wire.interaction()
    await wire.answer(interaction, {"type": 4, "data": {"flags": V2, "components": TEXT}})
    original = wire.hook(interaction, "/messages/@original")
    for edit in ({"content": "x"}, {"embeds": [{"title": "x"}]}, {"content": "x", "flags": 0}):
        assert (await wire.call("PATCH", original, edit)).code == 50035
    kept = await wire.call("PATCH", original, {"components": TEXT, "flags": 0})
    assert kept.json["flags"] & V2
    assert (await wire.call("PATCH", original, {"components": []})).code == 50006


async def test_an_older_message_must_be_cleared_to_become_a_layout(wire: Wire) -> None:
    interaction = await wire.interaction()
    data = {"content": "x", "embeds": [{"title": "x"}], "attachments": [{"id": 0}]}
    files = {"files[0]": ("a.txt", b"x")}
    await wire.answer(interaction, {"type": 4, "data": data}, files=files)
    original = wire.hook(interaction, "/messages/@original")
    edit: dict[str, object] = {"flags": V2, "components": TEXT}
    for name, nothing in (("content", None), ("embeds", []), ("attachments", [])):
        refused = await wire.call("PATCH", original, edit)
        assert refused.error_at(name), refused.json
        edit[name] = nothing
    assert (await wire.call("PATCH", original, edit)).status == 200
