"""Several bots on one PostgreSQL database: one renewal for each login, and no stale memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from discord.http import Route

from bot.config import Settings
from bot.errors.bot_error import StartupError
from bot.errors.content import JobElsewhere
from bot.errors.spotify import QuotaExceeded
from bot.player.parsing import SleepRequest
from bot.services import Services
from bot.spotify.uris import Kind
from bot.store import JobKind, ProcessShare, Store
from bot.store.postgres_home import PROCESS_LOCKS
from bot.web.code_events import KEEP_ALIVE_S
from bot.web.pages import EVENTS_PATH
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, bot_environment, find_confirmation_code
from sandbox.spotify import Spotify
from tests.durability.store_operations import KEYS
from tests.login_client import LoginClient
from tests.login_state_machine.renewal_helpers import count_renewals
from tests.postgres_server import PostgresServer, run_postgres
from tests.raw_http import open_connection


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


_EXPORT = {
    "request": {"what": "liked-songs", "file_format": "json", "raw": False},
    "since": None,
}


class Bots:
    """Two bots of one database, and the services that they use. Ada's account is linked."""

    def __init__(self, discord: Discord, spotify: Spotify, first: Harness, second: Harness) -> None:
        self.discord = discord
        self.spotify = spotify
        self.first = first
        self.second = second
        self.ada = int(discord.state.users["ada"].id)

    @property
    def services(self) -> tuple[Services, Services]:
        assert self.first.bot is not None
        assert self.second.bot is not None
        return self.first.bot.services, self.second.bot.services


@asynccontextmanager
async def _run_two_bots(
    server: PostgresServer,
    folder: Path,
    *,
    processes: tuple[str, str] = ("1/2", "2/2"),
    shards: int = 2,
    identify_interval: float = 0.0,
) -> AsyncIterator[Bots]:
    clock, url = Clock(), await server.database()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(Discord(clock))
        spotify = await stack.enter_async_context(Spotify(clock))
        bots = []
        discord.gateway.identify_interval = identify_interval
        for process in processes:
            settings = bot_environment(discord, spotify, folder)
            settings |= {"DATABASE": url, "TOKEN_KEYS": KEYS[0].hex()}
            settings |= {"PROCESS": process, "SHARDS": str(shards)}
            bot = Harness(clock, discord, spotify, Settings.from_env(settings))
            stack.push_async_callback(bot.stop)
            await bot.start()
            await _wait_until_connected(bot)
            bots.append(bot)
        await bots[0].link_account("ada")
        yield Bots(discord, spotify, bots[0], bots[1])


async def _wait_until_connected(harness: Harness) -> None:
    bot = harness.bot
    assert bot is not None
    await _soon(lambda: bot.is_connected)


async def _soon(is_true: Callable[[], bool]) -> None:
    """Wait until something is true that a message changes: in the end."""
    async with asyncio.timeout(20):
        while not is_true():
            await asyncio.to_thread(threading.Event().wait, 0.005)


@pytest.mark.slow
async def test_what_one_process_changes_is_true_in_the_other(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with _run_two_bots(server, tmp_path) as bots:
        here, there = bots.services
        # One renewal gives both an access token.
        for services in bots.services:
            assert await (await services.sessions.session(bots.ada)).player.state()
        assert count_renewals(bots.spotify) == 1
        # Whether replies are public.
        await here.reply_visibility.share(bots.ada, True)
        await _soon(lambda: not there.reply_visibility.is_private(bots.ada))
        # A used-up quota.
        bots.spotify.add_quota("GET /v1/search$", calls=0, retry_after=3600)
        with pytest.raises(QuotaExceeded):
            await (await here.sessions.session(bots.ada)).catalogue.search("harbour", Kind.TRACK)
        client_id = bots.spotify.client_id
        await _soon(lambda: "search" in there.quota.limiter.exhausted_quotas(client_id))
        # The counts of both.
        await here.quota.save()
        await there.quota.save()
        await here.quota.save()
        counts = [
            [(usage.group, usage.commands) for usage in services.quota.report().usage]
            for services in bots.services
        ]
        assert counts == [[("search", 1), ("playback", 2)]] * 2
        # Also the calls of each person.
        used = [services.quota.shares._used for services in bots.services]
        await _soon(lambda: [of(bots.ada, "playback") for of in used] == [2, 2])
        # Forgetting somebody.
        assert there.sessions._access_tokens._tokens
        await (await there.sessions.session(bots.ada)).player.get_queue()
        assert _kept_responses(there)
        await here.sessions.unlink(bots.ada)
        await _soon(lambda: not there.sessions._access_tokens._tokens)
        assert there.reply_visibility.is_private(bots.ada)
        assert not _kept_responses(there)
        assert not there.quota.shares._used(bots.ada, "playback")


def _kept_responses(services: Services) -> list[object]:
    """The responses about accounts."""
    return [key for key in services.sessions.cache._cache._entries if key.account]


@pytest.mark.slow
async def test_code_page_of_one_process_is_told_what_another_one_accepted(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with (
        _run_two_bots(server, tmp_path) as bots,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        first, second = LoginClient(bots.first, http), LoginClient(bots.second, http)
        reply = await bots.discord.user_client("grace", "music").run("/link")
        offer = bots.first.find_login_offer(reply)
        redirect = await first.start_login(offer)
        cookie = (await first.send_callback(await first.authorize(redirect, "grace"))).cookie
        code = find_confirmation_code((await second.send("GET", "/done", cookie)).text)
        assert code is not None
        async with open_connection(bots.second.settings.port) as (reader, writer):
            head = f"GET {EVENTS_PATH} HTTP/1.1\r\nHost: {second.host}\r\n"
            writer.write(f"{head}Cookie: {second.cookie_name}={cookie}\r\n\r\n".encode())
            async with asyncio.timeout(KEEP_ALIVE_S / 2):
                await reader.readuntil(b"retry: 5000\n\n")
                await first.enter_code(offer, code)
                await reader.readuntil(b"event: over")


@pytest.mark.slow
async def test_long_work_and_timers_belong_to_one_process(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with _run_two_bots(server, tmp_path) as bots:
        here, there = bots.services
        # A sleep timer is seen, and cancelled, in the other process.
        await here.sleep_timers.start(bots.ada, SleepRequest(seconds=600))
        assert await there.sleep_timers.get(bots.ada) is not None
        await there.sleep_timers.cancel(bots.ada)
        await _soon(lambda: not here.sleep_timers._timers)
        # So is an export, of which only one is made.
        bots.spotify.faults.add(Fault("GET .*/me/tracks", action="stall"))
        await here.jobs.begin(bots.ada, JobKind.EXPORT, _EXPORT, None)
        with pytest.raises(JobElsewhere):
            await there.jobs.begin(bots.ada, JobKind.EXPORT, _EXPORT, None)
        await bots.second.restart()
        await _wait_until_connected(bots.second)
        _, there = bots.services
        assert not there.jobs.tasks, "the other process goes on with it"
        (job,) = await there.store.jobs.all()
        assert await there.jobs.stop(bots.ada, job.id)
        await _soon(lambda: not here.jobs.tasks)
        assert await there.store.jobs.all() == []


@pytest.mark.slow
async def test_lost_messages_make_replies_private_until_the_choices_are_read_again(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with _run_two_bots(server, tmp_path) as bots:
        here, there = bots.services
        await here.reply_visibility.share(bots.ada, True)
        await _soon(lambda: not there.reply_visibility.is_private(bots.ada))
        lost: list[bool] = []
        home = there.store._db.home  # type: ignore[attr-defined]
        on_lost = home.on_lost

        def record() -> None:
            on_lost()
            lost.append(there.reply_visibility.is_private(bots.ada))

        home.on_lost = record
        await here.store._db.execute(
            f"SELECT pg_terminate_backend(pid) FROM {PROCESS_LOCKS} AND objid = 2"
        )
        await _soon(lambda: lost[:1] == [True])
        async with asyncio.timeout(20):
            while there.reply_visibility.is_private(bots.ada):
                await asyncio.to_thread(threading.Event().wait, 0.02)


@pytest.mark.slow
async def test_interaction_that_two_processes_get_is_answered_once(
    server: PostgresServer, tmp_path: Path
) -> None:
    """As in a hand-over: a spare has the shards of the process that is to be replaced."""
    async with _run_two_bots(server, tmp_path, processes=("1/1", "2/1")) as bots:
        bots.spotify.accounts["ada"].player.set_repeat("context")
        ada = await bots.first.link_account("ada")
        before = len(ada.messages())
        for _ in range(20):
            assert "Skipped" in (await ada.run("/next")).text
        assert len(bots.spotify.calls_to("POST", "me/player/next")) == 20
        assert len(ada.messages()) == before + 20
        await bots.first.stop()
        Route.BASE = bots.discord.url  # of all bots in this process; the first one has reset it
        assert "Skipped" in (await ada.run("/next")).text, "there is no gap"
        assert "being updated" in (await ada.run("/sleep when:15m")).text
        await bots.first.start()
        await _wait_until_connected(bots.first)
        await bots.second.stop()
        assert "I’ll pause" in (await ada.run("/sleep when:15m")).text


@pytest.mark.slow
async def test_shards_of_all_processes_identify_one_after_another(
    server: PostgresServer, tmp_path: Path
) -> None:
    async with _run_two_bots(server, tmp_path, shards=3, identify_interval=4.9) as bots:
        assert bots.discord.gateway.early_identifies == 0
        shards = sorted(session.shard for session in bots.discord.gateway.sessions.values())
        assert shards == [(0, 3), (1, 3), (2, 3)]


async def test_second_process_of_a_number_is_refused(
    server: PostgresServer, tmp_path: Path
) -> None:
    url = await server.database()
    async with Store.connect(url, KEYS, ProcessShare(2, 2)):
        with pytest.raises(StartupError, match="is process 2"):
            async with Store.connect(url, KEYS, ProcessShare(2, 2)):
                pass
        async with Store.connect(url, KEYS, ProcessShare(1, 2)):
            pass
    async with Store.connect(url, KEYS, ProcessShare(2, 2)):
        pass
