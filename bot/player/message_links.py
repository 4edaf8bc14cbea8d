"""Resolves the Spotify links in a message."""

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

# The most links of a message that are resolved.
MAX_LINKS = 10

# These errors are about one link; the other links of the message can still be resolved.
_SINGLE_LINK_ERRORS = (UnreadableLink, NotFound, NotPermitted)

_NO_LINK = (
    "There is no Spotify link in that message. Choose one with a link from open.spotify.com, "
    "or use /search."
)


@dataclass(frozen=True)
class ResolvedLinks:
    """The items in the order of their links, without duplicates. `more` links were left out."""

    items: list[Item]
    more: int = 0


def links_in(text: str) -> list[Uri | ShortLink]:
    """The links in order, without duplicates. Raises UnreadableLink if none leads to Spotify."""
    try:
        links = find_links(text)
    except UnreadableLink:
        links = []
    if not links:
        raise UnreadableLink("no link", message=_NO_LINK)
    return links


async def resolve_links(spotify: Spotify, links: list[Uri | ShortLink]) -> ResolvedLinks:
    """The items of the first MAX_LINKS links, without those that Spotify does not find.

    Raises SpotifyError, and the error of the first link if no item is left.
    """
    first = links[:MAX_LINKS]
    requests = [_item(spotify, link) for link in first]
    results = await asyncio.gather(*requests, return_exceptions=True)
    found = [result for result in results if not isinstance(result, BaseException)]
    items = {str(item.uri): item for item in found}
    errors = [result for result in results if isinstance(result, BaseException)]
    for error in _by_severity(errors):
        if not items or not isinstance(error, _SINGLE_LINK_ERRORS):
            raise error
    return ResolvedLinks(list(items.values()), len(links) - len(first))


async def _item(spotify: Spotify, link: Uri | ShortLink) -> Item:
    if isinstance(link, ShortLink):
        (uri,) = await spotify.resolve_links(link.url)
        return await spotify.catalogue.item(uri)
    return await spotify.catalogue.item(link)


def _by_severity(errors: Iterable[BaseException]) -> list[BaseException]:
    """Bugs first, then errors about all links, then errors about one link."""
    return sorted(
        errors,
        key=lambda error: (isinstance(error, BotError), isinstance(error, _SINGLE_LINK_ERRORS)),
    )
