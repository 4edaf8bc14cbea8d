"""A player action as a value, so that a command, a button and a retry can carry the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

from bot.player import parsing
from bot.spotify.player import RepeatMode
from bot.spotify.uris import Kind, Uri, is_id

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
    "jump",
    "move",
]
ACTION_VERBS: tuple[ActionVerb, ...] = get_args(ActionVerb)

# After these the player plays another item.
SKIPS: tuple[ActionVerb, ...] = ("next", "previous", "jump")

# The argument for the liked songs, which have no URI,
LIKED_SONGS = "liked"
# and for the items that the message lists, if they are too many for a custom_id.
LISTED_ITEMS = "these"

# /repeat without a mode switches from the key to the value.
NEXT_REPEAT: dict[str, RepeatMode] = {
    RepeatMode.OFF: RepeatMode.CONTEXT,
    RepeatMode.CONTEXT: RepeatMode.TRACK,
    RepeatMode.TRACK: RepeatMode.OFF,
}

# The last word of an action's text, and the `shuffle` and `now` that it stands for.
_MODIFIERS = {"shuffled": (True, False), "inorder": (False, False), "now": (None, True)}
# Matches `str()` of every PlayerAction.
PATTERN = (
    rf"(?:{'|'.join(ACTION_VERBS)})(?: [0-9A-Za-z:+%-]{{1,40}})?(?: (?:{'|'.join(_MODIFIERS)}))?"
)


@dataclass(frozen=True)
class PlayerAction:
    """An action of one user's player.

    argument  play and queue: `kind:id` or `kind:id:seconds`, LIKED_SONGS or LISTED_ITEMS; seek and
              volume: the user's input; shuffle: on or off; repeat: track, context or off; shuffle
              and repeat without it switch to the next mode; jump: `skips:kind:id`
    shuffle   play and resume: the shuffle mode to set; None leaves it as it is
    now       queue: skip to the item as well
    """

    verb: ActionVerb
    argument: str = ""
    shuffle: bool | None = None
    now: bool = False

    def __str__(self) -> str:
        """The action as text that is short enough for a custom_id; `parse` reads it back."""
        fields = self.shuffle, self.now
        modifier = next((word for word in _MODIFIERS if _MODIFIERS[word] == fields), "")
        return " ".join(word for word in (self.verb, self.argument, modifier) if word)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The action of which `text` is the `str()`. Raises ValueError for any other text."""
        first, *words = text.split(" ")
        verb = next((verb for verb in ACTION_VERBS if verb == first), None)
        shuffle, now = (
            _MODIFIERS[words.pop()] if words and words[-1] in _MODIFIERS else (None, False)
        )
        if verb is None or len(words) > 1:
            raise ValueError("not a player action")
        action = cls(verb, words[0] if words else "", shuffle, now)
        if str(action) != text:
            raise ValueError("not a player action")
        return action

    @property
    def uri(self) -> Uri | None:
        """The item to play or queue, if the argument is a single item."""
        match self.argument.split(":"):
            case [name, item_id, *start] if name in set(Kind) and is_id(item_id):
                seconds = int(start[0]) if start and start[0].isdecimal() else 0
                return Uri(Kind(name), item_id, seconds * 1000)
        return None

    @property
    def activates_device(self) -> bool:
        """Whether the action's first call makes the device that it names the active one."""
        return self.verb in ("play", "resume", "move") and self.shuffle is None

    @property
    def changes_playback(self) -> bool:
        """False for reading the volume, and for queueing without a skip."""
        return self != PlayerAction("volume") and (self.verb != "queue" or self.now)


def play_action(uri: Uri, shuffle: bool | None = None) -> PlayerAction:
    """The action that plays one item from its link's start position."""
    start = f":{uri.start_ms // 1000}" if uri.start_ms else ""
    return PlayerAction("play", f"{uri.kind}:{uri.id}{start}", shuffle)


def queue_action(uri: Uri, *, now: bool = False) -> PlayerAction:
    """Queues one track or episode. `now`: and skips to it."""
    return PlayerAction("queue", f"{uri.kind}:{uri.id}", now=now)


def seek_action(position: str) -> PlayerAction:
    """Goes to a position in the item. Raises InvalidPosition."""
    return PlayerAction("seek", parsing.normalise_position(position))


def volume_action(level: str | None) -> PlayerAction:
    """Sets the volume, or reads it without a level. Raises InvalidVolume."""
    return PlayerAction("volume", parsing.normalise_volume(level) if level else "")


def jump_action(skips: int, uri: Uri) -> PlayerAction:
    """Jumps to an item of the queue, to which this many skips led when the queue was read."""
    return PlayerAction("jump", f"{skips}:{uri.kind}:{uri.id}")
