"""Servers that send given bytes, a resolver with given addresses, and fixed random numbers."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

LOOPBACK = "127.0.0.1"

ConnectionHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Handles one connection of a server, from its first request on."""


@asynccontextmanager
async def run_server(handler: ConnectionHandler) -> AsyncIterator[str]:
    """Yields the server's origin. A connection is closed when `talk` returns."""
    talks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            await handler(reader, writer)
        writer.close()

    listening = await asyncio.start_server(meet, LOOPBACK, 0)
    try:
        yield f"http://{LOOPBACK}:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks)


def respond_with(*parts: bytes) -> ConnectionHandler:
    """Answer each request with these bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request_head(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


def http_response(body: bytes, *headers: str, length: int | None = None) -> bytes:
    """A complete response; `length` is its Content-Length."""
    told = len(body) if length is None else length
    head = ["HTTP/1.1 200 OK", f"Content-Length: {told}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def read_request_head(reader: asyncio.StreamReader) -> bytes:
    """The head of a request; empty if the client closed the connection."""
    with suppress(asyncio.IncompleteReadError):
        return await reader.readuntil(b"\r\n\r\n")
    return b""


@contextmanager
def silent_server() -> Iterator[str]:
    """An origin that accepts connections and sends nothing."""
    with socket.socket() as mute:
        mute.bind((LOOPBACK, 0))
        mute.listen()
        yield f"http://{LOOPBACK}:{mute.getsockname()[1]}"


@contextmanager
def full_backlog_server() -> Iterator[str]:
    """An origin with a full backlog: further connections are neither accepted nor refused."""
    with socket.socket() as full, socket.socket() as first:
        full.bind((LOOPBACK, 0))
        full.listen(0)
        first.connect(full.getsockname())
        yield f"http://{LOOPBACK}:{full.getsockname()[1]}"


@contextmanager
def closed_port() -> Iterator[int]:
    """A port without a listener that stays reserved meanwhile."""
    with socket.socket() as closed:
        closed.bind((LOOPBACK, 0))
        yield int(closed.getsockname()[1])


class LoopbackResolver(AbstractResolver):
    """Resolves each name to the next of these loopback ports, and finally always to the last one.

    None instead of a port: the name is not known. `lookup_count` counts the look-ups.
    """

    def __init__(self, *ports: int | None) -> None:
        self._ports = list(ports)
        self.lookup_count = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.lookup_count += 1
        found = self._ports.pop(0) if len(self._ports) > 1 else self._ports[0]
        if found is None:
            raise OSError("unknown name")
        return [
            ResolveResult(
                hostname=host,
                host=LOOPBACK,
                port=found,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Does nothing."""

    def session(self) -> aiohttp.ClientSession:
        """A connector with this resolver that reuses no connection."""
        way = aiohttp.TCPConnector(resolver=self, use_dns_cache=False, force_close=True)
        return aiohttp.ClientSession(connector=way)


@contextmanager
def completes_within(seconds: float) -> Iterator[None]:
    """Check that the block takes no longer, plus a margin for other load on this machine."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + 1.5


class FixedRandom(random.Random):
    """Chance that always falls the same way, and remembers between which bounds it was asked."""

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = value
        self.bounds: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float) -> float:
        self.bounds.append((a, b))
        return self.value
