"""The Web API's chapter on the person: who they are and what they listen to most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import faces, shapes
from .asking import Ask, Route
from .catalogue import Artist, Track

RANGES = ("short_term", "medium_term", "long_term")


def me(ask: Ask) -> object:
    return faces.me(ask.caller, ask.world)


def top_tracks(ask: Ask) -> object:
    return _top(ask, _favourites(ask), shapes.track_full)


def top_artists(ask: Ask) -> object:
    artists: dict[str, Artist] = {}
    for track in _favourites(ask):
        artists |= {artist.id: artist for artist in track.artists}
    return _top(ask, list(artists.values()), shapes.artist_full)


def _favourites(ask: Ask) -> list[Track]:
    """What was liked, at most a hundred; each range in an order of its own."""
    catalogue = ask.world.catalogue
    liked = [catalogue.find(uri) for uri, _ in ask.caller.liked[:100]]
    turn = RANGES.index(ask.choice("time_range", RANGES, "medium_term"))
    tracks = [track for track in liked if isinstance(track, Track) and track.id]
    return tracks[turn:] + tracks[:turn]


def _top(ask: Ask, things: list[Any], shown: Callable[[Any, str], object]) -> object:
    def cut(start: int, stop: int) -> list[Any]:
        return [shown(thing, ask.world.origin) for thing in things[start:stop]]

    return ask.page(cut, len(things), ask.limit(), ask.offset())


_TOP = ("time_range", "limit", "offset")

ROUTES = (
    Route("GET", "me", me),
    Route("GET", "me/top/tracks", top_tracks, ("user-top-read",), _TOP),
    Route("GET", "me/top/artists", top_artists, ("user-top-read",), _TOP),
)
