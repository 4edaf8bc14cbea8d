"""The Web API's chapter on the player, as far as it is commanded.

Every command needs Premium and a device that listens. None says what became of it: the answer
is a success with a body that means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import refusals
from .accounts import kind_of
from .asking import AUDIBLE, Ask, Route, spotify_uri
from .devices import Device, find
from .player import Player, Repeat
from .refusals import Refused, bad_request
from .restrictions import need, toggles

MOST_URIS = 200
CONTEXTS = ("album", "artist", "playlist", "show", "audiobook")
REPEATS: dict[str, Repeat] = {"track": "track", "context": "context", "off": "off"}
WITH_OFFSET = ("album", "playlist")


def play(ask: Ask) -> None:
    """Without a body: go on. With one: a context or some URIs."""
    if ask.body is None:
        player, device = _command(ask, wakes=True)
        if device is player.device or not player.is_playing:
            need(player, "resuming")
        player.resume(device)
        return
    wish = ask.fields(context_uri=str, uris=list, offset=dict, position_ms=int)
    context, tracks = _what(ask, wish)
    at = _offset(wish.get("offset"), tracks, context)
    position = wish.get("position_ms", 0)
    if position < 0:
        raise bad_request("Invalid position_ms")
    player, device = _command(ask, wakes=True)
    if not tracks:
        raise Refused(refusals.NOT_FOUND)
    need(player, "interrupting_playback")
    sounding = [number for number, uri in enumerate(tracks) if ask.world.sounds(uri)]
    first = sum(number < at for number in sounding)
    if first >= len(sounding):  # nothing from there on can be heard
        raise Refused(refusals.RESTRICTION_VIOLATED)
    uris = () if context else [tracks[number] for number in sounding]
    player.start(*uris, context=context, at=first, position=position, device=device)


def _what(ask: Ask, wish: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The context wished for, if any, and its tracks or the URIs wished for."""
    if ("context_uri" in wish) == ("uris" in wish):
        raise bad_request("Exactly one of context_uri and uris is required")
    if "context_uri" in wish:
        context = spotify_uri(wish["context_uri"], CONTEXTS)
        return context, ask.world.tracks_of(context)
    uris = [spotify_uri(uri, AUDIBLE) for uri in wish["uris"]]
    if not uris:
        raise bad_request("Missing required field: uris")
    if len(uris) > MOST_URIS:
        raise Refused(refusals.TOO_LARGE)
    if any(ask.world.catalogue.hear(uri) is None for uri in uris):
        raise Refused(refusals.NOT_FOUND)
    return None, uris


def _offset(offset: dict[str, Any] | None, tracks: list[str], context: str | None) -> int:
    """Which of the tracks comes first."""
    if offset is None:
        return 0
    if context is not None and kind_of(context) not in WITH_OFFSET:
        raise bad_request(f"Can't have offset for context type: {kind_of(context).upper()}")
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
    need(player, "transferring_playback")
    resumes = bool(wish.get("play")) and not player.is_playing and player.item is not None
    if resumes:
        need(player, "resuming")
    if player.device is not device:
        player.device = device
    if resumes:
        player.resume(device)


def pause(ask: Ask) -> None:
    player, _ = _command(ask)
    need(player, "pausing")
    player.pause()


def skip_next(ask: Ask) -> None:
    player, _ = _command(ask)
    need(player, "skipping_next")
    player.next()


def skip_previous(ask: Ask) -> None:
    player, _ = _command(ask)
    need(player, "skipping_prev")
    player.previous()


def seek(ask: Ask) -> None:
    position = ask.number("position_ms", 0)
    player, _ = _command(ask)
    need(player, "seeking")
    player.seek(position)


def repeat(ask: Ask) -> None:
    mode = REPEATS[ask.choice("state", tuple(REPEATS))]
    player, _ = _command(ask)
    need(player, *toggles(player, mode))
    player.set_repeat(mode)


def shuffle(ask: Ask) -> None:
    on = ask.choice("state", ("true", "false")) == "true"
    player, _ = _command(ask)
    need(player, "toggling_shuffle")
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


def _told_late(command: Callable[[Ask], None]) -> Callable[[Ask], None]:
    """The command; where so ordered, the API goes on telling for a while how it was before."""

    def obey(ask: Ask) -> None:
        before = ask.caller.player.twin()
        command(ask)
        ask.world.late.begin(ask.caller.name, before)

    return obey


_WRITE = ("user-modify-playback-state",)

ROUTES = (
    Route("PUT", "me/player", _told_late(transfer), _WRITE, body=True),
    Route("PUT", "me/player/play", _told_late(play), _WRITE, ("device_id",), body=True),
    Route("PUT", "me/player/pause", _told_late(pause), _WRITE, ("device_id",)),
    Route("POST", "me/player/next", _told_late(skip_next), _WRITE, ("device_id",)),
    Route("POST", "me/player/previous", _told_late(skip_previous), _WRITE, ("device_id",)),
    Route("PUT", "me/player/seek", _told_late(seek), _WRITE, ("position_ms", "device_id")),
    Route("PUT", "me/player/repeat", _told_late(repeat), _WRITE, ("state", "device_id")),
    Route("PUT", "me/player/shuffle", _told_late(shuffle), _WRITE, ("state", "device_id")),
    Route("PUT", "me/player/volume", _told_late(volume), _WRITE, ("volume_percent", "device_id")),
    Route("POST", "me/player/queue", _told_late(add_to_queue), _WRITE, ("uri", "device_id")),
)  # fmt: skip
