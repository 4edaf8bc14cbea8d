"""How much, how often and how slowly somebody may ask, and that nobody else waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from statistics import median
from time import perf_counter

import pytest
from yarl import URL

from bot.web.guard import LARGEST_BODY, PATIENCE, REQUESTS, REQUESTS_WINDOW
from tests.plain_http import check, connected, send
from tests.steps import Steps, steps

LIMITED = ("/login/x", "/callback?state=x&code=x", "/discord?state=x", "/%6cogin/x")


async def _ask(it: Steps, path: str, forwarded: str) -> int:
    """The status of an answer, which is as every answer must be."""
    head = f"GET {path} HTTP/1.1\r\nHost: {it.host}\r\nX-Forwarded-For: {forwarded}\r\n\r\n"
    plain = check(await send(it.stage.settings.port, head.encode()))
    if plain.status == 429:
        assert 1 <= int(plain.headers["retry-after"]) <= REQUESTS_WINDOW
    return plain.status


@pytest.mark.parametrize("path", LIMITED)
async def test_an_address_that_asks_too_often_is_told_to_wait(path: str) -> None:
    async with steps() as it:
        for _ in range(REQUESTS):
            assert await _ask(it, path, "192.0.2.1") in (404, 410)
        for other in LIMITED:
            assert await _ask(it, other, "192.0.2.1") == 429
        assert await _ask(it, path, "192.0.2.2") in (404, 410)
        assert await _ask(it, "/health", "192.0.2.1") == 200
        it.stage.clock.advance(REQUESTS_WINDOW + 1)
        assert await _ask(it, path, "192.0.2.1") in (404, 410)


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
async def test_whose_request_it_is(as_said: Callable[[int], str], same: bool) -> None:
    async with steps() as it:
        statuses = [await _ask(it, "/login/x", as_said(n)) for n in range(1, REQUESTS + 2)]
        assert statuses[:-1] == [410] * REQUESTS
        assert statuses[-1] == (429 if same else 410)


async def test_one_household_behind_a_proxy_does_not_use_up_the_next_ones_share() -> None:
    async with steps() as it:
        for _ in range(REQUESTS + 1):
            await _ask(it, "/login/x", "192.0.2.1:4711")
        assert await _ask(it, "/login/x", "192.0.2.2:4711") == 410


@pytest.mark.parametrize("proxy", [{}, {"TRUSTED_PROXY": "10.0.0.0/8"}], ids=["none", "another"])
async def test_only_a_trusted_proxy_is_believed(proxy: dict[str, str]) -> None:
    async with steps(**({"TRUSTED_PROXY": ""} | proxy)) as it:
        statuses = [await _ask(it, "/login/x", f"192.0.2.{n}") for n in range(REQUESTS + 1)]
        assert statuses == [410] * REQUESTS + [429]


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_a_body_of_more_than_4_kib_is_refused(framing: str) -> None:
    async with steps() as it:
        for size in (LARGEST_BODY, LARGEST_BODY + 1, 1_000_000):
            _, offer = await it.offered()
            head = f"POST {URL(offer.url).raw_path} HTTP/1.1\r\nHost: {it.host}\r\n"
            body = b"a" * size
            if framing == "chunks":
                head += "Transfer-Encoding: chunked\r\n\r\n"
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, body)
            else:
                head += f"Content-Length: {size}\r\n\r\n"
            plain = check(await send(it.stage.settings.port, head.encode() + body))
            assert plain.status == (303 if size == LARGEST_BODY else 413)


class _Hasty(asyncio.SelectorEventLoop):
    """A loop on which time can pass without anybody waiting."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


UNFINISHED = {
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


def test_what_has_not_arrived_after_ten_seconds_is_cut() -> None:
    def loop() -> asyncio.AbstractEventLoop:
        return hasty

    async def visit(it: Steps, drops: list[bytes]) -> None:
        began = hasty.time()
        async with connected(it.stage.settings.port) as (reader, writer):
            reading = asyncio.create_task(reader.read())
            for drop in drops:
                writer.write(drop.replace(b"HOST", it.host.encode()))
                await it.send("GET", "/health")
                hasty.ahead += (PATIENCE - 1) / len(drops)
            await it.send("GET", "/health")
            assert hasty.time() < began + PATIENCE, "the test itself was too slow"
            assert not reading.done(), "it was cut early"
            hasty.ahead += 1
            with suppress(ConnectionResetError):
                if said := await asyncio.wait_for(reading, 5):
                    assert check(said).status == 413

    async def every() -> None:
        async with steps() as it:
            for drops in UNFINISHED.values():
                await visit(it, drops)
            assert (await it.send("GET", "/health")).status == 200

    hasty = _Hasty()
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(every())


async def test_a_hundred_half_open_connections_slow_no_command_down() -> None:
    async with steps() as it:
        await it.link()
        ada = it.stage.discord.seat("ada")

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
                connection = connected(it.stage.settings.port)
                _, writer = await stack.enter_async_context(connection)
                some = list(UNFINISHED.values())[number % 5][0]
                writer.write(some.replace(b"HOST", it.host.encode()))
            assert (await it.send("GET", "/health")).status == 200
            during = await pace()
        assert during < 2 * before + 0.02, f"{during:.4f} s instead of {before:.4f} s"
