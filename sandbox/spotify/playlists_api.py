"""The Web API's chapter on playlists."""

from __future__ import annotations

from typing import Any

from sandbox.spotify import error_responses, user_objects
from sandbox.spotify.error_responses import ApiError, bad_request
from sandbox.spotify.request import (
    PLAYABLE_KINDS,
    ApiRequest,
    ApiResponse,
    Route,
    json_response,
    require_found,
    validate_uri,
)

from .playlists import Playlist, PlaylistItem

MAX_ITEMS_PER_REQUEST = 100  # the most items that one call adds, removes or puts
OUT_OF_BOUNDS = "Index out of bounds."


def get_my_playlists(request: ApiRequest) -> object:
    """One's own and those one follows; a missing scope leaves some out without a word."""
    shown = [one for one in request.user.playlists if one is None or _is_visible(request, one)]

    def cut(start: int, stop: int) -> list[Any]:
        return [
            one and user_objects.simplified_playlist(one, request.state)
            for one in shown[start:stop]
        ]

    return request.page(cut, len(shown), request.limit(), request.offset())


def _is_visible(request: ApiRequest, playlist: Playlist) -> bool:
    if playlist.collaborative:
        return "playlist-read-collaborative" in request.scopes
    return playlist.public or "playlist-read-private" in request.scopes


def create_playlist(request: ApiRequest) -> ApiResponse:
    wish = request.body_fields(name=str, public=bool, collaborative=bool, description=str)
    if not wish.get("name", "").strip():
        raise bad_request("Missing required field: name")
    public, collaborative = wish.get("public", True), wish.get("collaborative", False)
    _check_visibility(request, public, collaborative)
    playlist = request.state.add_playlist(
        wish["name"],
        request.user.name,
        public=public,
        collaborators=set() if collaborative else None,
        description=wish.get("description", ""),
    )
    return json_response(201, _playlist_object(request, playlist))


def get_playlist(request: ApiRequest) -> object:
    return _playlist_object(request, _find_playlist(request))


def change_details(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request, owner_only=True)
    wish = request.body_fields(name=str, public=bool, collaborative=bool, description=str)
    if not wish or not wish.get("name", "x").strip():
        raise bad_request("Missing required field: name")
    public = wish.get("public", playlist.public)
    collaborative = wish.get("collaborative", playlist.collaborative)
    _check_visibility(request, public, collaborative)
    playlist.public, playlist.collaborative = public, collaborative
    playlist.name = wish.get("name", playlist.name)
    playlist.description = wish.get("description", playlist.description)
    playlist.new_snapshot()
    return ApiResponse(200)


def get_items(request: ApiRequest) -> object:
    playlist = _readable_playlist(request)
    episodes = request.includes_episodes

    def cut(start: int, stop: int) -> list[Any]:
        entries = playlist.items[start:stop]
        return [
            user_objects.playlist_item(entry, request.state, episodes=episodes) for entry in entries
        ]

    total = len(playlist.items) + playlist.total_surplus
    return request.page(cut, total, request.limit(), request.offset())


def add_items(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request)
    wish = request.body_fields(uris=list, position=int)
    entries = _new_items(request, wish.get("uris"))
    position = wish.get("position")
    if position is not None and not 0 <= position <= len(playlist.items):
        raise bad_request(OUT_OF_BOUNDS)
    playlist.insert(entries, position)
    return _snapshot_response(playlist, 201)


def remove_items(request: ApiRequest) -> ApiResponse:
    """Every copy of each URI goes. A `positions` beside it is ignored, as at Spotify."""
    playlist = _editable_playlist(request)
    wish = request.body_fields(items=list, snapshot_id=str)
    _check_snapshot(playlist, wish)
    wanted = wish.get("items", [])
    if not all(isinstance(one, dict) and "uri" in one for one in wanted):
        raise bad_request("Invalid items")
    _check_count(wanted)
    playlist.remove({_playlist_uri(one["uri"]) for one in wanted})
    return _snapshot_response(playlist)


def update_items(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request)
    wish = request.body_fields(
        uris=list, range_start=int, insert_before=int, range_length=int, snapshot_id=str
    )
    _check_snapshot(playlist, wish)
    if "uris" in wish:
        if len(wish) > 1:
            raise bad_request("Either uris, or a range to reorder")
        entries = _new_items(request, wish["uris"], may_be_empty=True)
        playlist.items.clear()
        playlist.insert(entries)
        return _snapshot_response(playlist)
    if not {"range_start", "insert_before"} <= wish.keys():
        raise bad_request("Missing required field: range_start, insert_before")
    start, before, length = wish["range_start"], wish["insert_before"], wish.get("range_length", 1)
    count = len(playlist.items)
    if length < 1 or not 0 <= start <= count - length or not 0 <= before <= count:
        raise bad_request(OUT_OF_BOUNDS)
    playlist.move(start, length, before)
    return _snapshot_response(playlist)


def _playlist_object(request: ApiRequest, playlist: Playlist) -> dict[str, Any]:
    reader = request.account.name if request.account else ""
    return user_objects.full_playlist(
        playlist, request.state, reader, episodes=request.includes_episodes
    )


def _find_playlist(request: ApiRequest) -> Playlist:
    """The playlist of the address. Spotify's own and other people's private ones are not found."""
    playlist = require_found(request.state.playlists.get(request.id()))
    reader = request.account.name if request.account else ""
    hidden = not playlist.public and not playlist.is_open_to(reader)
    if hidden or playlist.owner not in request.state.accounts:
        raise ApiError(error_responses.NOT_FOUND)
    return playlist


def _readable_playlist(request: ApiRequest) -> Playlist:
    """The playlist of the address, if it is the caller's to read."""
    playlist = _find_playlist(request)
    if not playlist.is_open_to(request.user.name):
        raise ApiError(error_responses.FORBIDDEN)
    if playlist.collaborative:
        request.require_scopes("playlist-read-collaborative")
    elif not playlist.public:
        request.require_scopes("playlist-read-private")
    return playlist


def _editable_playlist(request: ApiRequest, *, owner_only: bool = False) -> Playlist:
    playlist = _find_playlist(request)
    request.require_scopes(
        "playlist-modify-public" if playlist.public else "playlist-modify-private"
    )
    if not playlist.is_open_to(request.user.name):
        raise ApiError(error_responses.FORBIDDEN)
    if owner_only and playlist.owner != request.user.name:
        raise ApiError(error_responses.FORBIDDEN)
    return playlist


def _check_visibility(request: ApiRequest, public: bool, collaborative: bool) -> None:
    if public and collaborative:
        raise bad_request("Collaborative playlists can only be private.")
    request.require_scopes("playlist-modify-public" if public else "playlist-modify-private")
    if collaborative:
        request.require_scopes("playlist-modify-public", "playlist-modify-private")


def _check_snapshot(playlist: Playlist, body: dict[str, Any]) -> None:
    if body.get("snapshot_id", playlist.snapshot_id) not in playlist.snapshot_ids:
        raise bad_request("Invalid snapshot id")


def _check_count(things: list[Any], *, may_be_empty: bool = False) -> None:
    if not things and not may_be_empty:
        raise bad_request("No uris provided")
    if len(things) > MAX_ITEMS_PER_REQUEST:
        raise bad_request(f"You can add a maximum of {MAX_ITEMS_PER_REQUEST} tracks per request.")


def _new_items(
    request: ApiRequest, uris: object, *, may_be_empty: bool = False
) -> list[PlaylistItem]:
    """What these URIs become in a playlist. Files on one's own computer cannot be added."""
    if not isinstance(uris, list):
        raise bad_request("No uris provided")
    _check_count(uris, may_be_empty=may_be_empty)
    for uri in uris:
        if request.state.catalogue.find_item(validate_uri(uri, PLAYABLE_KINDS)) is None:
            raise bad_request("Payload contains a non-existing ID")
    now = request.state.clock()
    return [PlaylistItem(uri, now, request.user.name) for uri in uris]


def _playlist_uri(uri: object) -> str:
    """Of a track, an episode or a file of one's own: all that a playlist can hold."""
    if isinstance(uri, str) and uri.startswith("spotify:local:"):
        return uri
    return validate_uri(uri, PLAYABLE_KINDS)


def _snapshot_response(playlist: Playlist, status: int = 200) -> ApiResponse:
    return json_response(status, {"snapshot_id": playlist.snapshot_id})


_ITEMS_PATH = "playlists/{id}/items"
_ITEM_PARAMS = ("market", "additional_types")

ROUTES = (
    Route("GET", "me/playlists", get_my_playlists, query=("limit", "offset")),
    Route("POST", "me/playlists", create_playlist, body=True),
    Route("GET", "playlists/{id}", get_playlist, query=_ITEM_PARAMS, user=False),
    Route("PUT", "playlists/{id}", change_details, body=True),
    Route("GET", _ITEMS_PATH, get_items, query=(*_ITEM_PARAMS, "limit", "offset")),
    Route("POST", _ITEMS_PATH, add_items, body=True),
    Route("DELETE", _ITEMS_PATH, remove_items, body=True),
    Route("PUT", _ITEMS_PATH, update_items, body=True),
)
