"""The Web API's playlist endpoints."""

from __future__ import annotations

import unicodedata
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

MAX_ITEMS_PER_REQUEST = 100
# Reports name about 11,000. Spotify's documentation of 2023 says that it answers 403 beyond its
# limit, as it does without the permission to edit.
MAX_PLAYLIST_ITEMS = 11_000
MAX_NAME, MAX_DESCRIPTION = 100, 300
OUT_OF_BOUNDS = "Index out of bounds."


def get_my_playlists(request: ApiRequest) -> object:
    """Own and followed playlists. Those that need a scope the token lacks are left out."""
    return request.page(
        [p for p in request.user.playlists if p is None or _is_visible(request, p)],
        lambda playlist: playlist and user_objects.simplified_playlist(playlist, request.state),
    )


def _is_visible(request: ApiRequest, playlist: Playlist) -> bool:
    if playlist.collaborative:
        return "playlist-read-collaborative" in request.scopes
    return playlist.public or "playlist-read-private" in request.scopes


def create_playlist(request: ApiRequest) -> ApiResponse:
    body = _details(request)
    if not body.get("name", "").strip():
        raise bad_request("Missing required field: name")
    public, collaborative = body.get("public", True), body.get("collaborative", False)
    _check_visibility(request, public, collaborative)
    playlist = request.state.add_playlist(
        body["name"],
        request.user.name,
        public=public,
        collaborators=set() if collaborative else None,
        description=body.get("description", ""),
    )
    return json_response(201, _playlist_object(request, playlist))


def get_playlist(request: ApiRequest) -> object:
    return _playlist_object(request, _find_playlist(request))


def change_details(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request, owner_only=True)
    body = _details(request)
    if not body or not body.get("name", "x").strip():
        raise bad_request("Missing required field: name")
    public = body.get("public", playlist.public)
    collaborative = body.get("collaborative", playlist.collaborative)
    _check_visibility(request, public, collaborative)
    playlist.public, playlist.collaborative = public, collaborative
    playlist.name = body.get("name", playlist.name)
    playlist.description = body.get("description", playlist.description)
    playlist.new_snapshot()
    return ApiResponse(200)


def _details(request: ApiRequest) -> dict[str, Any]:
    """The details in the body. Spotify documents no limits; these are those of its apps."""
    body = request.body_fields(name=str, public=bool, collaborative=bool, description=str)
    for field, limit in (("name", MAX_NAME), ("description", MAX_DESCRIPTION)):
        text = body.get(field, "")
        if len(text) > limit or any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text):
            raise bad_request(f"Invalid playlist {field}")
    return body


def get_items(request: ApiRequest) -> object:
    playlist, episodes = _readable_playlist(request), request.includes_episodes
    return request.page(
        playlist.items,
        lambda item: user_objects.playlist_item(item, request.state, episodes=episodes),
        surplus=playlist.total_surplus,
    )


def add_items(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request)
    body = request.body_fields(uris=list, position=int)
    items = _new_items(request, body.get("uris"))
    position = body.get("position")
    if position is not None and not 0 <= position <= len(playlist.items):
        raise bad_request(OUT_OF_BOUNDS)
    if len(playlist.items) + len(items) > MAX_PLAYLIST_ITEMS:
        raise ApiError(error_responses.FORBIDDEN)
    playlist.insert(items, position)
    return _snapshot_response(playlist, 201)


def remove_items(request: ApiRequest) -> ApiResponse:
    """Removes every copy of each URI. Ignores `positions`, as Spotify does."""
    playlist = _editable_playlist(request)
    body = request.body_fields(items=list, snapshot_id=str)
    _check_snapshot(playlist, body)
    items = body.get("items", [])
    if not all(isinstance(item, dict) and "uri" in item for item in items):
        raise bad_request("Invalid items")
    _check_count(items)
    playlist.remove({_playlist_uri(item["uri"]) for item in items})
    return _snapshot_response(playlist)


def update_items(request: ApiRequest) -> ApiResponse:
    playlist = _editable_playlist(request)
    body = request.body_fields(
        uris=list, range_start=int, insert_before=int, range_length=int, snapshot_id=str
    )
    _check_snapshot(playlist, body)
    if "uris" in body:
        if len(body) > 1:
            raise bad_request("Either uris, or a range to reorder")
        items = _new_items(request, body["uris"], may_be_empty=True)
        playlist.items.clear()
        playlist.insert(items)
        return _snapshot_response(playlist)
    if not {"range_start", "insert_before"} <= body.keys():
        raise bad_request("Missing required field: range_start, insert_before")
    start, before, length = body["range_start"], body["insert_before"], body.get("range_length", 1)
    snapshot_id = body.get("snapshot_id", playlist.snapshot_id)
    count = len(playlist.items_at(snapshot_id))
    if length < 1 or not 0 <= start <= count - length or not 0 <= before <= count:
        raise bad_request(OUT_OF_BOUNDS)
    playlist.move(start, length, before, snapshot_id)
    return _snapshot_response(playlist)


def _playlist_object(request: ApiRequest, playlist: Playlist) -> dict[str, Any]:
    reader = request.account.name if request.account else ""
    return user_objects.full_playlist(
        playlist, request.state, reader, episodes=request.includes_episodes
    )


def _find_playlist(request: ApiRequest) -> Playlist:
    """The playlist in the path. Spotify's own and other users' private playlists are a 404."""
    playlist = require_found(request.state.playlists.get(request.id()))
    reader = request.account.name if request.account else ""
    hidden = not playlist.public and not playlist.is_open_to(reader)
    if hidden or playlist.owner not in request.state.accounts:
        raise ApiError(error_responses.NOT_FOUND)
    return playlist


def _readable_playlist(request: ApiRequest) -> Playlist:
    """The playlist in the path, if the caller may read its items."""
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


def _check_count(items: list[Any], *, may_be_empty: bool = False) -> None:
    if not items and not may_be_empty:
        raise bad_request("No uris provided")
    if len(items) > MAX_ITEMS_PER_REQUEST:
        raise bad_request(f"You can add a maximum of {MAX_ITEMS_PER_REQUEST} tracks per request.")


def _new_items(
    request: ApiRequest, uris: object, *, may_be_empty: bool = False
) -> list[PlaylistItem]:
    """Playlist items for these URIs. Local files cannot be added."""
    if not isinstance(uris, list):
        raise bad_request("No uris provided")
    _check_count(uris, may_be_empty=may_be_empty)
    for uri in uris:
        if request.state.catalogue.find_item(validate_uri(uri, PLAYABLE_KINDS)) is None:
            raise bad_request("Payload contains a non-existing ID")
    now = request.state.clock()
    return [PlaylistItem(uri, now, request.user.name) for uri in uris]


def _playlist_uri(uri: object) -> str:
    """The URI of something that a playlist can contain: a track, an episode or a local file."""
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
