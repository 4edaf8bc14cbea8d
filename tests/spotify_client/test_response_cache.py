"""The response cache: which responses, for whom, for how long, and what invalidates them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.errors.spotify import NotPermitted, SpotifyDown, UserNotRegistered
from bot.spotify import Spotify
from bot.spotify.uris import Kind
from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.error_responses import FORBIDDEN
from tests.spotify_client.client_calls import any_uri
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import FixedRandom, completes_within
from tests.spotify_client.write_cases import own_playlist_uri, track_uri

MINUTE_S = 60.0

ReadCall = Callable[[Spotify, FakeSpotify], Coroutine[Any, Any, object]]


def read_contains(spotify: Spotify, fake: FakeSpotify) -> Coroutine[Any, Any, list[bool | None]]:
    return spotify.library.contains(track_uri(fake))


def read_item(spotify: Spotify, fake: FakeSpotify) -> Coroutine[Any, Any, object]:
    return spotify.catalogue.item(track_uri(fake))


READS_WITH_CACHE_TTL: dict[str, tuple[ReadCall, float]] = {
    "track": (read_item, 10 * MINUTE_S),
    "search": (lambda s, _: s.catalogue.search("lantern", Kind.TRACK), MINUTE_S),
    "contains": (read_contains, 0.5 * MINUTE_S),
    "recent": (lambda s, _: s.player.recently_played(), 0.5 * MINUTE_S),
    "playlist": (lambda s, p: s.catalogue.item(own_playlist_uri(p)), 0.5 * MINUTE_S),
    "state": (lambda s, _: s.player.state(), 0),
    "devices": (lambda s, _: s.player.devices(), 0),
    "devices a moment ago": (lambda s, _: s.player.devices(fresh=False), MINUTE_S / 3),
    "own playlists": (lambda s, _: s.playlists.first_pages(), 10 * MINUTE_S),
    "queue": (lambda s, _: s.player.get_queue(), 0),
    "me": (lambda s, _: s.profile.me(), 0),
    "me a moment ago": (lambda s, _: s.profile.me(fresh=False), 10 * MINUTE_S),
    "top": (lambda s, _: s.profile.top_tracks().page(), 10 * MINUTE_S),
    "album's songs": (
        lambda s, p: s.catalogue.album_tracks(any_uri(p, Kind.ALBUM)).page(),
        10 * MINUTE_S,
    ),
}


@pytest.mark.parametrize("name", READS_WITH_CACHE_TTL)
async def test_response_is_cached_until_its_ttl(
    fake: FakeSpotify, make_client: ClientFactory, clock: Clock, name: str
) -> None:
    (read, seconds), spotify = READS_WITH_CACHE_TTL[name], make_client(cached=True)
    first = await read(spotify, fake)
    if seconds:
        clock.advance(seconds - 2)
        assert await read(spotify, fake) == first
        assert len(fake.calls) == 1
        clock.advance(2.1)
    await read(spotify, fake)
    assert len(fake.calls) == 2


@pytest.mark.parametrize("name", ["contains", "recent", "search"])
async def test_personal_responses_are_cached_per_account(
    fake: FakeSpotify, make_client: ClientFactory, name: str
) -> None:
    read, ada = READS_WITH_CACHE_TTL[name][0], make_client("ada", cached=True)
    for who in (ada, make_client("grace", cached=True, transport=make_client.transport), ada):
        await read(who, fake)
    assert [call.account for call in fake.calls] == ["ada", "grace"]


async def test_personal_responses_are_not_cached_without_account(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    spotify = make_client(cached=False)
    for read in (read_contains, read_item) * 2:
        await read(spotify, fake)
    assert len(fake.calls) == 3


async def test_catalogue_cache_is_shared(fake: FakeSpotify, make_client: ClientFactory) -> None:
    ada = make_client("ada", cached=True)
    transport = make_client.transport
    found = await read_item(ada, fake)
    grace = make_client("grace", cached=True, transport=transport)
    nobody = make_client(None, transport=transport)
    assert [await read_item(grace, fake), await read_item(nobody, fake)] == [found, found]
    assert [call.account for call in fake.calls] == ["ada"]


# ---- under way


async def test_concurrent_reads_share_one_request(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    grace = make_client("grace", cached=True, transport=make_client.transport)
    fake.faults.latency = 0.1
    reads = [read_item(who, fake) for who in (ada, grace) * 10]
    reads += [who.player.state() for who in (ada, grace) * 10]
    found = await asyncio.gather(*reads)
    assert len({id(each) for each in found[:20]}) == 1
    assert sorted((call.path[:9], call.account) for call in fake.calls) == [
        ("me/player", "ada"),
        ("me/player", "grace"),
        ("tracks/" + track_uri(fake).id[:2], "ada"),
    ]


async def test_failure_is_not_shared_with_other_accounts(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    """Mallory, who is not registered with the app, asks first."""
    mallory = make_client("mallory", cached=True)
    ada = make_client("ada", cached=True, transport=make_client.transport)
    fake.faults.latency = 0.05
    refused, found = await asyncio.gather(
        read_item(mallory, fake), read_item(ada, fake), return_exceptions=True
    )
    assert isinstance(refused, UserNotRegistered)
    assert found == await read_item(ada, fake)


async def test_failure_is_shared_within_account(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    fault = FORBIDDEN.as_fault(times=None)
    fault.delay = 0.05
    fake.faults.add(fault)
    both = (read_contains(ada, fake), read_contains(ada, fake))
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert [type(each) for each in ended] == [NotPermitted, NotPermitted]
    assert len(fake.calls) == 1


async def test_waiter_keeps_its_own_deadline(fake: FakeSpotify, make_client: ClientFactory) -> None:
    patient = make_client("ada", cached=True)
    hurried = make_client("grace", cached=True, transport=make_client.transport, within=0.3)
    fake.faults.add(Fault("", "stall"))
    first = asyncio.create_task(patient.catalogue.item(track_uri(fake)))
    await asyncio.wait([first], timeout=0.05)
    async with asyncio.timeout(5):
        with completes_within(0.3), pytest.raises(SpotifyDown):
            await read_item(hurried, fake)
    first.cancel()


async def test_cancelled_reader_does_not_cancel_others(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    fake.faults.latency = 0.1
    first, second, third = (asyncio.create_task(ada.player.state()) for _ in range(3))
    await asyncio.wait([first], timeout=0.05)
    first.cancel()
    third.cancel()
    assert await second is not None
    assert first.cancelled()
    assert third.cancelled()
    assert await ada.player.state() is not None


# ---- what ends it


async def test_pending_write_bypasses_cache(fake: FakeSpotify, make_client: ClientFactory) -> None:
    ada = make_client("ada", cached=True)
    assert await read_contains(ada, fake) == [False]
    fake.faults.latency = 0.1
    saving = asyncio.create_task(ada.library.save(track_uri(fake)))
    await asyncio.wait([saving], timeout=0.01)
    during = asyncio.create_task(read_contains(ada, fake))
    await asyncio.gather(saving, during)
    assert await read_contains(ada, fake) == [True]
    assert [call.method for call in fake.calls] == ["GET", "PUT", "GET", "GET"]


async def test_read_invalidated_by_write_is_not_cached(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    fake.faults.add(Fault("contains", "answer", 200, b"[false]", delay=0.2))
    overtaken = asyncio.create_task(read_contains(ada, fake))
    await asyncio.wait([overtaken], timeout=0.05)
    await ada.library.save(track_uri(fake))
    assert await read_contains(ada, fake) == [True]
    assert await overtaken == [False]
    assert await read_contains(ada, fake) == [True]
    assert len(fake.calls) == 3


async def test_write_with_unknown_outcome_invalidates_cache(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True, rng=FixedRandom())
    assert await read_contains(ada, fake) == [False]
    fake.faults.add(Fault("PUT", runs_first=True, times=None))
    with pytest.raises(SpotifyDown):
        await ada.library.save(track_uri(fake))
    assert await read_contains(ada, fake) == [True]


async def test_write_does_not_invalidate_other_accounts(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    grace = make_client("grace", cached=True, transport=make_client.transport)
    await read_item(grace, fake)
    await read_contains(grace, fake)
    await ada.library.save(track_uri(fake))
    await read_item(grace, fake)
    await read_contains(grace, fake)
    assert [call.method for call in fake.calls] == ["GET", "GET", "PUT"]


async def test_write_does_not_invalidate_search(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    for write in (ada.library.save(track_uri(fake)), ada.player.set_volume(7)):
        await ada.catalogue.search("lantern", Kind.TRACK)
        await write
    assert [call.method for call in fake.calls] == ["GET", "PUT", "PUT"]


async def test_write_invalidates_only_its_group(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", cached=True)
    reads = (read_contains(ada, fake), ada.playlists.first_pages(), ada.player.devices(fresh=False))
    for read in reads:
        await read
    await ada.player.set_volume(7)
    await read_contains(ada, fake)
    await ada.playlists.first_pages()
    await ada.library.save(track_uri(fake))
    await ada.player.devices(fresh=False)
    asked = [f"{call.method} {call.path}" for call in fake.calls[3:]]
    assert asked == ["PUT me/player/volume", "PUT me/library", "GET me/player/devices"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"items": 1}', b"[1]", b"\xff"])
async def test_unreadable_responses_are_not_cached(
    fake: FakeSpotify, make_client: ClientFactory, body: bytes
) -> None:
    ada = make_client("ada", cached=True, rng=FixedRandom())
    for read in (read_item, read_contains):
        fake.faults.add(Fault("GET", "answer", 200, body, times=3))
        with pytest.raises(SpotifyDown):
            await read(ada, fake)
        assert await read(ada, fake)
