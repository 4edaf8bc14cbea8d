"""Limits of the web server: requests per address, body size and time per request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from statistics import median
from time import perf_counter

import pytest
from yarl import URL

from bot.web.middleware import MAX_BODY, MAX_REQUESTS, REQUEST_TIMEOUT, REQUESTS_WINDOW
from tests.fast_forward import FastForwardLoop, run_fast_forward
from tests.login_client import LoginClient, login_client
from tests.raw_http import check_response, open_connection, send_raw

RATE_LIMITED_PATHS = ("/login/x", "/callback?state=x&code=x", "/discord?state=x", "/%6cogin/x")


async def _request_status(client: LoginClient, path: str, forwarded_for: str) -> int:
    """The status of a response that passes all checks."""
    head = f"GET {path} HTTP/1.1\r\nHost: {client.host}\r\nX-Forwarded-For: {forwarded_for}\r\n\r\n"
    response = check_response(await send_raw(client.harness.settings.port, head.encode()))
    if response.status == 429:
        assert 1 <= int(response.headers["retry-after"]) <= REQUESTS_WINDOW
    return response.status


async def test_rate_limit_applies_per_address() -> None:
    async with login_client() as client:
        for path in RATE_LIMITED_PATHS:
            for _ in range(MAX_REQUESTS):
                assert await _request_status(client, path, "192.0.2.1") in (404, 410)
            for limited_path in RATE_LIMITED_PATHS:
                assert await _request_status(client, limited_path, "192.0.2.1") == 429
            assert await _request_status(client, path, "192.0.2.2") in (404, 410)
            assert await _request_status(client, "/health", "192.0.2.1") == 200
            client.harness.clock.advance(REQUESTS_WINDOW + 1)


# X-Forwarded-For of the nth request, and whether all these requests count as one client.
FORWARDED_FOR: tuple[tuple[Callable[[int], str], bool], ...] = (
    (lambda n: f"198.51.100.{n}, 192.0.2.1", True),  # a client can forge all but the last address
    (lambda n: f"2001:db8::{n:x}", True),  # one client usually has a /64
    (lambda n: f"2001:db8:0:{n:x}::1", False),
    (lambda n: f"::ffff:192.0.2.{n}", False),
    (lambda n: f"192.0.2.1:{1024 + n}", True),
    (lambda n: f"nobody{n}", True),
)


async def test_client_address_is_determined() -> None:
    async with login_client() as client:
        for forwarded_for, is_one_client in FORWARDED_FOR:
            statuses = [
                await _request_status(client, "/login/x", forwarded_for(n))
                for n in range(1, MAX_REQUESTS + 2)
            ]
            assert statuses[:-1] == [410] * MAX_REQUESTS
            assert statuses[-1] == (429 if is_one_client else 410), forwarded_for(1)
            client.harness.clock.advance(REQUESTS_WINDOW + 1)


async def test_addresses_behind_proxy_are_limited_separately() -> None:
    async with login_client() as client:
        for _ in range(MAX_REQUESTS + 1):
            await _request_status(client, "/login/x", "192.0.2.1:4711")
        assert await _request_status(client, "/login/x", "192.0.2.2:4711") == 410


@pytest.mark.parametrize("proxy", [{}, {"TRUSTED_PROXY": "10.0.0.0/8"}], ids=["none", "other"])
async def test_only_trusted_proxy_sets_client_address(proxy: dict[str, str]) -> None:
    async with login_client(**({"TRUSTED_PROXY": ""} | proxy)) as client:
        statuses = [
            await _request_status(client, "/login/x", f"192.0.2.{n}")
            for n in range(MAX_REQUESTS + 1)
        ]
        assert statuses == [410] * MAX_REQUESTS + [429]


async def test_client_stands_before_the_trusted_proxies() -> None:
    """Each proxy adds its peer at the end; a client may write anything before that."""
    proxies = "127.0.0.1, 10.0.0.0/8, ::1"
    async with login_client(TRUSTED_PROXY=proxies) as client:
        for forwarded in (
            "{}, 192.0.2.1, 10.0.0.1, 10.0.0.2:80",
            "10.1.0.{}, 192.0.2.1, 10.0.0.1",
            "{}, ::ffff:192.0.2.1, [::1]:80, ",
        ):
            statuses = [
                await _request_status(client, "/login/x", forwarded.format(n))
                for n in range(MAX_REQUESTS + 1)
            ]
            assert statuses[-1] == 429, forwarded
            client.harness.clock.advance(REQUESTS_WINDOW + 1)
        statuses = [
            await _request_status(client, "/login/x", f"192.0.2.{n}, 10.0.0.1")
            for n in range(MAX_REQUESTS + 1)
        ]
        assert statuses[-1] == 410


async def test_proxy_that_is_not_trusted_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async with login_client(TRUSTED_PROXY="10.0.0.0/8") as client:
        for _ in range(3):
            await _request_status(client, "/login/x", "192.0.2.1")
    assert caplog.text.count("TRUSTED_PROXY does not name the proxy 127.0.0.1") == 1
    assert "192.0.2.1" not in caplog.text


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_body_over_4_kib_is_rejected(framing: str) -> None:
    async with login_client() as client:
        for size in (MAX_BODY, MAX_BODY + 1, 1_000_000):
            _, offer = await client.request_login()
            head = f"POST {URL(offer.url).raw_path} HTTP/1.1\r\nHost: {client.host}\r\n"
            body = b"a" * size
            if framing == "chunks":
                head += "Transfer-Encoding: chunked\r\n\r\n"
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, body)
            else:
                head += f"Content-Length: {size}\r\n\r\n"
            response = check_response(
                await send_raw(client.harness.settings.port, head.encode() + body)
            )
            assert response.status == (303 if size == MAX_BODY else 413)


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
    "a slow head": [b"GET /health HTTP/1.1\r\n", b"X: y\r\n", b"X: y\r\n", b"X: y\r\n"],
    "a slow body": [
        b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99\r\n\r\n", b"a", b"b", b"c",
    ],
}  # fmt: skip


def test_incomplete_request_is_closed_after_ten_seconds() -> None:
    async def visit(client: LoginClient, parts: list[bytes], loop: FastForwardLoop) -> None:
        started_at = loop.time()
        async with open_connection(client.harness.settings.port) as (reader, writer):
            received = asyncio.create_task(reader.read())
            for part in parts:
                writer.write(part.replace(b"HOST", client.host.encode()))
                await client.send("GET", "/health")
                loop.ahead += (REQUEST_TIMEOUT - 1) / len(parts)
            await client.send("GET", "/health")
            assert loop.time() < started_at + REQUEST_TIMEOUT, "the test itself was too slow"
            assert not received.done(), "closed too early"
            loop.ahead += 1
            with suppress(ConnectionResetError):
                if raw := await asyncio.wait_for(received, 5):
                    assert check_response(raw).status == 413

    async def visit_all(loop: FastForwardLoop) -> None:
        async with login_client() as client:
            for parts in INCOMPLETE_REQUESTS.values():
                await visit(client, parts, loop)
            assert (await client.send("GET", "/health")).status == 200

    run_fast_forward(visit_all)


async def test_hundred_half_open_connections_do_not_slow_commands() -> None:
    async with login_client() as client:
        await client.link()
        ada = client.harness.discord.user_client("ada")

        async def median_duration() -> float:
            times = []
            for _ in range(15):
                started_at = perf_counter()
                await ada.run("/now")
                times.append(perf_counter() - started_at)
            return median(times)

        await median_duration()
        before = await median_duration()
        async with AsyncExitStack() as stack:
            for number in range(100):
                connection = open_connection(client.harness.settings.port)
                _, writer = await stack.enter_async_context(connection)
                part = list(INCOMPLETE_REQUESTS.values())[number % 5][0]
                writer.write(part.replace(b"HOST", client.host.encode()))
            assert (await client.send("GET", "/health")).status == 200
            during = await median_duration()
        assert during < 2 * before + 0.02, f"{during:.4f} s instead of {before:.4f} s"
