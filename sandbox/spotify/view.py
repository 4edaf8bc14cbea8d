"""What the page shows of an account at the pretend Spotify."""

from __future__ import annotations

from typing import Any

from . import shapes
from .accounts import Account
from .api import Call
from .catalogue import Chapter, Episode, Thing, Track
from .world import World

SHOWN_LIKES = 50
SHOWN_CALLS = 12


def view(world: World, calls: list[Call], name: str) -> dict[str, Any]:
    """JSON for the page; image addresses are absolute."""
    account = world.accounts[name]
    player = account.player
    return {
        "accounts": list(world.accounts),
        "account": name,
        "display_name": account.display_name,
        "premium": account.premium,
        "devices": [
            {
                "id": device.id,
                "name": device.name,
                "type": device.type,
                "active": device is player.device,
                "volume": device.volume,
                "supports_volume": device.supports_volume,
                "restricted": device.is_restricted,
            }
            for device in player.devices
        ],
        "playing": _playing(world, account),
        "shuffle": player.shuffle,
        "repeat": player.repeat,
        "queue": [_named(world.catalogue.find(uri)) for uri in player.coming()],
        "liked": [_pictured(world, uri) for uri, _ in account.liked[:SHOWN_LIKES]],
        "liked_total": len(account.liked),
        "calls": [f"{call.method} {call.path} → {call.status}" for call in calls[-SHOWN_CALLS:]],
    }


def _playing(world: World, account: Account) -> dict[str, Any] | None:
    player = account.player
    if player.device is None or player.item is None:
        return None
    thing = world.catalogue.find(player.item)
    if not isinstance(thing, Track | Episode | Chapter):
        return None
    return {
        **_pictured(world, thing.uri),
        "album": _album(thing),
        "url": f"https://open.spotify.com/{thing.kind}/{thing.id}" if thing.id else None,
        "progress_ms": player.progress,
        "duration_ms": thing.duration,
        "is_playing": player.is_playing,
    }


def _pictured(world: World, uri: str) -> dict[str, Any]:
    thing = world.catalogue.find(uri)
    owner = _cover_of(thing)
    image = shapes.images(owner, world.origin)[1]["url"] if owner else None
    return {**_named(thing), "image": image}


def _named(thing: Thing | None) -> dict[str, Any]:
    if thing is None:
        return {"name": "", "artists": []}
    artists = [artist.name for artist in thing.artists] if isinstance(thing, Track) else []
    return {"name": thing.name, "artists": artists}


def _album(thing: Thing) -> str:
    match thing:
        case Track(album=album):
            return album.name
        case Episode(show=show):
            return show.name
        case Chapter(audiobook=book):
            return book.name
    return ""


def _cover_of(thing: Thing | None) -> str:
    """The id of what the cover belongs to; empty for a local file, which has none."""
    match thing:
        case Track(album=album):
            return album.id
        case Episode(show=show):
            return show.id
        case Chapter(audiobook=book):
            return book.id
    return ""
