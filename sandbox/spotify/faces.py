"""How the Web API shows people and their playlists."""

from __future__ import annotations

from typing import Any

from . import shapes
from .accounts import Account
from .catalogue import Episode, Track
from .playlists import Entry, Playlist
from .world import World

Json = dict[str, Any]


def me(account: Account, world: World) -> Json:
    """All that `GET /me` still tells."""
    who = {} if account.account_id is None else {"account_id": account.account_id}
    return {
        **who,
        "display_name": account.display_name,
        **_user(account.id, world),
        "images": shapes.images(account.id, world.origin)[1:],
    }


def _user(id_: str, world: World) -> Json:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/user/{id_}"},
        "href": f"{world.origin}/v1/users/{id_}",
        "id": id_,
        "type": "user",
        "uri": f"spotify:user:{id_}",
    }


def playlist_short(playlist: Playlist, world: World) -> Json:
    """As in lists of playlists: how many items there are, not which."""
    owner = world.accounts[playlist.owner]
    href = f"{world.origin}/v1/playlists/{playlist.id}"
    return {
        "collaborative": playlist.collaborative,
        "description": playlist.description,
        "external_urls": {"spotify": f"https://open.spotify.com/playlist/{playlist.id}"},
        "href": href,
        "id": playlist.id,
        "images": shapes.images(playlist.id, world.origin)[:1] if playlist.items else None,
        "name": playlist.name,
        "owner": {"display_name": owner.display_name, **_user(owner.id, world)},
        "public": playlist.public,
        "snapshot_id": playlist.snapshot_id,
        _items(world): {"href": f"{href}/items", "total": len(playlist.items)},
        "type": "playlist",
        "uri": playlist.uri,
    }


def playlist_whole(playlist: Playlist, world: World, reader: str, *, episodes: bool) -> Json:
    """With the first fifty items for its owner and its collaborators, else without any."""
    shown = playlist_short(playlist, world)
    counted = shown.pop(_items(world))
    if playlist.opens_to(reader):
        items = [entry(one, world, episodes=episodes) for one in playlist.items]
        shown[_items(world)] = shapes.first_page(counted["href"], items)
    return shown


def entry(entry: Entry, world: World, *, episodes: bool) -> Json:
    """One place in a playlist. What is gone is null; so is an episode nobody asked for."""
    thing = world.catalogue.find(entry.uri) if entry.uri else None
    item: Json | None = None
    if isinstance(thing, Track):
        item = shapes.track_full(thing, world.origin)
    elif isinstance(thing, Episode) and episodes:
        item = shapes.episode_full(thing, world.origin)
    adder = world.accounts.get(entry.added_by or "")
    return {
        "added_at": None if entry.added_at is None else shapes.time(entry.added_at),
        "added_by": None if adder is None else _user(adder.id, world),
        "is_local": isinstance(thing, Track) and thing.id is None,
        "track" if world.old_names else "item": item,
    }


def _items(world: World) -> str:
    return "tracks" if world.old_names else "items"
