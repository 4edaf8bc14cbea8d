"""A cancelled or failed reading leaves no request behind and raises one error."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import aclosing
from typing import Any

import pytest

from bot.errors.spotify import NotFound
from bot.spotify import Spotify
from bot.spotify.paging import Paging
from sandbox.fault_injection import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.liked_songs import (
    LIKED_SONGS_CALL,
    DelayedPages,
    FailFromOffset,
    let_tasks_finish,
    requested_offsets,
    set_liked_songs,
)


@pytest.mark.parametrize("way", ["break", "error", "close", "cancel"])
async def test_stopping_early_leaves_no_tasks(
    fake: FakeSpotify, spotify: Spotify, ada: Account, way: str
) -> None:
    """Sixteen requested pages: one was read, and the others are never answered."""
    set_liked_songs(ada, 10_000)
    fake.faults.add(FailFromOffset(LIKED_SONGS_CALL, offset=60, failure=Fault(action="stall")))
    stopped = asyncio.create_task(_stop_early(spotify, way))
    assert await asyncio.gather(stopped, return_exceptions=True)
    await let_tasks_finish(spotify)
    assert not [task for task in asyncio.all_tasks() if _runs_module(task, Paging.__module__)]
    ended = [call.status for call in fake.calls_to("GET", "me/tracks")]
    # As a page came, another one was due, which is perhaps not sent.
    assert ended[:2] == [200] * 2
    assert ended[2:] in ([0] * 15, [0] * 16)


async def _stop_early(spotify: Spotify, way: str) -> None:
    listed = spotify.library.tracks(concurrency=16)
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        async for _ in listed if way == "break" else entries:
            if listed.read_count == 60:
                break
        match way:
            case "error":
                raise ZeroDivisionError
            case "cancel":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await anext(entries)


def _runs_module(task: asyncio.Task[Any], module: str) -> bool:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and frame.f_globals["__name__"] == module


@pytest.mark.parametrize("flights", [1, 4, 16])
async def test_failing_page_raises_one_error(
    fake: FakeSpotify,
    spotify: Spotify,
    ada: Account,
    flights: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = set_liked_songs(ada, 2_000)
    fake.faults.add(FailFromOffset(LIKED_SONGS_CALL, offset=60))
    fake.faults.add(DelayedPages(LIKED_SONGS_CALL, times=None))
    listed = spotify.library.tracks(concurrency=flights)
    came = []

    async def read() -> None:
        async for entry in listed:
            came.append(entry and entry.track and str(entry.track.uri))

    with caplog.at_level(logging.DEBUG), pytest.raises(NotFound):
        await read()
    await let_tasks_finish(spotify)
    gc.collect()
    assert came == expected[:99]
    assert listed.read_count == 99
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(requested_offsets(fake)) <= 2 + flights


async def test_failure_after_reader_stopped_is_not_logged(
    fake: FakeSpotify, spotify: Spotify, ada: Account, caplog: pytest.LogCaptureFixture
) -> None:
    set_liked_songs(ada, 2_000)
    fake.faults.add(FailFromOffset(LIKED_SONGS_CALL, offset=60))
    listed = spotify.library.tracks(concurrency=16)
    with caplog.at_level(logging.DEBUG):
        async for _ in listed:
            if listed.read_count == 51:
                await let_tasks_finish(spotify)
                break
        await let_tasks_finish(spotify)
        gc.collect()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
