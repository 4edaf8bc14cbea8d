"""Who the user is, and what they play most."""

from __future__ import annotations

import pytest

from bot.errors import AccessTokenRefused, SpotifyDown
from bot.spotify import Spotify
from bot.spotify.profile import Range
from sandbox.faults import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend

from .calls import whole
from .clients import Clients

RANGES: tuple[Range, ...] = ("short_term", "medium_term", "long_term")


# ---- who


async def test_me(spotify: Spotify, ada: Account) -> None:
    me = await spotify.profile.me()
    assert (me.name, me.account) == (ada.display_name, ada.account_id)


async def test_an_account_without_an_account_id_goes_by_its_id(
    spotify: Spotify, ada: Account
) -> None:
    ada.account_id = None
    assert (await spotify.profile.me()).account == ada.id


async def test_who_has_no_name_goes_by_their_id(spotify: Spotify, ada: Account) -> None:
    ada.display_name = ""
    assert (await spotify.profile.me()).name == ada.id


async def test_a_profile_without_any_id_is_no_account(pretend: Pretend, spotify: Spotify) -> None:
    nobody = '{"id": null, "display_name": null}'
    pretend.faults.add(Fault("/v1/me$", status=200, body=nobody))
    me = await spotify.profile.me()
    assert me.name == "your account"
    with pytest.raises(SpotifyDown):
        _ = me.account


async def test_an_app_is_nobody(client: Clients) -> None:
    with pytest.raises(AccessTokenRefused):
        await client(account=None).profile.me()


# ---- what they play most


@pytest.mark.parametrize("over", RANGES)
async def test_top_tracks_and_artists_of_each_range(
    pretend: Pretend, spotify: Spotify, over: Range
) -> None:
    tracks = [one async for one in spotify.profile.top_tracks(over) if one]
    artists = [one async for one in spotify.profile.top_artists(over) if one]
    assert {call.query["time_range"] for call in pretend.calls} == {over}
    assert all(one.uri and one.uri.kind == "track" for one in tracks)
    assert all(one.uri and one.uri.kind == "artist" and one.images for one in artists)


async def test_the_ranges_differ(spotify: Spotify) -> None:
    tops = [await whole(spotify.profile.top_tracks(over)) for over in RANGES]
    assert all(tops)
    assert tops[0] != tops[1] != tops[2]


async def test_the_whole_list_comes_though_it_has_two_pages(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    ada.like_many(100)
    tracks = spotify.profile.top_tracks()
    read = await whole(tracks)
    assert (len(read), len(pretend.calls), tracks.missing) == (tracks.total, 2, 0)
