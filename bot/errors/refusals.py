"""Sentences that explain a refusal of the Web API, by the subject of the refused path."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.errors.spotify import (
    PLAYLIST_NOT_YOURS,
    BadRequest,
    NotFound,
    NotPermitted,
    PlayerNotFound,
)

UNCONTROLLABLE = "That device can’t be controlled from here. Choose another one with /devices."

# The player's reasons, from Spotify's Web API documentation, Player Error Reasons.
RESTRICTIONS = {
    "ALREADY_PAUSED": "The music is already paused. Use /resume to continue.",
    "NOT_PAUSED": "The music is already playing. Check /now.",
    "ALREADY_PLAYING": "That is already playing. Check /now.",
    "NO_NEXT_TRACK": "There is no next track. Queue one, or use /play.",
    "NO_PREV_TRACK": "There is no previous track. Use /restart to start this one over.",
    "NO_SPECIFIC_TRACK": "That track isn’t in what’s playing. Use /play to start it.",
    "NOT_PLAYING_TRACK": "No track is playing. Start something with /play.",
    "NOT_PLAYING_CONTEXT": "No album or playlist is playing. Start one with /play.",
    "NOT_PLAYING_LOCALLY": "Nothing is playing on that device. Start something with /play.",
    "ENDLESS_CONTEXT": "What’s playing has no end. Try it with an album or playlist.",
    "CONTEXT_DISALLOW": "What’s playing doesn’t allow that. Try it with an album or playlist.",
    "RATE_LIMITED": "Too many skips at once. Wait a moment, then try again.",
    "REMOTE_CONTROL_DISALLOW": UNCONTROLLABLE,
    "DEVICE_NOT_CONTROLLABLE": UNCONTROLLABLE,
    "VOLUME_CONTROL_DISALLOW": "That device’s volume can’t be changed from here. Set it there.",
}

DEVICE_CANNOT = "That device can’t do that. Choose another one with /devices."
UNPLAYABLE = "Spotify can’t play that. Try something else with /search."
# For OutcomeUnknown outside the player; its own message is about the player.
OUTCOME_UNKNOWN_ELSEWHERE = (
    "Not sure that worked: Spotify didn’t confirm. Check in Spotify before trying again."
)
EXPLICIT = "Your Spotify blocks explicit songs. You can allow them in Spotify’s settings."
CONFLICT = "Spotify couldn’t do that just now. Try again in a minute."
LEGAL_REASONS = "Spotify may not offer that, for legal reasons. Try another version with /search."


class Subject(Enum):
    """The subject of a path, which tells what may be wrong if Spotify refuses the call."""

    PLAYER = auto()
    PLAYBACK = auto()
    """Reads of the player's state."""
    PLAYLIST = auto()
    ITEM = auto()
    SEARCH = auto()
    SAVED_ITEM = auto()
    ACCOUNT = auto()


@dataclass(frozen=True)
class Texts:
    """The sentences for one subject.

    names_item  the path or the query contains an ID or a query of the user's
    """

    not_permitted: str
    not_found: str
    bad_request: str
    too_large: str
    names_item: bool = True


_TOO_MANY_SONGS = "That’s too much for Spotify at once. Try fewer songs."

_PLAYBACK_UNREADABLE = "Spotify won’t show your player right now. Try again in a minute."

TEXTS = {
    Subject.PLAYBACK: Texts(
        _PLAYBACK_UNREADABLE,
        _PLAYBACK_UNREADABLE,
        _PLAYBACK_UNREADABLE,
        _PLAYBACK_UNREADABLE,
        names_item=False,
    ),
    Subject.PLAYER: Texts(
        "Spotify won’t allow that right now. Check /now.",
        PlayerNotFound.message,
        "Spotify won’t do that right now. Check /now.",
        _TOO_MANY_SONGS,
    ),
    Subject.PLAYLIST: Texts(
        PLAYLIST_NOT_YOURS,
        "Spotify can’t find that. It may be gone, or a playlist made by Spotify, which apps "
        "can’t open. Try another link or search by name.",
        "Spotify won’t accept that for the playlist. Try another playlist, or other songs.",
        _TOO_MANY_SONGS,
    ),
    Subject.ITEM: Texts(
        "Spotify won’t allow that. Try another link or search by name.",
        "Spotify can’t find that. It may be gone. Try another link or search by name.",
        "Spotify won’t accept that. Try another link or search by name.",
        "Spotify won’t accept that. Try another link or search by name.",
    ),
    Subject.SEARCH: Texts(
        "Spotify won’t allow that search. Try other words.",
        "Spotify can’t search for that. Try other words.",
        "Spotify can’t search for that. Try other words.",
        "That’s too long to search for. Use fewer words.",
        names_item=False,
    ),
    Subject.SAVED_ITEM: Texts(
        "Spotify won’t allow that for this item. Try another version with /search.",
        "Spotify can’t find that. It may be gone. Try another version with /search.",
        "Spotify won’t accept that in a library. Try another version with /search.",
        "That’s too much for Spotify at once. Try fewer things.",
    ),
    Subject.ACCOUNT: Texts(
        NotPermitted.message,
        NotFound.message,
        BadRequest.message,
        BadRequest.message,
        names_item=False,
    ),
}
