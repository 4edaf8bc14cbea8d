"""/play: what a query, link or name plays, and what the reply says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.discord import UserClient
from sandbox.spotify import Spotify, WrongTotals
from tests.command_assertions import api_calls_since, spotify_url


async def test_query_plays_best_match_and_shows_it(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/play what:lantern weather")
    player = spotify.accounts["ada"].player
    assert player.is_playing
    assert player.item is not None
    assert spotify_url(player.item) in reply.text
    assert "Playing" in reply.text
    assert "Spotify" in reply.text
    assert reply.ephemeral


async def test_track_plays_in_album_context(spotify: Spotify, linked_user: UserClient) -> None:
    track = spotify.catalogue.regular_tracks[0]
    await linked_user.run(f"/play what:{spotify_url(track.uri)}")
    player = spotify.accounts["ada"].player
    assert player.item == track.uri
    assert player.context == track.album.uri


async def test_every_kind_plays_from_link_or_uri(spotify: Spotify, linked_user: UserClient) -> None:
    catalogue, player = spotify.catalogue, spotify.accounts["ada"].player
    collections: tuple[Mapping[str, Any], ...] = (
        catalogue.albums, catalogue.artists, spotify.state.playlists, catalogue.shows,
        catalogue.audiobooks, catalogue.episodes,
    )  # fmt: skip
    for items in collections:
        uri = next(iter(items.values())).uri
        for what in (uri, spotify_url(uri)):
            player.play(catalogue.regular_tracks[0].uri)
            reply = await linked_user.run(f"/play what:{what}")
            assert uri in (player.item, player.context), what
            assert player.is_playing
            assert spotify_url(uri) in reply.text


async def test_unplayable_item_is_reported_and_nothing_plays(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for what, expected in (
        ("https://open.spotify.com/concert/4uLU6hMCjMI75M1A2tKUQC", "leads to a concert"),
        ("https://open.spotify.com/track/short", "incomplete or mistyped"),
        (
            "https://example.test/track/4uLU6hMCjMI75M1A2tKUQC",
            "doesn’t look like a link to Spotify",
        ),
        ("spotify:track:0000000000000000000000", "Spotify can’t find that"),
        ("xyzzyplugh", "found nothing"),
    ):
        assert expected in (await linked_user.run(f"/play what:{what}")).text
        assert not spotify.accounts["ada"].player.is_playing


async def test_query_costs_one_playlist_read_one_search_and_one_command(
    spotify: Spotify, linked_user: UserClient
) -> None:
    since = len(spotify.calls)
    await linked_user.run("/play what:lantern weather")
    assert api_calls_since(spotify, since) == [
        "GET me/playlists",
        "GET search",
        "PUT me/player/play",
    ]
    since = len(spotify.calls)
    await linked_user.run("/play what:kitchen light")
    assert api_calls_since(spotify, since) == ["GET search", "PUT me/player/play"]


@pytest.mark.parametrize(
    "name", ["Harbour Evenings", "HARBOUR evenings", "=SUM(1) @everyone **mix**", "w" * 180]
)
async def test_own_playlist_is_found_by_full_name(
    spotify: Spotify, linked_user: UserClient, name: str
) -> None:
    if name.startswith("w"):
        spotify.state.add_playlist(name, "ada", spotify.catalogue.regular_tracks[0].uri)
    playlists = {
        playlist.name.casefold(): playlist for playlist in spotify.state.playlists.values()
    }
    since = len(spotify.calls)
    reply = await linked_user.run(f"/play what:{name}")
    assert spotify.accounts["ada"].player.context == playlists[name.casefold()].uri
    assert api_calls_since(spotify, since) == ["GET me/playlists", "PUT me/player/play"]
    assert "@everyone" not in reply.text
    assert not reply.message["mention_everyone"]


async def test_unreadable_playlists_fall_back_to_track_search(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET /v1/me/playlists$")
    reply = await linked_user.run("/play what:lantern weather")
    assert reply.text.startswith("-# Playing. I couldn’t read your playlists, so this is a song.\n")


@pytest.mark.parametrize("query", ["liked", "Liked Songs"])
async def test_liked_songs_play_newest_first(
    spotify: Spotify, linked_user: UserClient, query: str
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked = ada.liked[:5]
    reply = await linked_user.run(f"/play what:{query}")
    assert reply.text.splitlines()[0] == "Playing your 5 liked songs."
    assert ada.player.item == ada.liked[0][0]
    assert ada.player.upcoming() == [uri for uri, _ in ada.liked[1:]]


async def test_liked_songs_beyond_limit_are_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked.clear()
    ada.like_generated(260)
    ada.liked[3:3] = [(uri, None) for uri in spotify.catalogue.local]
    since = len(spotify.calls)
    reply = await linked_user.run("/play what:liked")
    played = 200 - len(spotify.catalogue.local)
    assert reply.text.splitlines()[0] == f"Playing {played} of your 200 newest liked songs."
    playable = [uri for uri, _ in ada.liked[:200] if ":local:" not in uri]
    assert ada.player.item == playable[0]
    (command,) = spotify.calls_to("PUT", "me/player/play")
    assert command.executed
    assert ada.player.upcoming() == playable[1:21]
    assert len(api_calls_since(spotify, since)) == 5  # four pages and the command


@pytest.mark.parametrize(
    ("count", "expected"), [(200, "your 200 liked songs"), (1, "your 1 liked song")]
)
async def test_liked_songs_within_limit_all_play(
    spotify: Spotify, linked_user: UserClient, count: int, expected: str
) -> None:
    spotify.accounts["ada"].liked.clear()
    spotify.accounts["ada"].like_generated(count)
    assert (await linked_user.run("/play what:liked")).text.startswith(f"Playing {expected}.\n")


async def test_wrong_counts_do_not_shorten_the_liked_songs(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked.clear()
    ada.like_generated(260)
    for total, words in ((0, ""), (None, ""), (50, ""), (270, " of 270")):
        spotify.rules.clear()
        spotify.on("GET .*/me/tracks", WrongTotals([total]), times=None)
        spotify.clock.advance(3_600)  # so that no answer comes from the cache
        reply = await linked_user.run("/play what:liked")
        assert reply.text.splitlines()[0] == (
            f"Playing your 200 newest liked songs{words}. Spotify takes no more at once."
        )


@pytest.mark.parametrize("local", [True, False])
async def test_missing_playable_liked_songs_are_reported(
    spotify: Spotify, linked_user: UserClient, local: bool
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked = [(uri, None) for uri in spotify.catalogue.local] if local else []
    reply = await linked_user.run("/play what:liked")
    expected = "Your liked songs are files on your computer" if local else "You have no liked songs"
    assert reply.text.startswith(expected)
    assert not spotify.calls_to("PUT", "me/player/play")


async def test_withdrawn_track_is_reported(spotify: Spotify, linked_user: UserClient) -> None:
    track = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    before = spotify.accounts["ada"].player.item
    reply = await linked_user.run(f"/play what:{spotify_url(track.uri)}")
    assert reply.text == (
        "Spotify won’t play that. It may be gone, or your Spotify blocks explicit songs. "
        "Try another version with /search."
    )
    assert spotify.accounts["ada"].player.item == before


async def test_audiobook_chapter_plays_without_name(
    spotify: Spotify, linked_user: UserClient
) -> None:
    book = next(iter(spotify.catalogue.audiobooks.values()))
    reply = await linked_user.run(f"/play what:{spotify_url(book.uri)}")
    assert spotify.accounts["ada"].player.item == book.chapters[0].uri
    assert book.name in reply.text
    assert (await linked_user.run("/pause")).text == "Paused."


# ---- without a query


async def test_play_without_query_resumes(spotify: Spotify, linked_user: UserClient) -> None:
    since = len(spotify.calls)
    reply = await linked_user.run("/play")
    assert spotify.accounts["ada"].player.is_playing
    assert reply.text.startswith("-# Playing on Ada's Laptop\n")
    assert api_calls_since(spotify, since) == ["PUT me/player/play", "GET me/player"]
    reply = await linked_user.run("/play")
    assert reply.text.startswith("-# Already playing on Ada's Laptop\n")


async def test_play_without_query_resumes_shuffled(
    spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/play shuffle:true")
    assert spotify.accounts["ada"].player.shuffle
    assert spotify.accounts["ada"].player.is_playing


@pytest.mark.parametrize("shuffle", [True, False])
async def test_play_with_shuffle(spotify: Spotify, linked_user: UserClient, shuffle: bool) -> None:
    player = spotify.accounts["ada"].player
    player.set_shuffle(not shuffle)
    album = next(iter(spotify.catalogue.albums.values()))
    await linked_user.run(f"/play what:{spotify_url(album.uri)} shuffle:{str(shuffle).lower()}")
    assert player.shuffle is shuffle
    assert player.context == album.uri


async def test_shuffle_is_retried_after_play(spotify: Spotify, linked_user: UserClient) -> None:
    """Shuffling is refused for the previous item, but works once the new one plays."""
    player = spotify.accounts["ada"].player
    player.disallow("toggling_shuffle")
    spotify.on("PUT /v1/me/player/play$", player.disallow)
    album = next(iter(spotify.catalogue.albums.values()))
    await linked_user.run(f"/play what:{spotify_url(album.uri)} shuffle:true")
    assert player.shuffle
    assert player.context == album.uri
