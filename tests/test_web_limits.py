"""How much, how often and how slowly somebody may ask, and that nobody else waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from statistics import median
from time import perf_counter

import pytest
from yarl import URL

from bot.web.middleware import MAX_BODY, MAX_REQUESTS, REQUEST_TIMEOUT, REQUESTS_WINDOW
from tests.fast_forward import FastForwardLoop
from tests.login_client import LoginClient, login_client
from tests.raw_http import check_response, open_connection, send_raw

RATE_LIMITED_PATHS = ("/login/x", "/callback?state=x&code=x", "/discord?state=x", "/%6cogin/x")


async def _request_status(it: LoginClient, path: str, forwarded: str) -> int:
    """The status of an answer, which is as every answer must be."""
    head = f"GET {path} HTTP/1.1\r\nHost: {it.host}\r\nX-Forwarded-For: {forwarded}\r\n\r\n"
    plain = check_response(await send_raw(it.harness.settings.port, head.encode()))
    if plain.status == 429:
        assert 1 <= int(plain.headers["retry-after"]) <= REQUESTS_WINDOW
    return plain.status


@pytest.mark.parametrize("path", RATE_LIMITED_PATHS)
async def test_rate_limited_address_is_told_to_wait(path: str) -> None:
    async with login_client() as it:
        for _ in range(MAX_REQUESTS):
            assert await _request_status(it, path, "192.0.2.1") in (404, 410)
        for other in RATE_LIMITED_PATHS:
            assert await _request_status(it, other, "192.0.2.1") == 429
        assert await _request_status(it, path, "192.0.2.2") in (404, 410)
        assert await _request_status(it, "/health", "192.0.2.1") == 200
        it.harness.clock.advance(REQUESTS_WINDOW + 1)
        assert await _request_status(it, path, "192.0.2.1") in (404, 410)


@pytest.mark.parametrize(
    ("as_said", "same"),
    [
        (lambda number: f"198.51.100.{number}, 192.0.2.1", True),  # anybody can write the first
        (lambda number: f"2001:db8::{number:x}", True),  # a household has 2^64 of them
        (lambda number: f"2001:db8:0:{number:x}::1", False),
        (lambda number: f"::ffff:192.0.2.{number}", False),
        (lambda number: f"192.0.2.1:{1024 + number}", True),
        (lambda number: f"nobody{number}", True),
    ],
    ids=["the last counts", "one /64", "many /64", "mapped", "with a port", "no address"],
)
async def test_client_address_is_determined(as_said: Callable[[int], str], same: bool) -> None:
    async with login_client() as it:
        statuses = [
            await _request_status(it, "/login/x", as_said(n)) for n in range(1, MAX_REQUESTS + 2)
        ]
        assert statuses[:-1] == [410] * MAX_REQUESTS
        assert statuses[-1] == (429 if same else 410)


async def test_addresses_behind_proxy_are_limited_separately() -> None:
    async with login_client() as it:
        for _ in range(MAX_REQUESTS + 1):
            await _request_status(it, "/login/x", "192.0.2.1:4711")
        assert await _request_status(it, "/login/x", "192.0.2.2:4711") == 410


@pytest.mark.parametrize("proxy", [{}, {"TRUSTED_PROXY": "10.0.0.0/8"}], ids=["none", "another"])
async def test_only_a_trusted_proxy_is_believed(proxy: dict[str, str]) -> None:
    async with login_client(**({"TRUSTED_PROXY": ""} | proxy)) as it:
        statuses = [
            await _request_status(it, "/login/x", f"192.0.2.{n}") for n in range(MAX_REQUESTS + 1)
        ]
        assert statuses == [410] * MAX_REQUESTS + [429]


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_a_body_of_more_than_4_kib_is_refused(framing: str) -> None:
    async with login_client() as it:
        for size in (MAX_BODY, MAX_BODY + 1, 1_000_000):
            _, offer = await it.request_login()
            head = f"POST {URL(offer.url).raw_path} HTTP/1.1\r\nHost: {it.host}\r\n"
            body = b"a" * size
            if framing == "chunks":
                head += "Transfer-Encoding: chunked\r\n\r\n"
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, body)
            else:
                head += f"Content-Length: {size}\r\n\r\n"
            plain = check_response(await send_raw(it.harness.settings.port, head.encode() + body))
            assert plain.status == (303 if size == MAX_BODY else 413)


INCOMPLETE_REQUESTS = {
    "nothing": [b""],
    "half a line": [b"GET /hea"],
    "half a head": [b"GET /health HTTP/1.1\r\nHost: HOST\r\n"],
    "no body": [b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n"],
    "half a body": [b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\nabc"],
    "a bad chunk later": [
        b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"zz\r\n",
    ],
    "a head in drops": [b"GET /health HTTP/1.1\r\n", b"X: y\r\n", b"X: y\r\n", b"X: y\r\n"],
    "a body in drops": [
        b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99\r\n\r\n", b"a", b"b", b"c",
    ],
}  # fmt: skip


def test_incomplete_request_is_closed_after_ten_seconds() -> None:
    def loop() -> asyncio.AbstractEventLoop:
        return hasty

    async def visit(it: LoginClient, drops: list[bytes]) -> None:
        began = hasty.time()
        async with open_connection(it.harness.settings.port) as (reader, writer):
            reading = asyncio.create_task(reader.read())
            for drop in drops:
                writer.write(drop.replace(b"HOST", it.host.encode()))
                await it.send("GET", "/health")
                hasty.ahead += (REQUEST_TIMEOUT - 1) / len(drops)
            await it.send("GET", "/health")
            assert hasty.time() < began + REQUEST_TIMEOUT, "the test itself was too slow"
            assert not reading.done(), "it was cut early"
            hasty.ahead += 1
            with suppress(ConnectionResetError):
                if said := await asyncio.wait_for(reading, 5):
                    assert check_response(said).status == 413

    async def every() -> None:
        async with login_client() as it:
            for drops in INCOMPLETE_REQUESTS.values():
                await visit(it, drops)
            assert (await it.send("GET", "/health")).status == 200

    hasty = FastForwardLoop()
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(every())


async def test_hundred_half_open_connections_do_not_slow_commands() -> None:
    async with login_client() as it:
        await it.link()
        ada = it.harness.discord.user_client("ada")

        async def pace() -> float:
            times = []
            for _ in range(15):
                began = perf_counter()
                await ada.run("/now")
                times.append(perf_counter() - began)
            return median(times)

        await pace()
        before = await pace()
        async with AsyncExitStack() as stack:
            for number in range(100):
                connection = open_connection(it.harness.settings.port)
                _, writer = await stack.enter_async_context(connection)
                some = list(INCOMPLETE_REQUESTS.values())[number % 5][0]
                writer.write(some.replace(b"HOST", it.host.encode()))
            assert (await it.send("GET", "/health")).status == 200
            during = await pace()
        assert during < 2 * before + 0.02, f"{during:.4f} s instead of {before:.4f} s"
