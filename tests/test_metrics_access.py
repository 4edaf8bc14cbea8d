"""GET /metrics: who may read it. All others get the 404 of a page that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.harness import Harness, run_harness
from tests.raw_http import RawResponse, check_response, send_raw

TOKEN = "a-token-of-20-letters"
FORWARDED_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


async def request_metrics(
    it: Harness, *headers: str, host: str = "", path: str = "/metrics"
) -> RawResponse:
    """The response to a request with these headers; checks what holds for every response."""
    port = it.settings.port
    lines = [f"GET {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", *headers]
    return check_response(await send_raw(port, ("\r\n".join(lines) + "\r\n\r\n").encode()))


async def _assert_not_found(it: Harness, response: RawResponse) -> None:
    """The response is the same as that to a path that does not exist."""
    missing = await request_metrics(it, path="/nothing-here")
    assert missing.status == 404
    assert (response.status, response.body) == (missing.status, missing.body)
    assert {*response.headers} == {*missing.headers}


async def _statuses(it: Harness, requests: Iterable[tuple[str, ...]]) -> set[int]:
    """The statuses of requests with these headers."""
    statuses = set()
    for headers in requests:
        response = await request_metrics(it, *headers)
        statuses.add(response.status)
        if response.status != 200:
            await _assert_not_found(it, response)
    return statuses


async def test_valid_token_grants_access() -> None:
    async with run_harness(METRICS_TOKEN=TOKEN) as it:
        authorization = f"Authorization: Bearer {TOKEN}"
        requests = [
            (authorization,),
            (authorization, "X-Forwarded-For: 192.0.2.1"),
            (authorization, "Via: 1.1 proxy"),
        ]
        assert await _statuses(it, requests) == {200}
        assert (await request_metrics(it, authorization, host="bot.example.org")).status == 200
        assert b"tonearm_linked_accounts" in (await request_metrics(it, authorization)).body


async def test_invalid_token_is_not_found() -> None:
    async with run_harness(METRICS_TOKEN=TOKEN) as it:
        authorization = f"Authorization: Bearer {TOKEN}"
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
            (authorization, authorization),
            (authorization, "Authorization: Bearer another"),
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


async def test_foreign_host_header_is_rejected(harness: Harness) -> None:
    """DNS rebinding: a foreign name may resolve to this machine."""
    for host in (
        "rebound.test", "rebound.test:8080", "127.0.0.1.rebound.test", "localhost.rebound.test",
        "127.0.0.1@rebound.test", "0.0.0.0", "192.168.1.2", "[::]", "[2001:db8::1]", "localhost.",
        "127.1", "2130706433", "[", "]:80", "127.0.0.1:99999999",
    ):  # fmt: skip
        response = await request_metrics(harness, host=host)
        assert response.status in (400, 404), host
        assert b"tonearm_" not in response.body, host
        if response.status == 404:
            await _assert_not_found(harness, response)


async def test_forwarded_request_is_not_loopback(harness: Harness) -> None:
    requests = [(f"{name}: 127.0.0.1",) for name in FORWARDED_HEADERS]
    requests += [(f"{name.lower()}:",) for name in FORWARDED_HEADERS]
    assert await _statuses(harness, requests) == {404}


async def test_nginx_style_request_is_not_loopback(harness: Harness) -> None:
    """Without proxy settings, nginx forwards as HTTP/1.0 with a Host header of this machine."""
    port = harness.settings.port
    for header in ("", "Connection: close\r\n"):
        request = f"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n"
        response = check_response(await send_raw(port, request.encode()))
        assert response.status == 404
        assert b"tonearm_" not in response.body


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
