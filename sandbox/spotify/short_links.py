"""Short links as they are in 2026: who answers which, by which redirects, and to whom."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from aiohttp import web

from ..faults import Fault
from . import hosts
from .catalogue import invent_id

SECRETS = ("Authorization", "Proxy-Authorization", "Cookie")
DOWNLOAD = "https://www.spotify.com/download"
KEPT_VISITS = 2000

NOT_FOUND = "<!DOCTYPE html><title>Page not found</title><h1>We can’t find the page</h1>"
PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Spotify</title>
<meta property="og:url" content="{attribute}">
<script>window.onload = function () {{ window.top.location = {string}; }};</script>
</head><body></body></html>"""


@dataclass(frozen=True)
class Visit:
    """One request as it arrived, whatever came of it; `url` as the asker has it."""

    method: str
    host: str
    path: str
    url: str
    headers: Mapping[str, str]

    @property
    def tells_secrets(self) -> bool:
        """Whether a token or a cookie came along, which is nobody's business here."""
        return any(name in self.headers for name in SECRETS)


class Visits:
    """The last visits, oldest first."""

    def __init__(self) -> None:
        self.visits: deque[Visit] = deque(maxlen=KEPT_VISITS)

    @property
    def leaks(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.tells_secrets]


def redirect(location: str, status: int = 307) -> Fault:
    """A hop to anywhere, as often as it is asked for; `location` goes out as it stands."""
    return Fault(status=status, headers={"Location": location}, times=None)


class ShortLinks:
    """`links`: id → where it ends; `hops`: (host, path) → what is answered there instead."""

    def __init__(self, chance: random.Random) -> None:
        self.links: dict[str, str] = {}
        self.hops: dict[tuple[str, str], Fault] = {}
        self.recording = Visits()
        self._chance = chance

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{id:.*}", self.answer)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        visit = Visit(
            request.method, request.host, request.path, str(request.url), request.headers.copy()
        )
        self.recording.visits.append(visit)
        if visit.tells_secrets:
            return web.Response(status=400, text="No secrets, please")
        hop = self.hops.get((request.host, request.path))
        if hop is not None and not hop.spent:
            hop.hits += 1
            return await hop.commit(request, self._usual)
        return await self._usual(request)

    async def _usual(self, request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405)
        answer = self._answer(request)
        answer.set_cookie("sp_t", invent_id("visitor", request.host), secure=True)
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        match request.host:
            case hosts.LINK if id_ in self.links:
                return _moved(f"https://{hosts.APP_LINK}/{id_}?_p={invent_id('visit', id_)}")
            case hosts.APP_LINK if id_ in self.links:
                if request.headers.get("User-Agent", "").startswith("curl/"):
                    return _moved(self._end(id_))
                return _page(self._end(id_))
            case hosts.APP_LINK if id_:
                return _moved(DOWNLOAD)
            case hosts.OPEN if id_[:2] == "s/" and id_[2:] in self.links:
                return _moved(self._end(id_[2:]), self._chance.choice((302, 307)))
        return web.Response(status=404, text=NOT_FOUND, content_type="text/html")

    def _end(self, id_: str) -> str:
        """Where a link ends, with what follows people around."""
        url, match_id = self.links[id_], int.from_bytes(id_.encode()) % 10**18
        tracked = f"si={invent_id('share', id_)[:16]}&_branch_match_id={match_id:018d}"
        return f"{url}{'&' if '?' in url else '?'}{tracked}"


def _moved(location: str, status: int = 307) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


def _page(url: str) -> web.Response:
    """For browsers, which go on by a script."""
    string = json.dumps(url).replace("<", "\\u003c")
    return web.Response(
        text=PAGE.format(attribute=escape(url), string=string), content_type="text/html"
    )
