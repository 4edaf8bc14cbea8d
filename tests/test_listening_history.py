"""/recent and /top: lists of the user's recently and most played items."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.list_components import (
    enabled_button_labels,
    line_numbers,
    option_ids,
    options,
    selected_id,
    selected_number,
)


def _played_items(spotify: Spotify) -> list[tuple[str, int]]:
    """(ID, time in seconds) of what Ada played, newest first."""
    played = reversed(spotify.accounts["ada"].player.played)
    return [(play.uri.rpartition(":")[2], int(play.played_at)) for play in played]


async def test_recent_shows_each_play_with_its_time_newest_first(
    spotify: Spotify, linked_user: UserClient
) -> None:
    played = _played_items(spotify)
    reply = await linked_user.run("/recent")
    assert "Ada’s recently played\n" in reply.text
    assert option_ids(reply) == [id_ for id_, _ in played[:10]]
    assert all(f"<t:{at}:R>" in reply.text for _, at in played[:10])
    second = await reply.press("Page 2 ▶")
    assert option_ids(second) == [id_ for id_, _ in played[10:20]]
    assert line_numbers(second)[0] == 11
    assert "◀ Page 1" in enabled_button_labels(second)
    assert "Page 3 ▶" not in enabled_button_labels(second)
    assert len(spotify.calls_to("GET", "me/player/recently-played")) == 1


async def test_repeated_play_is_listed_twice(spotify: Spotify, linked_user: UserClient) -> None:
    played = spotify.accounts["ada"].player.played
    played.append(played[-1])
    reply = await linked_user.run("/recent")
    assert option_ids(reply)[0] == option_ids(reply)[1]
    picked = await reply.pick(options(reply)[1]["value"])
    assert selected_number(picked) == 2
    await picked.press("Play")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{option_ids(reply)[0]}"


async def test_recent_buttons_survive_a_restart_and_open_the_album(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/recent")
    await harness.restart()
    picked = await reply.pick(options(reply)[1]["value"])
    album = spotify.catalogue.tracks[option_ids(reply)[1]].album
    first_page = option_ids(reply)
    opened = await picked.press("Go to album")
    assert option_ids(opened) == [track.id for track in album.tracks]
    back = await opened.press("Back")
    assert option_ids(back) == first_page
    assert spotify.catalogue.tracks[selected_id(back)].album is album


async def test_empty_history_gets_message(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].player.played.clear()
    reply = await linked_user.run("/recent")
    assert "\n-# Spotify shows nothing that you played recently." in reply.text


async def test_null_plays_are_skipped(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.inject_nulls("GET .*/recently-played$", every=2)
    played = _played_items(spotify)
    assert option_ids(await linked_user.run("/recent")) == [id_ for id_, _ in played[:10:2]]


async def test_top_lists_most_played_items(spotify: Spotify, linked_user: UserClient) -> None:
    for kind, path in (("songs", "me/top/tracks"), ("artists", "me/top/artists")):
        for range_, time_range in (
            ("last 4 weeks", "short_term"),
            ("last 6 months", "medium_term"),
            ("last year", "long_term"),
        ):
            calls = len(spotify.calls_to("GET", path))
            reply = await linked_user.run(f"/top kind:{kind} range:{range_}")
            assert f"Ada’s top {kind}, {range_}\n" in reply.text
            assert spotify.calls_to("GET", path)[-1].query["time_range"] == time_range
            assert line_numbers(reply) == list(range(1, 11))
            first = set(option_ids(reply))
            second = await reply.press("Page 2 ▶")
            assert line_numbers(second)[0] == 11
            assert not set(option_ids(second)) & first
            assert len(spotify.calls_to("GET", path)) == calls + 1, "one call returns fifty items"


async def test_top_artists_are_opened_down_to_an_album(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/top kind:artists range:last year")
    artists = option_ids(reply)
    await harness.restart()
    second = await reply.pick(options(reply)[1]["value"])
    albums = await (await second.press("Show songs")).press("Albums")
    album = spotify.catalogue.albums[option_ids(albums)[0]]
    tracks = await albums.press("Show songs")
    assert option_ids(tracks) == [track.id for track in album.tracks]
    harness.clock.advance(2)
    back = await (await tracks.press("Back")).press("Back")
    assert option_ids(back) == artists
    assert selected_id(back) == artists[1]


async def test_top_defaults_to_tracks_of_six_months(linked_user: UserClient) -> None:
    assert "Ada’s top songs, last 6 months" in (await linked_user.run("/top")).text


async def test_empty_top_list_gets_message(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].liked.clear()
    assert "Spotify has no favourites of yours" in (await linked_user.run("/top")).text


@pytest.mark.parametrize("command", ["/recent", "/top"])
async def test_other_user_pages_own_list_from_start(
    harness: Harness, spotify: Spotify, linked_user: UserClient, command: str
) -> None:
    grace = await harness.link_account("grace")
    player = spotify.accounts["grace"].player
    player.played.extend(list(spotify.accounts["ada"].player.played)[:3])
    heading = "recently played" if command == "/recent" else "top songs, last 6 months"
    await (await linked_user.run("/settings")).press("Make public")
    reply = await linked_user.run(command)
    second = await reply.press("Page 2 ▶")
    assert f"Ada’s {heading}" in second.text
    assert "11–" in second.text
    for label in ("◀ Page 1", "Page 3 ▶"):
        if label in enabled_button_labels(second):
            own = await grace.press(second.message, label)
            assert own.ephemeral
            assert f"Grace’s {heading}\n" in own.text
            assert "These are yours. Only Ada can turn the pages of the other list." in own.text
            assert line_numbers(own)[0] == 1
    picked = await grace.pick(second.message, options(second)[-1]["value"])
    assert f"Ada’s {heading}" in picked.text, "it is still Ada's list"
    assert not [label for label in enabled_button_labels(picked) if "Page" in label]
    harness.clock.advance(1)
    again = await picked.pick(options(second)[0]["value"])
    assert not [label for label in enabled_button_labels(again) if "Page" in label]
    back = await (await again.press("Go to album")).press("Back")
    assert f"Grace’s {heading}\n" in back.text
    assert f"Ada’s {heading}" in second.text
    assert "11–" in second.text


@pytest.mark.parametrize("command", ["/recent", "/top", "/top kind:artists"])
async def test_each_error_has_its_message(
    harness: Harness, spotify: Spotify, linked_user: UserClient, command: str
) -> None:
    grace = harness.discord.user_client("grace", "music")
    assert "You haven’t linked Spotify yet" in (await grace.run(command)).text
    spotify.faults.add(Fault("GET ", status=503, body="upstream", times=None))
    assert "Spotify isn’t responding properly" in (await linked_user.run(command)).text
    spotify.faults.clear()
    spotify.add_quota("GET ", calls=0, retry_after=48_925)
    refused = await linked_user.run(command)
    assert "in 14 hours" in refused.text
    assert refused.ephemeral
