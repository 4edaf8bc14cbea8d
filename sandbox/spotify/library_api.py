"""The Web API's chapter on the library: what a person saved, liked and follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.spotify import catalogue_objects, error_responses
from sandbox.spotify.error_responses import ApiError, bad_request
from sandbox.spotify.request import ApiRequest, ApiResponse, Route

from .accounts import Account, uri_kind

SAVABLE_KINDS = ("track", "album", "show", "episode", "audiobook", "playlist", "artist", "user")
SUCCESS = ApiResponse(200)

# Kind of URI → the scope for looking, and the scopes of which one is needed for changing
_READ_SCOPES = {"artist": "user-follow-read", "user": "user-follow-read",
         "playlist": "playlist-read-private"}  # fmt: skip
_WRITE_SCOPES = {"artist": "user-follow-modify", "user": "user-follow-modify",
           "playlist": "playlist-modify-public"}  # fmt: skip


def save_items(request: ApiRequest) -> ApiResponse:
    uris = _writable_uris(request)
    for uri in uris:
        _require_exists(request, uri)
    kept = [uri for uri in uris if uri_kind(uri) != "playlist"]
    if kept:
        request.user.save(*kept)
    for uri in set(uris).difference(kept):
        _follow(request, uri)
    return SUCCESS


def remove_items(request: ApiRequest) -> ApiResponse:
    uris = _writable_uris(request)
    dropped = [uri for uri in uris if uri_kind(uri) != "playlist"]
    if dropped:
        request.user.remove(*dropped)
    gone = set(uris).difference(dropped)
    mine = request.user.playlists
    mine[:] = [one for one in mine if one is None or one.uri not in gone]
    return SUCCESS


def check_saved(request: ApiRequest) -> list[bool]:
    uris = request.uris(SAVABLE_KINDS)
    request.require_scopes(*{_READ_SCOPES.get(uri_kind(uri), "user-library-read") for uri in uris})
    held: set[str] = set()
    for kind in {uri_kind(uri) for uri in uris}:
        held |= _saved_uris(request.user, kind)
    return [uri in held for uri in uris]


def _writable_uris(request: ApiRequest) -> list[str]:
    uris = request.uris(SAVABLE_KINDS)
    request.require_scopes(
        *{_WRITE_SCOPES.get(uri_kind(uri), "user-library-modify") for uri in uris}
    )
    return uris


def _saved_uris(account: Account, kind: str) -> set[str]:
    if kind == "playlist":
        return {playlist.uri for playlist in account.playlists if playlist}
    return account.saved_uris(kind)


def _follow(request: ApiRequest, uri: str) -> None:
    playlist = request.state.playlists[uri.removeprefix("spotify:playlist:")]
    if playlist not in request.user.playlists:
        request.user.playlists.insert(0, playlist)


def _require_exists(request: ApiRequest, uri: str) -> None:
    world, id_ = request.state, uri.rsplit(":", 1)[1]
    match uri_kind(uri):
        case "playlist":
            known = id_ in world.playlists and world.playlists[id_].owner in world.accounts
        case "user":
            known = id_ in {account.id for account in world.accounts.values()}
        case _:
            known = world.catalogue.find_item(uri) is not None
    if not known:
        raise ApiError(error_responses.NOT_FOUND)


# ---- the shelves, page by page


def _saved_items_handler(
    kind: str, shown: Callable[[Any, str], object]
) -> Callable[[ApiRequest], object]:
    """A handler for the saved things of one kind; what exists no more is null."""

    def page(ask: ApiRequest) -> object:
        shelf, find, origin = (
            ask.user.saved_items(kind),
            ask.state.catalogue.find_item,
            ask.state.origin,
        )
        total = len(shelf) + (ask.user.total_surplus if kind == "track" else 0)

        def cut(start: int, stop: int) -> list[Any]:
            return [
                {
                    "added_at": added_at and catalogue_objects.format_time(added_at),
                    kind: (thing := find(uri)) and shown(thing, origin),
                }
                for uri, added_at in shelf[start:stop]
            ]

        return ask.page(cut, total, ask.limit(), ask.offset())

    return page


def followed_artists(request: ApiRequest) -> object:
    """Followed artists, by cursor: after the artist with that id."""
    request.choice("type", ("artist",))
    limit, uris = request.limit(), [uri for uri, _ in request.user.artists]
    start = 0
    if "after" in request.query:
        after = f"spotify:artist:{request.query['after']}"
        if after not in uris:
            raise bad_request("Invalid after")
        start = uris.index(after) + 1
    page = uris[start : start + limit]
    more = start + limit < len(uris)
    cursor = page[-1].rsplit(":", 1)[1] if more else None
    artists = [request.state.catalogue.artists.get(uri.rsplit(":", 1)[1]) for uri in page]
    return {
        "artists": {
            "href": request.url_with(limit=limit),
            "items": [
                one and catalogue_objects.full_artist(one, request.state.origin) for one in artists
            ],
            "limit": limit,
            "next": request.url_with(limit=limit, after=cursor) if more else None,
            "cursors": {"after": cursor},
            "total": len(uris),
        }
    }


_PAGE_PARAMS = ("limit", "offset")
_LIBRARY_READ = ("user-library-read",)
_MARKET_PARAM = ("market",)

ROUTES = (
    Route(
        "GET",
        "me/tracks",
        _saved_items_handler("track", catalogue_objects.full_track),
        _LIBRARY_READ,
        _PAGE_PARAMS + _MARKET_PARAM,
    ),
    Route(
        "GET",
        "me/albums",
        _saved_items_handler("album", catalogue_objects.full_album),
        _LIBRARY_READ,
        _PAGE_PARAMS + _MARKET_PARAM,
    ),
    Route(
        "GET",
        "me/shows",
        _saved_items_handler("show", catalogue_objects.simplified_show),
        _LIBRARY_READ,
        _PAGE_PARAMS,
    ),
    Route(
        "GET",
        "me/episodes",
        _saved_items_handler("episode", catalogue_objects.full_episode),
        _LIBRARY_READ,
        _PAGE_PARAMS + _MARKET_PARAM,
    ),
    Route(
        "GET",
        "me/audiobooks",
        _saved_items_handler("audiobook", catalogue_objects.full_audiobook),
        _LIBRARY_READ,
        _PAGE_PARAMS,
    ),
    Route(
        "GET", "me/following", followed_artists, ("user-follow-read",), ("type", "after", "limit")
    ),
    Route("PUT", "me/library", save_items, query=("uris",)),
    Route("DELETE", "me/library", remove_items, query=("uris",)),
    Route("GET", "me/library/contains", check_saved, query=("uris",)),
)
