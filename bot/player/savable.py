"""Finds the items that /save and /unsave are asked for: links, words, or what plays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors.content import NotSavable, UnreadableLink
from bot.player.message_links import SINGLE_LINK_ERRORS, errors_by_severity
from bot.player.resolve import first_of_search
from bot.player.state import now_playing
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.links import LikedSongs, Link, SearchLink, find_links
from bot.spotify.uris import Uri

# Up to this many items are named in the reply, which is a call for each; more are counted.
MAX_NAMED = 10

_LIKED_SONGS = "That link leads to your liked songs as a whole. Paste links to single songs."


@dataclass(frozen=True)
class Savable:
    """What to save or remove.

    uris      without duplicates
    items     those of them that were read
    unusable  the number of links that lead to nothing that can be saved
    """

    uris: Sequence[Uri]
    items: dict[Uri, Item] = field(default_factory=dict)
    unusable: int = 0


async def find_savable(spotify: Spotify, what: str | None) -> Savable:
    """The items of all links; without links, the first song of a search; without words, what plays.

    Raises NotSavable, NothingPlaying, UnreadableLink, NotFound, and as `first_of_search` does.
    """
    if what is None:
        playing = await now_playing(spotify)
        if playing.uri is None:
            raise NotSavable
        return Savable([playing.uri], {playing.uri: playing})
    links = find_links(what)
    if links:
        return await _linked(spotify, links)
    song = await first_of_search(spotify, SearchLink(what))
    return Savable([song.require_uri()], {song.require_uri(): song})


async def _linked(spotify: Spotify, links: Sequence[Link]) -> Savable:
    """A link that leads to nothing is counted. Raises its error if no other link is left."""
    results = await asyncio.gather(
        *(_target(spotify, link) for link in links), return_exceptions=True
    )
    uris = list(dict.fromkeys(result for result in results if isinstance(result, Uri)))
    errors = [result for result in results if isinstance(result, BaseException)]
    items: dict[Uri, Item] = {}
    if len(uris) <= MAX_NAMED:
        requests = [spotify.catalogue.item(uri) for uri in uris]
        read = await asyncio.gather(*requests, return_exceptions=True)
        errors += [result for result in read if isinstance(result, BaseException)]
        items = {
            uri: result
            for uri, result in zip(uris, read, strict=True)
            if not isinstance(result, BaseException)
        }
        uris = list(items)
    for error in errors_by_severity(errors):
        if not uris or not isinstance(error, SINGLE_LINK_ERRORS):
            raise error
    return Savable(uris, items, unusable=len(errors))


async def _target(spotify: Spotify, link: Link) -> Uri:
    match await spotify.follow_link(link):
        case Uri() as uri:
            return uri
        case LikedSongs():
            raise UnreadableLink("liked songs", message=_LIKED_SONGS)
        case SearchLink() as search:
            return (await first_of_search(spotify, search)).require_uri()
