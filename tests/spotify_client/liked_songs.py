"""A client of Ada's liked songs whose pages arrive late or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.spotify import Spotify
from bot.spotify.pages import SavedTrack
from bot.spotify.paging import PAGE_SIZE, Paging
from sandbox.fault_injection import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify

LIKED_SONGS_CALL = "GET /v1/me/tracks$"


class StalledSecondPage(Fault):
    """Never responds to the request for the page after the first; pages overlap by one entry."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.query["offset"] == str(PAGE_SIZE - 1):
            return await Fault(action="stall").apply(request, handler)
        return await handler(request)


@dataclass
class DelayedPages(Fault):
    """Answers late, and every second page later still; counts the calls in flight.

    at_once  how many calls there were at the arrival of each, itself included
    """

    delay: float = 0.002
    concurrent_counts: list[int] = field(default_factory=list)
    pending_count: int = 0

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.pending_count += 1
        self.concurrent_counts.append(self.pending_count)
        odd = int(request.query.get("offset", 0)) // PAGE_SIZE % 2
        try:
            await Fault(delay=self.delay * (1 + odd)).apply(request, handler)
            return await handler(request)
        finally:
            self.pending_count -= 1


@dataclass
class FailFromOffset(Fault):
    """What happens to the pages from this offset on."""

    offset: int = 0
    times: int | None = None
    failure: Fault = field(default_factory=lambda: Fault(status=404))

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if int(request.query.get("offset", 0)) < self.offset:
            return await handler(request)
        return await self.failure.apply(request, handler)


def set_liked_songs(ada: Account, count: int) -> list[str]:
    """Let Ada like exactly this many songs; returns their URIs."""
    ada.liked.clear()
    ada.like_generated(count)
    return [uri for uri, _ in ada.liked]


async def read_uris(
    entries: AsyncIterator[SavedTrack | None] | Paging[SavedTrack],
) -> list[str | None]:
    return [str(entry.track.uri) if entry and entry.track else None async for entry in entries]


def requested_offsets(fake: FakeSpotify) -> list[int]:
    """The requested offsets."""
    return [int(call.query["offset"]) for call in fake.calls_to("GET", "me/tracks")]


async def let_tasks_finish(spotify: Spotify) -> None:
    """Let all calls in flight end."""
    for _ in range(3):
        await spotify.profile.me()
