"""Malformed requests and requests for other hosts get an error page of the bot."""

from __future__ import annotations

import logging

import pytest

from tests.login_client import LoginClient, login_client
from tests.raw_http import check_response, open_connection, send_raw

CANARY = b"c4n4ry"
MALFORMED_REQUESTS = {
    "HTTP/0.9": b"GET /privacy\r\n\r\n",
    "an unknown version": b"GET /privacy HTTP/2.0\r\nHost: HOST\r\n\r\n",
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
    "a line without a colon": b"GET / HTTP/1.1\r\nHost: HOST\r\nc4n4ry\r\n\r\n",
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
    "invalid gzip": b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: 5\r\n\r\nhello",
    "Expect": b"GET /health HTTP/1.1\r\nHost: HOST\r\nExpect: c4n4ry\r\n\r\n",
    "Expect on an unknown path": b"GET /none HTTP/1.1\r\nHost: HOST\r\nExpect: c4n4ry\r\n\r\n",
    "an unknown method": b"C4N4RY /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "an unreadable method": b"c{4}n4ry /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
}  # fmt: skip


def _fill_placeholders(client: LoginClient, template: bytes) -> bytes:
    return template.replace(b"HOST", client.host.encode())


@pytest.mark.parametrize("site", ["http", "https"])
async def test_malformed_request_gets_own_error_page(site: str) -> None:
    environment = {"PUBLIC_URL": "https://music.example.test"} if site == "https" else {}
    async with login_client(**environment) as client:
        for case, template in MALFORMED_REQUESTS.items():
            whole = _fill_placeholders(client, template)
            half = len(whole) // 2
            for parts in ((whole,), (whole[:half], whole[half:])):
                raw = await send_raw(client.harness.settings.port, *parts)
                assert raw, case
                response = check_response(raw, https=site == "https", canaries=[CANARY])
                assert response.status >= 400, case
                assert b"</h1>" in response.body, case


async def test_client_disconnect_logs_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with login_client() as client:
        head = _fill_placeholders(
            client, b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n"
        )
        for part in (b"", head[:20], head, head + b"abc"):
            async with open_connection(client.harness.settings.port) as (_, writer):
                writer.write(part)
                await client.send("GET", "/health")
            await client.send("GET", "/health")
    assert not caplog.records


async def test_only_first_of_pipelined_requests_is_answered() -> None:
    async with login_client() as client:
        request = _fill_placeholders(client, b"GET /health HTTP/1.1\r\nHost: HOST\r\n\r\n")
        raw = await send_raw(client.harness.settings.port, request * 100)
        assert check_response(raw).status == 200
