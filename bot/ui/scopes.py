"""What each permission means, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = {
    "user-read-playback-state": "see what plays, and on which of your devices",
    "user-modify-playback-state": "play, pause, skip and queue on your devices",
    "user-library-read": "read your liked songs and what else you saved",
    "user-library-modify": "save songs to your library",
}


def in_words(scopes: Iterable[str]) -> list[str]:
    """One line for each permission; one that nobody described is shown as Spotify names it."""
    return [WORDS.get(scope, scope) for scope in scopes]
