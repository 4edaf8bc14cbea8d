"""An export that ends early, or whose disk fails, leaves no file and says why."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.interactions.progress import StoppableWork
from bot.library.export import RunningExports
from bot.library.export_folders import LEFTOVER_AGE, erase_leftovers, new_folder
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

LIKED = "/export what:liked-songs"


def _watch(harness: Harness) -> list[Path]:
    """The folders of exports, which are made from now on."""
    folders: list[Path] = []

    @contextmanager
    def make_folder() -> Iterator[Path]:
        with new_folder() as folder:
            folders.append(folder)
            yield folder

    assert harness.bot is not None
    harness.bot.services.exports.make_folder = make_folder
    return folders


async def test_full_disk_is_named(harness: Harness, linked_user: UserClient) -> None:
    """The disk refuses the entries, then the file that is made of them."""
    assert harness.bot is not None
    exports = harness.bot.services.exports
    for name in ("list-0", "liked-songs.xspf", "liked-songs.zip"):

        @contextmanager
        def make_folder(name: str = name) -> Iterator[Path]:
            with TemporaryDirectory() as folder:
                Path(folder, name).symlink_to("/dev/full")
                yield Path(folder)

        exports.make_folder = make_folder
        file_format = "xspf" if name.endswith("xspf") else "zip"
        reply = await linked_user.run(f"{LIKED} format:{file_format}")
        await reply.wait_for("disk is full")
        assert not reply.files

    @contextmanager
    def find_no_folder() -> Iterator[Path]:
        with TemporaryDirectory(dir="/no/such/folder") as folder:
            yield Path(folder)

    exports.make_folder = find_no_folder
    assert "disk has a fault" in (await linked_user.run(LIKED)).text
    exports.make_folder = new_folder
    await (await linked_user.run(LIKED)).wait_for("Here are your")


async def test_stop_ends_an_export_and_keeps_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(4_000)
    folders = _watch(harness)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks", after=10))
    export = asyncio.create_task(linked_user.run("/export what:liked-songs"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        progress = await (await export).wait_for("of 4,060, about 84 requests to Spotify")
        await progress.press("Stop")
    stopped = await progress.wait_for("Stopped. Nothing is kept")
    assert not stopped.files
    assert len(spotify.calls_to("GET", "me/tracks")) < 20
    assert len(folders) == 1
    assert not folders[0].exists()


async def test_stop_is_offered_and_works_on_a_rate_limit(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    harness.bot.services.exports.announce_after = 0.01
    folders = _watch(harness)
    refusal = Fault("GET .*/me/tracks", status=429, headers={"Retry-After": "60"}, times=None)
    spotify.faults.add(refusal)
    export = asyncio.create_task(linked_user.run(f"{LIKED} format:json"))
    reply = await (await export).wait_for("Reading Liked songs")
    await reply.press("Stop")
    await reply.wait_for("Stopped. Nothing is kept")
    assert not folders[0].exists()


async def test_unlink_ends_an_export_at_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    folders = _watch(harness)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
    export = asyncio.create_task(linked_user.run(f"{LIKED} format:json"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        assert folders[0].exists()
        await (await linked_user.run("/unlink")).press("Unlink")
        reply = await (await export).wait_for("Stopped. Nothing is kept")
        assert not folders[0].exists()
    assert not reply.files


async def test_shutdown_erases_what_an_export_has_read() -> None:
    async with run_harness(shutdown_timeout=0.1) as harness:
        user = await harness.link_account("ada")
        folders = _watch(harness)
        harness.spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
        export = asyncio.create_task(user.run(f"{LIKED} format:json"))
        async with released_at_exit(held.hold) as hold:
            await hold.response_ready.wait()
            await harness.stop()
            assert not folders[0].exists()
        reply = await export
        assert "restarting" in reply.text
        assert not reply.files


async def test_stop_while_the_file_is_written(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """The thread that writes has ended before its folder is erased."""
    assert harness.bot is not None
    spotify.accounts["ada"].like_generated(2_000)
    exports, begun = RunningExports(), asyncio.Event()
    loop = asyncio.get_running_loop()
    session = await harness.bot.services.sessions.session(_id(harness), background=True)
    folders: list[Path] = []

    @contextmanager
    def make_folder() -> Iterator[Path]:
        with new_folder() as folder:
            # The file is a pipe, so that writing waits for a reader.
            os.mkfifo(folder / "liked-songs.json")
            folders.append(folder)
            yield folder
            assert len(list(folder.iterdir())) == 2

    async def show(_text: str, _can_stop: bool) -> None:
        pass

    exports.make_folder = make_folder
    work = StoppableWork(show, "")

    def read_a_little(then: Callable[[], object]) -> int:
        with (folders[0] / "liked-songs.json").open("rb", buffering=0) as pipe:
            pipe.read(1)
            loop.call_soon_threadsafe(then)
            return sum(map(len, iter(lambda: pipe.read(65_536), b"")))

    async def run() -> bool:
        async with exports.start(
            _id(harness), session, "liked-songs", "json", max_bytes=1, exported_at="", work=work
        ) as done:
            return done is None

    export = asyncio.create_task(run())
    await harness.spotify.changes.wait_until(lambda: bool(folders))
    reader = asyncio.create_task(asyncio.to_thread(read_a_little, begun.set))
    await begun.wait()
    await work.stop()
    assert await export
    assert await reader < 2_000_000
    assert not folders[0].exists()


def _id(harness: Harness) -> int:
    return int(harness.discord.state.users["ada"].id)


def test_folders_that_a_crash_left_are_erased_after_a_day(tmp_path: Path) -> None:
    now = 10.0 * LEFTOVER_AGE
    kept = tmp_path / "of-another-program"
    kept.mkdir()
    (kept / "file").touch()
    new, old = tmp_path / "tonearm-export-new", tmp_path / "tonearm-export-old"
    link = tmp_path / "tonearm-export-link"
    link.symlink_to(kept)
    for folder, age in ((new, LEFTOVER_AGE - 1), (old, LEFTOVER_AGE + 1)):
        folder.mkdir()
        (folder / "list-0").write_bytes(b"{}")
        os.utime(folder, (now - age, now - age))
    erase_leftovers(now, tmp_path)
    assert new.exists()
    assert not old.exists()
    assert (kept / "file").exists()
