"""What is asked once and used again: for whom, for how long, and until what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.errors import Forbidden, NotAllowListed, SpotifyDown
from bot.spotify import Spotify
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.refusals import FORBIDDEN

from .calls import one_of
from .clients import Clients
from .wire import Dice, within
from .writes import own, song

MINUTE = 60.0

Read = Callable[[Spotify, Pretend], Coroutine[Any, Any, object]]


def contains(spotify: Spotify, pretend: Pretend) -> Coroutine[Any, Any, list[bool]]:
    return spotify.library.contains(song(pretend))


def item(spotify: Spotify, pretend: Pretend) -> Coroutine[Any, Any, object]:
    return spotify.catalogue.item(song(pretend))


READS: dict[str, tuple[Read, float]] = {
    "track": (item, 10 * MINUTE),
    "search": (lambda s, _: s.catalogue.search("lantern", "track"), MINUTE),
    "contains": (contains, 0.5 * MINUTE),
    "recent": (lambda s, _: s.player.recent(), 0.5 * MINUTE),
    "playlist": (lambda s, p: s.catalogue.item(own(p)), 0.5 * MINUTE),
    "state": (lambda s, _: s.player.state(), 0),
    "devices": (lambda s, _: s.player.devices(), 0),
    "devices a moment ago": (lambda s, _: s.player.devices(fresh=False), MINUTE / 3),
    "own playlists": (lambda s, _: s.playlists.first(), 10 * MINUTE),
    "queue": (lambda s, _: s.player.queued(), 0),
    "me": (lambda s, _: s.profile.me(), 0),
    "me a moment ago": (lambda s, _: s.profile.me(fresh=False), 10 * MINUTE),
    "top": (lambda s, _: s.profile.top_tracks().page(), 10 * MINUTE),
    "album's songs": (
        lambda s, p: s.catalogue.album_tracks(one_of(p, "album")).page(),
        10 * MINUTE,
    ),
}


@pytest.mark.parametrize("name", READS)
async def test_an_answer_is_kept_so_long_and_no_longer(
    pretend: Pretend, client: Clients, clock: Clock, name: str
) -> None:
    (read, seconds), spotify = READS[name], client(keeps=True)
    first = await read(spotify, pretend)
    if seconds:
        clock.advance(seconds - 2)
        assert await read(spotify, pretend) == first
        assert len(pretend.calls) == 1
        clock.advance(2.1)
    await read(spotify, pretend)
    assert len(pretend.calls) == 2


@pytest.mark.parametrize("name", ["contains", "recent", "search"])
async def test_what_is_personal_is_kept_for_nobody_else(
    pretend: Pretend, client: Clients, name: str
) -> None:
    read, ada = READS[name][0], client("ada", keeps=True)
    for who in (ada, client("grace", keeps=True, transport=client.transport), ada):
        await read(who, pretend)
    assert [call.account for call in pretend.calls] == ["ada", "grace"]


async def test_without_an_account_nothing_personal_is_kept(
    pretend: Pretend, client: Clients
) -> None:
    spotify = client(keeps=False)
    for read in (contains, item) * 2:
        await read(spotify, pretend)
    assert len(pretend.calls) == 3


async def test_the_catalogue_is_everybodys(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    transport = client.transport
    found = await item(ada, pretend)
    grace = client("grace", keeps=True, transport=transport)
    nobody = client(None, transport=transport)
    assert [await item(grace, pretend), await item(nobody, pretend)] == [found, found]
    assert [call.account for call in pretend.calls] == ["ada"]


# ---- under way


async def test_reads_under_way_are_shared(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    grace = client("grace", keeps=True, transport=client.transport)
    pretend.faults.latency = 0.1
    reads = [item(who, pretend) for who in (ada, grace) * 10]
    reads += [who.player.state() for who in (ada, grace) * 10]
    found = await asyncio.gather(*reads)
    assert len({id(one) for one in found[:20]}) == 1
    assert sorted((call.path[:9], call.account) for call in pretend.calls) == [
        ("me/player", "ada"),
        ("me/player", "grace"),
        ("tracks/" + song(pretend).id[:2], "ada"),
    ]


async def test_one_account_does_not_fail_for_another(pretend: Pretend, client: Clients) -> None:
    """Mallory is not on the app's list, and asks first."""
    mallory = client("mallory", keeps=True)
    ada = client("ada", keeps=True, transport=client.transport)
    pretend.faults.latency = 0.05
    refused, found = await asyncio.gather(
        item(mallory, pretend), item(ada, pretend), return_exceptions=True
    )
    assert isinstance(refused, NotAllowListed)
    assert found == await item(ada, pretend)


async def test_who_waits_with_the_same_account_is_told_of_the_failure(
    pretend: Pretend, client: Clients
) -> None:
    ada = client("ada", keeps=True)
    fault = FORBIDDEN.fault(times=None)
    fault.delay = 0.05
    pretend.faults.add(fault)
    both = (contains(ada, pretend), contains(ada, pretend))
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in ended] == [Forbidden, Forbidden]
    assert len(pretend.calls) == 1


async def test_who_waits_for_another_keeps_their_own_deadline(
    pretend: Pretend, client: Clients
) -> None:
    patient = client("ada", keeps=True)
    hurried = client("grace", keeps=True, transport=client.transport, within=0.3)
    pretend.faults.add(Fault("", "stall"))
    first = asyncio.create_task(patient.catalogue.item(song(pretend)))
    await asyncio.wait([first], timeout=0.05)
    async with asyncio.timeout(2):
        with within(0.3), pytest.raises(SpotifyDown):
            await item(hurried, pretend)
    first.cancel()


async def test_a_reader_who_goes_away_takes_the_others_nothing(
    pretend: Pretend, client: Clients
) -> None:
    ada = client("ada", keeps=True)
    pretend.faults.latency = 0.1
    first, second, third = (asyncio.create_task(ada.player.state()) for _ in range(3))
    await asyncio.wait([first], timeout=0.05)
    first.cancel()
    third.cancel()
    assert await second is not None
    assert first.cancelled()
    assert third.cancelled()
    assert await ada.player.state() is not None


# ---- what ends it


async def test_a_write_under_way_makes_readers_ask_anew(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    assert await contains(ada, pretend) == [False]
    pretend.faults.latency = 0.1
    saving = asyncio.create_task(ada.library.save(song(pretend)))
    await asyncio.wait([saving], timeout=0.01)
    during = asyncio.create_task(contains(ada, pretend))
    await asyncio.gather(saving, during)
    assert await contains(ada, pretend) == [True]
    assert [call.method for call in pretend.calls] == ["GET", "PUT", "GET", "GET"]


async def test_a_read_that_was_overtaken_by_a_write_is_not_kept(
    pretend: Pretend, client: Clients
) -> None:
    ada = client("ada", keeps=True)
    pretend.faults.add(Fault("contains", "answer", 200, b"[false]", delay=0.2))
    overtaken = asyncio.create_task(contains(ada, pretend))
    await asyncio.wait([overtaken], timeout=0.05)
    await ada.library.save(song(pretend))
    assert await contains(ada, pretend) == [True]
    assert await overtaken == [False]
    assert await contains(ada, pretend) == [True]
    assert len(pretend.calls) == 3


async def test_a_write_whose_outcome_is_unknown_ends_it_too(
    pretend: Pretend, client: Clients
) -> None:
    ada = client("ada", keeps=True, chance=Dice())
    assert await contains(ada, pretend) == [False]
    pretend.faults.add(Fault("PUT", executed=True, times=None))
    with pytest.raises(SpotifyDown):
        await ada.library.save(song(pretend))
    assert await contains(ada, pretend) == [True]


async def test_a_write_ends_nothing_of_anybody_else(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    grace = client("grace", keeps=True, transport=client.transport)
    await item(grace, pretend)
    await contains(grace, pretend)
    await ada.library.save(song(pretend))
    await item(grace, pretend)
    await contains(grace, pretend)
    assert [call.method for call in pretend.calls] == ["GET", "GET", "PUT"]


async def test_a_search_finds_the_same_after_a_write(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    for write in (ada.library.save(song(pretend)), ada.player.volume(7)):
        await ada.catalogue.search("lantern", "track")
        await write
    assert [call.method for call in pretend.calls] == ["GET", "PUT", "PUT"]


async def test_a_write_outdates_its_own_chapter_alone(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", keeps=True)
    reads = (contains(ada, pretend), ada.playlists.first(), ada.player.devices(fresh=False))
    for read in reads:
        await read
    await ada.player.volume(7)
    await contains(ada, pretend)
    await ada.playlists.first()
    await ada.library.save(song(pretend))
    await ada.player.devices(fresh=False)
    asked = [f"{call.method} {call.path}" for call in pretend.calls[3:]]
    assert asked == ["PUT me/player/volume", "PUT me/library", "GET me/player/devices"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"items": 1}', b"[1]", b"\xff"])
async def test_nothing_unreadable_is_kept(pretend: Pretend, client: Clients, body: bytes) -> None:
    ada = client("ada", keeps=True, chance=Dice())
    for read in (item, contains):
        pretend.faults.add(Fault("GET", "answer", 200, body, times=3))
        with pytest.raises(SpotifyDown):
            await read(ada, pretend)
        assert await read(ada, pretend)
