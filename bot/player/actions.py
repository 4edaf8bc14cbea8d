"""What can be done with the player, as data: a command, a button and a retry say it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

from bot.player import parsing
from bot.spotify.player import RepeatMode
from bot.spotify.uris import ID_PATTERN, Kind, Uri

ActionVerb = Literal[
    "play",
    "resume",
    "pause",
    "next",
    "previous",
    "restart",
    "seek",
    "volume",
    "shuffle",
    "repeat",
    "queue",
    "move",
]
ACTION_VERBS: tuple[ActionVerb, ...] = get_args(ActionVerb)

# The liked songs, where a URI could stand.
LIKED_SONGS = "liked"
# And what a message lists, where that is too long for a button.
LISTED_ITEMS = "these"

# The order in which repeat without a mode goes round.
NEXT_REPEAT: dict[str, RepeatMode] = {
    RepeatMode.OFF: RepeatMode.CONTEXT,
    RepeatMode.CONTEXT: RepeatMode.TRACK,
    RepeatMode.TRACK: RepeatMode.OFF,
}

# The last word of a deed, where there is more to say.
_MODIFIERS = {"shuffled": (True, False), "inorder": (False, False), "now": (None, True)}
# What `str` makes of one, as a regular expression.
PATTERN = (
    rf"(?:{'|'.join(ACTION_VERBS)})(?: [0-9A-Za-z:+%-]{{1,40}})?(?: (?:{'|'.join(_MODIFIERS)}))?"
)


@dataclass(frozen=True)
class PlayerAction:
    """One thing to do with the player.

    what     play and queue: `kind:id`, or `liked`, or `these`: those that a message lists; seek and
             volume: as people type it; shuffle: on or off; repeat: track, context or off; shuffle
             and repeat without it: the next mode
    shuffle  play, resume: whether in any order; None: as it was last
    now      queue: skip to it as well
    """

    verb: ActionVerb
    argument: str = ""
    shuffle: bool | None = None
    now: bool = False

    def __str__(self) -> str:
        """Short enough for a custom_id, and read back by `parse`."""
        how = next(
            (how for how, fields in _MODIFIERS.items() if fields == (self.shuffle, self.now)), ""
        )
        return " ".join(word for word in (self.verb, self.argument, how) if word)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made. Raises ValueError for anything else."""
        first, *words = text.split(" ")
        verb = next((verb for verb in ACTION_VERBS if verb == first), None)
        shuffle, now = (
            _MODIFIERS[words.pop()] if words and words[-1] in _MODIFIERS else (None, False)
        )
        if verb is None or len(words) > 1:
            raise ValueError("no deed")
        deed = cls(verb, words[0] if words else "", shuffle, now)
        if str(deed) != text:
            raise ValueError("no deed")
        return deed

    @property
    def uri(self) -> Uri | None:
        """What is to be played or queued, where it is one item."""
        kind, _, id_ = self.argument.partition(":")
        if kind not in set(Kind) or not ID_PATTERN.fullmatch(id_):
            return None
        return Uri(Kind(kind), id_)


def play_action(uri: Uri, shuffle: bool | None = None) -> PlayerAction:
    """To play one item."""
    return PlayerAction("play", f"{uri.kind}:{uri.id}", shuffle)


def queue_action(uri: Uri, *, now: bool = False) -> PlayerAction:
    """To put one track or episode into the queue, and to skip to it where that is wanted."""
    return PlayerAction("queue", f"{uri.kind}:{uri.id}", now=now)


def seek_action(position: str) -> PlayerAction:
    """To go to another place. Raises InvalidPosition for what cannot be one."""
    return PlayerAction("seek", parsing.normalise_position(position))


def volume_action(level: str | None) -> PlayerAction:
    """To change the volume, or to see it. Raises InvalidVolume for what is none."""
    return PlayerAction("volume", parsing.normalise_volume(level) if level else "")
