"""Discord delivers interactions twice, drops connections, fails, or sends unknown custom_ids."""

from __future__ import annotations

import logging

import pytest
from discord import ui

from bot.errors.content import NothingFound
from sandbox.discord import Discord, RequestKind, UserClient
from sandbox.discord.faults import truncated_answer
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import walk_components
from sandbox.spotify import Spotify


async def test_duplicate_interaction_acts_once(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].player.resume()
    discord.duplicate_interactions = True
    assert "Skipped" in (await linked_user.run("/next")).text
    reply = await linked_user.run("/search lantern")
    await reply.press("Queue")
    assert len(spotify.calls_to("POST", "me/player/next")) == 1
    assert len(spotify.calls_to("POST", "me/player/queue")) == 1


async def test_bot_reconnects_after_gateway_failures(
    discord: Discord, linked_user: UserClient
) -> None:
    for fail in (
        discord.gateway.drop_connections,
        discord.gateway.request_reconnect,
        discord.gateway.invalidate_sessions,
    ):
        await fail()
        await discord.wait_until_ready(timeout=20)
        assert "Ada's Laptop" in (await linked_user.run("/now")).text


def test_failed_connection_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """discord.py logs it so, and tries again."""
    try:
        raise ConnectionRefusedError("simulated")
    except ConnectionRefusedError:
        logging.getLogger("discord.shard").exception("Failed for shard_id: %s. Retrying...", 0)
    (record,) = caplog.records
    assert record.getMessage() == "Failed for shard_id: 0. Retrying... (ConnectionRefusedError)"
    assert not record.exc_info


async def test_answer_that_breaks_off_is_an_error_of_discord(
    harness: Harness, linked_user: UserClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the bot sent: a command that ran is not to be repeated, and nothing is a bug."""
    player = harness.spotify.accounts["ada"].player
    for kind in RequestKind:
        for times in (1, None):
            player.resume()
            harness.discord.faults.add(truncated_answer(f" {kind}$", times=times))
            before = len(harness.spotify.calls_to("POST", "me/player/next"))
            reply = await linked_user.run("/next")
            skipped = len(harness.spotify.calls_to("POST", "me/player/next")) > before
            assert "Try again" not in reply.text or not skipped, kind
            assert "wrong on our side" not in reply.text
            await linked_user.autocomplete("/play what:har")
            harness.discord.faults.clear()
    assert not [record for record in caplog.records if record.exc_info]
    await harness.stop()  # nothing is in progress


async def test_discord_error_is_survived(discord: Discord, linked_user: UserClient) -> None:
    discord.faults.add(Fault("POST .*/callback", status=500, body='{"message":"x","code":0}'))
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_unknown_button_says_expired(discord: Discord, linked_user: UserClient) -> None:
    reply = await linked_user.run("/search lantern")
    for part in walk_components(reply.message):
        if part.get("label") == "Play":
            part["custom_id"] = "once:upon:a:time"
    assert "has expired" in (await linked_user.press(reply.message, "Play")).text


async def test_explanation_that_cannot_be_made_is_replaced(
    harness: Harness, linked_user: UserClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug in the buttons below an error leaves no "Thinking…" behind."""
    bot = harness.bot
    assert bot is not None

    def broken(_: object) -> ui.View:
        raise ValueError("simulated")

    bot.error_views[NothingFound] = broken
    reply = await linked_user.run("/play xyzzyplugh")
    assert "I can’t show the answer here." in reply.text
    assert "a reply could not be made" in caplog.text
    await harness.stop()  # nothing is in progress
