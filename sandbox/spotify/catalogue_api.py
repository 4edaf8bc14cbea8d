"""The Web API's chapter on the catalogue: one thing by its id, and what it contains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.spotify import catalogue_objects
from sandbox.spotify.request import ApiRequest, Route, require_found

from .search import search

ALBUM_GROUPS = ("album", "single", "appears_on", "compilation")
MAX_ARTIST_ALBUMS_PAGE = 10


def get_track(request: ApiRequest) -> object:
    return catalogue_objects.full_track(
        require_found(request.state.catalogue.find_track(request.id())), request.state.origin
    )


def get_album(request: ApiRequest) -> object:
    return catalogue_objects.full_album(
        request.lookup(request.state.catalogue.albums), request.state.origin
    )


def get_artist(request: ApiRequest) -> object:
    return catalogue_objects.full_artist(
        request.lookup(request.state.catalogue.artists), request.state.origin
    )


def get_show(request: ApiRequest) -> object:
    return catalogue_objects.full_show(
        request.lookup(request.state.catalogue.shows), request.state.origin
    )


def get_episode(request: ApiRequest) -> object:
    return catalogue_objects.full_episode(
        request.lookup(request.state.catalogue.episodes), request.state.origin
    )


def get_audiobook(request: ApiRequest) -> object:
    return catalogue_objects.full_audiobook(
        request.lookup(request.state.catalogue.audiobooks), request.state.origin
    )


def get_chapter(request: ApiRequest) -> object:
    return catalogue_objects.full_chapter(
        request.lookup(request.state.catalogue.chapters), request.state.origin
    )


def get_album_tracks(request: ApiRequest) -> object:
    return _contents_page(
        request,
        request.lookup(request.state.catalogue.albums).tracks,
        catalogue_objects.simplified_track,
    )


def get_show_episodes(request: ApiRequest) -> object:
    episodes = request.lookup(request.state.catalogue.shows).episodes
    return _contents_page(request, episodes[::-1], catalogue_objects.simplified_episode)


def get_audiobook_chapters(request: ApiRequest) -> object:
    book = request.lookup(request.state.catalogue.audiobooks)
    return _contents_page(request, book.chapters, catalogue_objects.simplified_chapter)


def get_artist_albums(request: ApiRequest) -> object:
    """Records of one's own, then those one is a guest on; newest first in each group."""
    artist = request.lookup(request.state.catalogue.artists)
    groups = request.kinds("include_groups", ALBUM_GROUPS, ",".join(ALBUM_GROUPS))
    records = sorted(
        (
            (groups.index(group), record)
            for record in request.state.catalogue.albums.values()
            if artist in record.artists or any(artist in track.artists for track in record.tracks)
            if (group := catalogue_objects.album_group(record, artist)) in groups
        ),
        key=lambda entry: (-entry[0], entry[1].released),
        reverse=True,
    )
    origin = request.state.origin

    def cut(start: int, stop: int) -> list[Any]:
        return [
            catalogue_objects.artist_album(one, artist, origin) for _, one in records[start:stop]
        ]

    limit = request.limit(default=5, maximum=MAX_ARTIST_ALBUMS_PAGE)
    return request.page(cut, len(records), limit, request.offset())


def _contents_page(
    request: ApiRequest, things: Sequence[Any], shown: Callable[[Any, str], dict[str, Any]]
) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [shown(thing, request.state.origin) for thing in things[start:stop]]

    return request.page(cut, len(things), request.limit(), request.offset())


_MARKET_PARAM = ("market",)
_PAGE_PARAMS = ("market", "limit", "offset")

ROUTES = (
    Route(
        "GET",
        "search",
        search,
        user=False,
        query=("q", "type", "market", "limit", "offset", "include_external"),
    ),
    Route("GET", "tracks/{id}", get_track, query=_MARKET_PARAM, user=False),
    Route("GET", "albums/{id}", get_album, query=_MARKET_PARAM, user=False),
    Route("GET", "albums/{id}/tracks", get_album_tracks, query=_PAGE_PARAMS, user=False),
    Route("GET", "artists/{id}", get_artist, user=False),
    Route(
        "GET",
        "artists/{id}/albums",
        get_artist_albums,
        user=False,
        query=(*_PAGE_PARAMS, "include_groups"),
    ),
    Route("GET", "shows/{id}", get_show, query=_MARKET_PARAM, user=False),
    Route("GET", "shows/{id}/episodes", get_show_episodes, query=_PAGE_PARAMS, user=False),
    Route("GET", "episodes/{id}", get_episode, query=_MARKET_PARAM, user=False),
    Route("GET", "audiobooks/{id}", get_audiobook, query=_MARKET_PARAM, user=False),
    Route(
        "GET", "audiobooks/{id}/chapters", get_audiobook_chapters, query=_PAGE_PARAMS, user=False
    ),
    Route("GET", "chapters/{id}", get_chapter, query=_MARKET_PARAM, user=False),
)
