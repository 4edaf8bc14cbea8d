"""Completing: what is offered, and in which order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spotify.models import Album, Artist, Track
from bot.ui.choices import LONGEST, choice, option
from sandbox.discord import Seat
from sandbox.spotify import Spotify
from tests.offers import names, played, searches, values

# ---- what is offered


async def test_a_choice_plays_what_it_says(spotify: Spotify, linked: Seat) -> None:
    choices = await linked.complete("/play what:lantern weather")
    assert choices[0]["name"] == "Album · Lantern Weather · Lantern Mile"
    assert choices[1]["name"] == "Lantern Weather · Lantern Mile"
    before = len(searches(spotify))
    await linked.run(f"/play what:{choices[1]['value']}")
    assert spotify.accounts["ada"].player.item == choices[1]["value"]
    assert len(searches(spotify)) == before


async def test_recent_ones_come_first_then_ones_own_then_finds(
    spotify: Spotify, linked: Seat
) -> None:
    song = await played(linked, spotify, 4)
    mine = next(one for one in spotify.accounts["ada"].playlists if one and one.public)
    mine.name = "Songs for lanterns"
    choices = await linked.complete("/play what:lantern")
    assert values(choices)[:2] == [song, mine.uri]
    assert names(choices)[1] == "Playlist · Songs for lanterns"
    assert len(choices) > 5
    assert len(set(values(choices))) == len(choices)


async def test_the_liked_songs_are_offered_where_they_can_beplayed(linked: Seat) -> None:
    liked = {"name": "Liked songs", "value": "liked"}
    assert liked in await linked.complete("/play what:liked")
    assert liked not in await linked.complete("/queue add what:liked")


async def test_before_two_characters_only_recent_ones(spotify: Spotify, linked: Seat) -> None:
    assert await linked.complete("/play what:") == []
    song = await played(linked, spotify, 4)
    spotify.calls.clear()
    assert values(await linked.complete("/play what:")) == [song]
    assert values(await linked.complete("/play what:l")) == [song]
    assert await linked.complete("/play what:#") == []
    assert not spotify.calls


@pytest.mark.parametrize(
    "typed",
    [
        "https:",
        "https://open.spotify.com/tra",
        "open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
        "spotify:track:4uLU6",
        "https://spotify.link/abc",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC, lant",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC https:",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC,spotify:tr",
    ],
)
async def test_a_link_is_not_searched_for(spotify: Spotify, linked: Seat, typed: str) -> None:
    assert await linked.complete(f"/queue add what:{typed}") == []
    assert not searches(spotify)


@pytest.mark.parametrize("title", ["@everyone", "**bold**", "Long and longer", "灯籠とラダー"])
async def test_names_of_all_sorts_fit_into_choices(linked: Seat, title: str) -> None:
    """Discord's rules are the sandbox's to keep: it takes no empty name, and none too long."""
    assert any(name.startswith(title) for name in names(await linked.complete(f"/play {title}")))


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_name_makes_one_line_of_plain_text(name: str, by: str) -> None:
    track = Track(name=name, id="4uLU6hMCjMI75M1A2tKUQC", artists=[Artist(name=by)])
    album = Album(name=name, id="4uLU6hMCjMI75M1A2tKUQC", artists=[Artist(name=by)])
    for item in (track, album):
        line = choice(item).line
        assert 0 < len(line) <= LONGEST
        assert line == " ".join(line.split())
        assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs")]
        shown = option(item)
        assert 0 < len(shown.label) <= LONGEST
        assert len(shown.description or "") <= LONGEST


async def test_too_much_is_not_searched_for(spotify: Spotify, linked: Seat) -> None:
    assert await linked.complete("/play what:" + "lantern " * 40) == []
    assert not searches(spotify)


# ---- devices, and words to search for


async def test_devices_are_offered_by_name_without_those_that_take_no_command(
    spotify: Spotify, linked: Seat
) -> None:
    all_of_them = await linked.complete("/play what:lantern on:")
    assert names(all_of_them) == [
        "Ada's Laptop · Computer",
        "Kitchen Speaker · Speaker",
        "Ada's Phone · Smartphone",
    ]
    kitchen = await linked.complete("/play what:lantern on:kitchen")
    assert values(kitchen) == [spotify.accounts["ada"].player.devices[1].id]
    assert len(spotify.calls_of("GET", "me/player/devices")) == 1
    await linked.run(f"/play what:lantern on:{kitchen[0]['value']}")
    assert spotify.accounts["ada"].player.device is spotify.accounts["ada"].player.devices[1]


async def test_a_search_is_completed_with_words(linked: Seat) -> None:
    await linked.run("/search lantern, ladder")
    await linked.run("/search harbour")
    choices = await linked.complete("/search query:lan")
    assert choices[0] == {"name": "lantern, ladder", "value": "lantern, ladder"}
    assert {"name": "Lantern Weather · Lantern Mile", "value": "Lantern Weather Lantern Mile"} in (
        choices
    )
    assert values(await linked.complete("/search query:")) == ["harbour", "lantern, ladder"]
    reply = await linked.run("/search query:Lantern Weather Lantern Mile")
    assert "Lantern Weather" in reply.text
