"""Resolves the Spotify links in a message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.errors.bot_error import BotError
from bot.errors.content import NotSpotifyLink, UnreadableLink
from bot.errors.spotify import NotFound, NotPermitted
from bot.player.actions import LIKED_SONGS, PlayerAction, play_action
from bot.player.resolve import Resolved
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.links import LikedSongs, Link, SearchLink, find_links
from bot.spotify.uris import Uri

# The most links of a message that are resolved.
MAX_LINKS = 10

# These errors are about one link; the other links of the message can still be resolved.
SINGLE_LINK_ERRORS = (UnreadableLink, NotFound, NotPermitted)

_NO_LINK = (
    "I can’t find a Spotify link in that message. Choose one with a link from open.spotify.com, or "
    "use /search."
)
_LIKED_ONLY = (
    "That link leads to your liked songs, which I can only play. Use /play and the word liked."
)


@dataclass(frozen=True)
class LinkedItem:
    """The target of one link: an item, or None for the user's liked songs.

    start_ms  the start position in the link
    """

    item: Item | None
    start_ms: int = 0

    @property
    def uri(self) -> Uri | None:
        """The item's URI, with the link's start; None for the liked songs."""
        if self.item is None:
            return None
        return replace(self.item.require_uri(), start_ms=self.start_ms)

    @property
    def play_action(self) -> PlayerAction:
        return play_action(self.uri) if self.uri else PlayerAction("play", LIKED_SONGS)


@dataclass(frozen=True)
class ResolvedLinks:
    """The links' targets in order, without duplicates.

    more     the number of links that were left out
    missing  the number of links whose targets Spotify did not find
    """

    found: list[LinkedItem]
    more: int = 0
    missing: int = 0


def links_in(text: str) -> list[Link]:
    """The links in order, without duplicates; searches are left out if there are other links.

    The bot's own list of search results links to the search and to its results.

    Raises UnreadableLink if no link can be used.
    """
    try:
        links = find_links(text)
    except NotSpotifyLink:
        links = []
    if not links:
        raise UnreadableLink("no link", message=_NO_LINK)
    return [link for link in links if not isinstance(link, SearchLink)] or links[:1]


async def resolve_links(spotify: Spotify, links: Sequence[Link]) -> ResolvedLinks:
    """The items of the first MAX_LINKS links, without those that Spotify does not find.

    Raises SpotifyError, and the error of the first link if no item is left.
    """
    first = links[:MAX_LINKS]
    requests = [_resolve(spotify, link) for link in first]
    results = await asyncio.gather(*requests, return_exceptions=True)
    found = {str(result.uri): result for result in results if not isinstance(result, BaseException)}
    errors = [result for result in results if isinstance(result, BaseException)]
    for error in errors_by_severity(errors):
        if not found or not isinstance(error, SINGLE_LINK_ERRORS):
            raise error
    return ResolvedLinks(list(found.values()), len(links) - len(first), len(errors))


async def resolve_addable_links(spotify: Spotify, links: Sequence[Link]) -> Resolved:
    """What is to be added to a playlist. Raises as `resolve_links` and `items_of`."""
    resolved = await resolve_links(spotify, links)
    items = items_of(resolved.found)
    parts = []
    if resolved.missing:
        links_text = "1 link" if resolved.missing == 1 else f"{resolved.missing} links"
        parts.append(f"Spotify can’t find {links_text} of that message")
    if len(items) < len(resolved.found):
        parts.append("I can’t add your liked songs")
    return Resolved(items, links_left_out=resolved.more, note=". ".join(parts))


def items_of(found: Sequence[LinkedItem]) -> list[Item]:
    """The items. Raises UnreadableLink if there are only the liked songs."""
    items = [linked.item for linked in found if linked.item]
    if not items:
        raise UnreadableLink("liked songs", message=_LIKED_ONLY)
    return items


async def _resolve(spotify: Spotify, link: Link) -> LinkedItem:
    match await spotify.follow_link(link):
        case Uri() as uri:
            return LinkedItem(await spotify.catalogue.item(uri), uri.start_ms)
        case LikedSongs():
            return LinkedItem(None)
        case SearchLink():
            raise UnreadableLink("a search", message=_NO_LINK)


def errors_by_severity(errors: Iterable[BaseException]) -> list[BaseException]:
    """Bugs first, then errors about all links, then errors about one link."""
    return sorted(
        errors,
        key=lambda error: (isinstance(error, BotError), isinstance(error, SINGLE_LINK_ERRORS)),
    )
