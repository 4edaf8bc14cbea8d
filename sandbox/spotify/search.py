"""Search as Spotify's: words and field filters over names, better matches first."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.spotify import catalogue_objects, user_objects
from sandbox.spotify.error_responses import bad_request
from sandbox.spotify.request import ApiRequest

from .catalogue import Album, Artist, Audiobook, CatalogueItem, Episode, Show, Track
from .playlists import Playlist

SEARCH_KINDS = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
MAX_PAGE_SIZE, MAX_OFFSET, MAX_QUERY_LENGTH = 10, 1000, 250
NULL_PLAYLIST_INTERVAL = 3  # every third playlist of a result is null, as happens

# A filter's value is quoted, or runs up to the next filter.
_FILTER_PATTERN = re.compile(
    r'\b(artist|album|track|year|isrc|upc|genre|tag):\s*("[^"]*"|(?:(?!\w+:).)+)'
)


@dataclass(frozen=True)
class SearchEntry:
    """What a search knows of a thing; all texts are folded. Only `name` makes a good match."""

    name: str
    other_text: str = ""
    artist: str = ""
    album: str = ""
    track: str = ""
    genre: str = ""
    isrc: str = ""
    upc: str = ""
    year: str = ""


def search(request: ApiRequest) -> object:
    """A page for each type asked for; `limit` and `offset` hold for each."""
    query, kinds = request.query.get("q", ""), request.kinds("type", SEARCH_KINDS)
    if not query.strip():
        raise bad_request("No search query")
    if len(query) > MAX_QUERY_LENGTH:
        raise bad_request(f"Query exceeds maximum length of {MAX_QUERY_LENGTH} characters")
    if request.query.get("include_external", "audio") != "audio":
        raise bad_request("Invalid include_external")
    limit, offset = request.limit(default=5, maximum=MAX_PAGE_SIZE), request.offset(MAX_OFFSET)
    words, filters = _parse_query(query)
    return {
        f"{kind}s": _result_page(
            request, kind, list(_find_matches(request, kind, words, filters)), limit, offset
        )
        for kind in kinds
    }


def _result_page(
    request: ApiRequest, kind: str, found: list[CatalogueItem | Playlist], limit: int, offset: int
) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [_result_object(request, one, start + n) for n, one in enumerate(found[start:stop])]

    return request.page(cut, len(found), limit, offset)


def _result_object(request: ApiRequest, found: CatalogueItem | Playlist, place: int) -> object:
    if isinstance(found, Playlist):
        return (
            None
            if place % NULL_PLAYLIST_INTERVAL == NULL_PLAYLIST_INTERVAL - 1
            else user_objects.simplified_playlist(found, request.state)
        )
    shown: dict[type, Callable[[Any, str], object]] = {
        Track: catalogue_objects.full_track,
        Album: catalogue_objects.simplified_album,
        Artist: catalogue_objects.full_artist,
        Show: catalogue_objects.simplified_show,
        Episode: catalogue_objects.simplified_episode,
        Audiobook: catalogue_objects.simplified_audiobook,
    }
    return shown[type(found)](found, request.state.origin)


def _parse_query(query: str) -> tuple[list[str], dict[str, str]]:
    """The free words and the filters of a query."""
    filters = {
        name: normalise_text(value.strip(' "')) for name, value in _FILTER_PATTERN.findall(query)
    }
    return normalise_text(_FILTER_PATTERN.sub(" ", query)).split(), filters


@functools.lru_cache(maxsize=8192)
def normalise_text(text: str) -> str:
    """Without case and without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _find_matches(
    request: ApiRequest, kind: str, words: list[str], filters: dict[str, str]
) -> Iterator[CatalogueItem | Playlist]:
    """Everything of this kind that has all the words and passes all filters, best first."""
    phrase = " ".join(words)
    ranked = [
        (_rank(card, phrase), place, thing)
        for place, (thing, card) in enumerate(_search_entries(request, kind))
        if all(word in f"{card.name} {card.other_text}" for word in words)
        if all(_matches_filter(card, name, value) for name, value in filters.items())
    ]
    for _, _, thing in sorted(ranked, key=lambda entry: entry[:2]):
        yield thing


def _rank(entry: SearchEntry, phrase: str) -> int:
    """0 is best."""
    if not phrase or entry.name == phrase:
        return 0
    if re.search(rf"\b{re.escape(phrase)}\b", entry.name):
        return 1
    return 2 if all(word in entry.name for word in phrase.split()) else 3


def _matches_filter(entry: SearchEntry, name: str, value: str) -> bool:
    if name == "tag":  # hipster, new: nothing here is either
        return False
    if name == "year":
        first, _, last = value.partition("-")
        return bool(entry.year) and first.strip() <= entry.year <= (last.strip() or first.strip())
    has: str = getattr(entry, name)
    if name in ("isrc", "upc"):
        return has == value
    return all(word in has for word in value.split()) and bool(has)


def _search_entries(
    request: ApiRequest, kind: str
) -> Iterator[tuple[CatalogueItem | Playlist, SearchEntry]]:
    catalogue = request.state.catalogue
    if kind == "track":
        for track in catalogue.tracks.values():
            yield track, _track_entry(track)
    elif kind == "album":
        for album in catalogue.albums.values():
            artists = _artist_names(album.artists)
            yield (
                album,
                SearchEntry(
                    normalise_text(album.name),
                    artists,
                    artists,
                    normalise_text(album.name),
                    upc=album.upc,
                    year=album.released[:4],
                ),
            )
    elif kind == "artist":
        for artist in catalogue.artists.values():
            name = normalise_text(artist.name)
            yield (
                artist,
                SearchEntry(name, artist=name, genre=normalise_text(" ".join(artist.genres))),
            )
    elif kind == "show":
        for show in catalogue.shows.values():
            yield show, SearchEntry(normalise_text(show.name), normalise_text(show.publisher))
    elif kind == "episode":
        for episode in catalogue.episodes.values():
            yield (
                episode,
                SearchEntry(normalise_text(episode.name), normalise_text(episode.show.name)),
            )
    elif kind == "audiobook":
        for book in catalogue.audiobooks.values():
            yield (
                book,
                SearchEntry(
                    normalise_text(book.name), normalise_text(f"{book.author} {book.narrator}")
                ),
            )
    else:
        for playlist in request.state.playlists.values():
            if playlist.public and playlist.owner in request.state.accounts:
                yield (
                    playlist,
                    SearchEntry(
                        normalise_text(playlist.name), normalise_text(playlist.description)
                    ),
                )


def _track_entry(track: Track) -> SearchEntry:
    name, artists, album = (
        normalise_text(track.name),
        _artist_names(track.artists),
        normalise_text(track.album.name),
    )
    return SearchEntry(
        name,
        f"{artists} {album}",
        artists,
        album,
        name,
        genre=normalise_text(
            " ".join(genre for artist in track.artists for genre in artist.genres)
        ),
        isrc=track.isrc.casefold(),
        upc=track.album.upc,
        year=track.album.released[:4],
    )


def _artist_names(artists: tuple[Artist, ...]) -> str:
    return normalise_text(" ".join(artist.name for artist in artists))
