"""Known differences between a specification and its service; the service is right.

The table is as narrow as the facts allow, and an entry that nothing needs any more is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.api_specification.exchange_checker import Finding


@dataclass(frozen=True)
class KnownDifference:
    """`operation` and `where` are patterns of the whole text, `what` is how the text begins."""

    operation: str
    where: str
    problem: str
    reason: str

    def matches(self, finding: Finding) -> bool:
        return (
            finding.problem.startswith(self.problem)
            and re.fullmatch(self.operation, finding.operation) is not None
            and re.fullmatch(self.where, finding.where) is not None
        )


def split_known(
    findings: Iterable[Finding], known_differences: Iterable[KnownDifference]
) -> tuple[list[Finding], list[KnownDifference]]:
    """The findings that no entry is about, and the entries that are the first for none."""
    unknown, unused = [], list(dict.fromkeys(known_differences))
    entries = tuple(unused)
    for finding in findings:
        entry = next((entry for entry in entries if entry.matches(finding)), None)
        if entry is None:
            unknown.append(finding)
        elif entry in unused:
            unused.remove(entry)
    return unknown, unused


def _expand_rows(*rows: tuple[str, str | tuple[str, ...], str, str]) -> tuple[KnownDifference, ...]:
    """An entry for each place of each row."""
    return tuple(
        KnownDifference(operation, where, what, why)
        for operation, places, what, why in rows
        for where in ([places] if isinstance(places, str) else places)
    )


_REPLIES = r"(POST|PATCH) /(interactions|webhooks)/.*"

DISCORD_DIFFERENCES = _expand_rows(
    (_REPLIES, ("query with_response", "query wait", "query with_components"),
     "is string instead of boolean", "discord.py says 1, which Discord takes for true"),
    (_REPLIES, ("request /tts", "request /data/tts"), "is not declared",
     "discord.py sends it with edits too, where Discord ignores it"),
    ("PATCH /channels/{channel_id}/messages/{message_id}", "request /tts", "is not declared",
     "discord.py sends it with edits too, where Discord ignores it"),
    (_REPLIES, ("request /attachments/#/id", "request /data/attachments/#/id"),
     "is integer instead of string", "for a new file it is the number of its part"),
    ("POST /users/@me/channels", "request /recipient_id", "is integer instead of string",
     "discord.py sends it as a number, which Discord takes too"),
    ("PUT /applications/{application_id}/commands", "request /#/nsfw", "is not declared",
     "part of Discord's documented command object"),
    ("GET /users/@me", "answer 200 /bio", "is not declared", "sent for bots, if undocumented"),
    ("POST /channels/{channel_id}/messages", "answer 400 /errors/.*/_errors/#/code",
     "is string instead of integer",
     "the code of a field is a name, such as BASE_TYPE_REQUIRED; only the whole has a number"),
    ("POST /api/v10/oauth2/token(/revoke)?", "path", "is not declared",
     "declared as the address of a login alone"),
    ("(GET|POST) /oauth2/authorize(/answer)?", "path", "is not declared", "a page for people"),
)  # fmt: skip

_REMOVED = "gone for apps made since 2026"
_ALBUM = r"answer 200 (/albums/items/#|.*/album)"
_LOCAL_IN = r"GET (/me/player|/me/tracks|/playlists/.*)"
_LOCAL = r"answer 200 .*/(item|track)/"
_ENTRIES = r"answer 200 (/items|/tracks|)/items/#/"

SPOTIFY_DIFFERENCES = _expand_rows(
    # What development mode leaves out
    ("GET .*", f"{_ALBUM}/available_markets", "is missing", _REMOVED),
    ("GET /artists/{id}/albums", "answer 200 /items/#/available_markets", "is missing", _REMOVED),
    ("GET /albums/{id}", ("answer 200 /available_markets", "answer 200 /label",
     "answer 200 /popularity"), "is missing", _REMOVED),
    ("GET /me/albums", ("answer 200 /items/#/album/label", "answer 200 /items/#/album/popularity"),
     "is missing", _REMOVED),
    # What is sent and was never written down
    ("GET .*", f"{_ALBUM}/is_playable", "is not declared", "sent in albums since 2023"),
    ("GET /artists/{id}/albums", "answer 200 /items/#/is_playable", "is not declared",
     "sent in albums since 2023"),
    ("GET /albums/{id}", "answer 200 /is_playable", "is not declared", "sent since 2023"),
    (r"GET /me/player(/currently-playing)?", "answer 200 /actions/disallows", "is not declared",
     "what is disallowed stands one level lower than the specification has it"),
    # What may be null
    ("GET /me/player/recently-played", "answer 200 /next", "is null instead of",
     "nothing older is known"),
    ("GET /me/following", ("answer 200 /artists/next", "answer 200 /artists/cursors/after"),
     "is null instead of", "after the last artist comes none"),
    ("GET /me/player", ("answer 200 /context", "answer 200 /item", "answer 200 /progress_ms"),
     "is null instead of", "absent during an ad, or where nothing was chosen"),
    ("GET /me/player/currently-playing", "answer 200 /item", "is null instead of",
     "an episode nobody asked for is not shown"),
    ("GET /me/player/queue", "answer 200 /currently_playing", "is null instead of",
     "nothing plays"),
    ("GET /me/playlists", "answer 200 /items/#", "is null instead of", "a playlist that is gone"),
    (r"(GET|POST) /(me/)?playlists.*", r"answer 20[01] .*/images", "is null instead of",
     "a playlist that is empty has no picture"),
    ("GET /playlists/.*", (f"{_ENTRIES}added_at", f"{_ENTRIES}added_by"), "is null instead of",
     "unknown for very old entries"),
    ("GET /playlists/.*", (f"{_ENTRIES}item", f"{_ENTRIES}track"), "is null instead of",
     "removed, or not sold in this country"),
    # A local file has names and no more
    (_LOCAL_IN, (f"{_LOCAL}id", f"{_LOCAL}href", f"{_LOCAL}artists/#/id",
     f"{_LOCAL}artists/#/href", f"{_LOCAL}artists/#/uri", f"{_LOCAL}album/id",
     f"{_LOCAL}album/href", f"{_LOCAL}album/uri", f"{_LOCAL}album/album_type",
     f"{_LOCAL}album/release_date", f"{_LOCAL}album/release_date_precision"),
     "is null instead of", "a local file is in no catalogue"),
    (_LOCAL_IN, f"{_LOCAL}album/total_tracks", "is missing", "a local file is in no catalogue"),
    # Success is a status, not a body
    (r"(PUT|POST) /me/player.*", ("answer 200", "answer 202"), "is not declared",
     "a command may answer any success"),
    ("GET /me/player/currently-playing", "answer 204", "is not declared",
     "nothing is active, as in GET /me/player"),
    # Refusals
    (r"(PUT|POST) /me/player.*", ("answer 403 /error/reason", "answer 404 /error/reason"),
     "is not declared", "the player gives reasons"),
    (".*", "answer 429 /error/reason", "is not declared", "QUOTA_EXCEEDED"),
    ("GET /me", "answer 403", "is text/plain", "who may not use the app is told so in plain text"),
    (".* /me/library.*", "answer 400 /error", "is not declared",
     "an error is an object under `error` here as everywhere"),
    (".* /me/library.*", ("answer 400 /status", "answer 400 /message"), "is missing",
     "an error is an object under `error` here as everywhere"),
)  # fmt: skip
