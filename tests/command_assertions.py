"""Helpers for tests of commands: API calls, card titles, select options and player errors."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sandbox.discord import Reply
from sandbox.fault_injection import Fault
from sandbox.message_text import SELECT, walk_components
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track


def api_calls_since(spotify: Spotify, since: int) -> list[str]:
    """The calls from index `since` on, as "GET me/player"."""
    return [f"{call.method} {call.path}" for call in spotify.calls[since:]]


def spotify_url(uri: str) -> str:
    """The open.spotify.com address of this URI."""
    _, kind, id_ = uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def spotify_urls(tracks: Iterable[Track]) -> list[str]:
    """The open.spotify.com addresses of these tracks."""
    return [spotify_url(track.uri) for track in tracks]


def card_title(spotify: Spotify, uri: str | None) -> str:
    """The title of this track as a card shows it: a bold link."""
    track = spotify.catalogue.find_item(uri or "")
    assert isinstance(track, Track)
    return f"**[{track.name}]({spotify_url(track.uri)})**"


def playable_uris(spotify: Spotify, count: int) -> list[str]:
    """The URIs of up to `count` playable tracks."""
    return [track.uri for track in spotify.catalogue.regular_tracks if track.playable][:count]


def select_options(reply: Reply) -> list[str]:
    """The option labels of the first select; empty without a select."""
    selects = [part for part in walk_components(reply.message) if part["type"] == SELECT]
    return [option["label"] for option in selects[0]["options"]] if selects else []


def player_error(match: str, reason: str = "UNKNOWN", times: int | None = 1) -> Fault:
    """A fault that answers a player call with 403 and this reason."""
    error = {"status": 403, "message": "Player command failed: no", "reason": reason}
    return Fault(match, status=403, body=json.dumps({"error": error}), times=times)


async def final_reply(reply: Reply) -> Reply:
    """Wait for the reply that follows a question whose select was removed."""
    questions = (
        "Nothing is playing. Which device",
        "That device is offline",
        "Spotify is",
    )

    def is_final(reply: Reply) -> bool:
        newest = reply.message
        if "Queueing" in reply.text or ("see below" in reply.text and len(reply.messages) == 1):
            return False
        return bool(newest["components"]) or not newest["content"].startswith(questions)

    return await reply.wait_for(is_final)
