"""Each refusal of the Web API means one thing."""

from __future__ import annotations

import json

import pytest

from bot import errors
from bot.errors import Fault
from bot.spotify.refusals import Reply, refusal


def _json(message: str, reason: str | None = None) -> str:
    details = {"status": 0, "message": message} | ({"reason": reason} if reason else {})
    return json.dumps({"error": details})


_OWNER = "Active premium subscription required for the owner of the app. Contact the owner."
_LISTED = "Check settings on developer.spotify.com/dashboard, the user may not be registered."

TABLE: list[tuple[int, str, type[Fault] | None]] = [
    (200, "", None),
    (202, "<html>accepted</html>", None),
    (204, "", None),
    (302, "", errors.SpotifyDown),
    (400, _json("Invalid limit"), errors.Rejected),
    (400, "Malformed json", errors.Rejected),
    (401, _json("The access token expired"), errors.AccessTokenRefused),
    (401, _json("Invalid access token"), errors.AccessTokenRefused),
    (401, "", errors.AccessTokenRefused),
    (401, _json("Access token missing"), errors.TokenDoubted),
    (403, _json("Access token missing"), errors.TokenDoubted),
    (401, _json("Premium required"), errors.PremiumDoubted),
    (403, _json("Premium required"), errors.PremiumDoubted),
    (403, _OWNER, errors.OwnerNeedsPremium),
    (403, _json(_OWNER), errors.OwnerNeedsPremium),
    (403, "User not registered in the Developer Dashboard", errors.NotAllowListed),
    (403, _LISTED, errors.NotAllowListed),
    (403, _json(_LISTED), errors.NotAllowListed),
    (403, _json("Player command failed", "PREMIUM_REQUIRED"), errors.PremiumRequired),
    (403, _json("Player command failed: Restriction violated", "UNKNOWN"), errors.Restricted),
    (403, _json("Insufficient client scope"), errors.MissingScope),
    (403, _json("Forbidden"), errors.Forbidden),
    (403, "", errors.Forbidden),
    (403, "<html>look through a microscope</html>", errors.Forbidden),
    (404, _json("Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
     errors.NoActiveDevice),
    (404, _json("Device not found"), errors.DeviceGone),
    (404, _json("Resource not found"), errors.Unknown),
    (404, "Not found", errors.Unknown),
    (408, "", errors.SpotifyDown),
    (429, "Too many requests", errors.TooManyCalls),
    (429, _json("Quota", "QUOTA_EXCEEDED"), errors.QuotaExceeded),
    (500, _json("Internal"), errors.SpotifyDown),
    (502, "<html>Bad gateway</html>", errors.SpotifyDown),
    (503, "upstream connect error", errors.SpotifyDown),
    (599, "\udcff", errors.SpotifyDown),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "meaning"), TABLE)
def test_what_an_answer_means(status: int, body: str, meaning: type[Fault] | None) -> None:
    fault = refusal(Reply(status, {}, body.encode(errors="surrogateescape")))
    assert type(fault) is (meaning or type(None))


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("NO_PREV_TRACK", "no previous track"),
        ("NO_NEXT_TRACK", "no next track"),
        ("NO_SPECIFIC_TRACK", "not in what is playing"),
        ("ALREADY_PAUSED", "already paused"),
        ("NOT_PAUSED", "already playing"),
        ("NOT_PLAYING_LOCALLY", "on that device"),
        ("NOT_PLAYING_TRACK", "No track is playing"),
        ("NOT_PLAYING_CONTEXT", "No album or playlist"),
        ("ENDLESS_CONTEXT", "has no end"),
        ("CONTEXT_DISALLOW", "does not allow that"),
        ("ALREADY_PLAYING", "already playing"),
        ("RATE_LIMITED", "too many skips"),
        ("REMOTE_CONTROL_DISALLOW", "does not take commands"),
        ("DEVICE_NOT_CONTROLLABLE", "does not take commands"),
        ("VOLUME_CONTROL_DISALLOW", "cannot set the volume"),
        ("UNKNOWN", "does not allow that right now"),
        ("SOMETHING_NEW", "does not allow that right now"),
    ],
)
def test_each_reason_of_the_player_has_its_words(reason: str, says: str) -> None:
    fault = refusal(Reply(403, {}, _json("Player command failed", reason).encode()))
    assert isinstance(fault, errors.Restricted)
    assert says in fault.says


@pytest.mark.parametrize(
    ("retry_after", "reason", "says"),
    [
        ("0", None, "in 1 second."),
        ("-3", None, "in 5 seconds."),
        ("99999999999", None, "in 278 hours;"),
        (None, "QUOTA_EXCEEDED", "in 1 hour;"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "QUOTA_EXCEEDED", "in 1 hour;"),
        ("600", None, "too many requests"),
        ("48925", None, "used up what Spotify allows"),
        ("1", None, "in 1 second."),
        ("31", None, "in 31 seconds."),
        ("90", None, "in 2 minutes."),
        ("soon", None, "in 5 seconds."),
        (None, None, "in 5 seconds."),
        ("48925", "QUOTA_EXCEEDED", "in 14 hours;"),
        ("3600", "QUOTA_EXCEEDED", "in 1 hour;"),
        ("60", None, "in 1 minute."),
    ],
)
def test_a_429_says_how_long(retry_after: str | None, reason: str | None, says: str) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    fault = refusal(Reply(429, headers, _json("slow down", reason).encode()))
    assert fault is not None
    assert says in fault.says
