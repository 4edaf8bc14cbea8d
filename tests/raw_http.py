"""Sends raw bytes to the web server, and checks what every response must have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

REQUIRED_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
REQUIRED_CSP = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]
HSTS = "strict-transport-security"


@dataclass(frozen=True)
class RawResponse:
    """A parsed HTTP response."""

    status: int
    headers: dict[str, str]
    head: bytes
    body: bytes


@asynccontextmanager
async def open_connection(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a TCP connection; aborts it on exit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def send_raw(port: int, *parts: bytes, timeout: float = 5.0) -> bytes:
    """Send these parts and read until the server closes; b"" if it sent nothing.

    Raises TimeoutError if the server does not close within `timeout` seconds.
    """
    received = b""
    async with open_connection(port) as (reader, writer):
        with suppress(ConnectionError):  # bytes received before a reset count as a response
            async with asyncio.timeout(timeout):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                while chunk := await reader.read(65536):
                    received += chunk
    return received


def parse_response(raw: bytes) -> RawResponse:
    """Parse a response. Raises AssertionError if a header occurs twice."""
    head, _, body = raw.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = {name.lower(): value for name, value in pairs}
    assert len(headers) == len(pairs), f"duplicate header: {head!r}"
    return RawResponse(int(status_line.split()[1]), headers, head, body)


def check_response(
    raw: bytes, *, https: bool = False, canaries: Iterable[bytes] = ()
) -> RawResponse:
    """Parse a response and check its security headers. Raises AssertionError."""
    response = parse_response(raw)
    assert 200 <= response.status < 500, response.head
    assert {name: response.headers.get(name) for name in REQUIRED_HEADERS} == REQUIRED_HEADERS, (
        response.head
    )
    assert response.headers["server"] == "Tonearm"
    policy = response.headers["content-security-policy"].split("; ")
    assert set(REQUIRED_CSP) <= set(policy)
    remaining = [rule for rule in policy if rule not in REQUIRED_CSP]
    names = [rule.split()[0] for rule in remaining]
    assert names in (["style-src", "form-action"], ["style-src", "form-action", "script-src"])
    for rule in (remaining[0], *remaining[2:]):
        assert rule.split()[1].startswith("'sha256-"), "only the page's own style and script"
    assert (HSTS in response.headers) == https
    for forbidden in (b"aiohttp", b"Python", *canaries):
        assert forbidden not in raw, forbidden
    assert b"HTTP/1." not in response.body, "more than one response on the connection"
    return response
