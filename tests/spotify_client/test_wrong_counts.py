"""Lists with wrong counts, pages and ends: complete, in about as many calls as pages."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.errors.spotify import LibraryChanged
from sandbox.spotify import FewerEntries, ListFault, NoNext, WrongTotals
from tests.spotify_client.liked_songs import LIKED_SONGS_CALL, read_uris, set_liked_songs
from tests.spotify_client.small_pages import SMALL_PAGE_SIZE, SmallPages
from tests.spotify_client.test_liked_songs_change import (
    CONCURRENCY_LEVELS,
    ChangingLikedSongs,
    RandomEdit,
    edit_strategy,
    read_and_check,
)

# What is read besides a list's pages: the first page again, and two pages behind the end; with a
# wrong page, those that find the position again. What was requested in advance may come to nothing.
SPARE_CALLS, SPARE_CALLS_WITH_WRONG_PAGE = 3, 8

TOTALS: list[object] = [
    lambda total: total,
    lambda total: total - 1,
    lambda total: total + 1,
    lambda total: total // 2,
    lambda total: total * 3,
    lambda total: str(total),
    lambda total: float(total),
    0,
    -7,
    None,
    10**9,
    2**70,
    "many",
    [],
]
totals_strategy = st.lists(st.sampled_from(TOTALS), min_size=1, max_size=4)


async def read_unchanged(
    simulated: SmallPages, count: int, concurrency: int, spare_calls: int
) -> None:
    """Read this many liked songs; check that each comes once, with few calls."""
    before = len(simulated.fake.calls)
    expected = set_liked_songs(simulated.fake.accounts["ada"], count)
    listed = simulated.liked_songs(concurrency)
    assert await read_uris(listed) == expected
    assert listed.read_count == count
    assert not listed.moved
    # Every page after the first one begins with an entry of the page before.
    pages = max(1, -(-(count - 1) // (SMALL_PAGE_SIZE - 1)))
    assert len(simulated.fake.calls) - before <= pages + spare_calls + concurrency - 1


def test_counts_that_flicker() -> None:
    @given(
        st.integers(0, 60), st.sampled_from(CONCURRENCY_LEVELS), totals_strategy, st.integers(0, 99)
    )
    def check(count: int, concurrency: int, totals: list[object], seed: int) -> None:
        simulated.fake.rules.clear()
        simulated.fake.on(LIKED_SONGS_CALL, WrongTotals(totals, seed), times=None)
        simulated.run(read_unchanged(simulated, count, concurrency, SPARE_CALLS))

    with SmallPages() as simulated:
        check()


PAGE_FAULTS: dict[str, Callable[[], ListFault]] = {
    "no next": NoNext,
    "no entries": lambda: FewerEntries(slice(0)),
    "one entry": lambda: FewerEntries(slice(1)),
    "not the last entries": lambda: FewerEntries(slice(3)),
    "not the first entries": lambda: FewerEntries(slice(2, None)),
}


def test_one_wrong_page_loses_nothing() -> None:
    @given(
        st.integers(SMALL_PAGE_SIZE + 1, 40),
        st.sampled_from(CONCURRENCY_LEVELS),
        st.sampled_from(sorted(PAGE_FAULTS)),
        st.integers(0, 9),
    )
    def check(count: int, concurrency: int, name: str, page: int) -> None:
        simulated.fake.rules.clear()
        after = max(page, 1) if name == "not the first entries" else page
        simulated.fake.on(LIKED_SONGS_CALL, PAGE_FAULTS[name](), after=after)
        spare_calls = SPARE_CALLS_WITH_WRONG_PAGE
        simulated.run(read_unchanged(simulated, count, concurrency, spare_calls))

    with SmallPages() as simulated:
        check()


def test_changes_while_counts_flicker() -> None:
    """Permanent entries come once, or LibraryChanged is raised, although every count is wrong."""
    lost: list[bool] = []

    @given(
        st.integers(SMALL_PAGE_SIZE, 30),
        st.sampled_from(CONCURRENCY_LEVELS),
        st.lists(edit_strategy, min_size=1, max_size=4),
        totals_strategy,
    )
    def check(count: int, concurrency: int, edits: list[RandomEdit], totals: list[object]) -> None:
        liked = ChangingLikedSongs(simulated.fake, simulated.fake.accounts["ada"], count)
        simulated.fake.on(LIKED_SONGS_CALL, WrongTotals(totals), times=None)
        liked.edit_randomly(edits)
        listed = simulated.liked_songs(concurrency)
        try:
            simulated.run(read_and_check(listed, liked, true_counts=False))
        except LibraryChanged:
            lost.append(True)
        else:
            lost.append(False)

    with SmallPages() as simulated:
        check()
    assert sum(lost) < 0.15 * len(lost), "the position is lost too often"
