"""Classifies what a player is doing, so that all sentences about it agree."""

from __future__ import annotations

from enum import Enum, auto

from bot.errors.content import NothingPlaying
from bot.spotify.entries import Entries
from bot.spotify.models import Device, Playable, Playback
from bot.text.escape import safe
from bot.text.items import byline, title

NEXT_TRY = "Try again with the next track."
# The most devices that a sentence names, and the characters of each name.
_MAX_NAMES = 3
_MAX_NAME_LENGTH = 60


class Situation(Enum):
    INACTIVE = auto()
    """No device is active."""
    EMPTY = auto()
    """A device is active, and nothing is loaded."""
    AD = auto()
    HIDDEN = auto()
    """Something is loaded that Spotify does not show to apps, such as its DJ."""
    UNKNOWN = auto()
    """A device is active, and Spotify does not say whether something is loaded."""
    ITEM = auto()


def situation_of(state: Playback | None) -> Situation:
    """The situation of a player; `state` is None if Spotify says that no device is active."""
    if state is None:
        return Situation.INACTIVE
    if state.item is not None:
        return Situation.ITEM
    if state.currently_playing_type == "ad":
        return Situation.AD
    if state.item_or_unknown is not None or state.is_playing:
        return Situation.HIDDEN
    if state.is_playing is None:
        return Situation.UNKNOWN
    # A paused DJ has no item, and may be at its beginning; an empty device has no context.
    return Situation.HIDDEN if state.progress_ms or state.context else Situation.EMPTY


def require_item(state: Playback | None) -> Playable:
    """The item of a player. Raises NothingPlaying, whose message says why there is none."""
    if state is not None and state.item is not None:
        return state.item
    raise no_item(state)


def no_item(state: Playback | None) -> NothingPlaying:
    """The error of a command that needs an item, for a player without one."""
    match situation_of(state):
        case Situation.AD:
            return NothingPlaying("ad", message=ad_sentence(state))
        case Situation.HIDDEN:
            message = f"{hidden_sentence(state)} {NEXT_TRY}"
            return NothingPlaying("hidden", message=message)
        case Situation.UNKNOWN:
            message = "Spotify doesn’t say what’s playing. Try again in a minute."
            return NothingPlaying("unknown", message=message)
    return NothingPlaying()


def ad_sentence(state: Playback | None) -> str:
    return f"An ad is {verb_of(state)}. Music continues after it."


def hidden_sentence(state: Playback | None) -> str:
    """A sentence about a loaded item that Spotify does not show."""
    return f"Something is {verb_of(state)} that Spotify doesn’t show to apps."


def verb_of(state: Playback | None) -> str:
    """The verb for the loaded item: paused if Spotify says so, else playing."""
    return "paused" if state is not None and state.is_playing is False else "playing"


def now_sentence(state: Playback | None) -> str:
    """A sentence in markdown about the current item; empty if Spotify does not name it."""
    match situation_of(state):
        case Situation.AD:
            return f"An ad is {verb_of(state)} now."
        case Situation.HIDDEN:
            return hidden_sentence(state)
        case Situation.UNKNOWN:
            return ""
    if state is None or state.item is None:
        return "Nothing is playing now."
    if state.is_playing is None:
        return ""
    return f"{verb_of(state).capitalize()} now: {title(state.item)} · {byline(state.item)}."


def no_device_sentence(devices: Entries[Device], then: str) -> str:
    """For a user without a controllable device; `then` ends the sentence with the next step."""
    if not devices or devices.unreadable:
        return devices.why_empty(
            f"Spotify isn’t open on any device. Open it, play something for a second, {then}"
        )
    names = [safe(device.name, _MAX_NAME_LENGTH) or "a device without a name" for device in devices]
    shown, more = names[:_MAX_NAMES], len(names) - _MAX_NAMES
    others = ["1 more"] if more == 1 else [f"{more} more"] if more > 1 else []
    *first, last = [*shown, *others]
    listed = f"{', '.join(first)} and {last}" if first else last
    return (
        f"Spotify is only open on {listed}, which can’t be controlled from here. Open it on "
        f"another device, play something for a second, {then}"
    )
