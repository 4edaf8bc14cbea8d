"""What Spotify may disallow, in its own words."""

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
