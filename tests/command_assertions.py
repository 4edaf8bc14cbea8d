"""What tests of commands read: the calls that were spent, titles, choices, and refusals."""

from __future__ import annotations

import json

from sandbox.discord import Reply
from sandbox.fault_injection import Fault
from sandbox.message_text import SELECT, walk_components
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track


def api_calls_since(spotify: Spotify, since: int) -> list[str]:
    """The calls from this number on, such as "GET me/player"."""
    return [f"{call.method} {call.path}" for call in spotify.calls[since:]]


def spotify_url(uri: str) -> str:
    """The page of what this URI names."""
    _, kind, id_ = uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def card_title(spotify: Spotify, uri: str | None) -> str:
    """How a card shows this track."""
    track = spotify.catalogue.find_item(uri or "")
    assert isinstance(track, Track)
    return f"**[{track.name}]({spotify_url(track.uri)})**"


def playable_uris(spotify: Spotify, count: int) -> list[str]:
    """Songs that can be heard, by URI."""
    return [track.uri for track in spotify.catalogue.regular_tracks if track.playable][:count]


def select_options(reply: Reply) -> list[str]:
    """What its first menu offers."""
    menus = [part for part in walk_components(reply.message) if part["type"] == SELECT]
    return [option["label"] for option in menus[0]["options"]] if menus else []


def player_error(match: str, reason: str = "UNKNOWN", times: int | None = 1) -> Fault:
    """A refusal of the player's, for this reason."""
    error = {"status": 403, "message": "Player command failed: no", "reason": reason}
    return Fault(match, status=403, body=json.dumps({"error": error}), times=times)


async def final_reply(reply: Reply) -> Reply:
    """The answer to a question that lost its buttons first, once there is one."""
    asked = ("None of your devices is playing", "That device has gone away", "Spotify is not open")

    def is_there(it: Reply) -> bool:
        newest = it.message
        return bool(newest["components"]) or not newest["content"].startswith(asked)

    return await reply.wait_for(is_there)
