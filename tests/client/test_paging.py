"""Lists of many pages: whole, in order, so many calls at once and no more."""

from __future__ import annotations

import gc
import math
from contextlib import aclosing
from typing import Any

import pytest

from bot.errors import ShareSpent
from bot.spotify import Spotify
from bot.spotify.gate import Gate
from bot.spotify.lists import Page
from bot.spotify.paging import PAGE
from sandbox.clock import Clock
from sandbox.spotify import Account, Entry, generated_uri
from sandbox.spotify import Spotify as Pretend

from .calls import uri_of
from .clients import Clients
from .reading import LIKED, Late, a_while, likes, pages, uris

each_way = pytest.mark.parametrize("flights", [1, 4, 16])


class Patient(Gate):
    """Whoever has to wait does so by moving the clock on."""

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(clock, **more)
        self._moving = clock

    def admit(self, *args: Any, **more: Any) -> float:
        while wait := super().admit(*args, **more):
            self._moving.advance(wait)
        return 0.0


@each_way
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 10_000])
async def test_every_entry_comes_once_and_in_order(
    pretend: Pretend, spotify: Spotify, ada: Account, count: int, flights: int
) -> None:
    pretend.faults.add(late := Late(LIKED, times=None))
    expected = likes(ada, count)
    listed = spotify.library.tracks(flights=flights)
    assert await uris(listed) == expected
    assert (listed.total, listed.read, listed.missing) == (count, count, 0)
    assert not listed.changed
    assert max(late.at_once) <= flights
    if count > flights * PAGE:
        assert max(late.at_once) == flights
    offsets = pages(pretend)
    assert sorted(set(offsets)) == list(range(0, max(count, 1), PAGE))
    assert len(offsets) <= len(set(offsets)) + (count > PAGE)


def pages_in_memory() -> int:
    """Those that other tests left behind among them."""
    gc.collect()
    return sum(type(thing) is Page for thing in gc.get_objects())


async def test_so_many_pages_wait_for_the_reader_and_no_more(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    likes(ada, 5_000)
    listed = spotify.library.tracks(flights=4)
    others = pages_in_memory()
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        await anext(entries)
        await a_while(spotify)
        assert pages(pretend) == [0]
        async for _ in entries:
            if listed.read % 500 == 1:
                await a_while(spotify)
                assert max(pages(pretend)) <= listed.read + 4 * PAGE
                assert pages_in_memory() - others <= 4 + 1
            if listed.read > 2_000:
                break


@pytest.mark.parametrize("refusals", [1, 2])
async def test_a_rate_limit_halves_what_is_under_way(
    pretend: Pretend, client: Clients, ada: Account, clock: Clock, refusals: int
) -> None:
    pretend.faults.add(late := Late(LIKED, times=None))
    expected = likes(ada, 6_000)
    for number in range(refusals):
        pretend.interrupt(
            LIKED, lambda: pretend.rate_limit(1, match=LIKED), after=30 * (number + 1)
        )
    spotify = client(gate=Patient(clock))
    assert await uris(spotify.library.tracks(flights=16)) == expected
    assert max(late.at_once[:30]) == 16
    assert max(late.at_once[30 * refusals + 40 :]) == 16 // 2**refusals
    assert len([call for call in pretend.calls if call.status == 429]) == refusals


@each_way
@pytest.mark.parametrize(("count", "more"), [(0, 3), (1, 1), (49, 1), (50, 7), (120, 200)])
async def test_a_total_that_promises_too_much(
    spotify: Spotify, ada: Account, count: int, more: int, flights: int
) -> None:
    expected = likes(ada, count)
    ada.overstated = more
    listed = spotify.library.tracks(flights=flights)
    assert await uris(listed) == expected
    assert (listed.total, listed.read, listed.missing) == (count + more, count, more)
    assert not listed.changed


@each_way
@pytest.mark.parametrize(("count", "more"), [(0, 0), (1, 2), (50, 0), (51, 0), (149, 0), (120, 60)])
async def test_a_playlist_comes_whole_with_what_is_in_it_twice(
    pretend: Pretend, spotify: Spotify, count: int, more: int, flights: int
) -> None:
    pretend.faults.add(late := Late("GET /v1/playlists/.*/items$", times=None))
    playlist = pretend.world.add_playlist("Long", "ada")
    playlist.items[:] = [Entry(generated_uri(n % 70), 1_000.0) for n in range(count)]
    playlist.overstated = more
    listed = spotify.playlists.items(uri_of(playlist.uri), flights=flights)
    came = [str(entry.item.uri) async for entry in listed if entry and entry.item]
    assert came == [entry.uri for entry in playlist.items]
    assert (listed.total, listed.read, listed.missing) == (count + more, count, more)
    assert not listed.changed
    assert max(late.at_once) <= flights


@each_way
async def test_entries_without_a_song_count(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int
) -> None:
    expected: list[str | None] = list(likes(ada, 120))
    ada.liked[49] = ("spotify:track:" + "0" * 22, 1_000.0)
    expected[49] = None
    pretend.nulls(LIKED, every=3)
    for place in range(120):
        if place % PAGE % 3 == 2:
            expected[place] = None
    listed = spotify.library.tracks(flights=flights)
    assert await uris(listed) == expected
    assert (listed.total, listed.read, listed.missing) == (120, 120, 0)
    assert not listed.changed


# ---- long work has a share of the quota


async def test_long_work_that_its_share_does_not_allow_ends_before_the_second_page(
    pretend: Pretend, client: Clients, ada: Account, clock: Clock
) -> None:
    expected = likes(ada, 4_000)
    gate = Gate(clock, daily=100)
    export = client(background=True, gate=gate)
    with pytest.raises(ShareSpent) as refused:
        await uris(export.library.tracks())
    assert pages(pretend) == [0]
    assert refused.value.retry_after == math.inf
    assert "this app may spend 75 a day on exports" in refused.value.said("somebody")
    command = client(transport=client.transport)
    assert await uris(command.library.tracks()) == expected


async def test_long_work_that_comes_too_late_in_the_day_is_told_when_to_come_back(
    pretend: Pretend, client: Clients, ada: Account, clock: Clock
) -> None:
    expected = likes(ada, 2_000)
    export = client(background=True, gate=Gate(clock, daily=100))
    assert await uris(export.library.tracks()) == expected
    before = len(pages(pretend))
    with pytest.raises(ShareSpent) as refused:
        await uris(export.library.tracks())
    assert len(pages(pretend)) == before + 1
    assert 86_400 < refused.value.retry_after <= 90_000
    clock.advance(refused.value.retry_after + 1)
    assert await uris(export.library.tracks()) == expected


async def test_what_was_promised_to_one_is_not_promised_to_another(
    pretend: Pretend, client: Clients, ada: Account, clock: Clock
) -> None:
    """Two exports that would both fit the share alone, and one of which is given up."""
    expected = likes(ada, 2_000)
    first = client(background=True, gate=Gate(clock, daily=100))
    second = client(background=True, transport=client.transport)
    listed = first.library.tracks()
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        async for _ in entries:
            if listed.read == 60:
                with pytest.raises(ShareSpent):
                    await uris(second.library.tracks())
                break
    await a_while(client(transport=client.transport))
    assert await uris(second.library.tracks()) == expected
