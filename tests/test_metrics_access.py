"""GET /metrics: who may read it. To everybody else there is no such page."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sandbox.stage import Stage, stage
from tests.plain_http import Plain, check, send

TOKEN = "a-token-of-20-letters"
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


async def asked(it: Stage, *headers: str, host: str = "", path: str = "/metrics") -> Plain:
    """What is answered to a request with these headers, which is as every answer must be."""
    port = it.settings.port
    lines = [f"GET {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", *headers]
    return check(await send(port, ("\r\n".join(lines) + "\r\n\r\n").encode()))


async def _is_nowhere(it: Stage, plain: Plain) -> None:
    """It is answered as what does not exist."""
    nothing = await asked(it, path="/nothing-here")
    assert (plain.status, plain.body) == (nothing.status, nothing.body) == (404, nothing.body)
    assert {*plain.headers} == {*nothing.headers}


async def _statuses(it: Stage, ways: Iterable[tuple[str, ...]]) -> set[int]:
    found = set()
    for headers in ways:
        plain = await asked(it, *headers)
        found.add(plain.status)
        if plain.status != 200:
            await _is_nowhere(it, plain)
    return found


async def test_with_a_token_whoever_brings_it_may_read() -> None:
    async with stage(METRICS_TOKEN=TOKEN) as it:
        right = f"Authorization: Bearer {TOKEN}"
        ways = [(right,), (right, "X-Forwarded-For: 192.0.2.1"), (right, "Via: 1.1 proxy")]
        assert await _statuses(it, ways) == {200}
        assert (await asked(it, right, host="bot.example.org")).status == 200
        assert b"tonearm_linked_accounts" in (await asked(it, right)).body


async def test_with_a_token_nobody_else_may_read() -> None:
    async with stage(METRICS_TOKEN=TOKEN) as it:
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
        assert (await asked(it, path=f"/metrics?token={TOKEN}")).status == 404
        assert (await asked(it, path=f"/metrics?Authorization=Bearer%20{TOKEN}")).status == 404


async def test_without_a_token_whoever_is_on_this_machine_may_read(stage: Stage) -> None:
    port = stage.settings.port
    for host in (f"127.0.0.1:{port}", "127.0.0.1", f"localhost:{port}", "[::1]:80", "127.1.2.3"):
        assert (await asked(stage, host=host)).status == 200, host


@pytest.mark.parametrize(
    "host",
    [
        "rebound.test", "rebound.test:8080", "127.0.0.1.rebound.test", "localhost.rebound.test",
        "127.0.0.1@rebound.test", "0.0.0.0", "192.168.1.2", "[::]", "[2001:db8::1]", "localhost.",
        "127.1", "2130706433", "[", "]:80", "127.0.0.1:99999999",
    ],
)  # fmt: skip
async def test_a_page_elsewhere_cannot_have_it_read(stage: Stage, host: str) -> None:
    """Its name may lead here (DNS rebinding), but is no name of this machine."""
    plain = await asked(stage, host=host)
    assert plain.status in (400, 404)
    assert b"tonearm_" not in plain.body
    if plain.status == 404:
        await _is_nowhere(stage, plain)


async def test_what_a_proxy_passed_on_is_not_near(stage: Stage) -> None:
    ways = [(f"{name}: 127.0.0.1",) for name in FORWARDED]
    ways += [(f"{name.lower()}:",) for name in FORWARDED]
    assert await _statuses(stage, ways) == {404}


async def test_what_comes_as_nginx_passes_it_on_is_not_near(stage: Stage) -> None:
    """Without any setting of its own: as HTTP/1.0, under the name of this machine."""
    port = stage.settings.port
    for more in ("", "Connection: close\r\n"):
        request = f"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n"
        plain = check(await send(port, request.encode()))
        assert plain.status == 404
        assert b"tonearm_" not in plain.body


async def test_a_trusted_proxy_is_not_near_whatever_it_says() -> None:
    async with stage(TRUSTED_PROXY="127.0.0.1") as it:
        assert await _statuses(it, [(), ("X-Forwarded-For: 127.0.0.1",)]) == {404}
    async with stage(TRUSTED_PROXY="10.0.0.0/8") as it:
        assert await _statuses(it, [()]) == {200}


async def test_it_can_only_be_read(stage: Stage) -> None:
    port = stage.settings.port
    for method in ("POST", "PUT", "DELETE"):
        request = (
            f"{method} /metrics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"
        )
        assert check(await send(port, request.encode())).status in (403, 405)
    assert (await asked(stage)).status == 200
