"""The Web API's player commands.

Every command needs Premium and a device that accepts commands. The response to a command is a
success with a meaningless body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.spotify import error_responses
from sandbox.spotify.error_responses import ApiError, bad_request
from sandbox.spotify.player_restrictions import repeat_actions, require_allowed
from sandbox.spotify.request import PLAYABLE_KINDS, ApiRequest, Route, validate_uri

from .accounts import uri_kind
from .actions import Repeat
from .devices import Device, find_device
from .player import Player

MAX_URIS = 200
CONTEXT_KINDS = ("album", "artist", "playlist", "show", "audiobook")
REPEAT_MODES: dict[str, Repeat] = {"track": "track", "context": "context", "off": "off"}
OFFSET_CONTEXT_KINDS = ("album", "playlist")


def start_playback(request: ApiRequest) -> None:
    """Resume without a body; else play a context or some URIs."""
    if request.body is None:
        player, device = _command_target(request, activates=True)
        if device is player.device or not player.is_playing:
            require_allowed(player, "resuming")
        player.resume(device)
        return
    body = request.body_fields(context_uri=str, uris=list, offset=dict, position_ms=int)
    context, tracks = _requested_tracks(request, body)
    start = _start_index(body.get("offset"), tracks, context)
    position = body.get("position_ms", 0)
    if position < 0:
        raise bad_request("Invalid position_ms")
    player, device = _command_target(request, activates=True)
    if not tracks:
        raise ApiError(error_responses.NOT_FOUND)
    require_allowed(player, "interrupting_playback")
    playable = [index for index, uri in enumerate(tracks) if request.state.is_playable(uri)]
    first = sum(index < start for index in playable)
    if first >= len(playable):  # no track from there on can be played
        raise ApiError(error_responses.RESTRICTION_VIOLATED)
    uris = () if context else [tracks[index] for index in playable]
    player.play(*uris, context=context, index=first, position=position, device=device)


def _requested_tracks(request: ApiRequest, body: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The requested context, if any, and its tracks or the requested URIs."""
    if ("context_uri" in body) == ("uris" in body):
        raise bad_request("Exactly one of context_uri and uris is required")
    if "context_uri" in body:
        context = _validate_context(body["context_uri"])
        return context, request.state.tracks_of(context)
    uris = [validate_uri(uri, PLAYABLE_KINDS) for uri in body["uris"]]
    if not uris:
        raise bad_request("Missing required field: uris")
    if len(uris) > MAX_URIS:
        raise ApiError(error_responses.TOO_LARGE)
    if any(request.state.catalogue.find_playable(uri) is None for uri in uris):
        raise ApiError(error_responses.NOT_FOUND)
    return None, uris


def _validate_context(uri: object) -> str:
    """The context. Raises ApiError for a URI of another kind, such as a track."""
    try:
        return validate_uri(uri, CONTEXT_KINDS)
    except ApiError:
        raise ApiError(error_responses.UNSUPPORTED_CONTEXT) from None


def _start_index(offset: dict[str, Any] | None, tracks: list[str], context: str | None) -> int:
    """The index of the track to start with."""
    if offset is None:
        return 0
    if context is not None and uri_kind(context) not in OFFSET_CONTEXT_KINDS:
        raise bad_request(f"Can't have offset for context type: {uri_kind(context).upper()}")
    match offset:
        case {"position": int(position)} if len(offset) == 1 and not isinstance(position, bool):
            if not 0 <= position < len(tracks):
                raise bad_request("Invalid offset position")
            return position
        case {"uri": str(uri)} if len(offset) == 1:
            if uri not in tracks:
                raise bad_request("Invalid offset uri")
            return tracks.index(uri)
    raise bad_request("Invalid offset")


def transfer_playback(request: ApiRequest) -> None:
    body = request.body_fields(device_ids=list, play=bool)
    match body.get("device_ids"):
        case [str(id_)]:
            player, device = _command_target(request, activates=True, device_id=id_)
        case _:
            raise bad_request("Exactly one device id is required")
    require_allowed(player, "transferring_playback")
    resumes = bool(body.get("play")) and not player.is_playing and player.item is not None
    if resumes:
        require_allowed(player, "resuming")
    if player.device is not device:
        player.device = device
    if resumes:
        player.resume(device)


def pause_playback(request: ApiRequest) -> None:
    player, _ = _command_target(request)
    require_allowed(player, "pausing")
    player.pause()


def skip_next(request: ApiRequest) -> None:
    player, _ = _command_target(request)
    require_allowed(player, "skipping_next")
    player.next()


def skip_previous(request: ApiRequest) -> None:
    player, _ = _command_target(request)
    require_allowed(player, "skipping_prev")
    player.previous()


def seek_to_position(request: ApiRequest) -> None:
    position = request.integer("position_ms", 0)
    player, _ = _command_target(request)
    require_allowed(player, "seeking")
    player.seek(position)


def set_repeat(request: ApiRequest) -> None:
    mode = REPEAT_MODES[request.choice("state", tuple(REPEAT_MODES))]
    player, _ = _command_target(request)
    require_allowed(player, *repeat_actions(player, mode))
    player.set_repeat(mode)


def set_shuffle(request: ApiRequest) -> None:
    on = request.choice("state", ("true", "false")) == "true"
    player, _ = _command_target(request)
    require_allowed(player, "toggling_shuffle")
    player.set_shuffle(on)


def set_volume(request: ApiRequest) -> None:
    level = request.integer("volume_percent", 0, 100)
    player, device = _command_target(request)
    if not device.supports_volume:
        raise ApiError(error_responses.VOLUME_NOT_SUPPORTED)
    player.set_volume(device, level)


def add_to_queue(request: ApiRequest) -> None:
    uri = validate_uri(request.required("uri"), PLAYABLE_KINDS)
    player, _ = _command_target(request)
    item = request.state.catalogue.find_playable(uri)
    if item is None:
        raise ApiError(error_responses.NOT_FOUND)
    if not item.playable or player.item is None:
        raise ApiError(error_responses.RESTRICTION_VIOLATED)
    player.enqueue(uri)


def _command_target(
    request: ApiRequest, *, activates: bool = False, device_id: str | None = None
) -> tuple[Player, Device]:
    """The player and device of a command. Only some commands activate a device."""
    if not request.user.premium:
        raise ApiError(error_responses.PREMIUM_REQUIRED)
    player = request.user.player
    id_ = device_id if device_id is not None else request.query.get("device_id")
    device = player.device if id_ is None else find_device(player.devices, id_)
    if device is None:
        raise ApiError(
            error_responses.NO_ACTIVE_DEVICE if id_ is None else error_responses.DEVICE_NOT_FOUND
        )
    if device.is_restricted:
        raise ApiError(error_responses.DEVICE_RESTRICTED)
    if player.device is not device and not activates:
        raise ApiError(error_responses.NO_ACTIVE_DEVICE)
    return player, device


def _command(
    method: str,
    path: str,
    command: Callable[[ApiRequest], None],
    *query: str,
    body: bool = False,
) -> Route:
    """A command's endpoint. It records the player before the command, for stale reads."""

    def run(request: ApiRequest) -> None:
        before = request.user.player.clone()
        command(request)
        request.state.stale_state.record(request.user.name, before)

    return Route(method, f"me/player{path}", run, ("user-modify-playback-state",), query, body)


ROUTES = (
    _command("PUT", "", transfer_playback, body=True),
    _command("PUT", "/play", start_playback, "device_id", body=True),
    _command("PUT", "/pause", pause_playback, "device_id"),
    _command("POST", "/next", skip_next, "device_id"),
    _command("POST", "/previous", skip_previous, "device_id"),
    _command("PUT", "/seek", seek_to_position, "position_ms", "device_id"),
    _command("PUT", "/repeat", set_repeat, "state", "device_id"),
    _command("PUT", "/shuffle", set_shuffle, "state", "device_id"),
    _command("PUT", "/volume", set_volume, "volume_percent", "device_id"),
    _command("POST", "/queue", add_to_queue, "uri", "device_id"),
)
