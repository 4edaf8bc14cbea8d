"""Liked songs that change while they are read: none is lost, none comes twice, none is made up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from itertools import count

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.lists import SavedTrack
from bot.spotify.paging import PAGE, Paging
from sandbox.clock import Clock
from sandbox.spotify import Account, generated_uri
from sandbox.spotify import Spotify as Pretend

from .changing import Changing, Edit
from .clients import Clients

MATCH = "GET /v1/me/tracks$"
FLIGHTS = (1, 4, 16)


class Liked(Changing):
    """Ada's liked songs; every one that is added is another."""

    def __init__(self, pretend: Pretend, ada: Account, many: int) -> None:
        ada.liked.clear()
        ada.like_many(many)
        self._liked = ada.liked
        self._numbers = count(many)
        self._dates = count(int(pretend.clock()))
        super().__init__(pretend, MATCH, lambda: [uri for uri, _ in ada.liked])

    def add(self, many: int = 1) -> Edit:
        def act() -> None:
            for _ in range(many):
                self._liked.insert(0, (generated_uri(next(self._numbers)), next(self._dates)))

        return act

    def remove(self, start: int, many: int = 1) -> Edit:
        def act() -> None:
            del self._liked[start : start + many]

        return act


async def read(listed: Paging[SavedTrack]) -> list[str]:
    return [str(entry.track.uri) async for entry in listed if entry and entry.track]


async def holds(spotify: Spotify, liked: Liked, flights: int) -> Paging[SavedTrack]:
    """Read the songs, and see that all is true that has to be. Raises LibraryChanged."""
    listed = spotify.library.tracks(flights=flights)
    try:
        came = await read(listed)
    finally:
        liked.over()
    liked.check(came)
    liked.check_top(came, listed.changed)
    assert listed.read == len(came)
    assert listed.missing == 0
    return listed


Change = Callable[[Liked, int], list[Edit]]
"""What is done when so many songs have been read."""

CHANGES: Mapping[str, Change] = {
    "one added": lambda it, _: [it.add()],
    "a few added": lambda it, _: [it.add(3)],
    "a page added": lambda it, _: [it.add(PAGE)],
    "more than a page added": lambda it, _: [it.add(60)],
    "two pages added": lambda it, _: [it.add(110)],
    "the newest removed": lambda it, _: [it.remove(0)],
    "one above removed": lambda it, read: [it.remove(read // 2)],
    "the last that was read removed": lambda it, read: [it.remove(read - 1)],
    "the next one removed": lambda it, read: [it.remove(read)],
    "both sides of the place removed": lambda it, read: [it.remove(read - 20, 40)],
    "one below removed": lambda it, read: [it.remove(read + 20)],
    "the oldest removed": lambda it, _: [it.remove(119)],
    "most above removed": lambda it, read: [it.remove(0, read - 1)],
    "all that was read removed": lambda it, read: [it.remove(0, read)],
    "all that was read and more removed": lambda it, read: [it.remove(0, read + 5)],
    "all below removed": lambda it, read: [it.remove(read, 120)],
    "everything removed": lambda it, _: [it.remove(0, 120)],
    "one added, one above removed": lambda it, read: [it.add(), it.remove(read // 2)],
    "one added, the oldest removed": lambda it, _: [it.add(), it.remove(120)],
    "one removed, another added": lambda it, _: [it.remove(0), it.add()],
    "many added, as many below removed": lambda it, read: [it.remove(read + 5, 15), it.add(15)],
    "many added, as many across removed": lambda it, read: [it.remove(read - 9, 18), it.add(18)],
    "many added, all that was read removed": lambda it, read: [it.remove(0, read), it.add(read)],
    "more than a page added, all that was read removed": lambda it, read: [
        it.remove(0, read), it.add(70),
    ],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_one_change_at_any_page(
    pretend: Pretend, spotify: Spotify, ada: Account, change: Change
) -> None:
    for flights in FLIGHTS:
        for call in (1, 2, 3):
            liked = Liked(pretend, ada, 120)
            liked.before_call(call, *change(liked, min(call * PAGE, 120)))
            await holds(spotify, liked, flights)


@pytest.mark.parametrize("flights", FLIGHTS)
async def test_changes_at_every_page(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int
) -> None:
    for change in ("one added", "the newest removed", "one above removed", "one below removed"):
        liked = Liked(pretend, ada, 320)
        for call in range(1, 12):
            liked.before_call(call, *CHANGES[change](liked, 60))
        listed = await holds(spotify, liked, flights)
        assert listed.changed


async def test_it_changes_again_while_the_place_is_looked_for(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    for second in range(2, 6):
        for start, many in ((0, 10), (0, 50), (40, 20), (95, 1)):
            liked = Liked(pretend, ada, 159)
            liked.before_call(1, liked.remove(95))
            liked.before_call(second, liked.remove(start, many))
            await holds(spotify, liked, 1)
            liked = Liked(pretend, ada, 159)
            liked.before_call(1, liked.add(60))
            liked.before_call(second, liked.remove(start, many))
            await holds(spotify, liked, 1)


@pytest.mark.parametrize("flights", FLIGHTS)
async def test_what_is_liked_anew_comes_anew(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int
) -> None:
    liked = Liked(pretend, ada, 120)
    again = ada.liked[10][0]
    liked.before_call(1, liked.remove(10), lambda: ada.like(again))
    listed = spotify.library.tracks(flights=flights)
    came = [entry async for entry in listed if entry and entry.track]
    dates = [one.added_at for one in came if one.track and str(one.track.uri) == again]
    assert len(dates) == len(set(dates)) == 2
    assert len(came) == 121


@pytest.mark.parametrize("flights", FLIGHTS)
async def test_songs_that_were_all_liked_at_once(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int
) -> None:
    for call in (1, 2, 3):
        for change in ("one added", "the newest removed", "one added, one above removed"):
            liked = Liked(pretend, ada, 120)
            ada.liked[:] = [(uri, 1_000_000.0) for uri, _ in ada.liked]
            liked.before_call(call, *CHANGES[change](liked, call * PAGE))
            await holds(spotify, liked, flights)


@pytest.mark.parametrize("flights", FLIGHTS)
async def test_nulls_that_were_there_come_once(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int
) -> None:
    """The newest one, both sides of a page's end, and a row of them."""
    gone = {0, 1, 48, 49, 50, *range(90, 103)}
    for call in (1, 2, 3):
        for edits in ([0, 1], [0, 0, 1], [1], [1, 1]):
            liked = Liked(pretend, ada, 130)
            for place in gone:
                ada.liked[place] = (f"spotify:track:{place:022}", ada.liked[place][1])
            acts = [liked.remove(20) if edit else liked.add() for edit in edits]
            liked.before_call(call, *acts)
            came = [entry async for entry in spotify.library.tracks(flights=flights)]
            liked.over()
            nulls = [entry.added_at for entry in came if entry and entry.track is None]
            assert len(nulls) == len(set(nulls)) == len(gone)


async def test_a_place_that_is_lost_is_never_a_short_list(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    """The last 300 that came go, and so nothing tells where those begin that did not come."""
    for call, start, many in ((7, 20, 330), (8, 49, 351)):
        liked = Liked(pretend, ada, 450)
        liked.before_call(call, liked.remove(start, many))
        with pytest.raises(LibraryChanged):
            await holds(spotify, liked, 1)


async def test_a_list_that_never_stands_still_is_given_up(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    liked = Liked(pretend, ada, 3_000)
    for call in range(1, 400):
        liked.before_call(call, liked.add() if call % 2 else liked.remove(0))
    with pytest.raises(LibraryChanged):
        await holds(spotify, liked, 1)


# ---- whatever happens

edits = st.tuples(
    st.integers(1, 9),
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([1, 1, 2, 7, 49, 50, 51, 120])),
        st.tuples(
            st.just("remove"),
            st.integers(0, 400),
            st.sampled_from([1, 1, 2, 10, 49, 50, 51, 100, 400]),
        ),
    ),
)


async def _ground(stack: AsyncExitStack) -> tuple[Pretend, Spotify]:
    clock = Clock()
    pretend = await stack.enter_async_context(Pretend(clock))
    jar = aiohttp.DummyCookieJar()
    http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
    return pretend, Clients(pretend, http, clock)()


def test_whatever_changes_whenever_it_does() -> None:
    runs: list[bool] = []

    @settings(
        max_examples=100,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @example(159, 1, [(1, ("remove", 95, 1)), (3, ("remove", 0, 10))])
    @example(150, 1, [(1, ("add", 60)), (2, ("remove", 0, 1))])
    @given(st.integers(120, 400), st.sampled_from(FLIGHTS), st.lists(edits, min_size=1, max_size=4))
    def whatever(many: int, flights: int, done: list[tuple[int, tuple[str, ...]]]) -> None:
        liked = Liked(pretend, pretend.accounts["ada"], many)
        for call, (name, *where) in done:
            liked.before_call(call, getattr(liked, name)(*where))
        runs.append(runner.run(_read(spotify, liked, flights)))

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        pretend, spotify = runner.run(_ground(stack))
        whatever()
        runner.run(stack.aclose())
    assert sum(runs) > 0.9 * len(runs), "the place is lost too often"


async def _read(spotify: Spotify, liked: Liked, flights: int) -> bool:
    """Whether the place was not lost."""
    try:
        await holds(spotify, liked, flights)
    except LibraryChanged:
        return False
    return True
