"""Follows Spotify's short links, without any token, over https, and to their own hosts alone."""

from __future__ import annotations

import asyncio
import html
from urllib.parse import urljoin

import aiohttp

from bot.errors import SpotifyDown, UnreadableLink
from bot.spotify.bodies import body_of
from bot.spotify.kept import Answer, Kept, Key
from bot.spotify.uris import ShortLink, Uri, find

# spotify.link leads to spotify.app.link, and that to the item.
HOPS = 5
# For all of them together.
SECONDS = 5.0
KEPT = 600.0
LARGEST_PAGE = 512 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=SECONDS, sock_connect=3)
# To browsers, spotify.app.link shows a page that goes on by script; to curl it says where to.
_HEADERS = {"User-Agent": "curl/8 (Tonearm)", "Accept": "text/html"}

_NOWHERE = (
    "That short link leads to nothing Tonearm can play. Open it, and paste the link from "
    "open.spotify.com, or type the name instead."
)


class ShortLinks:
    """What a short link leads to never changes, and is kept for a while."""

    def __init__(self, http: aiohttp.ClientSession, kept: Kept) -> None:
        self._http = http
        self._kept = kept

    async def follow(self, link: ShortLink, within: float = SECONDS) -> Uri:
        """The item that it leads to. Raises UnreadableLink; SpotifyDown after `within` seconds."""
        seconds = max(0.0, min(within, SECONDS))
        ends = asyncio.get_running_loop().time() + seconds

        async def ask() -> Answer:
            return Answer(await _follow(self._http, link, seconds), len(link.url))

        found: Uri = await self._kept.get(Key("", link.url, ()), KEPT, ask, ends)
        return found


async def _follow(http: aiohttp.ClientSession, link: ShortLink, seconds: float) -> Uri:
    try:
        async with asyncio.timeout(seconds):
            for _ in range(HOPS):
                found = _only(await _ask(http, link))
                if isinstance(found, Uri):
                    return found
                link = found
    except TimeoutError:
        raise SpotifyDown("short link: too slow") from None
    raise UnreadableLink("too many hops", says=_NOWHERE)


async def _ask(http: aiohttp.ClientSession, link: ShortLink) -> str:
    """What it says of where it leads: an address, or a page with addresses in it."""
    try:
        async with http.get(
            link.url, headers=_HEADERS, allow_redirects=False, timeout=_TIMEOUT
        ) as response:
            if response.status >= 500 or response.status == 429:
                raise SpotifyDown(f"short link: {response.status}")
            if 300 <= response.status < 400:
                return urljoin(link.url, response.headers.get("Location", ""))
            page = await body_of(response, LARGEST_PAGE) if response.status == 200 else b""
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SpotifyDown(f"short link: {type(error).__name__}") from None
    return html.unescape(page.decode("utf-8", "replace")).replace("\\/", "/")


def _only(said: str) -> Uri | ShortLink:
    """The one item, or else the one short link, that is named there; several would be a guess."""
    try:
        found = find(said)
    except UnreadableLink:
        found = []
    items = [one for one in found if isinstance(one, Uri)]
    if len(items) == 1:
        return items[0]
    if items or len(found) != 1:
        raise UnreadableLink("leads nowhere", says=_NOWHERE)
    return found[0]
