"""One's own playlists by their names: looked for before songs are, and that they were is true."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Playlist, Spotify
from sandbox.stage import Stage
from tests.commands import spent

UNREAD = "Your playlists could not be read, so this is a song."


@pytest.fixture
def oldest(spotify: Spotify, linked: Seat) -> Playlist:
    """Ada's oldest playlist, with no other behind it."""
    assert linked
    shelf = spotify.accounts["ada"].playlists
    shelf.clear()
    return spotify.world.add_playlist(
        "Lantern Weather", "ada", *(song.uri for song in spotify.catalogue.stock[:3])
    )


def _newer(spotify: Spotify, count: int) -> None:
    for number in range(count):
        spotify.world.add_playlist(f"Shelf {number}", "ada")


@pytest.mark.parametrize(("newer", "pages"), [(49, 1), (50, 2), (61, 2), (199, 4)])
async def test_an_old_one_is_found_behind_all_the_newer_ones(
    spotify: Spotify, linked: Seat, oldest: Playlist, newer: int, pages: int
) -> None:
    _newer(spotify, newer)
    since = len(spotify.calls)
    await linked.run("/play what:lantern weather")
    assert spotify.accounts["ada"].player.context == oldest.uri
    assert spent(spotify, since) == ["GET me/playlists"] * pages + ["PUT me/player/play"]
    since = len(spotify.calls)
    await linked.run("/play what:lantern weather")
    assert spent(spotify, since) == ["PUT me/player/play"]


async def test_no_more_is_read_than_is_needed(
    spotify: Spotify, linked: Seat, oldest: Playlist
) -> None:
    _newer(spotify, 120)
    since = len(spotify.calls)
    await linked.run("/play what:Shelf 119")
    assert spent(spotify, since) == ["GET me/playlists", "PUT me/player/play"]
    assert spotify.accounts["ada"].player.context != oldest.uri


async def test_behind_two_hundred_songs_are_looked_for(
    spotify: Spotify, linked: Seat, oldest: Playlist
) -> None:
    _newer(spotify, 200)
    since = len(spotify.calls)
    reply = await linked.run("/play what:lantern weather")
    assert spent(spotify, since)[:-2] == ["GET me/playlists"] * 4
    assert spotify.accounts["ada"].player.context != oldest.uri
    assert reply.text.startswith("-# Playing\n")


async def test_what_was_completed_is_not_asked_for_again(spotify: Spotify, linked: Seat) -> None:
    await linked.complete("/play what:harbour evenings")
    await linked.run("/play what:harbour evenings")
    assert len(spotify.calls_of("GET", "me/playlists")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET /v1/me/playlists$", status=503, times=None),
        Fault("GET /v1/me/playlists$", act="stall", times=None),
    ],
    ids=["down", "silent"],
)
async def test_where_they_cannot_be_read_a_song_is_not_passed_off_as_one(
    stage: Stage, spotify: Spotify, linked: Seat, fault: Fault
) -> None:
    spotify.faults.add(fault)
    played = await linked.run("/play what:lantern weather")
    assert played.text.startswith(f"-# Playing. {UNREAD}\n")
    assert spotify.accounts["ada"].player.item
    stage.clock.advance(1)
    queued = await linked.run("/queue add what:lantern weather")
    assert queued.text.startswith(f"-# Queued. {UNREAD}\n")
    spotify.accounts["ada"].player.device = None
    stage.clock.advance(1)
    asks = await linked.run("/play what:lantern weather")
    assert asks.text.startswith(f"{UNREAD} None of your devices is playing.")
    nothing = await linked.run("/play what:xyzzyplugh")
    assert nothing.text == (
        "Spotify found nothing for that. Try fewer words, or check the spelling. "
        "Your playlists could not be read."
    )


async def test_whoever_did_not_agree_to_it_looks_for_songs(spotify: Spotify, linked: Seat) -> None:
    body = '{"error": {"status": 403, "message": "Insufficient client scope"}}'
    spotify.faults.add(Fault("GET /v1/me/playlists$", status=403, body=body, times=None))
    reply = await linked.run("/play what:lantern weather")
    assert reply.text.startswith("-# Playing\n")
