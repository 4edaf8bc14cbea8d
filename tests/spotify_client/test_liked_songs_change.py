"""Liked songs that change while they are read: none is lost, repeated or invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors.spotify import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.pages import SavedTrack
from bot.spotify.paging import PAGE_SIZE, Paging
from sandbox.spotify import Account, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.changing_list import ChangingList, Edit
from tests.spotify_client.small_pages import SMALL_PAGE_SIZE, SmallPages

LIKED_SONGS_CALL = "GET /v1/me/tracks$"
CONCURRENCY_LEVELS = (1, 4, 16)

RandomEdit = tuple[int, tuple[str, ...]]
"""The number of a call, and the change to make before it, with its arguments."""

# Of lists with SMALL_PAGE_SIZE entries a page.
edit_strategy = st.tuples(
    st.integers(1, 9),
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([1, 1, 2, 3, 4, 5, 6, 12])),
        st.tuples(
            st.just("remove"),
            st.integers(0, 40),
            st.sampled_from([1, 1, 2, 3, 4, 5, 6, 10, 40]),
        ),
    ),
)


class ChangingLikedSongs(ChangingList):
    """Ada's liked songs; every added song is a new one."""

    def __init__(self, fake: FakeSpotify, ada: Account, many: int) -> None:
        ada.liked.clear()
        ada.like_generated(many)
        self._liked = ada.liked
        self._numbers = count(many)
        self._dates = count(int(fake.clock()))
        super().__init__(fake, LIKED_SONGS_CALL, lambda: [uri for uri, _ in ada.liked])

    def add(self, many: int = 1) -> Edit:
        def act() -> None:
            for _ in range(many):
                self._liked.insert(0, (generated_uri(next(self._numbers)), next(self._dates)))

        return act

    def remove(self, start: int, many: int = 1) -> Edit:
        def act() -> None:
            del self._liked[start : start + many]

        return act

    def edit_randomly(self, edits: list[RandomEdit]) -> None:
        for call, (name, *arguments) in edits:
            self.edit_before_call(call, getattr(self, name)(*arguments))


async def read_uris(listed: Paging[SavedTrack]) -> list[str]:
    return [str(entry.track.uri) async for entry in listed if entry and entry.track]


async def read_and_check(
    listed: Paging[SavedTrack], liked: ChangingLikedSongs, *, true_counts: bool = True
) -> Paging[SavedTrack]:
    """Read the songs, and check the result. Raises LibraryChanged.

    true_counts  whether Spotify's counts are true, so that they show every change
    """
    try:
        came = await read_uris(listed)
    finally:
        liked.stop_edits()
    liked.check(came)
    assert listed.read_count == len(came)
    if true_counts:
        liked.check_additions(came, listed.changed)
        assert listed.missing == 0 or liked.edited_later
    return listed


Change = Callable[[ChangingLikedSongs, int], list[Edit]]
"""A change to make once this many songs have been read."""

CHANGES: Mapping[str, Change] = {
    "one added": lambda it, _: [it.add()],
    "a few added": lambda it, _: [it.add(3)],
    "a page added": lambda it, _: [it.add(PAGE_SIZE)],
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
async def test_one_change_before_any_page(
    fake: FakeSpotify, spotify: Spotify, ada: Account, change: Change
) -> None:
    for flights in CONCURRENCY_LEVELS:
        for call in (1, 2, 3):
            liked = ChangingLikedSongs(fake, ada, 120)
            liked.edit_before_call(call, *change(liked, min(call * PAGE_SIZE, 120)))
            await read_and_check(spotify.library.tracks(concurrency=flights), liked)


@pytest.mark.parametrize("flights", CONCURRENCY_LEVELS)
async def test_changes_before_every_page(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int
) -> None:
    for change in ("one added", "the newest removed", "one above removed", "one below removed"):
        liked = ChangingLikedSongs(fake, ada, 320)
        for call in range(1, 12):
            liked.edit_before_call(call, *CHANGES[change](liked, 60))
        listed = await read_and_check(spotify.library.tracks(concurrency=flights), liked)
        assert listed.changed


async def test_second_change_during_resync(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    for second in range(2, 6):
        for start, many in ((0, 10), (0, 50), (40, 20), (95, 1)):
            liked = ChangingLikedSongs(fake, ada, 159)
            liked.edit_before_call(1, liked.remove(95))
            liked.edit_before_call(second, liked.remove(start, many))
            await read_and_check(spotify.library.tracks(concurrency=1), liked)
            liked = ChangingLikedSongs(fake, ada, 159)
            liked.edit_before_call(1, liked.add(60))
            liked.edit_before_call(second, liked.remove(start, many))
            await read_and_check(spotify.library.tracks(concurrency=1), liked)


@pytest.mark.parametrize("flights", CONCURRENCY_LEVELS)
async def test_song_liked_again_is_read_again(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int
) -> None:
    liked = ChangingLikedSongs(fake, ada, 120)
    again = ada.liked[10][0]
    liked.edit_before_call(1, liked.remove(10), lambda: ada.like(again))
    listed = spotify.library.tracks(concurrency=flights)
    came = [entry async for entry in listed if entry and entry.track]
    dates = [entry.added_at for entry in came if entry.track and str(entry.track.uri) == again]
    assert len(dates) == len(set(dates)) == 2
    assert len(came) == 121


@pytest.mark.parametrize("flights", CONCURRENCY_LEVELS)
async def test_songs_with_equal_dates(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int
) -> None:
    for call in (1, 2, 3):
        for change in ("one added", "the newest removed", "one added, one above removed"):
            liked = ChangingLikedSongs(fake, ada, 120)
            ada.liked[:] = [(uri, 1_000_000.0) for uri, _ in ada.liked]
            liked.edit_before_call(call, *CHANGES[change](liked, call * PAGE_SIZE))
            await read_and_check(spotify.library.tracks(concurrency=flights), liked)


@pytest.mark.parametrize("flights", CONCURRENCY_LEVELS)
async def test_null_entries_are_read_once(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int
) -> None:
    """Remove the newest song, songs at both sides of a page boundary, and several in a row."""
    gone = {0, 1, 48, 49, 50, *range(90, 103)}
    for call in (1, 2, 3):
        for edits in ([0, 1], [0, 0, 1], [1], [1, 1]):
            liked = ChangingLikedSongs(fake, ada, 130)
            for place in gone:
                ada.liked[place] = (f"spotify:track:{place:022}", ada.liked[place][1])
            acts = [liked.remove(20) if edit else liked.add() for edit in edits]
            liked.edit_before_call(call, *acts)
            came = [entry async for entry in spotify.library.tracks(concurrency=flights)]
            liked.stop_edits()
            nulls = [entry.added_at for entry in came if entry and entry.track is None]
            assert len(nulls) == len(set(nulls)) == len(gone)


async def test_lost_position_raises_instead_of_short_list(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    """Remove the last 300 songs read, so that the reader cannot find its position again."""
    for call, start, many in ((7, 20, 330), (8, 49, 351)):
        liked = ChangingLikedSongs(fake, ada, 450)
        liked.edit_before_call(call, liked.remove(start, many))
        with pytest.raises(LibraryChanged):
            await read_and_check(spotify.library.tracks(concurrency=1), liked)


async def test_constantly_changing_list_raises_library_changed(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    liked = ChangingLikedSongs(fake, ada, 3_000)
    for call in range(1, 400):
        liked.edit_before_call(call, liked.add() if call % 2 else liked.remove(0))
    with pytest.raises(LibraryChanged):
        await read_and_check(spotify.library.tracks(concurrency=1), liked)


# ---- whatever happens


def test_random_changes_at_random_calls() -> None:
    """With small pages, so that many cases are cheap."""
    lost: list[bool] = []

    @given(
        st.integers(SMALL_PAGE_SIZE, 40),
        st.sampled_from(CONCURRENCY_LEVELS),
        st.lists(edit_strategy, min_size=1, max_size=4),
    )
    @example(16, 1, [(1, ("remove", 9, 1)), (3, ("remove", 0, 1))])
    @example(15, 1, [(1, ("add", 6)), (2, ("remove", 0, 1))])
    @example(10, 1, [(2, ("add", 4)), (3, ("add", 4))])
    @example(12, 1, [(1, ("add", 5)), (6, ("remove", 0, 1))])
    @example(6, 1, [(1, ("add", 12)), (4, ("add", 1))])
    def check(many: int, flights: int, edits: list[RandomEdit]) -> None:
        liked = ChangingLikedSongs(simulated.fake, simulated.fake.accounts["ada"], many)
        liked.edit_randomly(edits)
        listed = simulated.liked_songs(flights)
        try:
            simulated.run(read_and_check(listed, liked))
        except LibraryChanged:
            lost.append(True)
        else:
            lost.append(False)

    with SmallPages() as simulated:
        check()
    assert sum(lost) < 0.1 * len(lost), "the position is lost too often"
