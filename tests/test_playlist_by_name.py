"""The user's own playlists are found by name before tracks are searched."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Playlist, Spotify
from tests.command_assertions import api_calls_since

PLAYLISTS_UNREADABLE = "I couldn’t read your playlists, so this is a song."


@pytest.fixture
def oldest_playlist(spotify: Spotify, linked_user: UserClient) -> Playlist:
    """Ada's only playlist, "Lantern Weather"; later ones are newer."""
    assert linked_user
    playlists = spotify.accounts["ada"].playlists
    playlists.clear()
    return spotify.state.add_playlist(
        "Lantern Weather", "ada", *(track.uri for track in spotify.catalogue.regular_tracks[:3])
    )


def _add_newer_playlists(spotify: Spotify, count: int) -> None:
    for number in range(count):
        track = spotify.catalogue.regular_tracks[number % 100]
        spotify.state.add_playlist(f"Shelf {number}", "ada", track.uri)


@pytest.mark.parametrize(("newer_count", "page_count"), [(49, 1), (50, 2), (61, 2), (199, 4)])
async def test_oldest_playlist_is_found_on_last_page(
    spotify: Spotify,
    linked_user: UserClient,
    oldest_playlist: Playlist,
    newer_count: int,
    page_count: int,
) -> None:
    _add_newer_playlists(spotify, newer_count)
    since = len(spotify.calls)
    await linked_user.run("/play what:lantern weather")
    assert spotify.accounts["ada"].player.context == oldest_playlist.uri
    assert api_calls_since(spotify, since) == ["GET me/playlists"] * page_count + [
        "PUT me/player/play"
    ]
    since = len(spotify.calls)
    await linked_user.run("/play what:lantern weather")
    assert api_calls_since(spotify, since) == ["PUT me/player/play"]


async def test_reading_stops_at_first_match(
    spotify: Spotify, linked_user: UserClient, oldest_playlist: Playlist
) -> None:
    _add_newer_playlists(spotify, 120)
    since = len(spotify.calls)
    await linked_user.run("/play what:Shelf 119")
    assert api_calls_since(spotify, since) == ["GET me/playlists", "PUT me/player/play"]
    assert spotify.accounts["ada"].player.context != oldest_playlist.uri


async def test_past_two_hundred_playlists_tracks_are_searched(
    spotify: Spotify, linked_user: UserClient, oldest_playlist: Playlist
) -> None:
    _add_newer_playlists(spotify, 200)
    since = len(spotify.calls)
    reply = await linked_user.run("/play what:lantern weather")
    assert api_calls_since(spotify, since)[:-2] == ["GET me/playlists"] * 4
    assert spotify.accounts["ada"].player.context != oldest_playlist.uri
    assert reply.text.startswith("-# Playing\n")


async def test_autocompleted_playlist_is_not_fetched_again(
    spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.autocomplete("/play what:harbour evenings")
    await linked_user.run("/play what:harbour evenings")
    assert len(spotify.calls_to("GET", "me/playlists")) == 1


async def test_unreadable_playlists_are_reported_with_track_result(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.add(Fault("GET /v1/me/playlists$", action="stall"))
    spotify.faults.add(Fault("GET /v1/me/playlists$", status=503, times=None))
    played = await linked_user.run("/play what:lantern weather")
    assert played.text.startswith(f"-# Playing. {PLAYLISTS_UNREADABLE}\n")
    assert spotify.accounts["ada"].player.item
    harness.clock.advance(1)
    queued = await linked_user.run("/queue add what:lantern weather")
    assert queued.text.startswith(f"-# Queued. {PLAYLISTS_UNREADABLE}\n")
    spotify.accounts["ada"].player.device = None
    harness.clock.advance(1)
    question = await linked_user.run("/play what:lantern weather")
    assert question.text.startswith(f"{PLAYLISTS_UNREADABLE} Nothing is playing. Which device")
    no_match = await linked_user.run("/play what:xyzzyplugh")
    assert no_match.text == (
        "Spotify found nothing for that. Try fewer words, or check the spelling. "
        "I couldn’t read your playlists."
    )


async def test_without_playlist_scope_tracks_are_searched(
    spotify: Spotify, linked_user: UserClient
) -> None:
    body = '{"error": {"status": 403, "message": "Insufficient client scope"}}'
    spotify.faults.add(Fault("GET /v1/me/playlists$", status=403, body=body, times=None))
    reply = await linked_user.run("/play what:lantern weather")
    assert reply.text.startswith("-# Playing\n")
