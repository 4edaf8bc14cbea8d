"""Changes of what is in a playlist: none loses or doubles a song, and undo is the exact inverse."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors.content import NotInPlaylist
from bot.library.listed_songs import ListedSong, listed
from bot.library.playlist_items import Added, Duplicates, PlaylistItems
from bot.services import Services
from bot.spotify.models import Episode, Track
from bot.spotify.uris import Kind, Uri
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Playlist, PlaylistItem
from tests.stall_free_loop import StallFreeLoop

# An example makes some ten calls.
EXAMPLES = 80
# Stand for a song by its number, for a local file, and for an entry that names no item any more.
SONGS = st.integers(0, 4)
ENTRIES = st.lists(st.one_of(SONGS, st.sampled_from(["local", "gone"])), max_size=12)

Entry = int | str
Change = tuple[str, list[int], bool]

CHANGES: st.SearchStrategy[Change] = st.tuples(
    st.sampled_from(["add", "new only", "remove", "tidy"]),
    st.lists(SONGS, min_size=1, max_size=4),
    st.booleans(),
)


class Editing:
    """Ada's changes of a playlist of her own, by the bot's library over the real wire."""

    def __init__(self, harness: Harness, services: Services, user_id: int) -> None:
        self.spotify = harness.spotify
        self.services = services
        self.user_id = user_id
        self._uris = [track.uri for track in self.spotify.catalogue.regular_tracks[:5]]
        self._local = next(iter(self.spotify.catalogue.local))

    @property
    def items(self) -> PlaylistItems:
        return self.services.playlist_items

    def uri(self, entry: Entry) -> str | None:
        if entry == "gone":
            return None
        return self._local if entry == "local" else self._uris[int(entry)]

    def playlist(self, entries: Sequence[Entry]) -> tuple[Playlist, Uri]:
        playlist = self.spotify.state.add_playlist("Tides", "ada", *map(self.uri, entries))
        return playlist, Uri(Kind.PLAYLIST, playlist.id)

    async def songs(self, numbers: Sequence[Entry]) -> list[ListedSong]:
        session = await self.services.sessions.session(self.user_id)
        ids = [(self.uri(number) or "").rpartition(":")[2] for number in numbers]
        items = [await session.catalogue.item(Uri(Kind.TRACK, item_id)) for item_id in ids]
        return [listed(item) for item in items if isinstance(item, Track | Episode)]

    async def change(self, uri: Uri, change: Change) -> None:
        kind, numbers, at_top = change
        match kind:
            case "add" | "new only":
                songs = await self.songs(numbers)
                mode = Duplicates.ADD if kind == "add" else Duplicates.SKIP
                added = await self.items.add(
                    self.user_id, uri, songs, at_top=at_top, duplicates=mode
                )
                assert isinstance(added, Added)
            case "remove":
                uris = {self.uri(number) or "" for number in numbers}
                with suppress(NotInPlaylist):
                    await self.items.remove(self.user_id, uri, uris)
            case "tidy":
                await self.items.tidy(self.user_id, uri)

    async def undo(self) -> Sequence[str]:
        """Undo the last change, if there is one; returns what could not be undone."""
        if self.services.undo_log.last(self.user_id) is None:
            return ()
        session = await self.services.sessions.session(self.user_id, background=True)
        _, undone = await self.services.undo_log.undo(self.user_id, session)
        return undone.caveats


def _uris(playlist: Playlist) -> list[str | None]:
    return [entry.uri for entry in playlist.items]


def _expected(
    before: list[str | None], change: Change, uri: Callable[[Entry], str | None]
) -> list[str | None]:
    """The model: what a playlist contains after a change."""
    kind, numbers, at_top = change
    chosen = list(dict.fromkeys(uri(number) for number in numbers))
    match kind:
        case "new only":
            chosen = [song for song in chosen if song not in before]
        case "remove":
            return [song for song in before if song not in chosen]
        case "tidy":
            kept = []
            for song in before:
                if song is None or song.startswith("spotify:local") or song not in kept:
                    kept.append(song)
            return kept
    return [*chosen, *before] if at_top else [*before, *chosen]


def _with_editing(check: Callable[[Editing, Callable[..., object]], None]) -> None:
    """Run a property test with one bot and both services."""
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:

        async def start() -> tuple[AsyncExitStack, Editing]:
            stack = AsyncExitStack()
            harness = await stack.enter_async_context(run_harness())
            await harness.link_account("ada")
            assert harness.bot is not None
            user_id = int(harness.discord.state.users["ada"].id)
            return stack, Editing(harness, harness.bot.services, user_id)

        stack, editing = runner.run(start())
        try:
            check(editing, runner.run)
        finally:
            runner.run(stack.aclose())


def test_each_change_does_what_it_says_and_undo_is_its_inverse() -> None:
    def check(editing: Editing, run: Callable[..., object]) -> None:
        @settings(max_examples=EXAMPLES)
        @given(ENTRIES, st.lists(CHANGES, min_size=1, max_size=3))
        def walk(entries: list[Entry], changes: list[Change]) -> None:
            editing.services.forget_user(editing.user_id, settings=False)
            playlist, uri = editing.playlist(entries)
            for change in changes:
                before = _uris(playlist)
                run(editing.change(uri, change))
                assert _uris(playlist) == _expected(before, change, editing.uri)
            if _uris(playlist) != before:
                run(editing.undo())
                assert _uris(playlist) == before

        walk()

    _with_editing(check)


def test_undo_keeps_what_was_changed_meanwhile() -> None:
    def check(editing: Editing, run: Callable[..., object]) -> None:
        @settings(max_examples=EXAMPLES)
        @given(ENTRIES, CHANGES, st.integers(0, 12), st.lists(st.integers(0, 12), max_size=2))
        def walk(entries: list[Entry], change: Change, place: int, gone: list[int]) -> None:
            editing.services.forget_user(editing.user_id, settings=False)
            playlist, uri = editing.playlist(entries)
            before = _uris(playlist)
            run(editing.change(uri, change))
            # In the app, a song is added and others are removed.
            foreign = editing.spotify.catalogue.regular_tracks[20].uri
            playlist.insert([PlaylistItem(foreign)], min(place, len(playlist.items)))
            removed = {_uris(playlist)[index] for index in gone if index < len(playlist.items)}
            removed -= {foreign, None}
            playlist.remove({song for song in removed if song})
            run(editing.undo())
            after = Counter(_uris(playlist))
            wanted = Counter(song for song in before if song not in removed) + Counter([foreign])
            lost = wanted - after
            assert not lost, "a song is lost"
            assert all(song in removed for song in after - wanted), "a song is there too often"

        walk()

    _with_editing(check)
