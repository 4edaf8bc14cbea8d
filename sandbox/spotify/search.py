"""Search as Spotify's: words and field filters over names, better matches first."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import faces, shapes
from .asking import Ask
from .catalogue import Album, Artist, Audiobook, Episode, Show, Thing, Track
from .playlists import Playlist
from .refusals import bad_request

KINDS = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
PAGE, FURTHEST, LONGEST = 10, 1000, 250
NULLS = 3  # every third playlist of a result is null, as happens

# A filter's value is quoted, or runs up to the next filter.
_FILTER = re.compile(r'\b(artist|album|track|year|isrc|upc|genre|tag):\s*("[^"]*"|(?:(?!\w+:).)+)')


@dataclass(frozen=True)
class Card:
    """What a search knows of a thing; all texts are folded. Only `name` makes a good match."""

    name: str
    more: str = ""
    artist: str = ""
    album: str = ""
    track: str = ""
    genre: str = ""
    isrc: str = ""
    upc: str = ""
    year: str = ""


def search(ask: Ask) -> object:
    """A page for each type asked for; `limit` and `offset` hold for each."""
    query, kinds = ask.query.get("q", ""), ask.kinds("type", KINDS)
    if not query.strip():
        raise bad_request("No search query")
    if len(query) > LONGEST:
        raise bad_request(f"Query exceeds maximum length of {LONGEST} characters")
    if ask.query.get("include_external", "audio") != "audio":
        raise bad_request("Invalid include_external")
    limit, offset = ask.limit(default=5, most=PAGE), ask.offset(FURTHEST)
    words, filters = _understand(query)
    return {
        f"{kind}s": _page(ask, kind, list(_matches(ask, kind, words, filters)), limit, offset)
        for kind in kinds
    }


def _page(ask: Ask, kind: str, found: list[Thing | Playlist], limit: int, offset: int) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [_shown(ask, one, start + n) for n, one in enumerate(found[start:stop])]

    return ask.page(cut, len(found), limit, offset)


def _shown(ask: Ask, found: Thing | Playlist, place: int) -> object:
    if isinstance(found, Playlist):
        return None if place % NULLS == NULLS - 1 else faces.playlist_short(found, ask.world)
    shown: dict[type, Callable[[Any, str], object]] = {
        Track: shapes.track_full,
        Album: shapes.album_short,
        Artist: shapes.artist_full,
        Show: shapes.show_short,
        Episode: shapes.episode_short,
        Audiobook: shapes.audiobook_short,
    }
    return shown[type(found)](found, ask.world.origin)


def _understand(query: str) -> tuple[list[str], dict[str, str]]:
    """The free words and the filters of a query."""
    filters = {name: fold(value.strip(' "')) for name, value in _FILTER.findall(query)}
    return fold(_FILTER.sub(" ", query)).split(), filters


@functools.lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Without case and without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _matches(
    ask: Ask, kind: str, words: list[str], filters: dict[str, str]
) -> Iterator[Thing | Playlist]:
    """Everything of this kind that has all the words and passes all filters, best first."""
    phrase = " ".join(words)
    ranked = [
        (_rank(card, phrase), place, thing)
        for place, (thing, card) in enumerate(_cards(ask, kind))
        if all(word in f"{card.name} {card.more}" for word in words)
        if all(_passes(card, name, value) for name, value in filters.items())
    ]
    for _, _, thing in sorted(ranked, key=lambda entry: entry[:2]):
        yield thing


def _rank(card: Card, phrase: str) -> int:
    """0 is best."""
    if not phrase or card.name == phrase:
        return 0
    if re.search(rf"\b{re.escape(phrase)}\b", card.name):
        return 1
    return 2 if all(word in card.name for word in phrase.split()) else 3


def _passes(card: Card, name: str, value: str) -> bool:
    if name == "tag":  # hipster, new: nothing here is either
        return False
    if name == "year":
        first, _, last = value.partition("-")
        return bool(card.year) and first.strip() <= card.year <= (last.strip() or first.strip())
    has: str = getattr(card, name)
    if name in ("isrc", "upc"):
        return has == value
    return all(word in has for word in value.split()) and bool(has)


def _cards(ask: Ask, kind: str) -> Iterator[tuple[Thing | Playlist, Card]]:
    catalogue = ask.world.catalogue
    if kind == "track":
        for track in catalogue.tracks.values():
            yield track, _track(track)
    elif kind == "album":
        for album in catalogue.albums.values():
            artists = _names(album.artists)
            yield album, Card(fold(album.name), artists, artists, fold(album.name),
                              upc=album.upc, year=album.released[:4])  # fmt: skip
    elif kind == "artist":
        for artist in catalogue.artists.values():
            name = fold(artist.name)
            yield artist, Card(name, artist=name, genre=fold(" ".join(artist.genres)))
    elif kind == "show":
        for show in catalogue.shows.values():
            yield show, Card(fold(show.name), fold(show.publisher))
    elif kind == "episode":
        for episode in catalogue.episodes.values():
            yield episode, Card(fold(episode.name), fold(episode.show.name))
    elif kind == "audiobook":
        for book in catalogue.audiobooks.values():
            yield book, Card(fold(book.name), fold(f"{book.author} {book.narrator}"))
    else:
        for playlist in ask.world.playlists.values():
            if playlist.public and playlist.owner in ask.world.accounts:
                yield playlist, Card(fold(playlist.name), fold(playlist.description))


def _track(track: Track) -> Card:
    name, artists, album = fold(track.name), _names(track.artists), fold(track.album.name)
    return Card(
        name,
        f"{artists} {album}",
        artists,
        album,
        name,
        genre=fold(" ".join(genre for artist in track.artists for genre in artist.genres)),
        isrc=track.isrc.casefold(),
        upc=track.album.upc,
        year=track.album.released[:4],
    )


def _names(artists: tuple[Artist, ...]) -> str:
    return fold(" ".join(artist.name for artist in artists))
