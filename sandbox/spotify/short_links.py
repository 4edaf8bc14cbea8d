"""Spotify's short link hosts and their redirects, as of 2026."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from aiohttp import web

from sandbox.fault_injection import Fault
from sandbox.spotify import short_link_hosts

from .catalogue import make_id

CREDENTIAL_HEADERS = ("Authorization", "Proxy-Authorization", "Cookie")
DOWNLOAD_URL = "https://www.spotify.com/download"
MAX_REQUESTS = 2000

NOT_FOUND_PAGE = "<!DOCTYPE html><title>Page not found</title><h1>We can’t find the page</h1>"
REDIRECT_PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Spotify</title>
<meta property="og:url" content="{attribute}">
<script>window.onload = function () {{ window.top.location = {string}; }};</script>
</head><body></body></html>"""


@dataclass(frozen=True)
class ShortLinkRequest:
    """One request to a short link host. `url` is the one that the client requested."""

    method: str
    host: str
    path: str
    url: str
    headers: Mapping[str, str]

    @property
    def has_credentials(self) -> bool:
        """Whether the request has a token or a cookie, which a short link must never get."""
        return any(name in self.headers for name in CREDENTIAL_HEADERS)


def redirect_fault(location: str, status: int = 307) -> Fault:
    """A fault that always redirects; `location` is sent unchanged."""
    return Fault(status=status, headers={"Location": location}, times=None)


class ShortLinks:
    """The server for all short link hosts.

    targets    id → the URL at the end of the redirects
    responses  (host, path) → a fault to apply instead, until it is exhausted
    requests   the last requests, oldest first
    """

    def __init__(self, rng: random.Random) -> None:
        self.targets: dict[str, str] = {}
        self.responses: dict[tuple[str, str], Fault] = {}
        self.requests: deque[ShortLinkRequest] = deque(maxlen=MAX_REQUESTS)
        self._rng = rng

    @property
    def leaks(self) -> list[ShortLinkRequest]:
        """The requests with credentials."""
        return [request for request in self.requests if request.has_credentials]

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{id:.*}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        received = ShortLinkRequest(
            request.method, request.host, request.path, str(request.url), request.headers.copy()
        )
        self.requests.append(received)
        if received.has_credentials:
            return web.Response(status=400, text="A short link gets no credentials")
        fault = self.responses.get((request.host, request.path))
        if fault is not None and not fault.exhausted:
            fault.hits += 1
            return await fault.apply(request, self._default_response)
        return await self._default_response(request)

    async def _default_response(self, request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405)
        response = self._respond(request)
        response.set_cookie("sp_t", make_id("visitor", request.host), secure=True)
        return response

    def _respond(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        match request.host:
            case short_link_hosts.LINK_HOST if id_ in self.targets:
                return _redirect_response(
                    f"https://{short_link_hosts.APP_LINK_HOST}/{id_}?_p={make_id('visit', id_)}"
                )
            case short_link_hosts.APP_LINK_HOST if id_ in self.targets:
                if request.headers.get("User-Agent", "").startswith("curl/"):
                    return _redirect_response(self._final_url(id_))
                return _redirect_page(self._final_url(id_))
            case short_link_hosts.OLD_HOST if id_ in self.targets:
                return _redirect_response(self._final_url(id_), 301)
            case short_link_hosts.APP_LINK_HOST if id_:
                return _redirect_response(DOWNLOAD_URL)
            case short_link_hosts.OPEN_HOST if id_[:2] == "s/" and id_[2:] in self.targets:
                return _redirect_response(self._final_url(id_[2:]), self._rng.choice((302, 307)))
        return web.Response(status=404, text=NOT_FOUND_PAGE, content_type="text/html")

    def _final_url(self, id_: str) -> str:
        """The target of a link, with tracking parameters."""
        url, match_id = self.targets[id_], int.from_bytes(id_.encode()) % 10**18
        tracked = f"si={make_id('share', id_)[:16]}&_branch_match_id={match_id:018d}"
        return f"{url}{'&' if '?' in url else '?'}{tracked}"


def _redirect_response(location: str, status: int = 307) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


def _redirect_page(url: str) -> web.Response:
    """A page that redirects by script, as browsers get it."""
    string = json.dumps(url).replace("<", "\\u003c")
    return web.Response(
        text=REDIRECT_PAGE.format(attribute=escape(url), string=string), content_type="text/html"
    )
