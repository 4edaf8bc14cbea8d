"""What tests of commands read: the calls that were spent, titles, choices, and refusals."""

from __future__ import annotations

import json

from sandbox.discord import Reply
from sandbox.faults import Fault
from sandbox.readable import SELECT, walk
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track


def spent(spotify: Spotify, since: int) -> list[str]:
    """The calls from this number on, such as "GET me/player"."""
    return [f"{call.method} {call.path}" for call in spotify.calls[since:]]


def link(uri: str) -> str:
    """The page of what this URI names."""
    _, kind, id_ = uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def title(spotify: Spotify, uri: str | None) -> str:
    """How a card shows this track."""
    track = spotify.catalogue.find(uri or "")
    assert isinstance(track, Track)
    return f"**[{track.name}]({link(track.uri)})**"


def audible(spotify: Spotify, count: int) -> list[str]:
    """Songs that can be heard, by URI."""
    return [track.uri for track in spotify.catalogue.stock if track.playable][:count]


def choices(reply: Reply) -> list[str]:
    """What its first menu offers."""
    menus = [part for part in walk(reply.message) if part["type"] == SELECT]
    return [option["label"] for option in menus[0]["options"]] if menus else []


def refusing(match: str, reason: str = "UNKNOWN", times: int | None = 1) -> Fault:
    """A refusal of the player's, for this reason."""
    error = {"status": 403, "message": "Player command failed: no", "reason": reason}
    return Fault(match, status=403, body=json.dumps({"error": error}), times=times)


async def settled(reply: Reply) -> Reply:
    """The answer to a question that lost its buttons first, once there is one."""
    asked = ("None of your devices is playing", "That device has gone away", "Spotify is not open")

    def is_there(it: Reply) -> bool:
        newest = it.message
        return bool(newest["components"]) or not newest["content"].startswith(asked)

    return await reply.until(is_there)
