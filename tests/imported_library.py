"""A simulated account's library as a value, and what a test needs to import it again."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors.spotify import SpotifyDown
from bot.library.import_draft import draft
from bot.library.import_journal import Journal
from bot.library.import_look import Look
from bot.library.import_plan import Plan
from bot.library.import_run import ImportRun
from bot.library.import_steps import Choice, Scope, Step, Surroundings, make_steps
from bot.library.import_undo import ImportUndo
from bot.library.read_file import read_library
from bot.spotify import Spotify as SpotifyClient
from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Simulator
from sandbox.spotify.playlists import Playlist

SAVED_KINDS = ("track", "album", "show", "episode", "audiobook")
# More than one import needs, and fewer than a loop without an end.
_MAX_RUNS = 200


@dataclass(frozen=True)
class Library:
    """Saved items newest first; artists in any order; own playlists newest first."""

    saved: dict[str, list[str]]
    artists: frozenset[str]
    playlists: list[tuple[str, str, list[str | None]]]


async def exported(
    linked_user: UserClient, what: str = "everything", file_format: str = "json"
) -> bytes:
    """The file that /export sends."""
    reply = await linked_user.run(f"/export what:{what} format:{file_format}")
    await reply.wait_for(lambda reply: bool(reply.files))
    (content,) = reply.files.values()
    return content


async def overview_of(user: UserClient, file: bytes) -> Reply:
    """The reply to /import with what it would do."""
    return await overview_of_all(user, {"library.json": file})


async def overview_of_all(user: UserClient, files: dict[str, bytes]) -> Reply:
    """The reply to /import of several files, by their names, with what it would do."""
    options = [f"file{number if number > 1 else ''}:{name}" for number, name in enumerate(files, 1)]
    reply = await user.run(f"/import {' '.join(options)}", files)
    return await reply.wait_for("Nothing has changed yet")


def newest_playlist(spotify: Simulator) -> Playlist:
    """Ada's newest playlist."""
    playlist = spotify.accounts["ada"].playlists[0]
    assert playlist is not None
    return playlist


def library_of(account: Account) -> Library:
    """What the account has."""
    own = [each for each in account.playlists if each and each.owner == account.name]
    return Library(
        {kind: [uri for uri, _ in account.saved_items(kind)] for kind in SAVED_KINDS},
        frozenset(account.saved_uris("artist")),
        [(each.name, each.description, [item.uri for item in each.items]) for each in own],
    )


def importable(library: Library) -> Library:
    """The library without local files and without entries that no longer exist."""

    def usable(uris: Sequence[str | None]) -> list[str | None]:
        return [uri for uri in uris if uri and not uri.startswith("spotify:local:")]

    playlists = [(name, about, usable(uris)) for name, about, uris in library.playlists]
    saved = {
        kind: [uri for uri in uris if not uri.startswith("spotify:local:")]
        for kind, uris in library.saved.items()
    }
    return Library(saved, library.artists, playlists)


def wipe(account: Account) -> None:
    """Remove everything from the account's library."""
    for kind in (*SAVED_KINDS, "artist"):
        account.saved_items(kind).clear()
    account.playlists[:] = [
        each for each in account.playlists if each and each.owner != account.name
    ]
    account.on_change()


class Importer:
    """Imports a file into an account as the bot's jobs do, run after run.

    pause  called in place of each pause, with its seconds
    """

    def __init__(
        self,
        harness: Harness,
        spotify: SpotifyClient,
        user_id: int,
        folder: Path,
        pause: Callable[[float], object],
    ) -> None:
        assert harness.bot is not None

        async def sleep(seconds: float) -> None:
            pause(seconds)

        self._around = Surroundings(sleep=sleep)
        self._editor = harness.bot.services.playlist_editor
        self._spotify = spotify
        self._user_id = user_id
        self._folder = folder
        self.runs = 0

    async def look(self, file: bytes, name: str = "library.json") -> Plan:
        """The plan for the file; changes nothing."""
        path = self._folder / "upload"
        path.write_bytes(file)
        (self._folder / "read").mkdir()
        plan = draft(read_library(path, self._folder / "read", name=name))
        contents, nowhere = self._editor.held, lambda *_: None
        await Look(self._spotify, self._user_id, contents, self._folder, nowhere).run(plan)
        return plan

    async def apply(self, steps: Sequence[Step]) -> None:
        """Run the steps until they are done, each time from what is on the disk."""
        for _ in range(_MAX_RUNS):
            self.runs += 1
            try:
                await ImportRun(self._spotify, steps, Journal(self._folder), self._around).run()
            except SpotifyDown:
                continue
            return
        raise AssertionError("the import does not end")

    async def undo(self, steps: Sequence[Step]) -> None:
        """Take back what was added, run after run."""
        for _ in range(_MAX_RUNS):
            undo = ImportUndo(
                self._spotify,
                self._user_id,
                steps,
                Journal(self._folder),
                self._editor,
                self._around,
            )
            try:
                await undo.run()
            except SpotifyDown:
                continue
            return
        raise AssertionError("the undo does not end")

    @property
    def journal(self) -> Journal:
        return Journal(self._folder)


def everything(plan: Plan) -> list[Step]:
    return make_steps(plan, Choice(Scope.ALL))


@asynccontextmanager
async def importer(
    harness: Harness, pause: Callable[[float], object] = lambda _: None
) -> AsyncIterator[Importer]:
    """An importer for a linked user."""
    assert harness.bot is not None
    user_id = int(harness.discord.state.users["ada"].id)
    spotify = await harness.bot.services.sessions.session(user_id, background=True)
    with tempfile.TemporaryDirectory(prefix="tonearm-import-") as folder:
        yield Importer(harness, spotify, user_id, Path(folder), pause)
