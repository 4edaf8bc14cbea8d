"""Whatever comes back, it is one named fault, in time, and takes no more memory than a body may."""

from __future__ import annotations

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import aiohttp
import pytest

from bot.errors import (
    OutcomeUnknown,
    SpotifyDown,
)
from bot.spotify import Spotify, Transport
from bot.spotify.bodies import LARGEST_BODY
from sandbox.faults import Fault as Order
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend

from .calls import one_of, whole
from .clients import Clients
from .wire import Dice, Talk, answer, request, saying, server, within

MIB = 1024 * 1024
DEEP = b"[" * 5000
PAGE = b'{"items": [%s], "total": 3}'


@contextmanager
def taking(most: int) -> Iterator[None]:
    """What is inside never holds more bytes than that."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@asynccontextmanager
async def against(talk: Talk, seconds: float | None = None) -> AsyncIterator[Spotify]:
    """A client of a server that says this to everything."""

    async def token(refused: str | None) -> str:
        return "any"

    async with server(talk) as origin, aiohttp.ClientSession() as http:
        yield Spotify(Transport(http, f"{origin}/v1", chance=Dice()), token, within=seconds)


async def both_fail(spotify: Spotify) -> None:
    """A read finds Spotify out of order; a write may have been carried out."""
    with pytest.raises(SpotifyDown):
        await spotify.profile.me()
    with pytest.raises(OutcomeUnknown):
        await spotify.player.next()


# ---- where a token goes


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(pretend: Pretend, client: Clients, status: int) -> None:
    arrived: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await request(reader))

    spotify = client(chance=Dice())
    async with server(elsewhere) as origin:
        for location in (f"{origin}/v1/me", f"{pretend.world.origin}/v1/me/player"):
            pretend.faults.clear()
            headers = {"Location": location}
            pretend.faults.add(Order("", "answer", status, headers=headers, times=None))
            await both_fail(spotify)
    assert arrived == []
    assert {call.path for call in pretend.calls} == {"me", "me/player/next"}


@pytest.mark.parametrize("origin", ["https://evil.test", "http://evil.test:80", "//evil.test", ""])
async def test_pages_that_lead_elsewhere_are_read_from_spotify(
    pretend: Pretend, ada: Account, origin: str
) -> None:
    ada.like_many(120)
    pretend.world.origin = origin
    async with aiohttp.ClientSession(connector=pretend.connector()) as http:
        spotify = Clients(pretend, http, pretend.clock)()
        liked = await whole(spotify.library.tracks())
        assert len(liked) == len(ada.liked) > 120
        assert len(await whole(spotify.library.artists())) == len(ada.artists)
        assert await whole(spotify.catalogue.artist_albums(one_of(pretend, "artist")))
    assert pretend.lookups == []


# ---- much


class Flood:
    """A server that never ends its answer; `sent` are the bytes that were taken from it."""

    def __init__(self, head: bytes, chunk: bytes) -> None:
        self._head, self._chunk = head, chunk
        self.sent = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(self._head)
        while not writer.is_closing():
            writer.write(self._chunk)
            await writer.drain()
            self.sent += len(self._chunk)


@pytest.mark.parametrize("length", [b"Content-Length: 20000000\r\n", b""])
async def test_a_large_body_is_left_where_it_is(length: bytes) -> None:
    flood = Flood(b"HTTP/1.1 200 OK\r\n%s\r\n" % length, bytes(65_536))
    async with against(flood.talk, 8) as spotify:
        with taking(LARGEST_BODY + 6 * MIB):
            await both_fail(spotify)
    assert LARGEST_BODY < flood.sent < 4 * (LARGEST_BODY + 8 * MIB), flood.sent


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_body_that_unpacks_to_much_is_not_unpacked(coding: str) -> None:
    """Two hundred kilobytes on the wire, and two hundred megabytes if one lets it."""
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(200)) + packer.flush()
    assert len(bomb) < MIB // 4
    talk = saying(answer(bomb, f"Content-Encoding: {coding}"))
    async with against(talk, 8) as spotify:
        with taking(LARGEST_BODY + 6 * MIB):
            await both_fail(spotify)


async def test_what_just_fits_is_read(pretend: Pretend, client: Clients) -> None:
    body = b'{"id": "ada", "x": "%s"}'
    for much, fits in ((0, True), (1, False)):
        filler = b"x" * (LARGEST_BODY - len(body) + 2 + much)
        pretend.faults.clear()
        pretend.faults.add(Order("", "answer", 200, body % filler, times=None))
        if fits:
            assert (await client().profile.me()).id == "ada"
        else:
            with pytest.raises(SpotifyDown):
                await client(chance=Dice()).profile.me()


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
        answer(b"{}", length=3),
        answer(b"{}" * 20, "Content-Encoding: gzip"),
        answer(zlib.compress(b"{}"), "Content-Encoding: gzip"),
        answer(b"HTTP/1.1", "Content-Encoding: br"),
        answer(b"HTTP/1.1", "Content-Encoding: zstd"),
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
async def test_bad_http_is_spotifys_trouble(said: bytes) -> None:
    async with against(saying(said), 8) as spotify:
        with taking(8 * MIB):
            await both_fail(spotify)


async def test_a_slow_drip_ends_with_the_time_there_is() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        for byte in answer(b"{}" * 500):
            writer.write(bytes([byte]))
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.02)

    async with against(talk, 0.5) as spotify:
        with within(0.5), pytest.raises(SpotifyDown):
            await spotify.profile.me()


async def test_a_body_that_comes_slowly_is_not_waited_for(
    pretend: Pretend, client: Clients
) -> None:
    pretend.faults.add(Order("GET", "drip", 200, '{"id": "ada"}'))
    with within(0.5), pytest.raises(SpotifyDown):
        await client(within=0.5).profile.me()
