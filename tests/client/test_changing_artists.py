"""Followed artists, who come by cursor, while some are followed no more and others anew."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.errors import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.cursors import FollowedArtists
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.catalogue import Artist, invent_id

from .changing import Changing


@pytest.fixture
def followed(pretend: Pretend, ada: Account) -> Changing:
    """Ada follows 120 artists."""
    ada.artists[:] = [(_artist(pretend, number), 1_000.0) for number in range(120)]
    return Changing(pretend, "GET /v1/me/following$", lambda: [uri for uri, _ in ada.artists])


def _artist(pretend: Pretend, number: int) -> str:
    artist = Artist(invent_id("artist", str(number)), f"Artist {number}")
    catalogue = pretend.world.catalogue
    pretend.world.catalogue = replace(catalogue, artists={**catalogue.artists, artist.id: artist})
    return artist.uri


async def artists(listed: FollowedArtists) -> list[str]:
    return [str(artist.uri) async for artist in listed if artist]


@pytest.mark.parametrize(
    "place", [0, 20, 48, 49, 50, 70, 99, 119], ids=lambda place: f"artist {place}"
)
async def test_an_artist_is_unfollowed(
    spotify: Spotify, ada: Account, followed: Changing, place: int
) -> None:
    """The one after whom the next page begins is number 49, then 99."""
    for call in (1, 2):
        before = list(ada.artists)
        followed.before_call(call, lambda: ada.drop(before[place][0]))
        listed = spotify.library.artists()
        came = await artists(listed)
        followed.over()
        followed.check(came, in_order=False)
        assert listed.changed
        assert listed.missing == 0
        ada.artists[:] = before


@pytest.mark.parametrize("many", [1, 60])
async def test_artists_are_followed_meanwhile(
    pretend: Pretend, spotify: Spotify, ada: Account, followed: Changing, many: int
) -> None:
    new = [_artist(pretend, number) for number in range(1_000, 1_000 + many)]
    followed.before_call(1, lambda: ada.keep(*new))
    listed = spotify.library.artists()
    came = await artists(listed)
    followed.check(came)
    assert set(new) <= set(came)
    assert listed.changed
    assert (listed.read, listed.missing) == (120 + many, 0)


async def test_one_is_unfollowed_and_another_followed(
    pretend: Pretend, spotify: Spotify, ada: Account, followed: Changing
) -> None:
    """In two steps, so that the number is the same in the end."""
    new = _artist(pretend, 1_000)
    followed.before_call(1, lambda: ada.drop(ada.artists[10][0]))
    followed.before_call(2, lambda: ada.keep(new))
    came = await artists(listed := spotify.library.artists())
    followed.check(came)
    assert new in came
    assert listed.changed


async def test_all_artists_are_unfollowed(
    spotify: Spotify, ada: Account, followed: Changing
) -> None:
    followed.before_call(1, ada.artists.clear)
    listed = spotify.library.artists()
    assert await artists(listed) == list(followed.start[:50])
    assert (listed.total, listed.missing, listed.changed) == (0, 0, True)


async def test_artists_that_are_null_count_once(
    spotify: Spotify, ada: Account, followed: Changing
) -> None:
    for place in (5, 60, 110):
        ada.artists[place] = (f"spotify:artist:{place:022}", 1_000.0)
    for drops in ([], [49], [0, 99]):
        before = list(ada.artists)
        for call, place in enumerate(drops, start=1):
            followed.before_call(call, partial(ada.drop, before[place][0]))
        listed = spotify.library.artists()
        came = [artist async for artist in listed]
        followed.over()
        assert came.count(None) == 3
        assert len(came) == listed.read == 120
        ada.artists[:] = before


async def test_artists_that_never_stand_still_are_given_up(
    spotify: Spotify, ada: Account, followed: Changing
) -> None:
    for call in range(1, 30):
        followed.before_call(call, lambda: ada.artists.pop(60))
    with pytest.raises(LibraryChanged):
        await artists(spotify.library.artists())
