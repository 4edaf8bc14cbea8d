"""How reading a list ends early: nothing goes on, and what fails is told once."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import aclosing
from typing import Any

import pytest

from bot.errors import Unknown
from bot.spotify import Spotify
from bot.spotify.paging import Paging
from sandbox.faults import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend

from .reading import LIKED, From, Late, a_while, likes, pages


@pytest.mark.parametrize("way", ["break", "error", "close", "cancel"])
async def test_who_stops_early_leaves_nothing_behind(
    pretend: Pretend, spotify: Spotify, ada: Account, way: str
) -> None:
    """Of sixteen pages that were sent for, one was read, and the others are never answered."""
    likes(ada, 10_000)
    pretend.faults.add(From(LIKED, offset=100, then=Fault(act="stall")))
    stopped = asyncio.create_task(_stop_early(spotify, way))
    assert await asyncio.gather(stopped, return_exceptions=True)
    await a_while(spotify)
    assert not [task for task in asyncio.all_tasks() if _is_of(task, Paging.__module__)]
    ended = [call.status for call in pretend.calls_of("GET", "me/tracks")]
    assert ended == [200] * 2 + [0] * 15


async def _stop_early(spotify: Spotify, way: str) -> None:
    listed = spotify.library.tracks(flights=16)
    async with aclosing(aiter(listed)) as entries:  # type: ignore[type-var]
        async for _ in listed if way == "break" else entries:
            if listed.read == 60:
                break
        match way:
            case "error":
                raise ZeroDivisionError
            case "cancel":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await anext(entries)


def _is_of(task: asyncio.Task[Any], module: str) -> bool:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and frame.f_globals["__name__"] == module


@pytest.mark.parametrize("flights", [1, 4, 16])
async def test_a_page_that_fails_is_one_error_and_the_others_are_silent(
    pretend: Pretend,
    spotify: Spotify,
    ada: Account,
    flights: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = likes(ada, 2_000)
    pretend.faults.add(From(LIKED, offset=100))
    pretend.faults.add(Late(LIKED, times=None))
    listed = spotify.library.tracks(flights=flights)
    came = []

    async def read() -> None:
        async for entry in listed:
            came.append(entry and entry.track and str(entry.track.uri))

    with caplog.at_level(logging.DEBUG), pytest.raises(Unknown):
        await read()
    await a_while(spotify)
    gc.collect()
    assert came == expected[:100]
    assert listed.read == 100
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(pages(pretend)) <= 2 + flights


async def test_a_failure_that_nobody_waits_for_any_more_is_silent(
    pretend: Pretend, spotify: Spotify, ada: Account, caplog: pytest.LogCaptureFixture
) -> None:
    likes(ada, 2_000)
    pretend.faults.add(From(LIKED, offset=100))
    listed = spotify.library.tracks(flights=16)
    with caplog.at_level(logging.DEBUG):
        async for _ in listed:
            if listed.read == 51:
                await a_while(spotify)
                break
        await a_while(spotify)
        gc.collect()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
