"""The Web API's library endpoints: saved, liked and followed items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.spotify import catalogue_objects, error_responses
from sandbox.spotify.error_responses import ApiError, bad_request
from sandbox.spotify.request import ApiRequest, ApiResponse, Route

from .accounts import Account, SavedItem, uri_kind

Show = Callable[[Any, str], object]  # (item, origin of the API) → object
SAVABLE_KINDS = ("track", "album", "show", "episode", "audiobook", "playlist", "artist", "user")
SUCCESS = ApiResponse(200)

# Kind of URI → the scope to read and the scope to write; the default is user-library-*
_READ_SCOPES = {
    "artist": "user-follow-read",
    "user": "user-follow-read",
    "playlist": "playlist-read-private",
}
_WRITE_SCOPES = {
    "artist": "user-follow-modify",
    "user": "user-follow-modify",
    "playlist": "playlist-modify-public",
}


def save_items(request: ApiRequest) -> ApiResponse:
    uris = _writable_uris(request)
    for uri in uris:
        _require_exists(request, uri)
    items = [uri for uri in uris if uri_kind(uri) != "playlist"]
    if items:
        request.user.save(*items)
    for uri in set(uris).difference(items):
        _follow(request, uri)
    return SUCCESS


def remove_items(request: ApiRequest) -> ApiResponse:
    uris = _writable_uris(request)
    items = [uri for uri in uris if uri_kind(uri) != "playlist"]
    if items:
        request.user.remove(*items)
    unfollowed = set(uris).difference(items)
    playlists = request.user.playlists
    playlists[:] = [p for p in playlists if p is None or p.uri not in unfollowed]
    return SUCCESS


def check_saved(request: ApiRequest) -> list[bool]:
    uris = request.uris(SAVABLE_KINDS)
    request.require_scopes(*{_READ_SCOPES.get(uri_kind(uri), "user-library-read") for uri in uris})
    saved: set[str] = set()
    for kind in {uri_kind(uri) for uri in uris}:
        saved |= _saved_uris(request.user, kind)
    return [uri in saved for uri in uris]


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
    state, id_ = request.state, uri.rsplit(":", 1)[1]
    match uri_kind(uri):
        case "playlist":
            known = id_ in state.playlists and state.playlists[id_].owner in state.accounts
        case "user":
            known = id_ in {account.id for account in state.accounts.values()}
        case _:
            known = state.catalogue.find_item(uri) is not None
    if not known:
        raise ApiError(error_responses.NOT_FOUND)


def followed_artists(request: ApiRequest) -> object:
    """Followed artists; the cursor `after` is an artist's id."""
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
                artist and catalogue_objects.full_artist(artist, request.state.origin)
                for artist in artists
            ],
            "limit": limit,
            "next": request.url_with(limit=limit, after=cursor) if more else None,
            "cursors": {"after": cursor},
            "total": len(uris),
        }
    }


def _saved_items(path: str, kind: str, show: Show, *query: str) -> Route:
    """The saved items of one kind, page by page; an item that no longer exists is null."""

    def get_saved_items(request: ApiRequest) -> object:
        def show_saved(saved: SavedItem) -> object:
            uri, added_at = saved
            item = request.state.catalogue.find_item(uri)
            return {
                "added_at": added_at and catalogue_objects.format_time(added_at),
                kind: item and show(item, request.state.origin),
            }

        surplus = request.user.total_surplus if kind == "track" else 0
        return request.page(request.user.saved_items(kind), show_saved, surplus=surplus)

    return Route("GET", path, get_saved_items, ("user-library-read",), (*query, "limit", "offset"))


ROUTES = (
    _saved_items("me/tracks", "track", catalogue_objects.full_track, "market"),
    _saved_items("me/albums", "album", catalogue_objects.full_album, "market"),
    _saved_items("me/shows", "show", catalogue_objects.simplified_show),
    _saved_items("me/episodes", "episode", catalogue_objects.full_episode, "market"),
    _saved_items("me/audiobooks", "audiobook", catalogue_objects.full_audiobook),
    Route(
        "GET", "me/following", followed_artists, ("user-follow-read",), ("type", "after", "limit")
    ),
    Route("PUT", "me/library", save_items, query=("uris",)),
    Route("DELETE", "me/library", remove_items, query=("uris",)),
    Route("GET", "me/library/contains", check_saved, query=("uris",)),
)
