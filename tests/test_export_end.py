"""An export that ends early, or whose disk fails, leaves no file and says why."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors.content import JobElsewhere
from bot.library.export import ExportRequest, export
from bot.library.job_files import JobFolders
from bot.store import JobKind, ProcessShare
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.export_jobs import job_folders, job_rows
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

LIKED = "/export what:liked-songs"


class _FullFolders(JobFolders):
    """Folders in which the disk takes no byte of the file with this name."""

    name = ""

    @asynccontextmanager
    async def make(self, job_id: int) -> AsyncIterator[Path]:
        async with super().make(job_id) as folder:
            (folder / self.name).parent.mkdir(exist_ok=True)
            (folder / self.name).symlink_to("/dev/full")
            yield folder


async def test_full_disk_is_named(harness: Harness, linked_user: UserClient) -> None:
    """The disk refuses what is selected, the entries, then the file that is made of them."""
    assert harness.bot is not None
    stored = harness.bot.services.jobs.stored
    good, stored.folders = stored.folders, _FullFolders(harness.settings.database)
    for name in ("selection.new", "list-0", "files/liked-songs.xspf", "files/liked-songs.zip"):
        stored.folders.name = name
        file_format = "xspf" if name.endswith("xspf") else "zip"
        reply = await linked_user.run(f"{LIKED} format:{file_format}")
        await reply.wait_for("disk is full")
        assert not reply.files
        assert not job_folders(harness)
    stored.folders = good
    good.parent.rmdir()
    good.parent.touch()
    assert "disk has a fault" in (await linked_user.run(LIKED)).text
    good.parent.unlink()
    await (await linked_user.run(LIKED)).wait_for("Here are your")


async def test_processes_leave_each_other_the_folders_that_they_fill(tmp_path: Path) -> None:
    ours, theirs = (JobFolders(tmp_path / "db", ProcessShare(number, 2)) for number in (1, 2))
    async with ours.make(1), ours.make(2) as folder:
        theirs.keep_only([])
        (folder / "file").touch()
        assert not ours.exists(2)
    async with ours.make(3):
        theirs.erase(1)
        theirs.keep_only([])
    assert ours.exists(3)
    async with ours.make(4):  # as if killed here
        ours.keep_only([3])
        assert [each.name for each in ours.parent.iterdir()] == ["3"]
        ours.path(4).with_name("4.new-1").mkdir()


async def test_a_job_that_another_process_begins_meanwhile_is_not_begun_twice(
    harness: Harness, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    assert linked_user
    stored, user = harness.bot.services.jobs.stored, _id(harness)

    async def begin_elsewhere(_: Path) -> None:
        await stored.create(user, JobKind.EXPORT, "{}", None, None)

    with pytest.raises(JobElsewhere):
        await stored.create(user, JobKind.EXPORT, "{}", None, begin_elsewhere)
    assert [folder.name for folder in job_folders(harness)] == [
        str(row["id"]) for row in job_rows(harness)
    ]


async def test_stop_ends_an_export_and_keeps_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """It says at once what many requests it takes."""
    spotify.accounts["ada"].like_generated(4_000)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks", after=10))
    command = asyncio.create_task(linked_user.run(LIKED))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        progress = await command
        assert "of 4,060 liked songs" in progress.text
        assert "of about 8" in progress.text
        assert len(job_folders(harness)) == 1
        await progress.press("Stop")
    stopped = await progress.wait_for("Stopped. Nothing is kept")
    assert not stopped.files
    assert len(spotify.calls_to("GET", "me/tracks")) < 20
    assert not job_folders(harness)
    assert not job_rows(harness)


async def test_stop_is_offered_and_works_on_a_rate_limit(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    refusal = Fault("GET .*/me/tracks", status=429, headers={"Retry-After": "60"}, times=None)
    spotify.faults.add(refusal)
    command = asyncio.create_task(linked_user.run(f"{LIKED} format:json"))
    await spotify.changes.wait_until(lambda: bool(refusal.hits))
    harness.clock.advance(3)
    reply = await command
    await reply.press("Stop")
    await reply.wait_for("Stopped. Nothing is kept")
    assert not job_folders(harness)


async def test_unlink_ends_an_export_at_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
    command = asyncio.create_task(linked_user.run(f"{LIKED} format:json"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        assert job_folders(harness)
        await (await linked_user.run("/unlink")).press("Unlink")
        reply = await (await command).wait_for("Stopped. Nothing is kept")
        assert not job_folders(harness)
    assert not reply.files


async def test_stop_while_the_file_is_written(
    harness: Harness, spotify: Spotify, linked_user: UserClient, tmp_path: Path
) -> None:
    """The thread that writes has ended before its folder is erased."""
    assert harness.bot is not None
    spotify.accounts["ada"].like_generated(2_000)
    begun, loop = asyncio.Event(), asyncio.get_running_loop()
    session = await harness.bot.services.sessions.session(_id(harness), background=True)
    pipe_path = tmp_path / "files" / "liked-songs.json"
    pipe_path.parent.mkdir()
    os.mkfifo(pipe_path)  # so that writing waits for a reader

    def read_a_little(then: Callable[[], object]) -> int:
        with pipe_path.open("rb", buffering=0) as pipe:
            pipe.read(1)
            loop.call_soon_threadsafe(then)
            return sum(map(len, iter(lambda: pipe.read(65_536), b"")))

    request = ExportRequest(what="liked-songs", file_format="json", exported_at="")
    writing = asyncio.create_task(export(request, session, tmp_path))
    reader = asyncio.create_task(asyncio.to_thread(read_a_little, begun.set))
    await begun.wait()
    writing.cancel()
    await asyncio.wait({writing})
    assert writing.cancelled()
    assert await reader < 2_000_000


def _id(harness: Harness) -> int:
    return int(harness.discord.state.users["ada"].id)
