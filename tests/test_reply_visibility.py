"""Replies are private unless their user shares them; errors are always private."""

from __future__ import annotations

from typing import Literal

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify


async def _enable_sharing(user: UserClient) -> None:
    await (await user.run("/settings")).press("Make public")


def _visible_to_grace(discord: Discord) -> list[str]:
    """The messages that Grace sees in the channel."""
    return [message["content"] for message in discord.user_client("grace", "music").messages()]


async def test_replies_are_private_by_default(discord: Discord, linked_user: UserClient) -> None:
    assert (await linked_user.run("/now")).ephemeral
    assert not _visible_to_grace(discord)


async def test_shared_replies_are_visible_to_everyone(
    discord: Discord, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    assert not (await linked_user.run("/now")).ephemeral
    assert len(_visible_to_grace(discord)) == 1
    await (await linked_user.run("/settings")).press("Make private")
    assert (await linked_user.run("/now")).ephemeral
    assert len(_visible_to_grace(discord)) == 1


async def test_sharing_survives_a_restart_and_is_per_user(
    harness: Harness, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    grace = await harness.link_account("grace")
    await harness.restart()
    assert not (await linked_user.run("/now")).ephemeral
    assert (await grace.run("/now")).ephemeral


async def test_unlink_ends_sharing(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    assert harness.bot is not None
    assert harness.bot.services.reply_visibility.is_private(int(discord.state.users["ada"].id))
    await harness.link_account("ada")
    assert (await linked_user.run("/now")).ephemeral


async def test_personal_replies_are_private_with_sharing(linked_user: UserClient) -> None:
    await _enable_sharing(linked_user)
    for command in ("/settings", "/account", "/help", "/unlink", "/privacy"):
        assert (await linked_user.run(command)).ephemeral


async def test_error_is_private_and_public_reply_deleted(
    discord: Discord, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    for command, expected in (
        ("/seek sideways", "I can’t read that time."),
        ("/search zzzzqqqq", "Spotify found nothing for that."),
        (
            "/play https://open.spotify.com/track/0000000000000000000000",
            "Spotify can’t find that",
        ),
    ):
        reply = await (await linked_user.run(command)).wait_for(expected)
        assert reply.ephemeral
        assert len(reply.messages) == 1
        assert not _visible_to_grace(discord)


async def test_question_and_its_result_are_private(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    spotify.accounts["ada"].player.device = None
    reply = await (await linked_user.run("/play lantern")).wait_for(
        "Nothing is playing. Which device"
    )
    assert reply.ephemeral
    assert not _visible_to_grace(discord)
    assert (await reply.pick("Kitchen Speaker")).ephemeral
    assert not _visible_to_grace(discord)


async def test_login_link_is_private(
    harness: Harness, discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    await _enable_sharing(linked_user)
    spotify.tokens.revoke_consents("ada")
    spotify.tokens.expire_access_tokens()
    reply = await linked_user.run("/now")
    await reply.wait_for("Press the button to link again")
    assert reply.ephemeral
    assert not _visible_to_grace(discord)
    assert harness.find_login_offer(await reply.press("Link Spotify")).url


@pytest.mark.parametrize("action", ["answer", "reset"])
async def test_reply_that_cannot_be_deleted_shows_error(
    discord: Discord, linked_user: UserClient, action: Literal["answer", "reset"]
) -> None:
    await _enable_sharing(linked_user)
    fault = Fault(r"DELETE /.*@original", action=action, status=403, body="{}", times=None)
    discord.faults.add(fault)
    reply = await linked_user.run("/play xyzzyplugh")
    assert "Spotify found nothing for that." in reply.text
    assert fault.hits
