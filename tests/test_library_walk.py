"""Random commands, presses and changes in Spotify itself: the library always equals a plain model.

The model knows lists of URIs and nothing of the bot. /undo must bring back what the last change of
the bot has changed, whatever has happened since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness
from sandbox.spotify import PlaylistItem
from sandbox.spotify.accounts import Account
from tests.stall_free_loop import StallFreeLoop

# An example runs some ten commands.
EXAMPLES = 40
# Items of the pool: two songs, and one of each other kind.
ITEMS = st.integers(0, 7)
FOLLOWED, OWN, NEW = 7, 8, 9
NAMES = ("Tides", "**Ebb** @everyone")

Step = tuple[str, list[int]]

# The actions on items of every kind, and those on one of the two songs or names.
_ON_ITEMS = ("/save", "/unsave", "save in Spotify", "remove in Spotify")
_ON_ONE = (
    *("press Save", "press Unsave", "/playlist add", "/playlist remove", "/playlist tidy"),
    *("/playlist create", "/playlist delete", "/playlist rename"),
    *("rename in Spotify", "add in Spotify"),
)


@st.composite
def _steps(draw: st.DrawFn) -> list[Step]:
    """Steps of few actions, so that they meet each other, and /undo."""
    actions = draw(st.sets(st.sampled_from([*_ON_ITEMS, *_ON_ONE]), min_size=2, max_size=3))
    steps = []
    for action in draw(
        st.lists(st.sampled_from([*sorted(actions), "/undo"]), min_size=6, max_size=14)
    ):
        if action in _ON_ITEMS:
            items = draw(st.lists(ITEMS, min_size=1, max_size=6, unique=True))
        else:
            items = [draw(st.integers(0, 1))]
        steps.append((action, items))
    return steps


@dataclass
class Model:
    """What should be saved, newest first, and how the last change of the bot is reversed."""

    saved: list[int] = field(default_factory=list)
    songs: list[int] = field(default_factory=list)
    name: str = ""
    undo: Callable[[], object] | None = None

    def save(self, items: Sequence[int], *, by_bot: bool) -> None:
        added = [item for item in items if item not in self.saved]
        self.saved[:0] = reversed(added)
        if added and by_bot:
            self.undo = lambda: self.remove(added, by_bot=False)

    def remove(self, items: Sequence[int], *, by_bot: bool) -> None:
        gone = [item for item in items if item in self.saved]
        self.saved = [item for item in self.saved if item not in gone]
        if gone and by_bot:
            self.undo = lambda: self.save(gone, by_bot=False)

    def change_songs(self, songs: Sequence[int]) -> None:
        """In a change of the bot's. Its undo leaves what was added in Spotify since at the end."""
        before, self.songs = self.songs, list(songs)
        after = self.songs.copy()

        def undo() -> None:
            self.songs = before + self.songs[len(after) :]

        if after != before:
            self.undo = undo

    def tidied(self) -> list[int]:
        return list(dict.fromkeys(self.songs))

    def create(self) -> None:
        self.saved.insert(0, NEW)

        def undo() -> None:
            self.saved.remove(NEW)

        self.undo = undo

    def rename(self, name: str) -> None:
        old, self.name = self.name, name
        if old == name:
            return

        def undo() -> None:
            if self.name in (old, name):
                self.name = old
            else:  # refused: it was renamed in Spotify since
                self.undo = undo

        self.undo = undo

    def undo_last(self) -> None:
        undo, self.undo = self.undo, None
        if undo:
            undo()


class Walk:
    """One user, whose library begins with an own playlist and is otherwise empty."""

    def __init__(self, harness: Harness, user: UserClient) -> None:
        self.harness = harness
        self.user = user
        self.account: Account = harness.spotify.accounts["ada"]
        catalogue, playlists = harness.spotify.catalogue, harness.spotify.playlists.values()
        show = next(iter(catalogue.shows.values()))
        self.followed = next(each for each in playlists if each.owner == "grace")
        self.own = next(each for each in playlists if each.owner == "ada")
        self.uris = [
            *(track.uri for track in catalogue.regular_tracks[:2]),
            *(next(iter(catalogue.albums.values())).uri, show.uri, show.episodes[0].uri),
            *(next(iter(catalogue.audiobooks.values())).uri,),
            *(next(iter(catalogue.artists.values())).uri, self.followed.uri, self.own.uri),
            "spotify:playlist:none",
        ]

    def reset(self) -> Model:
        for kind in ("track", "album", "show", "episode", "audiobook", "artist"):
            self.account.saved_items(kind).clear()
        self.account.playlists[:] = [self.own]
        self.own.items[:] = [PlaylistItem(self.uris[song]) for song in (0, 1, 0)]
        self.own.new_snapshot()
        self.own.name = NAMES[0]
        self.account.on_change()
        assert self.harness.bot is not None
        services = self.harness.bot.services
        user_id = int(self.harness.discord.state.users["ada"].id)
        services.forget_user(user_id, settings=False)
        self.harness.clock.advance(3600)  # nothing is cached any more
        return Model(saved=[OWN], songs=[0, 1, 0], name=NAMES[0])

    async def step(self, model: Model, step: Step) -> None:
        action, items = step
        links = " ".join(self.uris[item] for item in items)
        match action:
            case "/save":
                await self.user.run(f"/save what:{links}")
                model.save(items, by_bot=True)
            case "/unsave":
                await self.user.run(f"/unsave what:{links}")
                model.remove(items, by_bot=True)
            case "save in Spotify":
                self._follow([item for item in items if item not in model.saved])
                model.save(items, by_bot=False)
            case "remove in Spotify":
                self._unfollow(items)
                model.remove(items, by_bot=False)
            case "press Save" | "press Unsave":
                await self._press(model, action.removeprefix("press "), items[0])
            case "/undo":
                await self.user.run("/undo")
                model.undo_last()
            case "/playlist delete" if OWN in model.saved:
                question = await self.user.run(f"/playlist delete name:{self.own.uri}")
                await question.press("Delete playlist")
                model.remove([OWN], by_bot=True)
            case "/playlist rename":
                name = NAMES[items[0]]
                await self.user.run(f"/playlist rename name:{self.own.uri} to:{name}")
                model.rename(name)
            case "rename in Spotify":
                self.own.name = model.name = f"{NAMES[items[0]]} in Spotify"
            case "/playlist add" if OWN in model.saved:
                reply = await self.user.run(f"/playlist add what:{links} to:{self.own.uri}")
                if items[0] in model.songs:
                    await reply.press("Add anyway")
                model.change_songs([*model.songs, *items])
            case "/playlist remove" if OWN in model.saved:
                reply = await self.user.run(f"/playlist remove what:{links} from:{self.own.uri}")
                if model.songs.count(items[0]) > 1:
                    await reply.pick(self.uris[items[0]])
                model.change_songs([song for song in model.songs if song not in items])
            case "/playlist tidy" if OWN in model.saved:
                reply = await self.user.run(f"/playlist tidy name:{self.own.uri}")
                if extra := len(model.songs) - len(model.tidied()):
                    await reply.press("Remove it" if extra == 1 else f"Remove all {extra}")
                model.change_songs(model.tidied())
            case "/playlist create" if NEW not in model.saved:
                await self.user.run("/playlist create name:New from:playing")
                new = self.account.playlists[0]
                assert new is not None
                self.uris[NEW] = new.uri
                model.create()
            case "add in Spotify":
                self.own.insert([PlaylistItem(self.uris[items[0]])])
                model.songs.append(items[0])

    async def _press(self, model: Model, button: str, item: int) -> None:
        """A button of a list that was just read: it acts on what the list shows."""
        self.harness.clock.advance(60)
        reply = await self.user.run(f"/search query:{self.uris[item]}")
        if item in (0, 1) and button in reply.text.splitlines():
            await reply.press(button)
            (model.save if button == "Save" else model.remove)([item], by_bot=True)

    def _follow(self, items: Sequence[int]) -> None:
        for item in items:
            if item == FOLLOWED:
                self.account.playlists.insert(0, self.followed)
            else:
                self.account.save(self.uris[item])

    def _unfollow(self, items: Sequence[int]) -> None:
        self.account.remove(*(self.uris[item] for item in items if item != FOLLOWED))
        if FOLLOWED in items:
            self.account.playlists[:] = [
                playlist for playlist in self.account.playlists if playlist is not self.followed
            ]

    def check(self, model: Model) -> None:
        """Spotify keeps an order for each kind, so the model is compared kind by kind."""
        for kind in ("track", "album", "show", "episode", "audiobook", "artist"):
            saved = [uri for uri, _ in self.account.saved_items(kind)]
            assert saved == self._of_kind(model.saved, kind), kind
        playlists = [playlist.uri for playlist in self.account.playlists if playlist]
        assert playlists == self._of_kind(model.saved, "playlist")
        assert self.own.name == model.name
        songs = [entry.uri for entry in self.own.items]
        assert songs == [self.uris[song] for song in model.songs]

    def _of_kind(self, items: Sequence[int], kind: str) -> list[str]:
        uris = [self.uris[item] for item in items]
        return [uri for uri in uris if uri.split(":")[1] == kind]


def test_the_library_equals_a_model_after_each_step() -> None:
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:

        async def start() -> tuple[AsyncExitStack, Walk]:
            stack = AsyncExitStack()
            harness = await stack.enter_async_context(run_harness())
            return stack, Walk(harness, await harness.link_account("ada"))

        stack, walk = runner.run(start())
        try:

            @settings(max_examples=EXAMPLES)
            @given(_steps())
            def check(steps: list[Step]) -> None:
                model = walk.reset()
                for step in steps:
                    runner.run(walk.step(model, step))
                    walk.check(model)

            check()
        finally:
            runner.run(stack.aclose())
