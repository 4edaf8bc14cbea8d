"""The Web API's chapter on the player, as far as it is read."""

from __future__ import annotations

from typing import Any

from . import shapes
from .asking import Ask, Route
from .catalogue import Episode, Thing, Track
from .devices import Device
from .player import Player
from .refusals import bad_request
from .restrictions import disallowed


def state(ask: Ask) -> object:
    player = _seen(ask)
    if player.device is None:
        return None
    return {
        "device": _device(player, player.device),
        "repeat_state": player.repeat,
        "shuffle_state": player.shuffle,
        **_playing(ask, player),
    }


def currently_playing(ask: Ask) -> object:
    player = _seen(ask)
    return None if player.device is None else _playing(ask, player)


def devices(ask: Ask) -> object:
    player = ask.caller.player
    return {"devices": [_device(player, device) for device in player.devices]}


def queue(ask: Ask) -> object:
    player = _seen(ask)
    awake = player.device is not None
    return {
        "currently_playing": _item(ask, player.item) if awake else None,
        "queue": [item for uri in player.coming() if (item := _item(ask, uri))] if awake else [],
    }


def recently_played(ask: Ask) -> object:
    limit = ask.limit()
    played = list(reversed(ask.caller.player.played))
    if "before" in ask.query and "after" in ask.query:
        raise bad_request("Only one of before and after may be given")
    if "before" in ask.query:
        before = ask.number("before", 0)
        played = [one for one in played if int(one.at * 1000) < before]
    elif "after" in ask.query:
        after = ask.number("after", 0)
        played = [one for one in played if int(one.at * 1000) > after]
    page = played[-limit:] if "after" in ask.query else played[:limit]
    cursors = page and {
        "after": str(int(page[0].at * 1000)),
        "before": str(int(page[-1].at * 1000)),
    }
    further = len(played) > len(page) and "after" not in ask.query
    return {
        "href": ask.link(limit=limit),
        "items": [
            {
                "track": _item(ask, one.uri),
                "played_at": shapes.time(one.at, fraction=True),
                "context": _context(ask, one.context),
            }
            for one in page
        ],
        "limit": limit,
        "next": ask.link(limit=limit, before=cursors["before"]) if further and cursors else None,
        "cursors": cursors or None,
    }


def _seen(ask: Ask) -> Player:
    """The player, or how it was before the last command where that is told late."""
    return ask.world.late.seen(ask.caller.name, ask.caller.player)


def _playing(ask: Ask, player: Player) -> dict[str, Any]:
    item = ask.world.catalogue.find(player.item) if player.item else None
    kind = player.interlude or {Track: "track", Episode: "episode"}.get(type(item), "unknown")
    shown = kind == "track" or (kind == "episode" and ask.episodes_too)
    return {
        "timestamp": int(player.changed * 1000),
        "context": _context(ask, player.context),
        "progress_ms": player.progress if item and not player.interlude else None,
        "item": _item(ask, player.item) if shown else None,
        "currently_playing_type": kind,
        "actions": {"disallows": dict.fromkeys(sorted(disallowed(player)), True)},
        "is_playing": player.is_playing,
    }


def _item(ask: Ask, uri: str | None) -> dict[str, Any] | None:
    thing: Thing | None = ask.world.catalogue.find(uri) if uri else None
    match thing:
        case Track():
            return shapes.track_full(thing, ask.world.origin)
        case Episode():
            return shapes.episode_full(thing, ask.world.origin)
    return None


def _context(ask: Ask, uri: str | None) -> dict[str, Any] | None:
    if uri is None:
        return None
    _, kind, id_ = uri.split(":")
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{id_}"},
        "href": f"{ask.world.origin}/v1/{kind}s/{id_}",
        "type": kind,
        "uri": uri,
    }


def _device(player: Player, device: Device) -> dict[str, Any]:
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


_READ = ("user-read-playback-state",)
_WATCH = ("user-read-currently-playing",)
_TYPES = ("market", "additional_types")

ROUTES = (
    Route("GET", "me/player", state, _READ, _TYPES),
    Route("GET", "me/player/currently-playing", currently_playing, _WATCH, _TYPES),
    Route("GET", "me/player/devices", devices, _READ),
    Route("GET", "me/player/queue", queue, _READ + _WATCH),
    Route("GET", "me/player/recently-played", recently_played, ("user-read-recently-played",),
          ("limit", "before", "after")),
)  # fmt: skip
