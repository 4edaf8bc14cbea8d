"""The endpoint group of a path, which shares a quota, and the cache TTL of its response."""

from __future__ import annotations

from typing import Literal, get_args

Group = Literal["search", "catalogue", "profile", "playback", "control", "library", "playlists"]
"""Spotify counts quotas in groups of endpoints that it does not publish. These follow the chapters
of its documentation, with reads and writes of the player apart, so that one that is used up stops
as little as possible."""

GROUPS: tuple[Group, ...] = get_args(Group)

MINUTE = 60.0


def group_of(method: str, path: str) -> Group:
    """The group of a call; `path` is relative to /v1, such as `me/player/pause`."""
    match path.split("/"):
        case ["search"]:
            return "search"
        case ["me"] | ["me", "top", _]:
            return "profile"
        case ["me", "player", *_]:
            return "playback" if method == "GET" else "control"
        case ["me", "playlists"] | ["playlists", *_]:
            return "playlists"
        case ["me", *_]:
            return "library"
    return "catalogue"


def is_public(path: str) -> bool:
    """Whether a GET has the same response for every user.

    Fields that depend on the user's market differ, but the models do not read them.
    """
    return group_of("GET", path) == "catalogue"


def invalidated_groups(path: str, uris: str = "") -> frozenset[Group]:
    """The groups whose cached responses are wrong for the account after a write to `path`.

    uris  those of a write to the library, which also follows, unfollows and deletes playlists
    """
    if path.startswith("me/player"):
        return frozenset({"playback"})
    if path == "me/library" and "spotify:playlist:" not in uris:
        return frozenset({"library"})
    return frozenset({"library", "playlists"})


def cache_ttl(path: str) -> float:
    """Seconds for which the response to a GET is cached.

    0 for the player's state, and for lists that may change while they are read page by page. The
    lists of the library are cached to look through them; to read them whole, ask for `fresh` pages.
    """
    match path.split("/"):
        case ["search"]:
            return MINUTE
        case ["me", "library", "contains"] | ["me", "player", "recently-played" | "queue"]:
            return 0.5 * MINUTE
        case ["playlists", _] | ["playlists", _, "items"]:
            return 0.5 * MINUTE
        case ["me", "player", "devices"]:
            return MINUTE / 3
        case ["me"] | ["me", "playlists"] | ["me", "top", _]:
            return 10 * MINUTE
        case ["me", "tracks" | "albums" | "shows" | "episodes" | "audiobooks" | "following"]:
            return 10 * MINUTE
        case ["me" | "playlists", *_]:
            return 0.0
        case [_, _] | [_, _, _]:
            return 10 * MINUTE
    return 0.0
