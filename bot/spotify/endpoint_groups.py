"""What a path of the Web API belongs to: a group that is counted together, and its keeping."""

from __future__ import annotations

from typing import Literal, get_args

Group = Literal["search", "catalogue", "profile", "playback", "control", "library", "playlists"]
"""Spotify counts its quota in groups that it does not publish. These follow its chapters, with
the player's reads and writes apart, so that as much as possible goes on when one is used up."""

GROUPS: tuple[Group, ...] = get_args(Group)

MINUTE = 60.0


def group_of(method: str, path: str) -> Group:
    """The group of a call; `path` is below /v1, such as `me/player/pause`."""
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
    """Whether a GET answers everybody alike. The market may differ, of which nothing is used."""
    return group_of("GET", path) == "catalogue"


def invalidated_groups(path: str, uris: str = "") -> frozenset[Group]:
    """The groups whose answers to this account are no longer true after a write to `path`.

    `uris`: those that a write to the library names; a playlist is followed and deleted there.
    """
    if path.startswith("me/player"):
        return frozenset({"playback"})
    if path == "me/library" and "spotify:playlist:" not in uris:
        return frozenset({"library"})
    return frozenset({"library", "playlists"})


def cache_ttl(path: str) -> float:
    """For how many seconds the answer to a GET may be used again, where it need not be fresh.

    0 for what plays, and for lists that change while they are read page by page.
    """
    match path.split("/"):
        case ["search"]:
            return MINUTE
        case ["me", "library", "contains"] | ["me", "player", "recently-played"]:
            return 0.5 * MINUTE
        case ["playlists", _] | ["playlists", _, "items"]:
            return 0.5 * MINUTE
        case ["me", "player", "devices"]:
            return MINUTE / 3
        case ["me"] | ["me", "playlists"] | ["me", "top", _]:
            return 10 * MINUTE
        case ["me" | "playlists", *_]:
            return 0.0
        case [_, _] | [_, _, _]:
            return 10 * MINUTE
    return 0.0
