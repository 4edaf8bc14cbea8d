"""What the permissions of a login mean, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

_SEE_PLAYBACK = "see what plays, and on which of your devices"

# The words for scopes that are asked for together; of two that fit, the first.
_DESCRIPTIONS = (
    (_SEE_PLAYBACK, {"user-read-playback-state", "user-read-currently-playing"}),
    (_SEE_PLAYBACK, {"user-read-playback-state"}),
    ("play, pause, skip and queue there", {"user-modify-playback-state"}),
    (
        "see what you played lately, and what you play most",
        {"user-read-recently-played", "user-top-read"},
    ),
    ("see and change what you saved", {"user-library-read", "user-library-modify"}),
    ("see and change whom you follow", {"user-follow-read", "user-follow-modify"}),
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
    """What they allow, a line each; one that no line stands for is shown as Spotify names it."""
    left = dict.fromkeys(scopes)
    lines = []
    for words, together in _DESCRIPTIONS:
        if together <= left.keys():
            lines.append(words)
            left = {scope: None for scope in left if scope not in together}
    return [*lines, *left]
