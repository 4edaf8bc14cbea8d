"""What is no HTTP, or for somebody else, is refused in the words of these pages."""

from __future__ import annotations

import logging

import pytest

from tests.plain_http import check, connected, send
from tests.steps import Steps, steps

CANARY = b"c4n4ry"
MALFORMED = {
    "an old version": b"GET /privacy\r\n\r\n",
    "a new version": b"GET /privacy HTTP/2.0\r\nHost: HOST\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "HTTP/1.0 without a host": b"GET /privacy HTTP/1.0\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: HOST\r\nHost: evil.test\r\n\r\n",
    "another target": b"GET http://evil.test/c4n4ry HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "another host": b"GET /c4n4ry HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "a tunnel": b"CONNECT evil.test:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "NUL in the path": b"GET /\0c4n4ry HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: HOST\r\nX: a\0c4n4ry\r\n\r\n",
    "no UTF-8": b"GET /\xff\xfe HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n c4n4ry\r\n\r\n",
    "no header": b"GET / HTTP/1.1\r\nHost: HOST\r\nc4n4ry\r\n\r\n",
    "a long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: HOST\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    "both lengths": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n"
    b"Content-Length: 4\r\n\r\nabcd",
    "a huge length": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9" + b"9" * 30
    + b"\r\n\r\n",
    "a bad chunk": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"zz\r\n",
    "no gzip": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: 5\r\n\r\nhello",
    "an expectation": b"GET /health HTTP/1.1\r\nHost: HOST\r\nExpect: c4n4ry\r\n\r\n",
    "an expectation of nothing": b"GET /none HTTP/1.1\r\nHost: HOST\r\nExpect: c4n4ry\r\n\r\n",
    "an unknown method": b"C4N4RY /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "an unreadable method": b"c{4}n4ry /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
}  # fmt: skip


def _fill(it: Steps, raw: bytes) -> bytes:
    return raw.replace(b"HOST", it.host.encode())


@pytest.mark.parametrize("site", ["http", "https"])
async def test_what_is_malformed_is_refused_in_our_words(site: str) -> None:
    url = {"PUBLIC_URL": "https://music.example.test"} if site == "https" else {}
    async with steps(**url) as it:
        for why, raw in MALFORMED.items():
            whole = _fill(it, raw)
            half = len(whole) // 2
            for parts in ((whole,), (whole[:half], whole[half:])):
                answer = await send(it.stage.settings.port, *parts)
                assert answer, why
                plain = check(answer, https=site == "https", canaries=[CANARY])
                assert plain.status >= 400, why
                assert b"</h1>" in plain.body, why


async def test_whoever_leaves_half_way_leaves_no_error_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with steps() as it:
        head = _fill(it, b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n")
        for part in (b"", head[:20], head, head + b"abc"):
            async with connected(it.stage.settings.port) as (_, writer):
                writer.write(part)
                await it.send("GET", "/health")
            await it.send("GET", "/health")
    assert not caplog.records


async def test_of_requests_in_a_row_the_first_is_answered() -> None:
    async with steps() as it:
        one = _fill(it, b"GET /health HTTP/1.1\r\nHost: HOST\r\n\r\n")
        answer = await send(it.stage.settings.port, one * 100)
        assert check(answer).status == 200
