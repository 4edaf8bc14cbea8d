"""The user's profile, and their top items."""

from __future__ import annotations

import pytest

from bot.errors.spotify import AccessTokenRefused, SpotifyDown
from bot.spotify import Spotify
from bot.spotify.profile import TimeRange
from bot.spotify.uris import Kind
from sandbox.fault_injection import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import collect
from tests.spotify_client.client_factory import ClientFactory

TIME_RANGES: tuple[TimeRange, ...] = ("short_term", "medium_term", "long_term")


# ---- who


async def test_me(spotify: Spotify, ada: Account) -> None:
    me = await spotify.profile.me()
    assert (me.name, me.stable_account_id) == (ada.display_name, ada.account_id)


async def test_missing_account_id_falls_back_to_id(spotify: Spotify, ada: Account) -> None:
    ada.account_id = None
    assert (await spotify.profile.me()).stable_account_id == ada.id


async def test_missing_name_falls_back_to_id(spotify: Spotify, ada: Account) -> None:
    ada.display_name = ""
    assert (await spotify.profile.me()).name == ada.id


async def test_profile_without_id_is_rejected(fake: FakeSpotify, spotify: Spotify) -> None:
    nobody = '{"id": null, "display_name": null}'
    fake.faults.add(Fault("/v1/me$", status=200, body=nobody, times=None))
    with pytest.raises(SpotifyDown):
        await spotify.profile.me()


async def test_app_token_has_no_profile(make_client: ClientFactory) -> None:
    with pytest.raises(AccessTokenRefused):
        await make_client(account=None).profile.me()


# ---- what they play most


@pytest.mark.parametrize("over", TIME_RANGES)
async def test_top_tracks_and_artists_of_each_time_range(
    fake: FakeSpotify, spotify: Spotify, over: TimeRange
) -> None:
    tracks = [item async for item in spotify.profile.top_tracks(over) if item]
    artists = [item async for item in spotify.profile.top_artists(over) if item]
    assert {call.query["time_range"] for call in fake.calls} == {over}
    assert all(item.uri and item.uri.kind == Kind.TRACK for item in tracks)
    assert all(item.uri and item.uri.kind == Kind.ARTIST and item.images for item in artists)


async def test_time_ranges_differ(spotify: Spotify) -> None:
    tops = [await collect(spotify.profile.top_tracks(over)) for over in TIME_RANGES]
    assert all(tops)
    assert tops[0] != tops[1] != tops[2]


async def test_both_top_pages_are_read(fake: FakeSpotify, spotify: Spotify, ada: Account) -> None:
    ada.like_generated(100)
    tracks = spotify.profile.top_tracks()
    read = await collect(tracks)
    assert (len(read), len(fake.calls), tracks.missing) == (tracks.total, 2, 0)
