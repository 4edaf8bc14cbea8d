"""Replies: private unless their owner shares them, and what goes wrong is private all the same."""

from __future__ import annotations

from typing import Literal

import pytest

from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage


async def _sharing(seat: Seat) -> None:
    await (await seat.run("/settings")).press("Share them")


def _seen_by_grace(discord: Discord) -> list[str]:
    """What others can read in the channel."""
    return [message["content"] for message in discord.seat("grace", "music").messages()]


async def test_replies_are_private_as_long_as_nobody_says_otherwise(
    discord: Discord, linked: Seat
) -> None:
    assert (await linked.run("/now")).ephemeral
    assert not _seen_by_grace(discord)


async def test_whoever_shares_them_shows_them_to_everybody(discord: Discord, linked: Seat) -> None:
    await _sharing(linked)
    assert not (await linked.run("/now")).ephemeral
    assert len(_seen_by_grace(discord)) == 1
    await (await linked.run("/settings")).press("Keep them private")
    assert (await linked.run("/now")).ephemeral
    assert len(_seen_by_grace(discord)) == 1


async def test_sharing_survives_a_restart_and_is_one_persons_alone(
    stage: Stage, linked: Seat
) -> None:
    await _sharing(linked)
    grace = await stage.link("grace")
    await stage.restart()
    assert not (await linked.run("/now")).ephemeral
    assert (await grace.run("/now")).ephemeral


async def test_leaving_ends_it_at_once(stage: Stage, discord: Discord, linked: Seat) -> None:
    await _sharing(linked)
    await (await linked.run("/unlink")).press("Unlink and erase")
    assert stage.bot is not None
    assert stage.bot.replies.private(int(discord.world.users["ada"].id))
    await stage.link("ada")
    assert (await linked.run("/now")).ephemeral


@pytest.mark.parametrize("command", ["/settings", "/account", "/help", "/unlink", "/privacy"])
async def test_what_concerns_one_person_is_private_even_then(linked: Seat, command: str) -> None:
    await _sharing(linked)
    assert (await linked.run(command)).ephemeral


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/seek sideways", "That is no place in a track."),
        ("/search zzzzqqqq", "Spotify found nothing for that."),
        (
            "/play https://open.spotify.com/track/0000000000000000000000",
            "Spotify has nothing there",
        ),
    ],
)
async def test_an_error_is_private_and_leaves_nothing_behind(
    discord: Discord, linked: Seat, command: str, says: str
) -> None:
    await _sharing(linked)
    reply = await (await linked.run(command)).until(says)
    assert reply.ephemeral
    assert len(reply.messages) == 1
    assert not _seen_by_grace(discord)


async def test_a_question_is_private_and_so_is_what_follows_from_it(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    await _sharing(linked)
    spotify.accounts["ada"].player.device = None
    reply = await (await linked.run("/play lantern")).until("None of your devices is playing")
    assert reply.ephemeral
    assert not _seen_by_grace(discord)
    assert (await reply.pick("Kitchen Speaker")).ephemeral
    assert not _seen_by_grace(discord)


async def test_a_login_offer_is_private(
    stage: Stage, discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    await _sharing(linked)
    spotify.end_consent("ada")
    spotify.expire_access_tokens()
    reply = await linked.run("/now")
    await reply.until("Press the button to link again")
    assert reply.ephemeral
    assert not _seen_by_grace(discord)
    assert stage.offer(await reply.press("Link Spotify")).url


@pytest.mark.parametrize("act", ["answer", "reset"])
async def test_a_reply_that_cannot_be_withdrawn_still_tells(
    discord: Discord, linked: Seat, act: Literal["answer", "reset"]
) -> None:
    await _sharing(linked)
    refused = Fault(r"DELETE /.*@original", act=act, status=403, body="{}", times=None)
    discord.faults.add(refused)
    reply = await linked.run("/play xyzzyplugh")
    assert "Spotify found nothing for that." in reply.text
    assert refused.hits
