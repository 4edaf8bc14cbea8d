"""Followed artists, read by cursor, while the user follows and unfollows some."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.errors.spotify import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.cursor_paging import FollowedArtists
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.catalogue import Artist, make_id
from tests.spotify_client.changing_list import ChangingList


@pytest.fixture
def followed_artists(fake: FakeSpotify, ada: Account) -> ChangingList:
    """Ada follows 120 artists."""
    ada.artists[:] = [(sample_artist_uri(fake, number), 1_000.0) for number in range(120)]
    return ChangingList(fake, "GET /v1/me/following$", lambda: [uri for uri, _ in ada.artists])


def sample_artist_uri(fake: FakeSpotify, number: int) -> str:
    artist = Artist(make_id("artist", str(number)), f"Artist {number}")
    catalogue = fake.state.catalogue
    fake.state.catalogue = replace(catalogue, artists={**catalogue.artists, artist.id: artist})
    return artist.uri


async def read_artists(listed: FollowedArtists) -> list[str]:
    return [str(artist.uri) async for artist in listed if artist]


@pytest.mark.parametrize(
    "place", [0, 20, 48, 49, 50, 70, 99, 119], ids=lambda place: f"artist {place}"
)
async def test_unfollowing_an_artist_while_reading(
    spotify: Spotify, ada: Account, followed_artists: ChangingList, place: int
) -> None:
    """The cursors are the artists with the indices 49 and 99."""
    for call in (1, 2):
        before = list(ada.artists)
        followed_artists.edit_before_call(call, lambda: ada.remove(before[place][0]))
        listed = spotify.library.artists()
        came = await read_artists(listed)
        followed_artists.stop_edits()
        followed_artists.check(came, in_order=False)
        assert listed.changed
        assert listed.missing == 0
        ada.artists[:] = before


@pytest.mark.parametrize("many", [1, 60])
async def test_following_artists_while_reading(
    fake: FakeSpotify, spotify: Spotify, ada: Account, followed_artists: ChangingList, many: int
) -> None:
    new = [sample_artist_uri(fake, number) for number in range(1_000, 1_000 + many)]
    followed_artists.edit_before_call(1, lambda: ada.save(*new))
    listed = spotify.library.artists()
    came = await read_artists(listed)
    followed_artists.check(came)
    assert set(new) <= set(came)
    assert listed.changed
    assert (listed.read_count, listed.missing) == (120 + many, 0)


async def test_unfollowing_one_artist_and_following_another_while_reading(
    fake: FakeSpotify, spotify: Spotify, ada: Account, followed_artists: ChangingList
) -> None:
    """Unfollow one and follow another, so that the count stays the same."""
    new = sample_artist_uri(fake, 1_000)
    followed_artists.edit_before_call(1, lambda: ada.remove(ada.artists[10][0]))
    followed_artists.edit_before_call(2, lambda: ada.save(new))
    came = await read_artists(listed := spotify.library.artists())
    followed_artists.check(came)
    assert new in came
    assert listed.changed


async def test_unfollowing_all_artists_while_reading(
    spotify: Spotify, ada: Account, followed_artists: ChangingList
) -> None:
    followed_artists.edit_before_call(1, ada.artists.clear)
    listed = spotify.library.artists()
    assert await read_artists(listed) == list(followed_artists.start[:50])
    assert (listed.total, listed.missing, listed.changed) == (0, 0, True)


async def test_null_artists_are_counted_once(
    spotify: Spotify, ada: Account, followed_artists: ChangingList
) -> None:
    for place in (5, 60, 110):
        ada.artists[place] = (f"spotify:artist:{place:022}", 1_000.0)
    for drops in ([], [49], [0, 99]):
        before = list(ada.artists)
        for call, place in enumerate(drops, start=1):
            followed_artists.edit_before_call(call, partial(ada.remove, before[place][0]))
        listed = spotify.library.artists()
        came = [artist async for artist in listed]
        followed_artists.stop_edits()
        assert came.count(None) == 3
        assert len(came) == listed.read_count == 120
        ada.artists[:] = before


async def test_constantly_changing_artists_raise_library_changed(
    spotify: Spotify, ada: Account, followed_artists: ChangingList
) -> None:
    """Before each page, the user unfollows the artist of its cursor."""
    for call in range(1, 30):
        followed_artists.edit_before_call(call, lambda: ada.artists.pop(49))
    with pytest.raises(LibraryChanged):
        await read_artists(spotify.library.artists())
