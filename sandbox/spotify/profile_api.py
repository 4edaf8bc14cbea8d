"""The Web API's chapter on the person: who they are and what they listen to most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.spotify import catalogue_objects, user_objects
from sandbox.spotify.request import ApiRequest, Route

from .catalogue import Artist, Track

TIME_RANGES = ("short_term", "medium_term", "long_term")


def get_me(request: ApiRequest) -> object:
    return user_objects.current_user(request.user, request.state)


def get_top_tracks(request: ApiRequest) -> object:
    return _top_page(request, _ranked_tracks(request), catalogue_objects.full_track)


def get_top_artists(request: ApiRequest) -> object:
    artists: dict[str, Artist] = {}
    for track in _ranked_tracks(request):
        artists |= {artist.id: artist for artist in track.artists}
    return _top_page(request, list(artists.values()), catalogue_objects.full_artist)


def _ranked_tracks(request: ApiRequest) -> list[Track]:
    """What was liked, at most a hundred; each range in an order of its own."""
    catalogue = request.state.catalogue
    liked = [catalogue.find_item(uri) for uri, _ in request.user.liked[:100]]
    turn = TIME_RANGES.index(request.choice("time_range", TIME_RANGES, "medium_term"))
    tracks = [track for track in liked if isinstance(track, Track) and track.id]
    return tracks[turn:] + tracks[:turn]


def _top_page(
    request: ApiRequest, things: list[Any], shown: Callable[[Any, str], object]
) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [shown(thing, request.state.origin) for thing in things[start:stop]]

    return request.page(cut, len(things), request.limit(), request.offset())


_TOP_PARAMS = ("time_range", "limit", "offset")

ROUTES = (
    Route("GET", "me", get_me),
    Route("GET", "me/top/tracks", get_top_tracks, ("user-top-read",), _TOP_PARAMS),
    Route("GET", "me/top/artists", get_top_artists, ("user-top-read",), _TOP_PARAMS),
)
