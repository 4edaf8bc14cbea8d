"""How the Web API shows a thing: the objects of its answers, without the fields that are gone.

Every function takes the origin of the API ("http://127.0.0.1:8080") for the links it holds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .catalogue import Album, Artist, Audiobook, Chapter, Episode, Show, Thing, Track
from .cover import SIZES, image_id

Json = dict[str, Any]


def links(thing: Thing, origin: str, kind: str | None = None) -> Json:
    """The fields that everything with an id has."""
    kind = kind or thing.kind
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{thing.id}"},
        "href": f"{origin}/v1/{kind}s/{thing.id}",
        "id": thing.id,
        "name": thing.name,
        "type": kind,
        "uri": thing.uri,
    }


def first_page(href: str, items: list[Json]) -> Json:
    """The page of its contents that a thing brings along."""
    limit = 50
    more = len(items) > limit
    return {
        "href": f"{href}?offset=0&limit={limit}",
        "items": items[:limit],
        "limit": limit,
        "next": f"{href}?offset={limit}&limit={limit}" if more else None,
        "offset": 0,
        "previous": None,
        "total": len(items),
    }


def images(id_: str, origin: str) -> list[Json]:
    """The three sizes of a cover, largest first."""
    return [
        {"height": size, "url": f"{origin}/image/{image_id(id_, size)}", "width": size}
        for size in SIZES
    ]


def artist_short(artist: Artist, origin: str) -> Json:
    if not artist.id:  # on a local file
        return {
            "external_urls": {},
            "href": None,
            "id": None,
            "name": artist.name,
            "type": "artist",
            "uri": None,
        }
    return links(artist, origin)


def artist_full(artist: Artist, origin: str) -> Json:
    return {
        **links(artist, origin),
        "genres": list(artist.genres),
        "images": images(artist.id, origin),
    }


def album_short(album: Album, origin: str) -> Json:
    if not album.id:  # on a local file
        return {
            "album_type": None,
            "artists": [],
            "external_urls": {},
            "href": None,
            "id": None,
            "images": [],
            "name": album.name,
            "release_date": None,
            "release_date_precision": None,
            "type": "album",
            "uri": None,
        }
    return {
        **links(album, origin),
        "album_type": album.album_type,
        "artists": [artist_short(artist, origin) for artist in album.artists],
        "images": images(album.id, origin),
        "is_playable": True,
        "release_date": album.released,
        "release_date_precision": {4: "year", 7: "month", 10: "day"}[len(album.released)],
        "total_tracks": len(album.tracks),
    }


def album_whole(album: Album, origin: str) -> Json:
    """With the first page of its tracks."""
    artist = album.artists[0].name
    tracks = [track_short(track, origin) for track in album.tracks]
    return {
        **album_short(album, origin),
        "tracks": first_page(f"{origin}/v1/albums/{album.id}/tracks", tracks),
        "copyrights": [
            {"text": f"{album.released[:4]} {artist}", "type": "C"},
            {"text": f"{album.released[:4]} {artist}", "type": "P"},
        ],
        "external_ids": {"upc": album.upc},
        "genres": [],
    }


def album_of_artist(album: Album, artist: Artist, origin: str) -> Json:
    """As in an artist's discography, which tells a guest's records apart."""
    return {**album_short(album, origin), "album_group": album_group(album, artist)}


def album_group(album: Album, artist: Artist) -> str:
    return album.album_type if artist in album.artists else "appears_on"


def track_short(track: Track, origin: str) -> Json:
    """As in an album's list of tracks."""
    shown: Json = {
        "artists": [artist_short(artist, origin) for artist in track.artists],
        "disc_number": 1 if track.id else 0,
        "duration_ms": track.duration,
        "explicit": track.explicit,
        "is_local": track.id is None,
        "name": track.name,
        "preview_url": None,
        "track_number": track.number,
    }
    if track.id is None:
        return shown | {
            "external_urls": {},
            "href": None,
            "id": None,
            "type": "track",
            "uri": track.uri,
        }
    shown |= links(track, origin) | {"is_playable": track.playable}
    if not track.playable:
        shown["restrictions"] = {"reason": "market"}
    return shown


def track_full(track: Track, origin: str) -> Json:
    return {
        "album": album_short(track.album, origin),
        **track_short(track, origin),
        "external_ids": {"isrc": track.isrc} if track.isrc else {},
    }


def show_short(show: Show, origin: str) -> Json:
    return {
        **links(show, origin),
        "available_markets": [],
        "copyrights": [],
        "description": show.description,
        "explicit": False,
        "html_description": f"<p>{show.description}</p>",
        "images": images(show.id, origin),
        "is_externally_hosted": False,
        "languages": ["en"],
        "media_type": "audio",
        "publisher": show.publisher,
        "total_episodes": len(show.episodes),
    }


def show_whole(show: Show, origin: str) -> Json:
    """With the first page of its episodes, newest first."""
    episodes = [episode_short(episode, origin) for episode in reversed(show.episodes)]
    return {
        **show_short(show, origin),
        "episodes": first_page(f"{origin}/v1/shows/{show.id}/episodes", episodes),
    }


def episode_short(episode: Episode, origin: str) -> Json:
    return {
        **links(episode, origin),
        "audio_preview_url": None,
        "description": episode.description,
        "duration_ms": episode.duration,
        "explicit": False,
        "html_description": f"<p>{episode.description}</p>",
        "images": images(episode.show.id, origin),
        "is_externally_hosted": False,
        "is_playable": episode.playable,
        "language": "en",
        "languages": ["en"],
        "release_date": episode.released,
        "release_date_precision": "day",
    }


def episode_full(episode: Episode, origin: str) -> Json:
    return {**episode_short(episode, origin), "show": show_short(episode.show, origin)}


def audiobook_short(book: Audiobook, origin: str) -> Json:
    return {
        **links(book, origin),
        "authors": [{"name": book.author}],
        "available_markets": [],
        "copyrights": [],
        "description": book.description,
        "edition": "Unabridged",
        "explicit": False,
        "html_description": f"<p>{book.description}</p>",
        "images": images(book.id, origin),
        "languages": ["en"],
        "media_type": "audio",
        "narrators": [{"name": book.narrator}],
        "publisher": book.author,
        "total_chapters": len(book.chapters),
    }


def audiobook_whole(book: Audiobook, origin: str) -> Json:
    """With the first page of its chapters."""
    chapters = [chapter_short(chapter, origin) for chapter in book.chapters]
    return {
        **audiobook_short(book, origin),
        "chapters": first_page(f"{origin}/v1/audiobooks/{book.id}/chapters", chapters),
    }


def chapter_short(chapter: Chapter, origin: str) -> Json:
    return {
        **links(chapter, origin, "chapter"),
        "type": "episode",  # so the specification calls it
        "audio_preview_url": None,
        "chapter_number": chapter.number,
        "description": "",
        "duration_ms": chapter.duration,
        "explicit": False,
        "html_description": "",
        "images": images(chapter.audiobook.id, origin),
        "is_playable": chapter.playable,
        "languages": ["en"],
        "release_date": "2026-05-05",
        "release_date_precision": "day",
    }


def chapter_full(chapter: Chapter, origin: str) -> Json:
    return {
        **chapter_short(chapter, origin),
        "audiobook": audiobook_short(chapter.audiobook, origin),
    }


def time(seconds: float, *, fraction: bool = False) -> str:
    """A moment as the API writes it, in UTC; seconds since 1970."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds" if fraction else "seconds")[:-6] + "Z"
