"""Any response is read in bounded time and memory, or raises one error of ours."""

from __future__ import annotations

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import aiohttp
import pytest

from bot.errors.spotify import OutcomeUnknown, SpotifyDown
from bot.spotify import Spotify, Transport
from bot.spotify.response_body import MAX_BODY
from bot.spotify.uris import Kind
from sandbox.fault_injection import Fault as Order
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import any_uri, collect
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import (
    ConnectionHandler,
    FixedRandom,
    completes_within,
    http_response,
    read_request_head,
    respond_with,
    run_server,
)

MIB = 1024 * 1024
DEEPLY_NESTED_JSON = b"[" * 5000
PAGE_TEMPLATE = b'{"items": [%s], "total": 3}'


@contextmanager
def allocates_less_than(max_bytes: int) -> Iterator[None]:
    """Check that the block never allocates more bytes than this."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < max_bytes
    finally:
        tracemalloc.stop()


@asynccontextmanager
async def client_of(
    handler: ConnectionHandler, seconds: float | None = None
) -> AsyncIterator[Spotify]:
    """A client of a server that answers everything with this."""

    async def token(refused: str | None) -> str:
        return "any"

    async with run_server(handler) as origin, aiohttp.ClientSession() as http:
        yield Spotify(Transport(http, f"{origin}/v1", rng=FixedRandom()), token, timeout=seconds)


async def check_read_and_write_fail(spotify: Spotify) -> None:
    """The expected error: SpotifyDown for a read, OutcomeUnknown for a write."""
    with pytest.raises(SpotifyDown):
        await spotify.profile.me()
    with pytest.raises(OutcomeUnknown):
        await spotify.player.next()


# ---- where a token goes


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    fake: FakeSpotify, make_client: ClientFactory, status: int
) -> None:
    arrived: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await read_request_head(reader))

    spotify = make_client(rng=FixedRandom())
    async with run_server(elsewhere) as origin:
        for location in (f"{origin}/v1/me", f"{fake.state.origin}/v1/me/player"):
            fake.faults.clear()
            headers = {"Location": location}
            fake.faults.add(Order("", "answer", status, headers=headers, times=None))
            await check_read_and_write_fail(spotify)
    assert arrived == []
    assert {call.path for call in fake.calls} == {"me", "me/player/next"}


@pytest.mark.parametrize("origin", ["https://evil.test", "http://evil.test:80", "//evil.test", ""])
async def test_foreign_next_urls_are_not_followed(
    fake: FakeSpotify, ada: Account, origin: str
) -> None:
    ada.like_generated(120)
    fake.state.origin = origin
    async with aiohttp.ClientSession(connector=fake.connector()) as http:
        spotify = ClientFactory(fake, http, fake.clock)()
        liked = await collect(spotify.library.tracks())
        assert len(liked) == len(ada.liked) > 120
        assert len(await collect(spotify.library.artists())) == len(ada.artists)
        assert await collect(spotify.catalogue.artist_albums(any_uri(fake, Kind.ARTIST)))
    assert fake.lookups == []


# ---- much


class EndlessBody:
    """A server with an endless response; `sent` counts the bytes that the client has read."""

    def __init__(self, head: bytes, chunk: bytes) -> None:
        self._head, self._chunk = head, chunk
        self.sent = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request_head(reader)
        writer.write(self._head)
        while not writer.is_closing():
            writer.write(self._chunk)
            await writer.drain()
            self.sent += len(self._chunk)


@pytest.mark.parametrize("length", [b"Content-Length: 20000000\r\n", b""])
async def test_large_body_is_not_read(length: bytes) -> None:
    flood = EndlessBody(b"HTTP/1.1 200 OK\r\n%s\r\n" % length, bytes(65_536))
    async with client_of(flood.handle, 8) as spotify:
        with allocates_less_than(MAX_BODY + 6 * MIB):
            await check_read_and_write_fail(spotify)
    assert MAX_BODY < flood.sent < 4 * (MAX_BODY + 8 * MIB), flood.sent


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_compression_bomb_is_not_decompressed(coding: str) -> None:
    """200 KB compressed that expand to 200 MB."""
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(200)) + packer.flush()
    assert len(bomb) < MIB // 4
    talk = respond_with(http_response(bomb, f"Content-Encoding: {coding}"))
    async with client_of(talk, 8) as spotify:
        with allocates_less_than(MAX_BODY + 6 * MIB):
            await check_read_and_write_fail(spotify)


async def test_body_at_size_limit_is_read(fake: FakeSpotify, make_client: ClientFactory) -> None:
    body = b'{"id": "ada", "x": "%s"}'
    for much, fits in ((0, True), (1, False)):
        filler = b"x" * (MAX_BODY - len(body) + 2 + much)
        fake.faults.clear()
        fake.faults.add(Order("", "answer", 200, body % filler, times=None))
        if fits:
            assert (await make_client().profile.me()).id == "ada"
        else:
            with pytest.raises(SpotifyDown):
                await make_client(rng=FixedRandom()).profile.me()


# ---- no HTTP, or bad HTTP


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\x01\x02\r\n\r\n",
        b"220 mail.test ESMTP\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 -1 x\r\n\r\n",
        b"HTTP/1.1 99999 x\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        http_response(b"{}", length=3),
        http_response(b"{}" * 20, "Content-Encoding: gzip"),
        http_response(zlib.compress(b"{}"), "Content-Encoding: gzip"),
        http_response(b"HTTP/1.1", "Content-Encoding: br"),
        http_response(b"HTTP/1.1", "Content-Encoding: zstd"),
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: %s\r\n\r\n" % (b"x" * MIB),
        b"HTTP/1.1 200 OK\r\n%s" % (b"X: y\r\n" * 20_000),
        b"HTTP/1.1 200 OK\r\n%s" % (b"x" * MIB),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 2000,
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=lambda said: repr(said[:40]),
)
async def test_invalid_http_raises_spotify_down(said: bytes) -> None:
    async with client_of(respond_with(said), 8) as spotify:
        with allocates_less_than(8 * MIB):
            await check_read_and_write_fail(spotify)


async def test_slow_drip_ends_at_deadline() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request_head(reader)
        for byte in http_response(b"{}" * 500):
            writer.write(bytes([byte]))
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.02)

    async with client_of(talk, 0.5) as spotify:
        with completes_within(0.5), pytest.raises(SpotifyDown):
            await spotify.profile.me()


async def test_slow_body_ends_at_deadline(fake: FakeSpotify, make_client: ClientFactory) -> None:
    fake.faults.add(Order("GET", "drip", 200, '{"id": "ada"}'))
    with completes_within(0.5), pytest.raises(SpotifyDown):
        await make_client(within=0.5).profile.me()
