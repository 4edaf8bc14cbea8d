"""What a message links to at Spotify."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import Fault, Forbidden, Unknown, UnreadableLink
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import ShortLink, Uri, find

# The most links of a message that are looked up.
MOST = 10

# Said of one link, which spoils no other beside it.
_OF_ONE = (UnreadableLink, Unknown, Forbidden)

_NONE = (
    "There is no Spotify link in that message. Choose one with a link from open.spotify.com, "
    "or use /search."
)


@dataclass(frozen=True)
class Linked:
    """What there is behind the links, in order, each once; `more` links were not looked up."""

    items: list[Item]
    more: int = 0


def links_in(text: str) -> list[Uri | ShortLink]:
    """In order, each once. Raises UnreadableLink where none leads to Spotify."""
    try:
        links = find(text)
    except UnreadableLink:
        links = []
    if not links:
        raise UnreadableLink("no link", says=_NONE)
    return links


async def linked(spotify: Spotify, links: list[Uri | ShortLink]) -> Linked:
    """The items behind the first MOST of them; unreadable ones beside others are passed over.

    Raises what the first of them is refused with where nothing is left, and SpotifyFault.
    """
    first = links[:MOST]
    asked = [_item(spotify, link) for link in first]
    found = await asyncio.gather(*asked, return_exceptions=True)
    items = {str(one.uri): one for one in found if not isinstance(one, BaseException)}
    refusals = [one for one in found if isinstance(one, BaseException)]
    for refused in _worst_first(refusals):
        if not items or not isinstance(refused, _OF_ONE):
            raise refused
    return Linked(list(items.values()), len(links) - len(first))


async def _item(spotify: Spotify, link: Uri | ShortLink) -> Item:
    if isinstance(link, ShortLink):
        (uri,) = await spotify.pasted(link.url)
        return await spotify.catalogue.item(uri)
    return await spotify.catalogue.item(link)


def _worst_first(refusals: Iterable[BaseException]) -> list[BaseException]:
    """Bugs, then what is said of all links, then what is said of one."""
    return sorted(refusals, key=lambda one: (isinstance(one, Fault), isinstance(one, _OF_ONE)))
