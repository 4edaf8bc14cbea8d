"""The Web API's chapter on the player, as far as it is commanded.

Every command needs Premium and a device that listens. None says what became of it: the answer
is a success with a body that means nothing.
"""

from __future__ import annotations

from typing import Any

from . import refusals
from .asking import AUDIBLE, Ask, Route, spotify_uri
from .devices import Device, find
from .player import Player
from .refusals import Refused, bad_request

MOST_URIS = 200
CONTEXTS = ("album", "artist", "playlist", "show", "audiobook")


def play(ask: Ask) -> None:
    """Without a body: go on. With one: a context or some URIs."""
    if ask.body is None:
        player, device = _command(ask, wakes=True)
        if player.item is None or (player.is_playing and device is player.device):
            raise Refused(refusals.RESTRICTION_VIOLATED)
        player.resume(device)
        return
    wish = ask.fields(context_uri=str, uris=list, offset=dict, position_ms=int)
    context, uris = _what(ask, wish)
    tracks = uris or ask.world.tracks_of(context or "")
    at = _offset(wish.get("offset"), tracks, context)
    position = wish.get("position_ms", 0)
    if position < 0:
        raise bad_request("Invalid position_ms")
    player, device = _command(ask, wakes=True)
    if not tracks:
        raise Refused(refusals.NOT_FOUND)
    player.start(*uris, context=context, at=at, position=position, device=device)


def _what(ask: Ask, wish: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The context or the URIs wished for; exactly one of them."""
    if ("context_uri" in wish) == ("uris" in wish):
        raise bad_request("Exactly one of context_uri and uris is required")
    if "context_uri" in wish:
        return spotify_uri(wish["context_uri"], CONTEXTS), []
    uris = [spotify_uri(uri, AUDIBLE) for uri in wish["uris"]]
    if not uris:
        raise bad_request("Missing required field: uris")
    if len(uris) > MOST_URIS:
        raise Refused(refusals.TOO_LARGE)
    heard = [ask.world.catalogue.hear(uri) for uri in uris]
    if None in heard:
        raise Refused(refusals.NOT_FOUND)
    playable = [thing.uri for thing in heard if thing is not None and thing.playable]
    if not playable:
        raise Refused(refusals.RESTRICTION_VIOLATED)
    return None, playable


def _offset(offset: dict[str, Any] | None, tracks: list[str], context: str | None) -> int:
    """Which of the tracks comes first."""
    if offset is None:
        return 0
    if context is not None and context.startswith("spotify:artist:"):
        raise bad_request("Can't have offset for context type: ARTIST")
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


def transfer(ask: Ask) -> None:
    wish = ask.fields(device_ids=list, play=bool)
    match wish.get("device_ids"):
        case [str(id_)]:
            player, device = _command(ask, wakes=True, device_id=id_)
        case _:
            raise bad_request("Exactly one device id is required")
    if player.device is not device:
        player.device = device
    if wish.get("play") and not player.is_playing and player.item is not None:
        player.resume(device)


def pause(ask: Ask) -> None:
    player, _ = _command(ask)
    _allowed(player, "pausing")
    player.pause()


def skip_next(ask: Ask) -> None:
    player, _ = _command(ask)
    _allowed(player, "skipping_next")
    player.next()


def skip_previous(ask: Ask) -> None:
    player, _ = _command(ask)
    _allowed(player, "skipping_prev")
    player.previous()


def seek(ask: Ask) -> None:
    position = ask.number("position_ms", 0)
    player, _ = _command(ask)
    _allowed(player, "seeking")
    player.seek(position)


def repeat(ask: Ask) -> None:
    mode = ask.choice("state", ("track", "context", "off"))
    player, _ = _command(ask)
    player.set_repeat("track" if mode == "track" else "context" if mode == "context" else "off")


def shuffle(ask: Ask) -> None:
    on = ask.choice("state", ("true", "false")) == "true"
    player, _ = _command(ask)
    player.set_shuffle(on)


def volume(ask: Ask) -> None:
    level = ask.number("volume_percent", 0, 100)
    player, device = _command(ask)
    if not device.supports_volume:
        raise Refused(refusals.NO_VOLUME)
    player.set_volume(device, level)


def add_to_queue(ask: Ask) -> None:
    uri = spotify_uri(ask.wanted("uri"), AUDIBLE)
    player, _ = _command(ask)
    heard = ask.world.catalogue.hear(uri)
    if heard is None:
        raise Refused(refusals.NOT_FOUND)
    if not heard.playable or player.item is None:
        raise Refused(refusals.RESTRICTION_VIOLATED)
    player.enqueue(uri)


def _command(
    ask: Ask, *, wakes: bool = False, device_id: str | None = None
) -> tuple[Player, Device]:
    """Whom a command is for. Only some commands wake a device that is not active."""
    if not ask.caller.premium:
        raise Refused(refusals.PREMIUM_REQUIRED)
    player = ask.caller.player
    id_ = device_id if device_id is not None else ask.query.get("device_id")
    device = player.device if id_ is None else find(player.devices, id_)
    if device is None:
        raise Refused(refusals.NO_ACTIVE_DEVICE if id_ is None else refusals.DEVICE_NOT_FOUND)
    if device.is_restricted:
        raise Refused(refusals.DEVICE_RESTRICTED)
    if player.device is not device and not wakes:
        raise Refused(refusals.NO_ACTIVE_DEVICE)
    return player, device


def _allowed(player: Player, action: str) -> None:
    if player.disallows().get(action):
        raise Refused(refusals.RESTRICTION_VIOLATED)


_WRITE = ("user-modify-playback-state",)

ROUTES = (
    Route("PUT", "me/player", transfer, _WRITE, body=True),
    Route("PUT", "me/player/play", play, _WRITE, ("device_id",), body=True),
    Route("PUT", "me/player/pause", pause, _WRITE, ("device_id",)),
    Route("POST", "me/player/next", skip_next, _WRITE, ("device_id",)),
    Route("POST", "me/player/previous", skip_previous, _WRITE, ("device_id",)),
    Route("PUT", "me/player/seek", seek, _WRITE, ("position_ms", "device_id")),
    Route("PUT", "me/player/repeat", repeat, _WRITE, ("state", "device_id")),
    Route("PUT", "me/player/shuffle", shuffle, _WRITE, ("state", "device_id")),
    Route("PUT", "me/player/volume", volume, _WRITE, ("volume_percent", "device_id")),
    Route("POST", "me/player/queue", add_to_queue, _WRITE, ("uri", "device_id")),
)  # fmt: skip
