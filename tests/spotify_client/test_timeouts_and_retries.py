"""Deadlines, pauses between attempts, and which calls are retried."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.errors.spotify import OutcomeUnknown, RateLimited, SpotifyDown
from bot.spotify import Spotify, Transport
from bot.spotify.transport import ApiCall
from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Account, Player
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.error_responses import TOKEN_EXPIRED
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import (
    FixedRandom,
    LoopbackResolver,
    closed_port,
    completes_within,
    full_backlog_server,
    silent_server,
)
from tests.spotify_client.write_cases import ANY_WRITE_CALL, track_uri

SKIP_CALL = ApiCall("POST", "me/player/next")


async def any_token(refused: str | None) -> str:
    return "any"


# ---- seconds


class TimeoutRecordingConnector(aiohttp.TCPConnector):
    """Records the timeouts that aiohttp gets."""

    received_timeout: aiohttp.ClientTimeout

    async def connect(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        self.received_timeout = timeout
        return await super().connect(req, traces, timeout)


@pytest.mark.parametrize(
    ("within", "total", "connect"), [(None, 8, 3), (100, 8, 3), (5, 5, 3), (1, 1, 1)]
)
async def test_each_attempt_has_a_timeout(
    fake: FakeSpotify, clock: Clock, within: float | None, total: float, connect: float
) -> None:
    way = TimeoutRecordingConnector()
    async with aiohttp.ClientSession(connector=way) as http:
        await ClientFactory(fake, http, clock)(within=within).profile.me()
    assert way.received_timeout.total == pytest.approx(total, abs=0.7)
    connecting = way.received_timeout.connect or way.received_timeout.sock_connect
    assert connecting == pytest.approx(connect, abs=0.7)
    assert way.received_timeout.ceil_threshold >= total, "aiohttp rounds up what is longer"


async def test_silent_server_ends_at_deadline() -> None:
    async with aiohttp.ClientSession() as http:
        with silent_server() as origin, completes_within(0.4):
            with pytest.raises(SpotifyDown):
                await Spotify(Transport(http, f"{origin}/v1"), any_token, timeout=0.4).profile.me()


async def test_all_calls_share_one_deadline(fake: FakeSpotify, make_client: ClientFactory) -> None:
    spotify = make_client(within=0.4)
    fake.faults.add(Fault("", "stall"))
    with completes_within(0.4):
        for _ in range(3):
            with pytest.raises(SpotifyDown):
                await spotify.profile.me()
    await fake.changes.wait_until(lambda: bool(fake.calls), "the first call")
    assert len(fake.calls) == 1
    assert (await spotify.with_timeout(8).profile.me()).display_name


async def test_deadline_starts_with_first_call(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    spotify = make_client(within=0.3)
    fake.faults.add(Fault("", "stall"))
    with pytest.raises(SpotifyDown):
        await make_client(within=0.4).profile.me()
    await spotify.profile.me()


async def test_without_deadline_each_call_has_its_own_timeout(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    """Five pauses of 15 seconds, which together exceed one minute."""
    dice = FixedRandom()
    spotify = make_client(rng=dice)
    for _ in range(5):
        fake.faults.add(Fault(""))
        await spotify.profile.me()
    assert len(dice.bounds) == 5


@pytest.mark.parametrize(("seconds", "begun"), [(1.9, False), (2.5, True)])
async def test_non_idempotent_write_needs_two_seconds(
    player: Player, make_client: ClientFactory, fake: FakeSpotify, seconds: float, begun: bool
) -> None:
    if begun:
        await make_client(within=seconds).player.add_to_queue(track_uri(fake))
    else:
        with pytest.raises(SpotifyDown):
            await make_client(within=seconds).player.add_to_queue(track_uri(fake))
    assert (len(player.queue), len(fake.calls)) == (begun, begun)


async def test_idempotent_calls_need_almost_no_time(
    make_client: ClientFactory, player: Player
) -> None:
    spotify = make_client(within=1.0)
    await spotify.player.set_volume(7)
    assert (await spotify.player.devices())[0].volume_percent == 7


async def test_retry_of_write_needs_two_seconds(
    fake: FakeSpotify, make_client: ClientFactory, player: Player
) -> None:
    refused = TOKEN_EXPIRED
    late = Fault(ANY_WRITE_CALL, "answer", 401, refused.body, refused.headers, delay=0.3)
    fake.faults.add(late)
    with pytest.raises(SpotifyDown, match="no time"):
        await make_client(within=2.2).player.add_to_queue(track_uri(fake))
    assert (player.queue, len(fake.calls)) == ([], 1)


async def test_rate_limit_wait_must_leave_time_for_write(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    fake.add_rate_limit(2, times=None)
    with completes_within(0), pytest.raises(RateLimited):
        await make_client(within=3.9).player.add_to_queue(track_uri(fake))
    assert len(fake.calls) == 1


async def test_pending_token_ends_at_deadline(http: Any) -> None:
    async def never(refused: str | None) -> str:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    transport = Transport(http, "http://127.0.0.1:9/v1")
    async with asyncio.timeout(5):
        with completes_within(0.3), pytest.raises(SpotifyDown):
            await Spotify(transport, never, timeout=0.3).profile.me()


# ---- pauses


async def test_three_attempts_with_full_jitter(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    """A random pause up to a bound that doubles; `chance` determines it."""
    dice = FixedRandom()
    fake.faults.add(Fault("", status=503, times=None))
    with pytest.raises(SpotifyDown):
        await make_client(within=8, rng=dice).profile.me()
    assert len(fake.calls) == 3
    assert dice.bounds == [(0, 0.4), (0, 0.8)]


async def test_random_backoff_is_slept(fake: FakeSpotify, make_client: ClientFactory) -> None:
    seed = 7
    twin = random.Random(seed)
    pauses = twin.uniform(0, 0.4) + twin.uniform(0, 0.8)
    fake.faults.add(Fault("", times=2))
    began = time.monotonic()
    await make_client(within=8, rng=random.Random(seed)).profile.me()
    assert pauses <= time.monotonic() - began < pauses + 1.5


async def test_backoff_beyond_deadline_is_not_slept(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    fake.faults.add(Fault("", times=None))
    with completes_within(0), pytest.raises(SpotifyDown, match="502"):
        await make_client(within=3, rng=FixedRandom(2.9)).profile.me()
    assert len(fake.calls) == 1


# ---- nothing was sent


@asynccontextmanager
async def client_through_ports(
    fake: FakeSpotify, *ports: int | None
) -> AsyncIterator[tuple[Spotify, Any]]:
    """Ada's client, which connects to these ports first, and then to Spotify."""
    names = LoopbackResolver(*ports, int(fake.state.origin.rpartition(":")[2]))
    async with names.session() as http:
        transport = Transport(http, "http://api.test/v1", rng=FixedRandom())
        access = fake.issue_access_token("ada", "user-modify-playback-state")

        async def ada(refused: str | None) -> str:
            return access

        yield Spotify(transport, ada, timeout=8), names


async def test_connection_and_dns_failures_are_retried(fake: FakeSpotify, player: Player) -> None:
    with closed_port() as closed:
        async with client_through_ports(fake, closed, None) as (spotify, names):
            await spotify.player.add_to_queue(track_uri(fake))
    assert names.lookup_count == 3
    assert [call.executed for call in fake.calls] == [True]
    assert len(player.queue) == 1


@pytest.mark.parametrize("ports", [0, None])
async def test_refused_connection_has_known_outcome(fake: FakeSpotify, ports: int | None) -> None:
    with closed_port() as closed:
        async with client_through_ports(fake, *[ports and closed] * 3) as (spotify, names):
            with pytest.raises(SpotifyDown, match="not sent"):
                await spotify.player.add_to_queue(track_uri(fake))
            assert names.lookup_count == 3
            await spotify.player.add_to_queue(track_uri(fake))


async def test_connect_timeout_has_known_outcome() -> None:
    async with aiohttp.ClientSession() as http:
        with full_backlog_server() as origin, completes_within(0.3), pytest.raises(SpotifyDown):
            await Transport(http, f"{origin}/v1").send(SKIP_CALL, "any", 0.3)


async def test_pool_timeout_has_known_outcome() -> None:
    """All connections of the pool are in use until the timeout."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as http:
        with silent_server() as origin:
            transport = Transport(http, f"{origin}/v1")
            first = asyncio.create_task(transport.send(SKIP_CALL, "any", 0.4))
            await asyncio.wait([first], timeout=0.1)
            with completes_within(0.2), pytest.raises(SpotifyDown):
                await transport.send(SKIP_CALL, "any", 0.2)
            with pytest.raises(OutcomeUnknown):
                await first


# ---- nobody waits any more


async def test_cancelled_write_ends_at_once(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account
) -> None:
    fake.faults.add(Fault(ANY_WRITE_CALL, "stall"))
    writing = asyncio.create_task(make_client(within=8).player.add_to_queue(track_uri(fake)))
    await asyncio.wait([writing], timeout=0.1)
    writing.cancel()
    with completes_within(0), pytest.raises(asyncio.CancelledError):
        await writing
    assert make_client.transport.limiter.acquire(fake.client_id, "control", background=True) == 0
    assert ada.player.queue == []


async def test_watch_callback_receives_each_exchange(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    seen: list[tuple[str, int]] = []
    spotify = make_client(
        within=8,
        rng=FixedRandom(),
        on_exchange=lambda group, status, seconds: seen.append((group, status)),
    )
    fake.faults.add(Fault("GET", "reset"))
    await spotify.profile.me()
    fake.faults.add(Fault("POST", status=503))
    with pytest.raises(OutcomeUnknown):
        await spotify.player.add_to_queue(track_uri(fake))
    assert seen == [("profile", 0), ("profile", 200), ("control", 503)]
