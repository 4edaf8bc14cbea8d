"""Deadlines, pauses, and what is tried again, however Spotify behaves."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.errors import (
    OutcomeUnknown,
    SpotifyDown,
    TooManyCalls,
)
from bot.spotify import Spotify, Transport
from bot.spotify.transport import Call
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.spotify import Account, Player
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.refusals import TOKEN_EXPIRED

from .clients import Clients
from .wire import Dice, Directory, crowded, nobody, silence, within
from .writes import WRITES, song

NEXT = Call("POST", "me/player/next")


async def token(refused: str | None) -> str:
    return "any"


# ---- seconds


class Way(aiohttp.TCPConnector):
    """Remembers how long aiohttp was told to wait."""

    told: aiohttp.ClientTimeout

    async def connect(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        self.told = timeout
        return await super().connect(req, traces, timeout)


@pytest.mark.parametrize(
    ("within", "total", "connect"), [(None, 8, 3), (100, 8, 3), (5, 5, 3), (1, 1, 1)]
)
async def test_each_try_has_its_seconds(
    pretend: Pretend, clock: Clock, within: float | None, total: float, connect: float
) -> None:
    way = Way()
    async with aiohttp.ClientSession(connector=way) as http:
        await Clients(pretend, http, clock)(within=within).profile.me()
    assert way.told.total == pytest.approx(total, abs=0.2)
    connecting = way.told.connect or way.told.sock_connect
    assert connecting == pytest.approx(connect, abs=0.2)
    assert way.told.ceil_threshold >= total, "aiohttp rounds up what is longer"


async def test_a_server_that_says_nothing_takes_the_time_there_is_and_no_more() -> None:
    async with aiohttp.ClientSession() as http:
        with silence() as origin, within(0.4):
            with pytest.raises(SpotifyDown):
                await Spotify(Transport(http, f"{origin}/v1"), token, within=0.4).profile.me()


async def test_all_calls_together_have_one_deadline(pretend: Pretend, client: Clients) -> None:
    spotify = client(within=0.4)
    pretend.faults.add(Fault("", "stall"))
    with within(0.4):
        for _ in range(3):
            with pytest.raises(SpotifyDown):
                await spotify.profile.me()
    await pretend.changes.until(lambda: bool(pretend.calls), "the first call")
    assert len(pretend.calls) == 1
    assert (await spotify.anew(8).profile.me()).display_name


async def test_the_time_runs_from_the_first_call_on(pretend: Pretend, client: Clients) -> None:
    spotify = client(within=0.3)
    pretend.faults.add(Fault("", "stall"))
    with pytest.raises(SpotifyDown):
        await client(within=0.4).profile.me()
    await spotify.profile.me()


async def test_without_a_deadline_each_call_has_time_of_its_own(
    pretend: Pretend, client: Clients
) -> None:
    """Five pauses of 15 seconds, no two in a row: a minute for all would not do."""
    dice = Dice()
    spotify = client(chance=dice)
    for _ in range(5):
        pretend.faults.add(Fault(""))
        await spotify.profile.me()
    assert len(dice.bounds) == 5


@pytest.mark.parametrize(("seconds", "begun"), [(1.9, False), (2.5, True)])
async def test_a_write_that_must_not_be_repeated_needs_two_seconds(
    player: Player, client: Clients, pretend: Pretend, seconds: float, begun: bool
) -> None:
    if begun:
        await client(within=seconds).player.queue(song(pretend))
    else:
        with pytest.raises(SpotifyDown):
            await client(within=seconds).player.queue(song(pretend))
    assert (len(player.queue), len(pretend.calls)) == (begun, begun)


async def test_other_calls_need_next_to_none(client: Clients, player: Player) -> None:
    spotify = client(within=1.0)
    await spotify.player.volume(7)
    assert (await spotify.player.devices())[0].volume_percent == 7


async def test_two_seconds_must_be_left_for_the_second_try_as_well(
    pretend: Pretend, client: Clients, player: Player
) -> None:
    refused = TOKEN_EXPIRED
    late = Fault(WRITES, "answer", 401, refused.body, refused.headers, delay=0.3)
    pretend.faults.add(late)
    with pytest.raises(SpotifyDown, match="no time"):
        await client(within=2.2).player.queue(song(pretend))
    assert (player.queue, len(pretend.calls)) == ([], 1)


async def test_a_rate_limit_is_waited_for_only_if_a_write_has_time_then(
    pretend: Pretend, client: Clients
) -> None:
    pretend.rate_limit(2, times=None)
    with within(0), pytest.raises(TooManyCalls):
        await client(within=3.9).player.queue(song(pretend))
    assert len(pretend.calls) == 1


async def test_a_token_that_does_not_come_does_not_outlast_the_deadline(http: Any) -> None:
    async def never(refused: str | None) -> str:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    transport = Transport(http, "http://127.0.0.1:9/v1")
    async with asyncio.timeout(2):
        with within(0.3), pytest.raises(SpotifyDown):
            await Spotify(transport, never, within=0.3).profile.me()


# ---- pauses


async def test_three_tries_with_full_jitter(pretend: Pretend, client: Clients) -> None:
    """Anything up to a bound that doubles: `chance` is all that there is to a pause."""
    dice = Dice()
    pretend.faults.add(Fault("", status=503, times=None))
    with pytest.raises(SpotifyDown):
        await client(within=8, chance=dice).profile.me()
    assert len(pretend.calls) == 3
    assert dice.bounds == [(0, 0.4), (0, 0.8)]


async def test_what_chance_says_is_slept(pretend: Pretend, client: Clients) -> None:
    seed = 7
    twin = random.Random(seed)
    pauses = twin.uniform(0, 0.4) + twin.uniform(0, 0.8)
    pretend.faults.add(Fault("", times=2))
    began = time.monotonic()
    await client(within=8, chance=random.Random(seed)).profile.me()
    assert pauses <= time.monotonic() - began < pauses + 0.5


async def test_a_pause_beyond_the_deadline_is_not_begun(pretend: Pretend, client: Clients) -> None:
    pretend.faults.add(Fault("", times=None))
    with within(0), pytest.raises(SpotifyDown, match="502"):
        await client(within=3, chance=Dice(2.9)).profile.me()
    assert len(pretend.calls) == 1


# ---- nothing was sent


@asynccontextmanager
async def reached_by(pretend: Pretend, *ports: int | None) -> AsyncIterator[tuple[Spotify, Any]]:
    """Ada's client, whose way leads to these ports first, and from then on to Spotify."""
    names = Directory(*ports, int(pretend.world.origin.rpartition(":")[2]))
    async with names.session() as http:
        transport = Transport(http, "http://api.test/v1", chance=Dice())
        access = pretend.access_token("ada", "user-modify-playback-state")

        async def ada(refused: str | None) -> str:
            return access

        yield Spotify(transport, ada, within=8), names


async def test_a_refused_connection_and_an_unknown_name_were_not_sent(
    pretend: Pretend, player: Player
) -> None:
    with nobody() as closed:
        async with reached_by(pretend, closed, None) as (spotify, names):
            await spotify.player.queue(song(pretend))
    assert names.lookups == 3
    assert [call.executed for call in pretend.calls] == [True]
    assert len(player.queue) == 1


@pytest.mark.parametrize("ports", [0, None])
async def test_where_nobody_listens_nothing_is_in_doubt(
    pretend: Pretend, ports: int | None
) -> None:
    with nobody() as closed:
        async with reached_by(pretend, *[ports and closed] * 3) as (spotify, names):
            with pytest.raises(SpotifyDown, match="not sent"):
                await spotify.player.queue(song(pretend))
            assert names.lookups == 3
            await spotify.player.queue(song(pretend))


async def test_a_connection_that_never_comes_about_was_not_sent() -> None:
    async with aiohttp.ClientSession() as http:
        with crowded() as origin, within(0.3), pytest.raises(SpotifyDown):
            await Transport(http, f"{origin}/v1").send(NEXT, "any", 0.3)


async def test_what_waits_for_a_free_connection_was_not_sent() -> None:
    """All connections that there may be are in use until the time is over."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as http:
        with silence() as origin:
            transport = Transport(http, f"{origin}/v1")
            first = asyncio.create_task(transport.send(NEXT, "any", 0.4))
            await asyncio.wait([first], timeout=0.1)
            with within(0.2), pytest.raises(SpotifyDown):
                await transport.send(NEXT, "any", 0.2)
            with pytest.raises(OutcomeUnknown):
                await first


# ---- nobody waits any more


async def test_a_cancelled_write_is_over_at_once_and_leaves_nothing(
    pretend: Pretend, client: Clients, ada: Account
) -> None:
    pretend.faults.add(Fault(WRITES, "stall"))
    writing = asyncio.create_task(client(within=8).player.queue(song(pretend)))
    await asyncio.wait([writing], timeout=0.1)
    writing.cancel()
    with within(0), pytest.raises(asyncio.CancelledError):
        await writing
    assert client.transport.gate.admit(pretend.client_id, "control", background=True) == 0
    assert ada.player.queue == []


async def test_who_watches_is_told_of_each_exchange(pretend: Pretend, client: Clients) -> None:
    seen: list[tuple[str, int]] = []
    spotify = client(
        within=8, chance=Dice(), watch=lambda group, status, seconds: seen.append((group, status))
    )
    pretend.faults.add(Fault("GET", "reset"))
    await spotify.profile.me()
    pretend.faults.add(Fault("POST", status=503))
    with pytest.raises(OutcomeUnknown):
        await spotify.player.queue(song(pretend))
    assert seen == [("profile", 0), ("profile", 200), ("control", 503)]
