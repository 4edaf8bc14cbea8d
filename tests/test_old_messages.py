"""Buttons and menus that an earlier version sent go on working.

recorded_messages.json holds messages of version 0.1.0 and the custom_ids to press in each;
`{user:ada}` and `{track0}` stand for IDs of the simulated services.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from sandbox.discord import UserClient
from sandbox.discord.state import Message
from sandbox.harness import Harness
from sandbox.message_text import BUTTON, walk_components

RECORDED = (Path(__file__).parent / "recorded_messages.json").read_text()

Json = dict[str, Any]


async def test_recorded_components_still_work(harness: Harness, linked_user: UserClient) -> None:
    pressed: Counter[str] = Counter()
    for recorded in json.loads(_with_ids(harness)):
        for custom_id in recorded["press"]:
            harness.clock.advance(1)
            message = _post(harness, recorded["message"])
            reply = await _use(linked_user, message, custom_id)
            if reply.modal is None:
                assert "has expired" not in reply.text, custom_id
                assert "bug" not in reply.text, f"{custom_id}: {reply.text}"
            pressed[custom_id.partition(":")[0]] += 1
    assert sum(pressed.values()) >= 37
    assert len(pressed) >= 12


def _with_ids(harness: Harness) -> str:
    """The recording with IDs that the simulated services know."""
    catalogue = harness.spotify.catalogue
    known: dict[str, list[Any]] = {
        "track": list(catalogue.tracks.values()),
        "album": list(catalogue.albums.values()),
        "playlist": list(harness.spotify.state.playlists.values()),
        "artist": list(catalogue.artists.values()),
    }
    text = re.sub(r"\{user:(\w+)\}", lambda m: harness.discord.state.users[m[1]].id, RECORDED)
    return re.sub(
        r"\{(track|album|playlist|artist)(\d+)\}", lambda m: known[m[1]][int(m[2])].id, text
    )


def _post(harness: Harness, body: Json) -> Json:
    """Let the bot's message be in #music, as if it had been sent before a restart."""
    discord, channel = harness.discord, harness.discord.user_client("ada", "music")._channel
    data = discord.messages.empty_payload(
        channel, discord.state.bot, application_id=discord.state.bot.id
    )
    return discord.messages.create(Message(data, channel), body, []).data


async def _use(user: UserClient, message: Json, custom_id: str) -> Any:
    """Press the button, or select the first option of the menu."""
    components = [part for part in walk_components(message) if "custom_id" in part]
    (component,) = [part for part in components if part["custom_id"] == custom_id]
    if component["type"] == BUTTON:
        return await user.press(message, custom_id)
    menus = [part for part in components if part["type"] != BUTTON]
    first = component["options"][0]["value"]
    return await user.pick(message, first, select=menus.index(component))
