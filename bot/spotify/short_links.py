"""Follows Spotify's short links: without a token, over https, and only to Spotify's hosts."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from functools import partial
from urllib.parse import urljoin

import aiohttp

from bot.errors import unsupported_links
from bot.errors.content import UnreadableLink
from bot.errors.spotify import SpotifyDown
from bot.spotify.cache import SingleFlightCache
from bot.spotify.links import Link, ShortLink, Target, find_links
from bot.spotify.response_body import read_body
from bot.spotify.uris import Uri

# spotify.link redirects to spotify.app.link, which redirects to the item.
MAX_HOPS = 5
# Seconds for all hops of a link together.
FOLLOW_TIMEOUT = 5.0
CACHE_TTL = 600.0
MAX_CACHED_LINKS = 1000
# The longest page to search for a link.
MAX_PAGE_BYTES = 512 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=FOLLOW_TIMEOUT, sock_connect=3)
# spotify.app.link redirects curl; browsers get a page that redirects by a script.
_HEADERS = {"User-Agent": "curl/8 (Tonearm)", "Accept": "text/html"}

_NO_ITEM_MESSAGE = (
    "That short link leads to nothing Tonearm can play. Open it, and paste the link from "
    "open.spotify.com, or type the name instead."
)
_UNREACHABLE_MESSAGE = (
    "I can’t follow that short link right now. Open it, and paste the link from open.spotify.com, "
    "or try again in a minute."
)


class ShortLinks:
    """Follows short links; caches their targets, which never change."""

    def __init__(self, http: aiohttp.ClientSession, *, monotonic: Callable[[], float]) -> None:
        self._http = http
        self._targets: SingleFlightCache[str, Target] = SingleFlightCache(
            MAX_CACHED_LINKS, monotonic=monotonic
        )

    async def follow(self, link: ShortLink, timeout: float = FOLLOW_TIMEOUT) -> Target:
        """What the link leads to.

        Raises UnreadableLink, and SpotifyDown after `timeout` seconds or FOLLOW_TIMEOUT.
        """
        seconds = max(0.0, min(timeout, FOLLOW_TIMEOUT))
        deadline = asyncio.get_running_loop().time() + seconds
        fetch = partial(_follow, self._http, link, seconds)
        return await self._targets.get(link.url, CACHE_TTL, fetch, deadline)

    def expire(self) -> None:
        """Free the targets whose TTL is over."""
        self._targets.expire()


async def _follow(http: aiohttp.ClientSession, link: ShortLink, timeout: float) -> Target:
    try:
        async with asyncio.timeout(timeout):
            for _ in range(MAX_HOPS):
                target = await _request(http, link)
                if not isinstance(target, ShortLink):
                    return target
                link = target
    except TimeoutError:
        raise _unreachable("too slow") from None
    raise UnreadableLink("too many hops", message=_NO_ITEM_MESSAGE)


async def _request(http: aiohttp.ClientSession, link: ShortLink) -> Link:
    """The target of a redirect or of a page. Raises UnreadableLink, SpotifyDown."""
    try:
        async with http.get(
            link.url, headers=_HEADERS, allow_redirects=False, timeout=_TIMEOUT
        ) as response:
            if response.status >= 500 or response.status == 429:
                raise _unreachable(response.status)
            if 300 <= response.status < 400:
                return _redirect_target(urljoin(link.url, response.headers.get("Location", "")))
            page = await read_body(response, MAX_PAGE_BYTES) if response.status == 200 else b""
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise _unreachable(type(error).__name__) from None
    return _single_target(html.unescape(page.decode("utf-8", "replace")).replace("\\/", "/"))


def _redirect_target(url: str) -> Link:
    """The target of a redirect's URL. Raises UnreadableLink, whose message names the page."""
    try:
        links = find_links(url)
    except UnreadableLink as error:
        if error.message in unsupported_links.PAGES.values():
            raise
        links = []
    return links[0] if len(links) == 1 else _single_target(url)


def _single_target(text: str) -> Uri | ShortLink:
    """The only item in the text, else the only short link; links to a search are ignored.

    Raises UnreadableLink if there are several, because any choice would be a guess.
    """
    try:
        links = find_links(text)
    except UnreadableLink:
        links = []
    items = [link for link in links if isinstance(link, Uri)]
    if len(items) == 1:
        return items[0]
    short_links = [link for link in links if isinstance(link, ShortLink)]
    if items or len(short_links) != 1:
        raise UnreadableLink("leads nowhere", message=_NO_ITEM_MESSAGE)
    return short_links[0]


def _unreachable(reason: object) -> SpotifyDown:
    return SpotifyDown(f"short link: {reason}", message=_UNREACHABLE_MESSAGE)
