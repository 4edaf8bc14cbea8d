"""An interaction that discord.py cannot parse is answered, and the bot goes on."""

from __future__ import annotations

import logging

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.discord.command_validation import USER_MENU
from sandbox.discord.interaction_data import find_context_menu
from sandbox.discord.interactions import APPLICATION_COMMAND
from sandbox.harness import Harness
from sandbox.spotify import Spotify


async def test_press_on_message_of_unknown_shape_is_answered(
    harness: Harness,
    discord: Discord,
    spotify: Spotify,
    linked_user: UserClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = await linked_user.run("/search query:lantern")
    message = discord.state.find_message(shown.message["id"])
    assert message is not None
    known = dict(message.data)
    calls = len(spotify.calls)
    for fields in (
        {"embeds": [None, {"description": "a secret"}]},
        {"poll": {"question": None}},
        {"attachments": ["a secret"]},
    ):
        message.data = known | fields
        harness.clock.advance(2)
        reply = await linked_user.press(shown.message, "Queue")
        assert "in a form I can’t read" in reply.text, fields
        assert reply.ephemeral
    assert len(spotify.calls) == calls
    message.data = known
    assert "Mile" in (await linked_user.run("/search query:lantern")).text
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 3
    assert "a secret" not in caplog.text


async def test_menu_on_user_of_unknown_shape_is_answered(
    discord: Discord, linked_user: UserClient
) -> None:
    name = "What are they playing?"
    command = find_context_menu(linked_user.commands, USER_MENU, name)
    grace = discord.state.users["grace"]
    data = {field: command[field] for field in ("id", "name", "type")} | {
        "target_id": grace.id,
        "resolved": {"users": {grace.id: grace.payload()}, "members": {grace.id: {"roles": 1}}},
    }
    reply = await linked_user._interact(
        APPLICATION_COMMAND, data, types=command["integration_types"], command=name
    )
    assert "reference" in reply.text
    assert reply.ephemeral
