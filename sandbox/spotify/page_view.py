"""What the demo page shows of an account at the simulated Spotify, as JSON."""

from __future__ import annotations

from typing import Any

from sandbox.spotify import catalogue_objects
from sandbox.spotify.state import SpotifyState

from .accounts import Account
from .api import Call
from .catalogue import CatalogueItem, Chapter, Episode, Track

MAX_LIKES = 50
MAX_CALLS = 12


def build_view(state: SpotifyState, calls: list[Call], name: str) -> dict[str, Any]:
    """The account, its player and the last API calls. Image URLs are absolute."""
    account = state.accounts[name]
    player = account.player
    return {
        "accounts": list(state.accounts),
        "account": name,
        "display_name": account.display_name,
        "premium": account.premium,
        "devices": [
            {
                "id": device.id,
                "name": device.name,
                "type": device.type,
                "active": device is player.device,
                "open": device in player.devices,
                "volume": device.volume,
                "supports_volume": device.supports_volume,
                "restricted": device.is_restricted,
            }
            for device in sorted(
                [*player.devices, *account.closed_devices], key=lambda device: device.name
            )
        ],
        "playing": _playback_view(state, account),
        "shuffle": player.shuffle,
        "repeat": player.repeat,
        "queue": [_item_view(state.catalogue.find_item(uri)) for uri in player.upcoming()],
        "liked": [_item_with_cover(state, uri) for uri, _ in account.liked[:MAX_LIKES]],
        "liked_total": len(account.liked),
        "calls": [f"{call.method} {call.path} → {call.status}" for call in calls[-MAX_CALLS:]],
    }


def _playback_view(state: SpotifyState, account: Account) -> dict[str, Any] | None:
    player = account.player
    if player.device is None or player.item is None:
        return None
    thing = state.catalogue.find_item(player.item)
    if not isinstance(thing, Track | Episode | Chapter):
        return None
    return {
        **_item_with_cover(state, thing.uri),
        "album": _album_name(thing),
        "url": f"https://open.spotify.com/{thing.kind}/{thing.id}" if thing.id else None,
        "progress_ms": player.progress,
        "duration_ms": thing.duration,
        "is_playing": player.is_playing,
    }


def _item_with_cover(state: SpotifyState, uri: str) -> dict[str, Any]:
    thing = state.catalogue.find_item(uri)
    owner = _cover_id(thing)
    image = catalogue_objects.cover_images(owner, state.origin)[1]["url"] if owner else None
    return {**_item_view(thing), "image": image}


def _item_view(thing: CatalogueItem | None) -> dict[str, Any]:
    if thing is None:
        return {"name": "", "artists": []}
    artists = [artist.name for artist in thing.artists] if isinstance(thing, Track) else []
    return {"name": thing.name, "artists": artists}


def _album_name(thing: CatalogueItem) -> str:
    match thing:
        case Track(album=album):
            return album.name
        case Episode(show=show):
            return show.name
        case Chapter(audiobook=book):
            return book.name
    return ""


def _cover_id(thing: CatalogueItem | None) -> str:
    """The id of the cover's album, show or book; empty for a local file."""
    match thing:
        case Track(album=album):
            return album.id
        case Episode(show=show):
            return show.id
        case Chapter(audiobook=book):
            return book.id
    return ""
