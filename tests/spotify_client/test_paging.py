"""Lists of many pages: complete, in order, and with the given concurrency."""

from __future__ import annotations

import asyncio
import gc
import math
from contextlib import aclosing
from typing import Any

import pytest

from bot.errors.spotify import BackgroundBudgetExceeded
from bot.spotify import Spotify
from bot.spotify.pages import SavedTrack
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.rate_limiter import RateLimiter
from sandbox.clock import Clock
from sandbox.spotify import Account, PlaylistItem, WrongTotals, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import to_uri
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.liked_songs import (
    LIKED_SONGS_CALL,
    DelayedPages,
    StalledSecondPage,
    let_tasks_finish,
    read_uris,
    requested_offsets,
    set_liked_songs,
)

each_concurrency = pytest.mark.parametrize("flights", [1, 4, 16])


class ClockAdvancingGate(RateLimiter):
    """A sleep that advances the clock instead of waiting."""

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(now=clock, monotonic=clock.monotonic, **more)
        self._clock_to_advance = clock

    def acquire(self, *args: Any, **more: Any) -> float:
        while wait := super().acquire(*args, **more):
            self._clock_to_advance.advance(wait)
        return 0.0


@each_concurrency
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 2_000])
async def test_every_entry_is_read_once_and_in_order(
    fake: FakeSpotify, spotify: Spotify, ada: Account, count: int, flights: int
) -> None:
    fake.faults.add(late := DelayedPages(LIKED_SONGS_CALL, times=None))
    expected = set_liked_songs(ada, count)
    listed = spotify.library.tracks(concurrency=flights)
    assert await read_uris(listed) == expected
    assert (listed.total, listed.read_count, listed.missing) == (count, count, 0)
    assert listed.complete
    assert not listed.changed
    assert max(late.concurrent_counts) <= flights
    if count > flights * PAGE_SIZE:
        assert max(late.concurrent_counts) == flights
    offsets = requested_offsets(fake)
    # Each page begins with the last entry of the page before.
    assert sorted(set(offsets)) == list(range(0, max(count - 1, 1), PAGE_SIZE - 1))
    assert len(offsets) <= len(set(offsets)) + (count > PAGE_SIZE)


def count_pages_in_memory() -> int:
    """By their lists of entries; also the ones that other tests left behind."""
    gc.collect()
    lists = [thing for thing in gc.get_objects() if type(thing) is list]
    return sum(len(each) == PAGE_SIZE and type(each[0]) is SavedTrack for each in lists)


async def test_buffered_pages_are_bounded(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    set_liked_songs(ada, 5_000)
    listed = spotify.library.tracks(concurrency=4)
    others = count_pages_in_memory()
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        await anext(entries)
        await let_tasks_finish(spotify)
        assert requested_offsets(fake) == [0]
        async for _ in entries:
            if listed.read_count % 500 == 1:
                await let_tasks_finish(spotify)
                assert max(requested_offsets(fake)) <= listed.read_count + 2 * 4 * PAGE_SIZE
                assert 4 <= count_pages_in_memory() - others <= 2 * 4 + 1
            if listed.read_count > 2_000:
                break


async def test_pages_are_in_flight_while_others_wait_for_a_late_one(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    set_liked_songs(ada, 5_000)
    fake.faults.add(StalledSecondPage(LIKED_SONGS_CALL, times=None))
    async with aclosing(aiter(spotify.library.tracks(concurrency=4))) as entries:  # type: ignore[type-var]
        for _ in range(PAGE_SIZE):
            await anext(entries)
        reading = asyncio.ensure_future(anext(entries))
        await fake.changes.wait_until(lambda: len(requested_offsets(fake)) == 1 + 2 * 4)
        await let_tasks_finish(spotify)
        assert len(requested_offsets(fake)) == 1 + 2 * 4
        reading.cancel()
        await asyncio.wait({reading})


@pytest.mark.parametrize("refusals", [1, 2])
async def test_rate_limit_halves_concurrency(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account, clock: Clock, refusals: int
) -> None:
    fake.faults.add(late := DelayedPages(LIKED_SONGS_CALL, times=None, delay=0.02))
    expected = set_liked_songs(ada, 6_000)
    for number in range(refusals):
        fake.on(
            LIKED_SONGS_CALL,
            lambda: fake.add_rate_limit(1, pattern=LIKED_SONGS_CALL),
            after=30 * (number + 1),
        )
    spotify = make_client(gate=ClockAdvancingGate(clock))
    assert await read_uris(spotify.library.tracks(concurrency=16)) == expected
    # A slow machine may begin fewer at a time.
    assert 8 < max(late.concurrent_counts[:30]) <= 16
    assert max(late.concurrent_counts[30 * refusals + 40 :]) <= 16 // 2**refusals
    assert len([call for call in fake.calls if call.status == 429]) == refusals


@each_concurrency
@pytest.mark.parametrize(("count", "more"), [(0, 3), (1, 1), (49, 1), (50, 7), (120, 200)])
async def test_total_larger_than_list(
    spotify: Spotify, ada: Account, count: int, more: int, flights: int
) -> None:
    expected = set_liked_songs(ada, count)
    ada.total_surplus = more
    listed = spotify.library.tracks(concurrency=flights)
    assert await read_uris(listed) == expected
    assert (listed.total, listed.read_count, listed.missing) == (count + more, count, more)
    assert not listed.changed


@each_concurrency
@pytest.mark.parametrize(("count", "more"), [(0, 0), (1, 2), (50, 0), (51, 0), (149, 0), (120, 60)])
async def test_playlist_with_duplicates_is_read_completely(
    fake: FakeSpotify, spotify: Spotify, count: int, more: int, flights: int
) -> None:
    fake.faults.add(late := DelayedPages("GET /v1/playlists/.*/items$", times=None))
    playlist = fake.state.add_playlist("Long", "ada")
    playlist.items[:] = [PlaylistItem(generated_uri(n % 70), 1_000.0) for n in range(count)]
    playlist.total_surplus = more
    listed = spotify.playlists.items(to_uri(playlist.uri), concurrency=flights)
    came = [str(entry.item.uri) async for entry in listed if entry and entry.item]
    assert came == [entry.uri for entry in playlist.items]
    assert (listed.total, listed.read_count, listed.missing) == (count + more, count, more)
    assert not listed.changed
    assert max(late.concurrent_counts) <= flights


@each_concurrency
async def test_entries_without_song_are_counted(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int
) -> None:
    expected: list[str | None] = list(set_liked_songs(ada, 120))
    ada.liked[49] = ("spotify:track:" + "0" * 22, 1_000.0)
    expected[49] = None
    fake.inject_nulls(LIKED_SONGS_CALL, every=3)
    for place in range(120):
        index = place if place < PAGE_SIZE else (place - 1) % (PAGE_SIZE - 1) + 1  # in its page
        if index % 3 == 2:
            expected[place] = None
    listed = spotify.library.tracks(concurrency=flights)
    assert await read_uris(listed) == expected
    assert (listed.total, listed.read_count, listed.missing) == (120, 120, 0)
    assert not listed.changed


# ---- long work has a share of the quota


async def test_background_read_over_budget_stops_before_second_page(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account, clock: Clock
) -> None:
    expected = set_liked_songs(ada, 4_000)
    gate = RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=100)
    export = make_client(background=True, gate=gate)
    with pytest.raises(BackgroundBudgetExceeded) as refused:
        await read_uris(export.library.tracks())
    assert requested_offsets(fake) == [0, 2_000], "one more call, to verify the count"
    assert refused.value.retry_after == math.inf
    assert "exports and imports may use 75 a day" in refused.value.render("somebody")
    command = make_client(transport=make_client.transport)
    assert await read_uris(command.library.tracks()) == expected


async def test_wrong_count_is_no_reason_to_refuse_a_background_read(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account, clock: Clock
) -> None:
    expected = set_liked_songs(ada, 650)
    fake.on(LIKED_SONGS_CALL, WrongTotals([100_000]))
    gate = RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=100)
    export = make_client(background=True, gate=gate)
    assert await read_uris(export.library.tracks()) == expected


async def test_background_read_over_budget_reports_retry_time(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account, clock: Clock
) -> None:
    expected = set_liked_songs(ada, 2_000)
    export = make_client(
        background=True, gate=RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=100)
    )
    assert await read_uris(export.library.tracks()) == expected
    before = len(requested_offsets(fake))
    with pytest.raises(BackgroundBudgetExceeded) as refused:
        await read_uris(export.library.tracks())
    assert len(requested_offsets(fake)) == before + 2
    assert 86_400 < refused.value.retry_after <= 90_000
    clock.advance(refused.value.retry_after + 1)
    assert await read_uris(export.library.tracks()) == expected


async def test_reserved_budget_is_not_reserved_twice(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account, clock: Clock
) -> None:
    """Two exports that each fit the budget alone; one of them is refused."""
    expected = set_liked_songs(ada, 2_000)
    first = make_client(
        background=True, gate=RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=100)
    )
    second = make_client(background=True, transport=make_client.transport)
    listed = first.library.tracks()
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        async for _ in entries:
            if listed.read_count == 60:
                with pytest.raises(BackgroundBudgetExceeded):
                    await read_uris(second.library.tracks())
                break
    await let_tasks_finish(make_client(transport=make_client.transport))
    assert await read_uris(second.library.tracks()) == expected
