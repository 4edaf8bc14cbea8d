"""What a message links to at Spotify."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors.bot_error import BotError
from bot.errors.content import UnreadableLink
from bot.errors.spotify import NotFound, NotPermitted
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import ShortLink, Uri, find_links

# The most links of a message that are looked up.
MAX_LINKS = 10

# Said of one link, which spoils no other beside it.
_SINGLE_LINK_ERRORS = (UnreadableLink, NotFound, NotPermitted)

_NO_LINK = (
    "There is no Spotify link in that message. Choose one with a link from open.spotify.com, "
    "or use /search."
)


@dataclass(frozen=True)
class ResolvedLinks:
    """What there is behind the links, in order, each once; `more` links were not looked up."""

    items: list[Item]
    more: int = 0


def links_in(text: str) -> list[Uri | ShortLink]:
    """In order, each once. Raises UnreadableLink where none leads to Spotify."""
    try:
        links = find_links(text)
    except UnreadableLink:
        links = []
    if not links:
        raise UnreadableLink("no link", message=_NO_LINK)
    return links


async def resolve_links(spotify: Spotify, links: list[Uri | ShortLink]) -> ResolvedLinks:
    """The items behind the first MOST of them; unreadable ones beside others are passed over.

    Raises what the first of them is refused with where nothing is left, and SpotifyError.
    """
    first = links[:MAX_LINKS]
    asked = [_item(spotify, link) for link in first]
    found = await asyncio.gather(*asked, return_exceptions=True)
    items = {str(one.uri): one for one in found if not isinstance(one, BaseException)}
    refusals = [one for one in found if isinstance(one, BaseException)]
    for refused in _by_severity(refusals):
        if not items or not isinstance(refused, _SINGLE_LINK_ERRORS):
            raise refused
    return ResolvedLinks(list(items.values()), len(links) - len(first))


async def _item(spotify: Spotify, link: Uri | ShortLink) -> Item:
    if isinstance(link, ShortLink):
        (uri,) = await spotify.resolve_links(link.url)
        return await spotify.catalogue.item(uri)
    return await spotify.catalogue.item(link)


def _by_severity(refusals: Iterable[BaseException]) -> list[BaseException]:
    """Bugs, then what is said of all links, then what is said of one."""
    return sorted(
        refusals, key=lambda one: (isinstance(one, BotError), isinstance(one, _SINGLE_LINK_ERRORS))
    )
