"""The Web API's profile endpoints: the user, and their top tracks and artists."""

from __future__ import annotations

from sandbox.spotify import catalogue_objects, user_objects
from sandbox.spotify.request import ApiRequest, Route

from .catalogue import Artist, Track

TIME_RANGES = ("short_term", "medium_term", "long_term")


def get_me(request: ApiRequest) -> object:
    return user_objects.current_user(request.user, request.state)


def get_top_tracks(request: ApiRequest) -> object:
    tracks = _ranked_tracks(request)
    return request.page(tracks, lambda t: catalogue_objects.full_track(t, request.state.origin))


def get_top_artists(request: ApiRequest) -> object:
    artists: dict[str, Artist] = {}
    for track in _ranked_tracks(request):
        artists |= {artist.id: artist for artist in track.artists}
    return request.page(
        list(artists.values()),
        lambda artist: catalogue_objects.full_artist(artist, request.state.origin),
    )


def _ranked_tracks(request: ApiRequest) -> list[Track]:
    """At most a hundred liked tracks; each time range has its own order."""
    catalogue = request.state.catalogue
    liked = [catalogue.find_item(uri) for uri, _ in request.user.liked[:100]]
    shift = TIME_RANGES.index(request.choice("time_range", TIME_RANGES, "medium_term"))
    tracks = [track for track in liked if isinstance(track, Track) and track.id]
    return tracks[shift:] + tracks[:shift]


_TOP_PARAMS = ("time_range", "limit", "offset")

ROUTES = (
    Route("GET", "me", get_me),
    Route("GET", "me/top/tracks", get_top_tracks, ("user-top-read",), _TOP_PARAMS),
    Route("GET", "me/top/artists", get_top_artists, ("user-top-read",), _TOP_PARAMS),
)
