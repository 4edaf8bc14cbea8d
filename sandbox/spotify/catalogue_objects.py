"""The Web API's objects for catalogue items, without the fields that Spotify removed in 2026.

Every function takes the origin of the API ("http://127.0.0.1:8080") for the links in the object.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.spotify.cover_art import SIZES, image_id

from .catalogue import Album, Artist, Audiobook, CatalogueItem, Chapter, Episode, Show, Track

Json = dict[str, Any]
FIRST_PAGE_SIZE = 50
LOCAL_FIELDS: Json = {"external_urls": {}, "href": None, "id": None}  # of local files


def common_fields(thing: CatalogueItem, origin: str, kind: str | None = None) -> Json:
    """The fields of every object with an id."""
    kind = kind or thing.kind
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{thing.id}"},
        "href": f"{origin}/v1/{kind}s/{thing.id}",
        "id": thing.id,
        "name": thing.name,
        "type": kind,
        "uri": thing.uri,
    }


def first_page(href: str, items: list[Json], total: int | None = None) -> Json:
    """The first page of an item's contents, inside its object; `total`: if `items` are not all."""
    total = len(items) if total is None else total
    more = total > FIRST_PAGE_SIZE
    return {
        "href": f"{href}?offset=0&limit={FIRST_PAGE_SIZE}",
        "items": items[:FIRST_PAGE_SIZE],
        "limit": FIRST_PAGE_SIZE,
        "next": f"{href}?offset={FIRST_PAGE_SIZE}&limit={FIRST_PAGE_SIZE}" if more else None,
        "offset": 0,
        "previous": None,
        "total": total,
    }


def cover_images(id_: str, origin: str) -> list[Json]:
    """The three sizes of a cover, largest first."""
    return [
        {"height": size, "url": f"{origin}/image/{image_id(id_, size)}", "width": size}
        for size in SIZES
    ]


def simplified_artist(artist: Artist, origin: str) -> Json:
    if not artist.id:  # on a local file
        return {**LOCAL_FIELDS, "name": artist.name, "type": "artist", "uri": None}
    return common_fields(artist, origin)


def full_artist(artist: Artist, origin: str) -> Json:
    return {
        **common_fields(artist, origin),
        "genres": list(artist.genres),
        "images": cover_images(artist.id, origin),
    }


def simplified_album(album: Album, origin: str) -> Json:
    if not album.id:  # on a local file
        empty = dict.fromkeys(("album_type", "release_date", "release_date_precision", "uri"))
        shown = {"artists": [], "images": [], "name": album.name, "type": "album"}
        return {**LOCAL_FIELDS, **empty, **shown}
    return {
        **common_fields(album, origin),
        "album_type": album.album_type,
        "artists": [simplified_artist(artist, origin) for artist in album.artists],
        "images": cover_images(album.id, origin),
        "is_playable": True,
        "release_date": album.released,
        "release_date_precision": {4: "year", 7: "month", 10: "day"}[len(album.released)],
        "total_tracks": len(album.tracks),
    }


def full_album(album: Album, origin: str) -> Json:
    """With the first page of its tracks."""
    artist = album.artists[0].name
    tracks = [simplified_track(track, origin) for track in album.tracks]
    return {
        **simplified_album(album, origin),
        "tracks": first_page(f"{origin}/v1/albums/{album.id}/tracks", tracks),
        "copyrights": [
            {"text": f"{album.released[:4]} {artist}", "type": "C"},
            {"text": f"{album.released[:4]} {artist}", "type": "P"},
        ],
        "external_ids": {"upc": album.upc},
        "genres": [],
    }


def artist_album(album: Album, artist: Artist, origin: str) -> Json:
    """As in a list of an artist's albums, which has the album group."""
    return {**simplified_album(album, origin), "album_group": album_group(album, artist)}


def album_group(album: Album, artist: Artist) -> str:
    return album.album_type if artist in album.artists else "appears_on"


def simplified_track(track: Track, origin: str) -> Json:
    """As in an album's list of tracks."""
    shown: Json = {
        "artists": [simplified_artist(artist, origin) for artist in track.artists],
        "disc_number": 1 if track.id else 0,
        "duration_ms": track.duration,
        "explicit": track.explicit,
        "is_local": not track.id,
        "name": track.name,
        "preview_url": None,
        "track_number": track.number,
    }
    if not track.id:
        return shown | LOCAL_FIELDS | {"type": "track", "uri": track.uri}
    shown |= common_fields(track, origin) | {"is_playable": track.playable}
    if not track.playable:
        shown["restrictions"] = {"reason": "market"}
    return shown


def full_track(track: Track, origin: str) -> Json:
    return {
        "album": simplified_album(track.album, origin),
        **simplified_track(track, origin),
        "external_ids": {"isrc": track.isrc} if track.isrc else {},
    }


def simplified_show(show: Show, origin: str) -> Json:
    return {
        **common_fields(show, origin),
        "available_markets": [],
        "copyrights": [],
        "description": show.description,
        "explicit": False,
        "html_description": f"<p>{show.description}</p>",
        "images": cover_images(show.id, origin),
        "is_externally_hosted": False,
        "languages": ["en"],
        "media_type": "audio",
        "publisher": show.publisher,
        "total_episodes": len(show.episodes),
    }


def full_show(show: Show, origin: str) -> Json:
    """With the first page of its episodes, newest first."""
    episodes = [simplified_episode(episode, origin) for episode in reversed(show.episodes)]
    return {
        **simplified_show(show, origin),
        "episodes": first_page(f"{origin}/v1/shows/{show.id}/episodes", episodes),
    }


def simplified_episode(episode: Episode, origin: str) -> Json:
    return {
        **common_fields(episode, origin),
        "audio_preview_url": None,
        "description": episode.description,
        "duration_ms": episode.duration,
        "explicit": False,
        "html_description": f"<p>{episode.description}</p>",
        "images": cover_images(episode.show.id, origin),
        "is_externally_hosted": False,
        "is_playable": episode.playable,
        "language": "en",
        "languages": ["en"],
        "release_date": episode.released,
        "release_date_precision": "day",
    }


def full_episode(episode: Episode, origin: str) -> Json:
    return {**simplified_episode(episode, origin), "show": simplified_show(episode.show, origin)}


def simplified_audiobook(book: Audiobook, origin: str) -> Json:
    return {
        **common_fields(book, origin),
        "authors": [{"name": book.author}],
        "available_markets": [],
        "copyrights": [],
        "description": book.description,
        "edition": "Unabridged",
        "explicit": False,
        "html_description": f"<p>{book.description}</p>",
        "images": cover_images(book.id, origin),
        "languages": ["en"],
        "media_type": "audio",
        "narrators": [{"name": book.narrator}],
        "publisher": book.author,
        "total_chapters": len(book.chapters),
    }


def full_audiobook(book: Audiobook, origin: str) -> Json:
    """With the first page of its chapters."""
    chapters = [simplified_chapter(chapter, origin) for chapter in book.chapters]
    return {
        **simplified_audiobook(book, origin),
        "chapters": first_page(f"{origin}/v1/audiobooks/{book.id}/chapters", chapters),
    }


def simplified_chapter(chapter: Chapter, origin: str) -> Json:
    return {
        **common_fields(chapter, origin, "chapter"),
        "type": "episode",  # the specification's name for it
        "audio_preview_url": None,
        "chapter_number": chapter.number,
        "description": "",
        "duration_ms": chapter.duration,
        "explicit": False,
        "html_description": "",
        "images": cover_images(chapter.audiobook.id, origin),
        "is_playable": chapter.playable,
        "languages": ["en"],
        "release_date": "2026-05-05",
        "release_date_precision": "day",
    }


def full_chapter(chapter: Chapter, origin: str) -> Json:
    return {
        **simplified_chapter(chapter, origin),
        "audiobook": simplified_audiobook(chapter.audiobook, origin),
    }


def format_time(seconds: float, *, fraction: bool = False) -> str:
    """Seconds since 1970 as an ISO 8601 time in UTC."""
    time = datetime.fromtimestamp(seconds, UTC)
    return time.isoformat(timespec="milliseconds" if fraction else "seconds")[:-6] + "Z"
