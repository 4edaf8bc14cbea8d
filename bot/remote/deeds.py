"""What can be done with the player, as data: a command, a button and a retry say it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

from bot.remote import positions
from bot.spotify.player import Repeat
from bot.spotify.uris import ID, KINDS, Uri

Verb = Literal[
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
VERBS: tuple[Verb, ...] = get_args(Verb)

# The liked songs, where a URI could stand.
LIKED = "liked"
# And what a message lists, where that is too long for a button.
THESE = "these"

# The order in which repeat without a mode goes round.
NEXT_REPEAT: dict[str, Repeat] = {"off": "context", "context": "track", "track": "off"}

# The last word of a deed, where there is more to say.
_HOWS = {"shuffled": (True, False), "inorder": (False, False), "now": (None, True)}
# What `str` makes of one, as a regular expression.
PATTERN = rf"(?:{'|'.join(VERBS)})(?: [0-9A-Za-z:+%-]{{1,40}})?(?: (?:{'|'.join(_HOWS)}))?"


@dataclass(frozen=True)
class Deed:
    """One thing to do with the player.

    what     play and queue: `kind:id`, or `liked`, or `these`: those that a message lists; seek and
             volume: as people type it; shuffle: on or off; repeat: track, context or off; shuffle
             and repeat without it: the next mode
    shuffle  play, resume: whether in any order; None: as it was last
    now      queue: skip to it as well
    """

    verb: Verb
    what: str = ""
    shuffle: bool | None = None
    now: bool = False

    def __str__(self) -> str:
        """Short enough for a custom_id, and read back by `parse`."""
        how = next((how for how, fields in _HOWS.items() if fields == (self.shuffle, self.now)), "")
        return " ".join(word for word in (self.verb, self.what, how) if word)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made. Raises ValueError for anything else."""
        first, *words = text.split(" ")
        verb = next((verb for verb in VERBS if verb == first), None)
        shuffle, now = _HOWS[words.pop()] if words and words[-1] in _HOWS else (None, False)
        if verb is None or len(words) > 1:
            raise ValueError("no deed")
        deed = cls(verb, words[0] if words else "", shuffle, now)
        if str(deed) != text:
            raise ValueError("no deed")
        return deed

    @property
    def uri(self) -> Uri | None:
        """What is to be played or queued, where it is one item."""
        kind, _, id_ = self.what.partition(":")
        found = next((one for one in KINDS if one == kind), None)
        return Uri(found, id_) if found and ID.fullmatch(id_) else None


def playing(uri: Uri, shuffle: bool | None = None) -> Deed:
    """To play one item."""
    return Deed("play", f"{uri.kind}:{uri.id}", shuffle)


def queueing(uri: Uri, *, now: bool = False) -> Deed:
    """To put one track or episode into the queue, and to skip to it where that is wanted."""
    return Deed("queue", f"{uri.kind}:{uri.id}", now=now)


def seeking(position: str) -> Deed:
    """To go to another place. Raises BadPosition for what cannot be one."""
    return Deed("seek", positions.written(position))


def turning(level: str | None) -> Deed:
    """To change the volume, or to see it. Raises BadLevel for what is none."""
    return Deed("volume", positions.loudness(level) if level else "")
