"""Spotify's names for player actions that it can disallow, repeat modes and interludes."""

from typing import Literal

Action = Literal[
    "interrupting_playback",
    "pausing",
    "resuming",
    "seeking",
    "skipping_next",
    "skipping_prev",
    "toggling_repeat_context",
    "toggling_repeat_track",
    "toggling_shuffle",
    "transferring_playback",
]
Repeat = Literal["off", "track", "context"]
Interlude = Literal["ad", "unknown"]
