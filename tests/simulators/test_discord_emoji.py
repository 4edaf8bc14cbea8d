"""The application's emoji at the simulated Discord."""

from __future__ import annotations

import base64

from sandbox.discord import Discord
from sandbox.discord.application_emoji import MAX_EMOJI, MAX_IMAGE_SIZE, Emoji
from tests.simulators.discord_rest_client import RestClient

PNG = b"\x89PNG\r\n\x1a\n"


def _data_uri(image: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(image).decode()}"


async def test_emoji_are_created_listed_and_deleted(
    discord_server: Discord, api: RestClient
) -> None:
    path = f"/applications/{discord_server.application_id}/emojis"
    created = await api.call("POST", path, {"name": "pause_1", "image": _data_uri(PNG)})
    assert created.status == 201
    assert (await api.call("GET", path)).json == {"items": [created.json]}
    assert (await api.call("DELETE", f"{path}/{created.json['id']}")).status == 204
    assert (await api.call("GET", path)).json == {"items": []}
    assert (await api.call("DELETE", f"{path}/{created.json['id']}")).code == 10014


async def test_invalid_emoji_are_refused(discord_server: Discord, api: RestClient) -> None:
    path = f"/applications/{discord_server.application_id}/emojis"
    image = _data_uri(PNG)
    await api.call("POST", path, {"name": "taken", "image": image})
    large = _data_uri(PNG + bytes(MAX_IMAGE_SIZE))
    for name, data, field, code in (
        ("p", image, "name", "STRING_TYPE_REGEX"),
        ("p" * 33, image, "name", "STRING_TYPE_REGEX"),
        ("two words", image, "name", "STRING_TYPE_REGEX"),
        ("pause", _data_uri(b"GIF89a"), "image", "IMAGE_INVALID"),
        ("pause", _data_uri(PNG, "image/svg+xml"), "image", "IMAGE_INVALID"),
        ("pause", "data:image/png;base64,%", "image", "IMAGE_INVALID"),
        ("pause", None, "image", "IMAGE_INVALID"),
        ("pause", large, "image", "BINARY_TYPE_MAX_SIZE"),
        ("taken", image, "name", "APPLICATION_EMOJI_NAME_ALREADY_TAKEN"),
    ):
        answer = await api.call("POST", path, {"name": name, "image": data})
        assert answer.error_codes_at(field) == [code], name
    emoji = discord_server.emoji.by_id
    emoji |= {str(n): Emoji({"name": f"n{n}"}, b"", "") for n in range(MAX_EMOJI)}
    assert (await api.call("POST", path, {"name": "pause", "image": image})).code == 30008


async def test_buttons_may_show_the_applications_emoji_only(
    discord_server: Discord, api: RestClient
) -> None:
    path = f"/applications/{discord_server.application_id}/emojis"
    created = await api.call("POST", path, {"name": "pause", "image": _data_uri(PNG)})
    for emoji, shown in (
        ({"id": created.json["id"], "name": "anything"}, {"name": "pause", "animated": False}),
        ({"id": "1", "name": "pause"}, None),
    ):
        button = {"type": 2, "style": 2, "custom_id": "x", "emoji": emoji}
        data = {"components": [{"type": 1, "components": [button]}]}
        answer = await api.respond(await api.interaction(), {"type": 4, "data": data})
        if shown is None:
            assert answer.status == 400
        else:
            (row,) = answer.json["resource"]["message"]["components"]
            assert row["components"][0]["emoji"] == {"id": created.json["id"], **shown}
