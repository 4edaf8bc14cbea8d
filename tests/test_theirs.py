"""What are they playing? Only of people who want it seen, in words that are about them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage

THEIRS = "What are they playing?"
HIDDEN = "does not show what they are playing. They can allow it in /settings."


def _id(seat: Seat) -> int:
    return int(seat._user.id)


@pytest.fixture
async def grace(stage: Stage, linked: Seat) -> Seat:
    """She shows what she plays, and plays something; Ada is linked too."""
    seat = await stage.link("grace")
    assert stage.bot is not None
    await stage.bot.store.preferences.show_playing(_id(seat), True)
    player, record = stage.spotify.accounts["grace"].player, _record(stage.spotify)
    player.start(context=record.uri, at=1, device=player.devices[0])
    return seat


def _record(spotify: Spotify) -> Any:
    return next(iter(spotify.catalogue.albums.values()))


async def test_what_they_play_is_shown_with_buttons_for_ones_own_account(
    spotify: Spotify, linked: Seat, grace: Seat
) -> None:
    reply = await linked.menu(THEIRS, user="grace")
    assert "Grace** is playing" in reply.text
    assert _record(spotify).tracks[1].id in reply.text
    assert reply.ephemeral
    await reply.press("Play")
    assert spotify.accounts["ada"].player.item == _record(spotify).tracks[1].uri
    assert spotify.accounts["ada"].player.is_playing


async def test_it_is_off_unless_they_turned_it_on_and_tells_nobody_whether_they_are_linked(
    stage: Stage, linked: Seat, grace: Seat
) -> None:
    assert stage.bot is not None
    await stage.bot.store.preferences.show_playing(_id(grace), False)
    linked_one = (await linked.menu(THEIRS, user="grace")).text
    other = (await linked.menu(THEIRS, user="linus")).text
    assert HIDDEN in linked_one
    assert linked_one.replace("Grace", "X") == other.replace("Linus", "X")
    stage.spotify.accounts["grace"].player.devices[0].is_private_session = True
    await stage.bot.store.preferences.show_playing(_id(grace), True)
    assert (await linked.menu(THEIRS, user="grace")).text == linked_one


async def test_it_needs_no_link_of_ones_own(discord: Discord, grace: Seat) -> None:
    reply = await discord.seat("linus", "music").menu(THEIRS, user="grace")
    assert "Grace** is playing" in reply.text
    assert "You have not linked" in (await reply.press("Save")).text


async def test_nothing_playing_is_told_truthfully(
    stage: Stage, spotify: Spotify, linked: Seat, grace: Seat
) -> None:
    player = spotify.accounts["grace"].player
    player.pause()
    assert (await linked.menu(THEIRS, user="grace")).text == "**Grace** is playing nothing now."
    player.device = None
    stage.clock.advance(10)
    assert "is playing nothing now" in (await linked.menu(THEIRS, user="grace")).text


async def test_ads_and_what_spotify_does_not_name_are_told_truthfully(
    stage: Stage, spotify: Spotify, linked: Seat, grace: Seat
) -> None:
    player = spotify.accounts["grace"].player
    player.interlude = "ad"
    assert "**Grace** is hearing an ad" in (await linked.menu(THEIRS, user="grace")).text
    stage.clock.advance(10)
    player.interlude = "unknown"
    assert "does not name" in (await linked.menu(THEIRS, user="grace")).text


async def test_bots_and_oneself_are_answered_in_words(linked: Seat) -> None:
    bot = linked._discord.world.bot
    assert "is a bot, and plays nothing" in (await linked.menu(THEIRS, user=bot.name)).text
    assert (
        "That is you. See what you are playing with /now."
        in (await linked.menu(THEIRS, user="ada")).text
    )


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("me/player$", status=500, times=None), "Spotify is not answering properly"),
        (Fault("me/player$", status=429, headers={"Retry-After": "999"}, times=None),
         "Spotify does not tell what **Grace** is playing just now. Try again later."),
        (Fault("me/player$", status=401, times=None),
         "Spotify does not tell what **Grace** is playing just now. Try again later."),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_said_of_them(
    spotify: Spotify, linked: Seat, grace: Seat, fault: Fault, says: str
) -> None:
    spotify.faults.add(fault)
    reply = await linked.menu(THEIRS, user="grace")
    assert says in reply.text
    assert "your" not in reply.text.lower()


async def test_an_ended_login_is_theirs(stage: Stage, linked: Seat, grace: Seat) -> None:
    assert stage.bot is not None
    link = await stage.bot.store.links.of(_id(grace))
    assert link is not None
    await stage.bot.store.links.end(link)
    reply = await linked.menu(THEIRS, user="grace")
    assert "no longer lets Tonearm see what **Grace** is playing" in reply.text
    assert "Link Spotify" not in reply.text


async def test_many_who_ask_are_one_look(
    stage: Stage, spotify: Spotify, linked: Seat, grace: Seat
) -> None:
    before = len(spotify.calls_of("GET", "me/player"))
    asked = [stage.discord.seat(who, "music") for who in ("ada", "linus", "mallory")]
    await asyncio.gather(*[seat.menu(THEIRS, user="grace") for seat in asked])
    await linked.menu(THEIRS, user="grace")
    assert len(spotify.calls_of("GET", "me/player")) == before + 1
    stage.clock.advance(6)
    await linked.menu(THEIRS, user="grace")
    assert len(spotify.calls_of("GET", "me/player")) == before + 2
