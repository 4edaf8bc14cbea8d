"""The Web API's catalogue endpoints: an item by its id, what it contains, and search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.spotify import catalogue_objects as objects
from sandbox.spotify.request import ApiRequest, Route, require_found

from .catalogue import Catalogue
from .search import search

ALBUM_GROUPS = ("album", "single", "appears_on", "compilation")
MAX_ARTIST_ALBUMS_PAGE = 10
MARKET = ("market",)
PAGE = ("market", "limit", "offset")

Show = Callable[[Any, str], dict[str, Any]]  # (item, origin of the API) → object


def _item(path: str, find: Callable[[Catalogue, str], Any], show: Show, *query: str) -> Route:
    def get_item(request: ApiRequest) -> object:
        item = require_found(find(request.state.catalogue, request.id()))
        return show(item, request.state.origin)

    return Route("GET", path, get_item, query=query, user=False)


def _contents(
    path: str,
    containers: Callable[[Catalogue], Mapping[str, Any]],
    contents: Callable[[Any], Sequence[Any]],
    show: Show,
) -> Route:
    def get_contents(request: ApiRequest) -> object:
        things = contents(request.lookup(containers(request.state.catalogue)))
        return request.page(things, lambda thing: show(thing, request.state.origin))

    return Route("GET", path, get_contents, query=PAGE, user=False)


def get_artist_albums(request: ApiRequest) -> object:
    """The artist's own albums, then those with a guest part; newest first in each group."""
    artist = request.lookup(request.state.catalogue.artists)
    groups = request.kinds("include_groups", ALBUM_GROUPS, ",".join(ALBUM_GROUPS))
    albums = sorted(
        (
            (groups.index(group), album)
            for album in request.state.catalogue.albums.values()
            if artist in album.artists or any(artist in track.artists for track in album.tracks)
            if (group := objects.album_group(album, artist)) in groups
        ),
        key=lambda entry: (-entry[0], entry[1].released),
        reverse=True,
    )
    return request.page(
        [album for _, album in albums],
        lambda album: objects.artist_album(album, artist, request.state.origin),
        default_limit=5,
        max_limit=MAX_ARTIST_ALBUMS_PAGE,
    )


ROUTES = (
    Route("GET", "search", search, query=("q", "type", "include_external", *PAGE), user=False),
    _item("tracks/{id}", lambda c, id_: c.find_track(id_), objects.full_track, *MARKET),
    _item("albums/{id}", lambda c, id_: c.albums.get(id_), objects.full_album, *MARKET),
    _item("artists/{id}", lambda c, id_: c.artists.get(id_), objects.full_artist),
    _item("shows/{id}", lambda c, id_: c.shows.get(id_), objects.full_show, *MARKET),
    _item("episodes/{id}", lambda c, id_: c.episodes.get(id_), objects.full_episode, *MARKET),
    _item("audiobooks/{id}", lambda c, id_: c.audiobooks.get(id_), objects.full_audiobook, *MARKET),
    _item("chapters/{id}", lambda c, id_: c.chapters.get(id_), objects.full_chapter, *MARKET),
    _contents(
        "albums/{id}/tracks",
        lambda c: c.albums,
        lambda album: album.tracks,
        objects.simplified_track,
    ),
    _contents(
        "shows/{id}/episodes",
        lambda c: c.shows,
        lambda show: show.episodes[::-1],
        objects.simplified_episode,
    ),
    _contents(
        "audiobooks/{id}/chapters",
        lambda c: c.audiobooks,
        lambda audiobook: audiobook.chapters,
        objects.simplified_chapter,
    ),
    Route(
        "GET",
        "artists/{id}/albums",
        get_artist_albums,
        query=(*PAGE, "include_groups"),
        user=False,
    ),
)
