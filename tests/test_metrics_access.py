"""GET /metrics: who may read it. To everybody else there is no such page."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sandbox.harness import Harness, run_harness
from tests.raw_http import RawResponse, check_response, send_raw

TOKEN = "a-token-of-20-letters"
FORWARDED_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


async def request_metrics(
    it: Harness, *headers: str, host: str = "", path: str = "/metrics"
) -> RawResponse:
    """What is answered to a request with these headers, which is as every answer must be."""
    port = it.settings.port
    lines = [f"GET {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", *headers]
    return check_response(await send_raw(port, ("\r\n".join(lines) + "\r\n\r\n").encode()))


async def _assert_not_found(it: Harness, plain: RawResponse) -> None:
    """It is answered as what does not exist."""
    nothing = await request_metrics(it, path="/nothing-here")
    assert (plain.status, plain.body) == (nothing.status, nothing.body) == (404, nothing.body)
    assert {*plain.headers} == {*nothing.headers}


async def _statuses(it: Harness, ways: Iterable[tuple[str, ...]]) -> set[int]:
    found = set()
    for headers in ways:
        plain = await request_metrics(it, *headers)
        found.add(plain.status)
        if plain.status != 200:
            await _assert_not_found(it, plain)
    return found


async def test_valid_token_grants_access() -> None:
    async with run_harness(METRICS_TOKEN=TOKEN) as it:
        right = f"Authorization: Bearer {TOKEN}"
        ways = [(right,), (right, "X-Forwarded-For: 192.0.2.1"), (right, "Via: 1.1 proxy")]
        assert await _statuses(it, ways) == {200}
        assert (await request_metrics(it, right, host="bot.example.org")).status == 200
        assert b"tonearm_linked_accounts" in (await request_metrics(it, right)).body


async def test_invalid_token_is_not_found() -> None:
    async with run_harness(METRICS_TOKEN=TOKEN) as it:
        right = f"Authorization: Bearer {TOKEN}"
        wrong = [
            (),
            ("Authorization: Bearer",),
            ("Authorization: Bearer another-token-of-20",),
            (f"Authorization: Bearer {TOKEN[:-1]}",),
            (f"Authorization: Bearer {TOKEN}x",),
            (f"Authorization: Bearer {TOKEN}, Bearer {TOKEN}",),
            (f"Authorization: Basic {TOKEN}",),
            (f"Authorization: {TOKEN}",),
            (f"X-Authorization: Bearer {TOKEN}",),
            (f"Cookie: Authorization=Bearer {TOKEN}",),
            ("Authorization: Bearer \xe4\xf6\xfc",),
            (right, right),
            (right, "Authorization: Bearer another"),
        ]
        assert await _statuses(it, wrong) == {404}
        assert (await request_metrics(it, path=f"/metrics?token={TOKEN}")).status == 404
        assert (
            await request_metrics(it, path=f"/metrics?Authorization=Bearer%20{TOKEN}")
        ).status == 404


async def test_without_token_setting_loopback_has_access(harness: Harness) -> None:
    port = harness.settings.port
    for host in (f"127.0.0.1:{port}", "127.0.0.1", f"localhost:{port}", "[::1]:80", "127.1.2.3"):
        assert (await request_metrics(harness, host=host)).status == 200, host


@pytest.mark.parametrize(
    "host",
    [
        "rebound.test", "rebound.test:8080", "127.0.0.1.rebound.test", "localhost.rebound.test",
        "127.0.0.1@rebound.test", "0.0.0.0", "192.168.1.2", "[::]", "[2001:db8::1]", "localhost.",
        "127.1", "2130706433", "[", "]:80", "127.0.0.1:99999999",
    ],
)  # fmt: skip
async def test_foreign_host_header_is_rejected(harness: Harness, host: str) -> None:
    """Its name may lead here (DNS rebinding), but is no name of this machine."""
    plain = await request_metrics(harness, host=host)
    assert plain.status in (400, 404)
    assert b"tonearm_" not in plain.body
    if plain.status == 404:
        await _assert_not_found(harness, plain)


async def test_forwarded_request_is_not_loopback(harness: Harness) -> None:
    ways = [(f"{name}: 127.0.0.1",) for name in FORWARDED_HEADERS]
    ways += [(f"{name.lower()}:",) for name in FORWARDED_HEADERS]
    assert await _statuses(harness, ways) == {404}


async def test_nginx_style_request_is_not_loopback(harness: Harness) -> None:
    """Without any setting of its own: as HTTP/1.0, under the name of this machine."""
    port = harness.settings.port
    for more in ("", "Connection: close\r\n"):
        request = f"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n"
        plain = check_response(await send_raw(port, request.encode()))
        assert plain.status == 404
        assert b"tonearm_" not in plain.body


async def test_trusted_proxy_is_not_loopback() -> None:
    async with run_harness(TRUSTED_PROXY="127.0.0.1") as it:
        assert await _statuses(it, [(), ("X-Forwarded-For: 127.0.0.1",)]) == {404}
    async with run_harness(TRUSTED_PROXY="10.0.0.0/8") as it:
        assert await _statuses(it, [()]) == {200}


async def test_only_get_is_allowed(harness: Harness) -> None:
    port = harness.settings.port
    for method in ("POST", "PUT", "DELETE"):
        request = (
            f"{method} /metrics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"
        )
        assert check_response(await send_raw(port, request.encode())).status in (403, 405)
    assert (await request_metrics(harness)).status == 200
