"""Autocomplete: which choices are offered, and in which order."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.spotify.models import Album, Artist, Track
from bot.text.choices import MAX_CHOICE, item_choice, select_option
from sandbox.discord import UserClient
from sandbox.spotify import Spotify
from tests.autocomplete_choices import choice_names, choice_values, play_track, search_queries

# ---- items


async def test_choice_plays_its_item(spotify: Spotify, linked_user: UserClient) -> None:
    choices = await linked_user.autocomplete("/play what:lantern weather")
    assert choices[0]["name"] == "Album · Lantern Weather · Lantern Mile"
    assert choices[1]["name"] == "Lantern Weather · Lantern Mile"
    before = len(search_queries(spotify))
    await linked_user.run(f"/play what:{choices[1]['value']}")
    assert spotify.accounts["ada"].player.item == choices[1]["value"]
    assert len(search_queries(spotify)) == before


async def test_choices_are_ordered_history_then_library_then_search(
    spotify: Spotify, linked_user: UserClient
) -> None:
    track = await play_track(linked_user, spotify, 4)
    playlist = next(
        playlist for playlist in spotify.accounts["ada"].playlists if playlist and playlist.public
    )
    playlist.name = "Songs for lanterns"
    choices = await linked_user.autocomplete("/play what:lantern")
    assert choice_values(choices)[:2] == [track, playlist.uri]
    assert choice_names(choices)[1] == "Playlist · Songs for lanterns"
    assert len(choices) > 5
    assert len(set(choice_values(choices))) == len(choices)


async def test_liked_songs_are_offered_where_playable(linked_user: UserClient) -> None:
    liked = {"name": "Liked songs", "value": "liked"}
    assert liked in await linked_user.autocomplete("/play what:liked")
    assert liked not in await linked_user.autocomplete("/queue add what:liked")


async def test_below_two_characters_only_history_is_offered(
    spotify: Spotify, linked_user: UserClient
) -> None:
    assert await linked_user.autocomplete("/play what:") == []
    track = await play_track(linked_user, spotify, 4)
    spotify.calls.clear()
    assert choice_values(await linked_user.autocomplete("/play what:")) == [track]
    assert choice_values(await linked_user.autocomplete("/play what:l")) == [track]
    assert await linked_user.autocomplete("/play what:#") == []
    assert not spotify.calls


async def test_link_is_not_searched(spotify: Spotify, linked_user: UserClient) -> None:
    for typed in (
        "https:",
        "https://open.spotify.com/tra",
        "open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
        "spotify:track:4uLU6",
        "https://spotify.link/abc",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC, lant",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC https:",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC,spotify:tr",
    ):
        assert await linked_user.autocomplete(f"/queue add what:{typed}") == [], typed
        assert not search_queries(spotify), typed


async def test_any_name_fits_choice_limits(linked_user: UserClient) -> None:
    """The simulated Discord refuses choices whose names are empty or too long."""
    for title in ("@everyone", "**bold**", "Long and longer", "灯籠とラダー"):
        names = choice_names(await linked_user.autocomplete(f"/play {title}"))
        assert any(name.startswith(title) for name in names), title


@settings(max_examples=200)
@given(st.text(max_size=120), st.text(max_size=120))
def test_choice_name_is_one_line_of_plain_text(name: str, artist: str) -> None:
    track = Track(name=name, id="4uLU6hMCjMI75M1A2tKUQC", artists=[Artist(name=artist)])
    album = Album(name=name, id="4uLU6hMCjMI75M1A2tKUQC", artists=[Artist(name=artist)])
    for item in (track, album):
        label = item_choice(item).name
        assert 0 < len(label) <= MAX_CHOICE
        assert label == " ".join(label.split())
        assert not [char for char in label if unicodedata.category(char) in ("Cc", "Cs")]
        option = select_option(item)
        assert 0 < len(option.label) <= MAX_CHOICE
        assert len(option.description or "") <= MAX_CHOICE


async def test_overlong_query_is_not_searched(spotify: Spotify, linked_user: UserClient) -> None:
    assert await linked_user.autocomplete("/play what:" + "lantern " * 40) == []
    assert not search_queries(spotify)


# ---- devices and queries


async def test_devices_are_offered_by_name_without_restricted_ones(
    spotify: Spotify, linked_user: UserClient
) -> None:
    choices = await linked_user.autocomplete("/play what:lantern on:")
    assert choice_names(choices) == [
        "Ada's Laptop · Computer",
        "Kitchen Speaker · Speaker",
        "Ada's Phone · Smartphone",
    ]
    kitchen = await linked_user.autocomplete("/play what:lantern on:kitchen")
    assert choice_values(kitchen) == [spotify.accounts["ada"].player.devices[1].id]
    assert len(spotify.calls_to("GET", "me/player/devices")) == 1
    await linked_user.run(f"/play what:lantern on:{kitchen[0]['value']}")
    assert spotify.accounts["ada"].player.device is spotify.accounts["ada"].player.devices[1]


async def test_search_offers_query_text(linked_user: UserClient) -> None:
    await linked_user.run("/search lantern, ladder")
    await linked_user.run("/search harbour")
    choices = await linked_user.autocomplete("/search query:lan")
    assert choices[0] == {"name": "lantern, ladder", "value": "lantern, ladder"}
    assert {"name": "Lantern Weather · Lantern Mile", "value": "Lantern Weather Lantern Mile"} in (
        choices
    )
    assert choice_values(await linked_user.autocomplete("/search query:")) == [
        "harbour",
        "lantern, ladder",
    ]
    reply = await linked_user.run("/search query:Lantern Weather Lantern Mile")
    assert "Lantern Weather" in reply.text
