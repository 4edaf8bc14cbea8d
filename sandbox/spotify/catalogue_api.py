"""The Web API's chapter on the catalogue: one thing by its id, and what it contains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import shapes
from .asking import Ask, Route, existing
from .search import search

GROUPS = ("album", "single", "appears_on", "compilation")
DISCOGRAPHY_PAGE = 10


def track(ask: Ask) -> object:
    return shapes.track_full(existing(ask.world.catalogue.track(ask.id())), ask.world.origin)


def album(ask: Ask) -> object:
    return shapes.album_whole(ask.found(ask.world.catalogue.albums), ask.world.origin)


def artist(ask: Ask) -> object:
    return shapes.artist_full(ask.found(ask.world.catalogue.artists), ask.world.origin)


def show(ask: Ask) -> object:
    return shapes.show_whole(ask.found(ask.world.catalogue.shows), ask.world.origin)


def episode(ask: Ask) -> object:
    return shapes.episode_full(ask.found(ask.world.catalogue.episodes), ask.world.origin)


def audiobook(ask: Ask) -> object:
    return shapes.audiobook_whole(ask.found(ask.world.catalogue.audiobooks), ask.world.origin)


def chapter(ask: Ask) -> object:
    return shapes.chapter_full(ask.found(ask.world.catalogue.chapters), ask.world.origin)


def album_tracks(ask: Ask) -> object:
    return _contents(ask, ask.found(ask.world.catalogue.albums).tracks, shapes.track_short)


def show_episodes(ask: Ask) -> object:
    episodes = ask.found(ask.world.catalogue.shows).episodes
    return _contents(ask, episodes[::-1], shapes.episode_short)


def audiobook_chapters(ask: Ask) -> object:
    book = ask.found(ask.world.catalogue.audiobooks)
    return _contents(ask, book.chapters, shapes.chapter_short)


def artist_albums(ask: Ask) -> object:
    """Records of one's own, then those one is a guest on; newest first in each group."""
    artist = ask.found(ask.world.catalogue.artists)
    groups = ask.kinds("include_groups", GROUPS, ",".join(GROUPS))
    records = sorted(
        (
            (groups.index(group), record)
            for record in ask.world.catalogue.albums.values()
            if artist in record.artists or any(artist in track.artists for track in record.tracks)
            if (group := shapes.album_group(record, artist)) in groups
        ),
        key=lambda entry: (-entry[0], entry[1].released),
        reverse=True,
    )
    origin = ask.world.origin

    def cut(start: int, stop: int) -> list[Any]:
        return [shapes.album_of_artist(one, artist, origin) for _, one in records[start:stop]]

    limit = ask.limit(default=5, most=DISCOGRAPHY_PAGE)
    return ask.page(cut, len(records), limit, ask.offset())


def _contents(
    ask: Ask, things: Sequence[Any], shown: Callable[[Any, str], dict[str, Any]]
) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [shown(thing, ask.world.origin) for thing in things[start:stop]]

    return ask.page(cut, len(things), ask.limit(), ask.offset())


_MARKET = ("market",)
_PAGED = ("market", "limit", "offset")

ROUTES = (
    Route("GET", "search", search, user=False,
          query=("q", "type", "market", "limit", "offset", "include_external")),
    Route("GET", "tracks/{id}", track, query=_MARKET, user=False),
    Route("GET", "albums/{id}", album, query=_MARKET, user=False),
    Route("GET", "albums/{id}/tracks", album_tracks, query=_PAGED, user=False),
    Route("GET", "artists/{id}", artist, user=False),
    Route("GET", "artists/{id}/albums", artist_albums, user=False,
          query=(*_PAGED, "include_groups")),
    Route("GET", "shows/{id}", show, query=_MARKET, user=False),
    Route("GET", "shows/{id}/episodes", show_episodes, query=_PAGED, user=False),
    Route("GET", "episodes/{id}", episode, query=_MARKET, user=False),
    Route("GET", "audiobooks/{id}", audiobook, query=_MARKET, user=False),
    Route("GET", "audiobooks/{id}/chapters", audiobook_chapters, query=_PAGED, user=False),
    Route("GET", "chapters/{id}", chapter, query=_MARKET, user=False),
)  # fmt: skip
