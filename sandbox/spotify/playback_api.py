"""The Web API's player reads: state, devices, queue and recently played."""

from __future__ import annotations

from typing import Any

from sandbox.spotify import catalogue_objects
from sandbox.spotify.error_responses import bad_request
from sandbox.spotify.player_restrictions import disallowed_actions
from sandbox.spotify.request import ApiRequest, Route

from .catalogue import Episode, Track
from .devices import Device
from .player import Player


def get_playback_state(request: ApiRequest) -> object:
    player = _visible_player(request)
    if player.device is None:
        return None
    return {
        "device": _device_object(player, player.device),
        "repeat_state": player.repeat,
        "shuffle_state": player.shuffle,
        **_currently_playing(request, player),
    }


def get_currently_playing(request: ApiRequest) -> object:
    player = _visible_player(request)
    return None if player.device is None else _currently_playing(request, player)


def get_devices(request: ApiRequest) -> object:
    player = request.user.player
    return {"devices": [_device_object(player, device) for device in player.devices]}


def get_queue(request: ApiRequest) -> object:
    player = _visible_player(request)
    if player.device is None:
        return {"currently_playing": None, "queue": []}
    upcoming = [_item_object(request, uri) for uri in player.upcoming()]
    return {
        "currently_playing": None if player.interlude else _item_object(request, player.item),
        "queue": [item for item in upcoming if item],
    }


def get_recently_played(request: ApiRequest) -> object:
    limit = request.limit()
    played = list(reversed(request.user.player.played))
    if "before" in request.query and "after" in request.query:
        raise bad_request("Only one of before and after may be given")
    if "before" in request.query:
        before = request.integer("before", 0)
        played = [track for track in played if track.played_at_ms < before]
    elif "after" in request.query:
        after = request.integer("after", 0)
        played = [track for track in played if track.played_at_ms > after]
    page = played[-limit:] if "after" in request.query else played[:limit]
    cursors = None
    if page:
        cursors = {"after": str(page[0].played_at_ms), "before": str(page[-1].played_at_ms)}
    more = cursors is not None and len(played) > len(page) and "after" not in request.query
    return {
        "href": request.url_with(limit=limit),
        "items": [
            {
                "track": _item_object(request, track.uri),
                "played_at": catalogue_objects.format_time(track.played_at, fraction=True),
                "context": _context_object(request, track.context),
            }
            for track in page
        ],
        "limit": limit,
        "next": request.url_with(limit=limit, before=page[-1].played_at_ms) if more else None,
        "cursors": cursors,
    }


def _visible_player(request: ApiRequest) -> Player:
    """The player, or a stale one as it was before the last command."""
    return request.state.stale_state.next_player(request.user.name, request.user.player)


def _currently_playing(request: ApiRequest, player: Player) -> dict[str, Any]:
    item = request.state.catalogue.find_item(player.item) if player.item else None
    kind = player.interlude or {Track: "track", Episode: "episode"}.get(type(item), "unknown")
    shown = kind == "track" or (kind == "episode" and request.includes_episodes)
    return {
        "timestamp": int(player.changed_at * 1000),
        "context": _context_object(request, player.context),
        "progress_ms": player.progress if item and not player.interlude else None,
        "item": _item_object(request, player.item) if shown else None,
        "currently_playing_type": kind,
        "actions": {"disallows": dict.fromkeys(sorted(disallowed_actions(player)), True)},
        "is_playing": player.is_playing,
    }


def _item_object(request: ApiRequest, uri: str | None) -> dict[str, Any] | None:
    match request.state.catalogue.find_item(uri) if uri else None:
        case Track() as track:
            return catalogue_objects.full_track(track, request.state.origin)
        case Episode() as episode:
            return catalogue_objects.full_episode(episode, request.state.origin)
    return None


def _context_object(request: ApiRequest, uri: str | None) -> dict[str, Any] | None:
    if uri is None:
        return None
    _, kind, id_ = uri.split(":")
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{id_}"},
        "href": f"{request.state.origin}/v1/{kind}s/{id_}",
        "type": kind,
        "uri": uri,
    }


def _device_object(player: Player, device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "is_active": device is player.device,
        "is_private_session": device.is_private_session,
        "is_restricted": device.is_restricted,
        "name": device.name,
        "supports_volume": device.supports_volume,
        "type": device.type,
        "volume_percent": device.volume,
    }


_STATE_SCOPE = ("user-read-playback-state",)
_CURRENTLY_PLAYING_SCOPE = ("user-read-currently-playing",)
_ITEM_PARAMS = ("market", "additional_types")

ROUTES = (
    Route("GET", "me/player", get_playback_state, _STATE_SCOPE, _ITEM_PARAMS),
    Route(
        "GET",
        "me/player/currently-playing",
        get_currently_playing,
        _CURRENTLY_PLAYING_SCOPE,
        _ITEM_PARAMS,
    ),
    Route("GET", "me/player/devices", get_devices, _STATE_SCOPE),
    Route("GET", "me/player/queue", get_queue, _STATE_SCOPE + _CURRENTLY_PLAYING_SCOPE),
    Route(
        "GET",
        "me/player/recently-played",
        get_recently_played,
        ("user-read-recently-played",),
        ("limit", "before", "after"),
    ),
)
