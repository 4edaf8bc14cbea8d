"""The Web API's objects for users and playlists."""

from __future__ import annotations

import html
from typing import Any

from sandbox.spotify import catalogue_objects
from sandbox.spotify.state import SpotifyState

from .accounts import Account
from .catalogue import Episode, Track
from .playlists import Playlist, PlaylistItem

Json = dict[str, Any]


def current_user(account: Account, state: SpotifyState) -> Json:
    """The fields that `GET /me` still has in 2026."""
    account_id = {} if account.account_id is None else {"account_id": account.account_id}
    return {
        **account_id,
        "display_name": account.display_name,
        **_public_user(account.id, state),
        "images": catalogue_objects.cover_images(account.id, state.origin)[1:],
    }


def _public_user(id_: str, state: SpotifyState) -> Json:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/user/{id_}"},
        "href": f"{state.origin}/v1/users/{id_}",
        "id": id_,
        "type": "user",
        "uri": f"spotify:user:{id_}",
    }


def simplified_playlist(playlist: Playlist, state: SpotifyState) -> Json:
    """As in lists of playlists: with the number of items only."""
    owner = state.accounts[playlist.owner]
    href = f"{state.origin}/v1/playlists/{playlist.id}"
    images = catalogue_objects.cover_images(playlist.id, state.origin)[:1]
    return {
        "collaborative": playlist.collaborative,
        "description": html.escape(playlist.description),
        "external_urls": {"spotify": f"https://open.spotify.com/playlist/{playlist.id}"},
        "href": href,
        "id": playlist.id,
        "images": images if playlist.items else None,
        "name": playlist.name,
        "owner": {"display_name": owner.display_name, **_public_user(owner.id, state)},
        "public": playlist.public,
        "snapshot_id": playlist.snapshot_id,
        _items_key(state): {"href": f"{href}/items", "total": len(playlist.items)},
        "type": "playlist",
        "uri": playlist.uri,
    }


def full_playlist(playlist: Playlist, state: SpotifyState, reader: str, *, episodes: bool) -> Json:
    """With the first page of items, if the reader is the owner or a collaborator."""
    shown = simplified_playlist(playlist, state)
    count = shown.pop(_items_key(state))
    if playlist.is_open_to(reader):
        first = playlist.items[: catalogue_objects.FIRST_PAGE_SIZE]
        items = [playlist_item(item, state, episodes=episodes) for item in first]
        total = len(playlist.items)
        shown[_items_key(state)] = catalogue_objects.first_page(count["href"], items, total)
    return shown


def playlist_item(entry: PlaylistItem, state: SpotifyState, *, episodes: bool) -> Json:
    """One entry. A missing item is null, and so is an episode that the reader did not request."""
    thing = state.catalogue.find_item(entry.uri) if entry.uri else None
    item: Json | None = None
    if isinstance(thing, Track):
        item = catalogue_objects.full_track(thing, state.origin)
    elif isinstance(thing, Episode) and episodes:
        item = catalogue_objects.full_episode(thing, state.origin)
    adder = state.accounts.get(entry.added_by or "")
    added_at = entry.added_at
    return {
        "added_at": None if added_at is None else catalogue_objects.format_time(added_at),
        "added_by": None if adder is None else _public_user(adder.id, state),
        "is_local": isinstance(thing, Track) and not thing.id,
        "track" if state.legacy_field_names else "item": item,
    }


def _items_key(state: SpotifyState) -> str:
    return "tracks" if state.legacy_field_names else "items"
