"""Reading Ada's liked songs page by page, slowly or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.spotify import Spotify
from bot.spotify.lists import SavedTrack
from bot.spotify.paging import PAGE, Paging
from sandbox.faults import Fault
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend

LIKED = "GET /v1/me/tracks$"


@dataclass
class Late(Fault):
    """Answers truly, but late, every other page later still; counts the calls under way.

    at_once  how many calls there were at the arrival of each, itself included
    """

    delay: float = 0.002
    at_once: list[int] = field(default_factory=list)
    under_way: int = 0

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.under_way += 1
        self.at_once.append(self.under_way)
        odd = int(request.query.get("offset", 0)) // PAGE % 2
        try:
            await Fault(delay=self.delay * (1 + odd)).commit(request, handler)
            return await handler(request)
        finally:
            self.under_way -= 1


@dataclass
class From(Fault):
    """What becomes of the pages from this offset on."""

    offset: int = 0
    times: int | None = None
    then: Fault = field(default_factory=lambda: Fault(status=404))

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if int(request.query.get("offset", 0)) < self.offset:
            return await handler(request)
        return await self.then.commit(request, handler)


def likes(ada: Account, count: int) -> list[str]:
    """Let Ada like so many songs and no others; their URIs."""
    ada.liked.clear()
    ada.like_many(count)
    return [uri for uri, _ in ada.liked]


async def uris(entries: AsyncIterator[SavedTrack | None] | Paging[SavedTrack]) -> list[str | None]:
    return [str(entry.track.uri) if entry and entry.track else None async for entry in entries]


def pages(pretend: Pretend) -> list[int]:
    """The offsets that were asked for."""
    return [int(call.query["offset"]) for call in pretend.calls_of("GET", "me/tracks")]


async def a_while(spotify: Spotify) -> None:
    """Time in which everything that is under way comes to its end."""
    for _ in range(3):
        await spotify.profile.me()
