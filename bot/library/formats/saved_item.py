"""An album, artist, show or audiobook of the library, as the export formats write it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.spotify.api_model import ApiModel
from bot.spotify.models import Album, Artist, Audiobook, Author, Show
from bot.spotify.pages import SavedAlbum, SavedAudiobook, SavedShow
from bot.spotify.uris import page_url


class SavedItem(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="item"):
    """An item of the library other than a song. Unknown fields are empty or None.

    by     the names of its artists, publisher or authors
    parts  the number of its songs, episodes or chapters
    """

    uri: str
    name: str
    by: str = ""
    release_date: str = ""
    parts: int | None = None
    added_at: str = ""

    @property
    def url(self) -> str:
        """The page at open.spotify.com."""
        return page_url(self.uri)


def saved_item_of(entry: ApiModel | None) -> SavedItem | None:
    """The item of an entry; None if it has none."""
    match entry:
        case SavedAlbum(album=item, added_at=added_at) if item:
            return _item(item, _names(item.artists), added_at, item.release_date, item.total_tracks)
        case SavedShow(show=item, added_at=added_at) if item:
            return _item(item, item.publisher or "", added_at, None, item.total_episodes)
        case SavedAudiobook(audiobook=item, added_at=added_at) if item:
            return _item(item, _names(item.authors), added_at, None, item.total_chapters)
        case Artist():
            return _item(entry, "", None, None, None)
    return None


def _item(
    item: Album | Artist | Show | Audiobook,
    by: str,
    added_at: str | None,
    release_date: str | None,
    parts: int | None,
) -> SavedItem:
    return SavedItem(
        uri=str(item.uri or item.raw_uri or ""),
        name=item.name or "",
        by=by,
        release_date=release_date or "",
        parts=parts,
        added_at=added_at or "",
    )


def _names(people: Sequence[Artist | Author] | None) -> str:
    return ", ".join(person.name or "" for person in people or [])
