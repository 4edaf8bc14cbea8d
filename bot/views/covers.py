"""The covers of a list as a gallery."""

from __future__ import annotations

import discord

from bot.browse.pages import ListPage
from bot.browse.paths import ListKind, ListPath
from bot.spotify.catalogue import Item
from bot.spotify.models import Track
from bot.spotify.uris import Kind
from bot.text.escape import single_line
from bot.text.items import cover_url

# Full rows of three: Discord's clients draw them as squares. Other numbers fill the last row with
# wide pictures, which would cut off a part of a cover; Spotify's guidelines forbid that.
_COUNTS = (9, 6, 3)


def covers(page: ListPage) -> tuple[discord.MediaGalleryItem, ...]:
    """The different covers of the page's entries in their order; empty for too few of them.

    Only lists whose entries have covers of their own get a gallery.
    """
    if not _has_gallery(page.path):
        return ()
    names: dict[str, str] = {}
    for entry in page.entries:
        if (item := entry.selectable) and (url := cover_url(item)):
            names.setdefault(url, _name(item))
    count = next((count for count in _COUNTS if count <= len(names)), 0)
    return tuple(
        discord.MediaGalleryItem(url, description=name or None)
        for url, name in list(names.items())[:count]
    )


def _has_gallery(path: ListPath) -> bool:
    if path.kind == ListKind.SEARCH:
        return path.argument == Kind.ALBUM
    return path.kind in (ListKind.TOP, ListKind.ARTIST, ListKind.ALBUMS)


def _name(item: Item) -> str:
    """What the picture shows, for people who cannot see it."""
    shown = item.album if isinstance(item, Track) and item.album else item
    return single_line(shown.name)
