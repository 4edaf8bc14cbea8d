"""Requests to the bot's pages byte by byte, and what must be true of every answer."""

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
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    head: bytes
    body: bytes


@asynccontextmanager
async def open_connection(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, gone at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def send_raw(port: int, *parts: bytes, timeout: float = 5.0) -> bytes:
    """Send these parts, and read to the end: b"" where the connection was cut.

    Raises TimeoutError where it is not over after `until` seconds.
    """
    received = b""
    async with open_connection(port) as (reader, writer):
        with suppress(ConnectionError):  # what came before a reset is an answer, too
            async with asyncio.timeout(timeout):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                while some := await reader.read(65536):
                    received += some
    return received


def parse_response(answer: bytes) -> RawResponse:
    """Take an answer apart. Raises AssertionError where a header stands twice."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = {name.lower(): value for name, value in pairs}
    assert len(headers) == len(pairs), f"a header stands twice: {head!r}"
    return RawResponse(int(first.split()[1]), headers, head, body)


def check_response(
    answer: bytes, *, https: bool = False, canaries: Iterable[bytes] = ()
) -> RawResponse:
    """Raises AssertionError where an answer is not as every answer must be; returns it."""
    plain = parse_response(answer)
    assert 200 <= plain.status < 500, plain.head
    assert {name: plain.headers.get(name) for name in REQUIRED_HEADERS} == REQUIRED_HEADERS, (
        plain.head
    )
    assert plain.headers["server"] == "Tonearm"
    policy = plain.headers["content-security-policy"].split("; ")
    assert set(REQUIRED_CSP) <= set(policy)
    others = [rule for rule in policy if rule not in REQUIRED_CSP]
    assert [rule.split()[0] for rule in others] == ["style-src", "form-action"]
    assert others[0].startswith("style-src 'sha256-"), "nothing but its own style"
    assert (HSTS in plain.headers) == https
    for word in (b"aiohttp", b"Python", *canaries):
        assert word not in answer, word
    assert b"HTTP/1." not in plain.body, "one answer a connection"
    return plain
