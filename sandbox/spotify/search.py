"""Spotify's search: words and field filters, best matches first."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.spotify import catalogue_objects, user_objects
from sandbox.spotify.error_responses import bad_request
from sandbox.spotify.request import ApiRequest
from sandbox.spotify.state import SpotifyState

from .catalogue import Album, Artist, Audiobook, CatalogueItem, Episode, Show, Track
from .playlists import Playlist

SEARCH_KINDS = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
MAX_PAGE_SIZE, MAX_OFFSET, MAX_QUERY_LENGTH = 10, 1000, 250
NULL_PLAYLIST_INTERVAL = 3  # every third playlist in a result is null, as Spotify sends at times

SearchResult = CatalogueItem | Playlist

# The value of a filter is in quotes, or ends at the next filter.
_FILTER_PATTERN = re.compile(
    r'\b(artist|album|track|year|isrc|upc|genre|tag):\s*("[^"]*"|(?:(?!\w+:).)+)'
)


@dataclass(frozen=True)
class SearchEntry:
    """The searchable texts of a thing, all normalised. Only `name` decides the rank."""

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
    """One page for each requested type, all with the same `limit` and `offset`."""
    query, kinds = request.query.get("q", ""), request.kinds("type", SEARCH_KINDS)
    if not query.strip():
        raise bad_request("No search query")
    if len(query) > MAX_QUERY_LENGTH:
        raise bad_request(f"Query exceeds maximum length of {MAX_QUERY_LENGTH} characters")
    if request.query.get("include_external", "audio") != "audio":
        raise bad_request("Invalid include_external")
    words, filters = _parse_query(query)
    return {
        f"{kind}s": request.page(
            list(enumerate(_find_matches(request, kind, words, filters))),
            lambda match: _result_object(request, *match),
            default_limit=5,
            max_limit=MAX_PAGE_SIZE,
            max_offset=MAX_OFFSET,
        )
        for kind in kinds
    }


def _result_object(request: ApiRequest, index: int, match: SearchResult) -> object:
    if isinstance(match, Playlist):
        is_null = index % NULL_PLAYLIST_INTERVAL == NULL_PLAYLIST_INTERVAL - 1
        return None if is_null else user_objects.simplified_playlist(match, request.state)
    show: dict[type, Callable[[Any, str], object]] = {
        Track: catalogue_objects.full_track,
        Album: catalogue_objects.simplified_album,
        Artist: catalogue_objects.full_artist,
        Show: catalogue_objects.simplified_show,
        Episode: catalogue_objects.simplified_episode,
        Audiobook: catalogue_objects.simplified_audiobook,
    }
    return show[type(match)](match, request.state.origin)


def _parse_query(query: str) -> tuple[list[str], dict[str, str]]:
    """The words outside of filters, and the filters."""
    filters = {
        name: normalise_text(value.strip(' "')) for name, value in _FILTER_PATTERN.findall(query)
    }
    return normalise_text(_FILTER_PATTERN.sub(" ", query)).split(), filters


@functools.lru_cache(maxsize=8192)
def normalise_text(text: str) -> str:
    """The text without case and accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _find_matches(
    request: ApiRequest, kind: str, words: list[str], filters: dict[str, str]
) -> list[SearchResult]:
    """The things of this kind that have all words and pass all filters, best match first."""
    phrase = " ".join(words)
    entries = ((result, _search_entry(result)) for result in _candidates(request.state, kind))
    ranked = [
        (_rank(entry, phrase), result)
        for result, entry in entries
        if all(word in f"{entry.name} {entry.other_text}" for word in words)
        if all(_matches_filter(entry, name, value) for name, value in filters.items())
    ]
    return [result for _, result in sorted(ranked, key=lambda match: match[0])]


def _rank(entry: SearchEntry, phrase: str) -> int:
    """The rank of a match; 0 is best."""
    if not phrase or entry.name == phrase:
        return 0
    if re.search(rf"\b{re.escape(phrase)}\b", entry.name):
        return 1
    return 2 if all(word in entry.name for word in phrase.split()) else 3


def _matches_filter(entry: SearchEntry, name: str, value: str) -> bool:
    if name == "tag":  # hipster or new: no album has such a tag
        return False
    if name == "year":
        first, _, last = value.partition("-")
        return bool(entry.year) and first.strip() <= entry.year <= (last.strip() or first.strip())
    text: str = getattr(entry, name)
    if name in ("isrc", "upc"):
        return text == value
    return all(word in text for word in value.split()) and bool(text)


def _candidates(state: SpotifyState, kind: str) -> Iterable[SearchResult]:
    if kind == "playlist":
        playlists = state.playlists.values()
        return [p for p in playlists if p.public and p.owner in state.accounts]
    items: Mapping[str, CatalogueItem] = getattr(state.catalogue, f"{kind}s")
    return items.values()


def _search_entry(result: SearchResult) -> SearchEntry:
    name = normalise_text(result.name)
    match result:
        case Track(artists=artists, album=album):
            return SearchEntry(
                name,
                f"{_artist_names(artists)} {normalise_text(album.name)}",
                artist=_artist_names(artists),
                album=normalise_text(album.name),
                track=name,
                genre=_genres(*artists),
                isrc=result.isrc.casefold(),
                upc=album.upc,
                year=album.released[:4],
            )
        case Album(artists=artists):
            names = _artist_names(artists)
            return SearchEntry(name, names, names, name, upc=result.upc, year=result.released[:4])
        case Artist():
            return SearchEntry(name, artist=name, genre=_genres(result))
        case Show(publisher=text) | Playlist(description=text):
            return SearchEntry(name, normalise_text(text))
        case Episode(show=show):
            return SearchEntry(name, normalise_text(show.name))
        case Audiobook():
            return SearchEntry(name, normalise_text(f"{result.author} {result.narrator}"))
    raise TypeError(f"{result} cannot be found by a search")


def _artist_names(artists: tuple[Artist, ...]) -> str:
    return normalise_text(" ".join(artist.name for artist in artists))


def _genres(*artists: Artist) -> str:
    return normalise_text(" ".join(genre for artist in artists for genre in artist.genres))
