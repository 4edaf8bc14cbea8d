"""The Web API's chapter on the library: what a person saved, liked and follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import refusals, shapes
from .accounts import Account, kind_of
from .asking import Ask, Reply, Route
from .refusals import Refused, bad_request

SAVABLE = ("track", "album", "show", "episode", "audiobook", "playlist", "artist", "user")
DONE = Reply(200)

# Kind of URI → the scope for looking, and the scopes of which one is needed for changing
_LOOK = {"artist": "user-follow-read", "user": "user-follow-read",
         "playlist": "playlist-read-private"}  # fmt: skip
_CHANGE = {"artist": "user-follow-modify", "user": "user-follow-modify",
           "playlist": "playlist-modify-public"}  # fmt: skip


def save(ask: Ask) -> Reply:
    uris = _uris_to_change(ask)
    for uri in uris:
        _must_exist(ask, uri)
    kept = [uri for uri in uris if kind_of(uri) != "playlist"]
    if kept:
        ask.caller.keep(*kept)
    for uri in set(uris).difference(kept):
        _follow(ask, uri)
    return DONE


def remove(ask: Ask) -> Reply:
    uris = _uris_to_change(ask)
    dropped = [uri for uri in uris if kind_of(uri) != "playlist"]
    if dropped:
        ask.caller.drop(*dropped)
    gone = set(uris).difference(dropped)
    mine = ask.caller.playlists
    mine[:] = [one for one in mine if one is None or one.uri not in gone]
    return DONE


def contains(ask: Ask) -> list[bool]:
    uris = ask.uris(SAVABLE)
    ask.need(*{_LOOK.get(kind_of(uri), "user-library-read") for uri in uris})
    held: set[str] = set()
    for kind in {kind_of(uri) for uri in uris}:
        held |= _held(ask.caller, kind)
    return [uri in held for uri in uris]


def _uris_to_change(ask: Ask) -> list[str]:
    uris = ask.uris(SAVABLE)
    ask.need(*{_CHANGE.get(kind_of(uri), "user-library-modify") for uri in uris})
    return uris


def _held(account: Account, kind: str) -> set[str]:
    if kind == "playlist":
        return {playlist.uri for playlist in account.playlists if playlist}
    return account.holds(kind)


def _follow(ask: Ask, uri: str) -> None:
    playlist = ask.world.playlists[uri.removeprefix("spotify:playlist:")]
    if playlist not in ask.caller.playlists:
        ask.caller.playlists.insert(0, playlist)


def _must_exist(ask: Ask, uri: str) -> None:
    world, id_ = ask.world, uri.rsplit(":", 1)[1]
    match kind_of(uri):
        case "playlist":
            known = id_ in world.playlists and world.playlists[id_].owner in world.accounts
        case "user":
            known = id_ in {account.id for account in world.accounts.values()}
        case _:
            known = world.catalogue.find(uri) is not None
    if not known:
        raise Refused(refusals.NOT_FOUND)


# ---- the shelves, page by page


def _shelf(kind: str, shown: Callable[[Any, str], object]) -> Callable[[Ask], object]:
    """A handler for the saved things of one kind; what exists no more is null."""

    def page(ask: Ask) -> object:
        shelf, find, origin = ask.caller.shelf(kind), ask.world.catalogue.find, ask.world.origin
        total = len(shelf) + (ask.caller.overstated if kind == "track" else 0)

        def cut(start: int, stop: int) -> list[Any]:
            return [
                {
                    "added_at": added_at and shapes.time(added_at),
                    kind: (thing := find(uri)) and shown(thing, origin),
                }
                for uri, added_at in shelf[start:stop]
            ]

        return ask.page(cut, total, ask.limit(), ask.offset())

    return page


def following(ask: Ask) -> object:
    """Followed artists, by cursor: after the artist with that id."""
    ask.choice("type", ("artist",))
    limit, uris = ask.limit(), [uri for uri, _ in ask.caller.artists]
    start = 0
    if "after" in ask.query:
        after = f"spotify:artist:{ask.query['after']}"
        if after not in uris:
            raise bad_request("Invalid after")
        start = uris.index(after) + 1
    page = uris[start : start + limit]
    more = start + limit < len(uris)
    cursor = page[-1].rsplit(":", 1)[1] if more else None
    artists = [ask.world.catalogue.artists.get(uri.rsplit(":", 1)[1]) for uri in page]
    return {
        "artists": {
            "href": ask.link(limit=limit),
            "items": [one and shapes.artist_full(one, ask.world.origin) for one in artists],
            "limit": limit,
            "next": ask.link(limit=limit, after=cursor) if more else None,
            "cursors": {"after": cursor},
            "total": len(uris),
        }
    }


_PAGED = ("limit", "offset")
_READ = ("user-library-read",)
_MARKET = ("market",)

ROUTES = (
    Route("GET", "me/tracks", _shelf("track", shapes.track_full), _READ, _PAGED + _MARKET),
    Route("GET", "me/albums", _shelf("album", shapes.album_whole), _READ, _PAGED + _MARKET),
    Route("GET", "me/shows", _shelf("show", shapes.show_short), _READ, _PAGED),
    Route("GET", "me/episodes", _shelf("episode", shapes.episode_full), _READ, _PAGED + _MARKET),
    Route("GET", "me/audiobooks", _shelf("audiobook", shapes.audiobook_whole), _READ, _PAGED),
    Route("GET", "me/following", following, ("user-follow-read",), ("type", "after", "limit")),
    Route("PUT", "me/library", save, query=("uris",)),
    Route("DELETE", "me/library", remove, query=("uris",)),
    Route("GET", "me/library/contains", contains, query=("uris",)),
)
