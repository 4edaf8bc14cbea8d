"""The Web API's chapter on playlists."""

from __future__ import annotations

from typing import Any

from . import faces, refusals
from .asking import AUDIBLE, Ask, Reply, Route, existing, json_reply, spotify_uri
from .playlists import Entry, Playlist
from .refusals import Refused, bad_request

AT_ONCE = 100  # the most items that one call adds, removes or puts
OUT_OF_BOUNDS = "Index out of bounds."


def mine(ask: Ask) -> object:
    """One's own and those one follows; a missing scope leaves some out without a word."""
    shown = [one for one in ask.caller.playlists if one is None or _visible(ask, one)]

    def cut(start: int, stop: int) -> list[Any]:
        return [one and faces.playlist_short(one, ask.world) for one in shown[start:stop]]

    return ask.page(cut, len(shown), ask.limit(), ask.offset())


def _visible(ask: Ask, playlist: Playlist) -> bool:
    if playlist.collaborative:
        return "playlist-read-collaborative" in ask.scopes
    return playlist.public or "playlist-read-private" in ask.scopes


def create(ask: Ask) -> Reply:
    wish = ask.fields(name=str, public=bool, collaborative=bool, description=str)
    if not wish.get("name", "").strip():
        raise bad_request("Missing required field: name")
    public, collaborative = wish.get("public", True), wish.get("collaborative", False)
    _check_openness(ask, public, collaborative)
    playlist = ask.world.add_playlist(
        wish["name"],
        ask.caller.name,
        public=public,
        collaborators=set() if collaborative else None,
        description=wish.get("description", ""),
    )
    return json_reply(201, _whole(ask, playlist))


def read(ask: Ask) -> object:
    return _whole(ask, _known(ask))


def edit(ask: Ask) -> Reply:
    playlist = _editable(ask, owner_only=True)
    wish = ask.fields(name=str, public=bool, collaborative=bool, description=str)
    if not wish or not wish.get("name", "x").strip():
        raise bad_request("Missing required field: name")
    public = wish.get("public", playlist.public)
    collaborative = wish.get("collaborative", playlist.collaborative)
    _check_openness(ask, public, collaborative)
    playlist.public, playlist.collaborative = public, collaborative
    playlist.name = wish.get("name", playlist.name)
    playlist.description = wish.get("description", playlist.description)
    playlist.edited()
    return Reply(200)


def items(ask: Ask) -> object:
    playlist = _opened(ask)
    episodes = ask.episodes_too

    def cut(start: int, stop: int) -> list[Any]:
        entries = playlist.items[start:stop]
        return [faces.entry(entry, ask.world, episodes=episodes) for entry in entries]

    total = len(playlist.items) + playlist.overstated
    return ask.page(cut, total, ask.limit(), ask.offset())


def add(ask: Ask) -> Reply:
    playlist = _editable(ask)
    wish = ask.fields(uris=list, position=int)
    entries = _entries(ask, wish.get("uris"))
    position = wish.get("position")
    if position is not None and not 0 <= position <= len(playlist.items):
        raise bad_request(OUT_OF_BOUNDS)
    playlist.put(entries, position)
    return _version(playlist, 201)


def remove(ask: Ask) -> Reply:
    """Every copy of each URI goes. A `positions` beside it is ignored, as at Spotify."""
    playlist = _editable(ask)
    wish = ask.fields(items=list, snapshot_id=str)
    _check_snapshot(playlist, wish)
    wanted = wish.get("items", [])
    if not all(isinstance(one, dict) and "uri" in one for one in wanted):
        raise bad_request("Invalid items")
    _check_count(wanted)
    playlist.remove({_playlist_uri(one["uri"]) for one in wanted})
    return _version(playlist)


def reorder_or_replace(ask: Ask) -> Reply:
    playlist = _editable(ask)
    wish = ask.fields(
        uris=list, range_start=int, insert_before=int, range_length=int, snapshot_id=str
    )
    _check_snapshot(playlist, wish)
    if "uris" in wish:
        if len(wish) > 1:
            raise bad_request("Either uris, or a range to reorder")
        entries = _entries(ask, wish["uris"], may_be_empty=True)
        playlist.items.clear()
        playlist.put(entries)
        return _version(playlist)
    if not {"range_start", "insert_before"} <= wish.keys():
        raise bad_request("Missing required field: range_start, insert_before")
    start, before, length = wish["range_start"], wish["insert_before"], wish.get("range_length", 1)
    count = len(playlist.items)
    if length < 1 or not 0 <= start <= count - length or not 0 <= before <= count:
        raise bad_request(OUT_OF_BOUNDS)
    playlist.move(start, length, before)
    return _version(playlist)


def _whole(ask: Ask, playlist: Playlist) -> dict[str, Any]:
    reader = ask.account.name if ask.account else ""
    return faces.playlist_whole(playlist, ask.world, reader, episodes=ask.episodes_too)


def _known(ask: Ask) -> Playlist:
    """The playlist of the address. Spotify's own and other people's private ones are not found."""
    playlist = existing(ask.world.playlists.get(ask.id()))
    reader = ask.account.name if ask.account else ""
    hidden = not playlist.public and not playlist.opens_to(reader)
    if hidden or playlist.owner not in ask.world.accounts:
        raise Refused(refusals.NOT_FOUND)
    return playlist


def _opened(ask: Ask) -> Playlist:
    """The playlist of the address, if it is the caller's to read."""
    playlist = _known(ask)
    if not playlist.opens_to(ask.caller.name):
        raise Refused(refusals.FORBIDDEN)
    if playlist.collaborative:
        ask.need("playlist-read-collaborative")
    elif not playlist.public:
        ask.need("playlist-read-private")
    return playlist


def _editable(ask: Ask, *, owner_only: bool = False) -> Playlist:
    playlist = _known(ask)
    ask.need("playlist-modify-public" if playlist.public else "playlist-modify-private")
    if not playlist.opens_to(ask.caller.name):
        raise Refused(refusals.FORBIDDEN)
    if owner_only and playlist.owner != ask.caller.name:
        raise Refused(refusals.FORBIDDEN)
    return playlist


def _check_openness(ask: Ask, public: bool, collaborative: bool) -> None:
    if public and collaborative:
        raise bad_request("Collaborative playlists can only be private.")
    ask.need("playlist-modify-public" if public else "playlist-modify-private")
    if collaborative:
        ask.need("playlist-modify-public", "playlist-modify-private")


def _check_snapshot(playlist: Playlist, wish: dict[str, Any]) -> None:
    if wish.get("snapshot_id", playlist.snapshot_id) not in playlist.snapshots:
        raise bad_request("Invalid snapshot id")


def _check_count(things: list[Any], *, may_be_empty: bool = False) -> None:
    if not things and not may_be_empty:
        raise bad_request("No uris provided")
    if len(things) > AT_ONCE:
        raise bad_request(f"You can add a maximum of {AT_ONCE} tracks per request.")


def _entries(ask: Ask, uris: object, *, may_be_empty: bool = False) -> list[Entry]:
    """What these URIs become in a playlist. Files on one's own computer cannot be added."""
    if not isinstance(uris, list):
        raise bad_request("No uris provided")
    _check_count(uris, may_be_empty=may_be_empty)
    for uri in uris:
        if ask.world.catalogue.find(spotify_uri(uri, AUDIBLE)) is None:
            raise bad_request("Payload contains a non-existing ID")
    now = ask.world.clock()
    return [Entry(uri, now, ask.caller.name) for uri in uris]


def _playlist_uri(uri: object) -> str:
    """Of a track, an episode or a file of one's own: all that a playlist can hold."""
    if isinstance(uri, str) and uri.startswith("spotify:local:"):
        return uri
    return spotify_uri(uri, AUDIBLE)


def _version(playlist: Playlist, status: int = 200) -> Reply:
    return json_reply(status, {"snapshot_id": playlist.snapshot_id})


_ITEMS = "playlists/{id}/items"
_TYPES = ("market", "additional_types")

ROUTES = (
    Route("GET", "me/playlists", mine, query=("limit", "offset")),
    Route("POST", "me/playlists", create, body=True),
    Route("GET", "playlists/{id}", read, query=_TYPES, user=False),
    Route("PUT", "playlists/{id}", edit, body=True),
    Route("GET", _ITEMS, items, query=(*_TYPES, "limit", "offset")),
    Route("POST", _ITEMS, add, body=True),
    Route("DELETE", _ITEMS, remove, body=True),
    Route("PUT", _ITEMS, reorder_or_replace, body=True),
)
