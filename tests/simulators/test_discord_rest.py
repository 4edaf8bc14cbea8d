"""The REST API of the simulated Discord: permissions, rate limits and responses."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.discord import Discord, too_many_requests
from sandbox.discord.state import NONCE_WINDOW
from tests.simulators.discord_rest_client import RestClient

MEBIBYTE = 1 << 20


async def test_only_the_bot_token_is_accepted(api: RestClient) -> None:
    for path in ("/users/@me", "/gateway/bot", "/oauth2/applications/@me"):
        assert (await api.call("GET", path)).status == 200
        refused = await api.call("GET", path, token="stolen")
        assert (refused.status, refused.json) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_responses_are_json_with_rate_limit_headers(api: RestClient) -> None:
    answer = await api.call("GET", "/users/@me")
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["X-RateLimit-Remaining"]) > 0
    assert answer.headers["X-RateLimit-Bucket"]


async def test_unknown_endpoints_are_not_found_and_recorded(
    discord_server: Discord, api: RestClient
) -> None:
    answer = await api.call("GET", "/guilds/1/members")
    assert (answer.status, answer.json) == (404, {"message": "404: Not Found", "code": 0})
    assert discord_server.traffic.exchanges[-1].path == "/api/v10/guilds/1/members"
    assert discord_server.traffic.exchanges[-1].status == 404


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
    discord_server: Discord, api: RestClient, headers: Mapping[str, str], body: bytes, code: int
) -> None:
    interaction = await api.interaction()
    url = f"{discord_server.url}/interactions/{interaction.id}/{interaction.token}/callback"
    async with api.session.post(url, data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["code"] == code


async def test_files(discord_server: Discord, api: RestClient) -> None:
    interaction = await api.interaction()
    embed = {"image": {"url": "attachment://a_b.png"}}
    data = {"embeds": [embed], "attachments": [{"id": 0, "filename": "a b.png"}]}
    files = {"files[0]": ("a b.png", b"\r\n\x00--\r\nbytes")}
    answer = await api.respond(interaction, {"type": 4, "data": data}, files=files)
    message = answer.json["resource"]["message"]
    [attachment] = message["attachments"]
    assert attachment["filename"] == "a_b.png"
    assert message["embeds"][0]["image"]["url"] == attachment["url"]
    async with api.session.get(attachment["url"]) as response:
        assert response.content_type == "image/png"
        assert await response.read() == b"\r\n\x00--\r\nbytes"
    original = api.webhook_path(interaction, "/messages/@original")
    both = {"attachments": [{"id": attachment["id"]}, {"id": 0}]}
    more = await api.call("PATCH", original, both, files={"files[0]": ("c.txt", b"c")})
    assert [a["filename"] for a in more.json["attachments"]] == ["a_b.png", "c.txt"]
    rest = await api.call("PATCH", original, {"attachments": [{"id": attachment["id"]}]})
    assert [a["filename"] for a in rest.json["attachments"]] == ["a_b.png"]
    for change, kept in (({"content": "x"}, ["a_b.png"]), ({"attachments": []}, [])):
        edited = await api.call("PATCH", original, change)
        assert [a["filename"] for a in edited.json["attachments"]] == kept


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
    api: RestClient,
    attachments: list[dict[str, int]],
    files: dict[str, tuple[str, bytes]],
    status: int,
    code: int,
) -> None:
    data = {"content": "x", "attachments": attachments}
    answer = await api.respond(await api.interaction(), {"type": 4, "data": data}, files=files)
    assert (answer.status, answer.code) == (status, code)


async def test_a_file_of_ten_mebibytes_passes(api: RestClient) -> None:
    files = {"files[0]": ("a.bin", bytes(10 * MEBIBYTE))}
    answer = await api.respond(await api.interaction(), {"type": 4, "data": {}}, files=files)
    assert answer.json["resource"]["message"]["attachments"][0]["size"] == 10 * MEBIBYTE


async def test_oversized_body_is_refused(api: RestClient) -> None:
    answer = await api.respond(await api.interaction(), bytes(102 * MEBIBYTE))
    assert (answer.status, answer.code) == (413, 0)


async def test_direct_messages(discord_server: Discord, api: RestClient) -> None:
    ada = discord_server.state.users["ada"]
    channel = (await api.call("POST", "/users/@me/channels", {"recipient_id": ada.id})).json
    assert [user["username"] for user in channel["recipients"]] == ["ada"]
    messages = f"/channels/{channel['id']}/messages"
    message = await api.call("POST", messages, {"content": "Psst"})
    assert discord_server.user_client("ada", "dm").messages() == [message.json]
    discord_server.closed_dms.add("ada")
    again = await api.call("POST", "/users/@me/channels", {"recipient_id": ada.id})
    assert again.status == 200
    closed = await api.call("POST", messages, {"content": "Psst"})
    assert (closed.status, closed.code) == (403, 50007)
    for nobody in ("1", discord_server.application_id):
        refused = await api.call("POST", "/users/@me/channels", {"recipient_id": nobody})
        assert (refused.status, refused.code) == (400, 50033)
    assert (await api.call("POST", "/users/@me/channels", {})).error_codes_at("recipient_id")


async def test_enforced_nonce_makes_one_message_for_some_minutes(
    discord_server: Discord, api: RestClient
) -> None:
    world, ada = discord_server.state, discord_server.state.users["ada"]
    music = f"/channels/{world.find_channel(ada, 'music').id}/messages"
    sent = await api.call("POST", music, {"content": "x", "nonce": "7", "enforce_nonce": True})
    again = {"content": "y", "nonce": "7", "enforce_nonce": True}
    assert (await api.call("POST", music, again)).json == sent.json
    loose = await api.call("POST", music, again | {"enforce_nonce": False})
    other = await api.call("POST", music, again | {"nonce": "8"})
    discord_server.clock.advance(NONCE_WINDOW)
    later = await api.call("POST", music, again)
    assert len({each.json["id"] for each in (sent, loose, other, later)}) == 4


async def test_channels(discord_server: Discord, api: RestClient) -> None:
    world, ada = discord_server.state, discord_server.state.users["ada"]
    music = f"/channels/{world.find_channel(ada, 'music').id}/messages"
    sent = await api.call("POST", music, {"content": "x", "nonce": "7"})
    assert (sent.json["content"], sent.json["nonce"]) == ("x", "7")
    path = f"{music}/{sent.json['id']}"
    assert (await api.call("PATCH", path, {"content": "y"})).json["content"] == "y"
    assert (await api.call("GET", path)).json["content"] == "y"
    assert (await api.call("DELETE", path)).status == 204
    assert (await api.call("GET", path)).code == 10008
    assert (await api.call("POST", music, {"content": "x", "flags": 64})).error_codes_at("flags")
    assert (await api.call("POST", music, {})).code == 50006
    assert (await api.call("POST", "/channels/1/messages", {"content": "x"})).code == 10003
    for place in ("elsewhere", "huddle"):
        path = f"/channels/{world.find_channel(ada, place).id}/messages"
        refused = await api.call("POST", path, {"content": "x"})
        assert (refused.status, refused.code) == (403, 50001)
    said = f"{music}/{discord_server.user_client('ada').send('mine')['id']}"
    assert (await api.call("PATCH", said, {"content": "x"})).code == 50005
    assert (await api.call("DELETE", said)).code == 50013


async def test_injected_429(discord_server: Discord, api: RestClient) -> None:
    discord_server.faults.add(too_many_requests(2.5, "GET /api/v10/users/@me"))
    answer = await api.call("GET", "/users/@me")
    assert answer.status == 429
    assert answer.json["retry_after"] == 2.5
    assert answer.headers["Via"]
    assert answer.headers["Content-Type"] == "application/json"
    assert (await api.call("GET", "/users/@me")).status == 200


async def test_only_loopback_and_version_ten(discord_server: Discord, api: RestClient) -> None:
    assert discord_server.url.startswith("http://127.0.0.1:")
    async with api.session.get(discord_server.url.replace("v10", "v9") + "/users/@me") as response:
        assert response.status == 404


async def test_the_port_can_be_chosen_and_is_free_again() -> None:
    async with Discord(Clock()) as first:
        port = int(first.url.split(":")[2].split("/")[0])
    async with Discord(Clock(), port=port) as second, aiohttp.ClientSession() as session:
        assert second.url == first.url
        async with session.get(f"{second.url}/users/@me") as response:
            assert response.status == 401
