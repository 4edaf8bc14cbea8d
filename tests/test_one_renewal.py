"""A refresh token is spent once, although three processes renew and are killed at random."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from random import Random
from time import monotonic

import pytest
from aiohttp import web

from bot.store import AuthorizedAccount, PendingLogin, Store
from tests.durability.store_operations import KEYS
from tests.postgres_server import PostgresServer, run_postgres
from tests.program import ROOT

CLIENT_ID, PEOPLE = "0123456789abcdef" * 2, range(1, 25)
KILLS = 6
# Seconds between two kills, and that the token endpoint takes.
KILL_INTERVAL, LATENCY = 0.5, 0.05


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


class TokenEndpoint:
    """Gives a new refresh token for each; `spent`: who has sent each one, and when."""

    def __init__(self) -> None:
        self.spent: dict[str, list[tuple[int, float]]] = defaultdict(list)

    async def renew(self, request: web.Request) -> web.Response:
        sent = str((await request.post())["refresh_token"])
        process = int(request.headers["User-Agent"].rpartition(" ")[2])
        self.spent[sent].append((process, monotonic()))
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), LATENCY)
        return web.json_response(
            {
                "access_token": secrets.token_hex(16),
                "refresh_token": secrets.token_hex(16),
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )

    def spent_twice(self, killed_at: dict[int, float]) -> int:
        """How many tokens were spent again while the first process that spent them lived.

        A request of a killed process may arrive after its death.
        """
        forever = monotonic() + 1
        count = 0
        for requests in self.spent.values():
            alive = [each for each in requests if each[1] < killed_at.get(each[0], forever)]
            if alive:
                first, _ = alive[0]
                count += any(at < killed_at.get(first, forever) for _, at in alive[1:])
        return count


@asynccontextmanager
async def _serve(endpoint: TokenEndpoint) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.post("/api/token", endpoint.renew)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _link_people(url: str) -> None:
    async with Store.connect(url, KEYS) as store:
        logins = store.pending_logins
        for person in PEOPLE:
            login = PendingLogin(person, 0, "", CLIENT_ID, expires_at=2_000_000_000)
            token = f"token of {person}"
            account = AuthorizedAccount(f"account {person}", "", "", 1_900_000_000, token)
            await logins.create(login, nonce=str(person))
            await logins.begin_exchange(login)
            await logins.store_tokens(login, account, confirmation_code="", expires_at=2**31)
            await logins.link(login, "linked")


async def _start(url: str, number: int, accounts: str, leases: str) -> asyncio.subprocess.Process:
    """A process that has connected; one of a killed process's number waits for its lock's end."""
    while True:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.renewing_process"),
            *(url, str(number), accounts, CLIENT_ID, leases),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        if await process.stdout.readline() == b"ready\n":
            return process
        await process.wait()


async def _run(server: PostgresServer, leases: str) -> tuple[TokenEndpoint, dict[int, float]]:
    """Three processes renew, and one after another is killed and started again."""
    endpoint, random, killed_at = TokenEndpoint(), Random(0), dict[int, float]()
    url = await server.database()
    await _link_people(url)
    async with _serve(endpoint) as accounts:
        processes = [await _start(url, number, accounts, leases) for number in (1, 2, 3)]
        readers = {process.pid: asyncio.create_task(_drain(process)) for process in processes}
        for _ in range(KILLS):
            index = random.randrange(3)
            process = processes[index]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(process.wait(), KILL_INTERVAL * random.uniform(0.5, 1.5))
            process.kill()
            killed_at[process.pid] = monotonic()
            await process.wait()
            processes[index] = await _start(url, index + 1, accounts, leases)
            started = processes[index]
            readers[started.pid] = asyncio.create_task(_drain(started))
        for process in processes:
            process.kill()
            await process.wait()
        await asyncio.gather(*readers.values())
    return endpoint, killed_at


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.readline():
        pass


@pytest.mark.slow
async def test_no_refresh_token_is_spent_twice(server: PostgresServer) -> None:
    endpoint, killed_at = await _run(server, "leases")
    assert len(endpoint.spent) > 50
    assert endpoint.spent_twice(killed_at) == 0


@pytest.mark.slow
async def test_without_leases_refresh_tokens_are_spent_twice(server: PostgresServer) -> None:
    """The control: the account's version alone keeps the rows right, but not the tokens."""
    endpoint, killed_at = await _run(server, "version alone")
    assert endpoint.spent_twice(killed_at) > 0


@pytest.mark.slow
async def test_frozen_process_holds_nobody_up_for_long(
    server: PostgresServer,
) -> None:
    """It is stopped while it renews; its late answer has no effect on the others' tokens."""
    endpoint, url = TokenEndpoint(), await server.database()
    await _link_people(url)
    async with _serve(endpoint) as accounts:
        frozen = await _start(url, 1, accounts, "leases")
        other = await _start(url, 2, accounts, "leases")
        async with asyncio.timeout(20):
            while len(endpoint.spent) < 30:
                await asyncio.to_thread(os.sched_yield)
        frozen.send_signal(signal.SIGSTOP)
        frozen_at = monotonic()
        assert other.stdout is not None
        served: set[bytes] = set()
        async with asyncio.timeout(30):  # the leases of the frozen one end after 15 s
            while len(served) < len(PEOPLE):
                person, at = (await other.stdout.readline()).split()
                if person.isdigit() and float(at) > frozen_at:
                    served.add(person)
        frozen.send_signal(signal.SIGCONT)
        before = len(endpoint.spent)
        async with asyncio.timeout(20):
            while len(endpoint.spent) < before + 30:
                await other.stdout.readline()
        for process in (frozen, other):
            process.kill()
            await process.communicate()
    async with Store.connect(url, KEYS) as store:
        assert await store.accounts.count() == len(PEOPLE)
