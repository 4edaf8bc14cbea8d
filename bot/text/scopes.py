"""Describes the scopes of a login in everyday words."""

from __future__ import annotations

from collections.abc import Iterable

_SEE_PLAYBACK = "see what you’re playing and on which device"

# Descriptions of sets of scopes. The first one whose scopes are all granted is used.
_DESCRIPTIONS = (
    (_SEE_PLAYBACK, {"user-read-playback-state", "user-read-currently-playing"}),
    (_SEE_PLAYBACK, {"user-read-playback-state"}),
    ("control playback", {"user-modify-playback-state"}),
    (
        "see your recent and most-played music",
        {"user-read-recently-played", "user-top-read"},
    ),
    ("see and change what you saved", {"user-library-read", "user-library-modify"}),
    ("see and change who you follow", {"user-follow-read", "user-follow-modify"}),
    (
        "see and change your playlists, private and shared ones too",
        {
            "playlist-read-private",
            "playlist-read-collaborative",
            "playlist-modify-private",
            "playlist-modify-public",
        },
    ),
)


def describe(scopes: Iterable[str]) -> list[str]:
    """A line for each description that applies; other scopes are shown by their names."""
    remaining = dict.fromkeys(scopes)
    lines = []
    for description, described in _DESCRIPTIONS:
        if described <= remaining.keys():
            lines.append(description)
            remaining = {scope: None for scope in remaining if scope not in described}
    return [*lines, *remaining]
