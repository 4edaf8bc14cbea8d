"""The pretend Discord's REST API by hand: who may call what, when, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.discord import Discord, too_many_requests
from tests.stage.discord_wire import Wire

MEBIBYTE = 1 << 20


async def test_only_the_bots_token_opens_the_door(wire: Wire) -> None:
    for path in ("/users/@me", "/gateway/bot", "/oauth2/applications/@me"):
        assert (await wire.call("GET", path)).status == 200
        refused = await wire.call("GET", path, token="stolen")
        assert (refused.status, refused.json) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_answers_are_exactly_json_and_tell_the_limits(wire: Wire) -> None:
    answer = await wire.call("GET", "/users/@me")
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["X-RateLimit-Remaining"]) > 0
    assert answer.headers["X-RateLimit-Bucket"]


async def test_what_is_not_played_is_not_found_and_recorded(stand_in: Discord, wire: Wire) -> None:
    answer = await wire.call("GET", "/guilds/1/members")
    assert (answer.status, answer.json) == (404, {"message": "404: Not Found", "code": 0})
    assert stand_in.recording.exchanges[-1].path == "/api/v10/guilds/1/members"
    assert stand_in.recording.exchanges[-1].status == 404


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Content-Type": "application/json"}, b"{", 50109),
        ({"Content-Type": "application/json"}, b'{"type": NaN}', 50109),
        ({"Content-Type": "application/json"}, b"\xff", 50109),
        ({"Content-Type": "application/json; charset=utf-8"}, b"{}", 50035),
        ({"Content-Type": "text/plain"}, b"{}", 50035),
        ({"Content-Type": "multipart/form-data"}, b"{}", 50035),
    ],
)
async def test_bodies_that_are_no_json(
    stand_in: Discord, wire: Wire, headers: Mapping[str, str], body: bytes, code: int
) -> None:
    interaction = await wire.interaction()
    url = f"{stand_in.url}/interactions/{interaction.id}/{interaction.token}/callback"
    async with wire.session.post(url, data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["code"] == code


async def test_files(stand_in: Discord, wire: Wire) -> None:
    interaction = await wire.interaction()
    embed = {"image": {"url": "attachment://a_b.png"}}
    data = {"embeds": [embed], "attachments": [{"id": 0, "filename": "a b.png"}]}
    files = {"files[0]": ("a b.png", b"\r\n\x00--\r\nbytes")}
    answer = await wire.answer(interaction, {"type": 4, "data": data}, files=files)
    message = answer.json["resource"]["message"]
    [attachment] = message["attachments"]
    assert attachment["filename"] == "a_b.png"
    assert message["embeds"][0]["image"]["url"] == attachment["url"]
    async with wire.session.get(attachment["url"]) as response:
        assert response.content_type == "image/png"
        assert await response.read() == b"\r\n\x00--\r\nbytes"
    original = wire.hook(interaction, "/messages/@original")
    both = {"attachments": [{"id": attachment["id"]}, {"id": 0}]}
    more = await wire.call("PATCH", original, both, files={"files[0]": ("c.txt", b"c")})
    assert [a["filename"] for a in more.json["attachments"]] == ["a_b.png", "c.txt"]
    rest = await wire.call("PATCH", original, {"attachments": [{"id": attachment["id"]}]})
    assert [a["filename"] for a in rest.json["attachments"]] == ["a_b.png"]


@pytest.mark.parametrize(
    ("attachments", "files", "status", "code"),
    [
        ([{"id": 0}], {"files[0]": ("a", b"x" * (10 * MEBIBYTE + 1))}, 413, 40005),
        ([{"id": 1}], {"files[0]": ("a", b"x")}, 400, 50035),
        ([], {"files[0]": ("a", b"x")}, 400, 50035),
        ([{"id": 0}, {"id": 0}], {"files[0]": ("a", b"x")}, 400, 50035),
        ([{"id": 0}], {"file": ("a", b"x")}, 400, 50035),
        ([{"id": 0}], {"files[0]": ("a", b"x"), "files[10]": ("b", b"x")}, 400, 50035),
    ],
)
async def test_files_that_are_refused(
    wire: Wire,
    attachments: list[dict[str, int]],
    files: dict[str, tuple[str, bytes]],
    status: int,
    code: int,
) -> None:
    data = {"content": "x", "attachments": attachments}
    answer = await wire.answer(await wire.interaction(), {"type": 4, "data": data}, files=files)
    assert (answer.status, answer.code) == (status, code)


async def test_a_file_of_ten_mebibytes_passes(wire: Wire) -> None:
    files = {"files[0]": ("a.bin", bytes(10 * MEBIBYTE))}
    answer = await wire.answer(await wire.interaction(), {"type": 4, "data": {}}, files=files)
    assert answer.json["resource"]["message"]["attachments"][0]["size"] == 10 * MEBIBYTE


async def test_a_body_beyond_all_bounds(wire: Wire) -> None:
    answer = await wire.answer(await wire.interaction(), b"x" * (33 * MEBIBYTE))
    assert (answer.status, answer.code) == (413, 0)


async def test_direct_messages(stand_in: Discord, wire: Wire) -> None:
    ada = stand_in.world.users["ada"]
    channel = (await wire.call("POST", "/users/@me/channels", {"recipient_id": ada.id})).json
    assert [user["username"] for user in channel["recipients"]] == ["ada"]
    messages = f"/channels/{channel['id']}/messages"
    message = await wire.call("POST", messages, {"content": "Psst"})
    assert stand_in.seat("ada", "dm").messages() == [message.json]
    stand_in.closed_dms.add("ada")
    again = await wire.call("POST", "/users/@me/channels", {"recipient_id": ada.id})
    assert again.status == 200
    closed = await wire.call("POST", messages, {"content": "Psst"})
    assert (closed.status, closed.code) == (403, 50007)
    for nobody in ("1", stand_in.application_id):
        refused = await wire.call("POST", "/users/@me/channels", {"recipient_id": nobody})
        assert (refused.status, refused.code) == (400, 50033)
    assert (await wire.call("POST", "/users/@me/channels", {})).error_at("recipient_id")


async def test_channels(stand_in: Discord, wire: Wire) -> None:
    world, ada = stand_in.world, stand_in.world.users["ada"]
    music = f"/channels/{world.channel(ada, 'music').id}/messages"
    sent = await wire.call("POST", music, {"content": "x", "nonce": "7"})
    assert (sent.json["content"], sent.json["nonce"]) == ("x", "7")
    path = f"{music}/{sent.json['id']}"
    assert (await wire.call("PATCH", path, {"content": "y"})).json["content"] == "y"
    assert (await wire.call("GET", path)).json["content"] == "y"
    assert (await wire.call("DELETE", path)).status == 204
    assert (await wire.call("GET", path)).code == 10008
    assert (await wire.call("POST", music, {"content": "x", "flags": 64})).error_at("flags")
    assert (await wire.call("POST", music, {})).code == 50006
    assert (await wire.call("POST", "/channels/1/messages", {"content": "x"})).code == 10003
    for place in ("elsewhere", "huddle"):
        path = f"/channels/{world.channel(ada, place).id}/messages"
        refused = await wire.call("POST", path, {"content": "x"})
        assert (refused.status, refused.code) == (403, 50001)
    said = f"{music}/{stand_in.seat('ada').say('mine')['id']}"
    assert (await wire.call("PATCH", said, {"content": "x"})).code == 50005
    assert (await wire.call("DELETE", said)).code == 50013


async def test_a_429_on_order(stand_in: Discord, wire: Wire) -> None:
    stand_in.faults.add(too_many_requests(2.5, "GET /api/v10/users/@me"))
    answer = await wire.call("GET", "/users/@me")
    assert answer.status == 429
    assert answer.json["retry_after"] == 2.5
    assert answer.headers["Via"]
    assert answer.headers["Content-Type"] == "application/json"
    assert (await wire.call("GET", "/users/@me")).status == 200


async def test_only_loopback_and_version_ten(stand_in: Discord, wire: Wire) -> None:
    assert stand_in.url.startswith("http://127.0.0.1:")
    async with wire.session.get(stand_in.url.replace("v10", "v9") + "/users/@me") as response:
        assert response.status == 404


async def test_the_port_can_be_chosen_and_is_free_again() -> None:
    async with Discord(Clock()) as first:
        port = int(first.url.split(":")[2].split("/")[0])
    async with Discord(Clock(), port=port) as second, aiohttp.ClientSession() as session:
        assert second.url == first.url
        async with session.get(f"{second.url}/users/@me") as response:
            assert response.status == 401
