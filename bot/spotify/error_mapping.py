"""Maps a response of the Web API to an error, by status, headers and body; does no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.errors.login import MissingScope, NeedsLogin
from bot.errors.spotify import (
    AccessTokenRefused,
    BadRequest,
    DeviceNotFound,
    NoActiveDevice,
    NotFound,
    NotPermitted,
    OwnerNeedsPremium,
    PlayerRestricted,
    PremiumRequired,
    QuotaExceeded,
    RateLimited,
    SpotifyDown,
    SpotifyError,
    SpuriousPremiumRequired,
    SpuriousUnauthorized,
    UserNotRegistered,
)
from bot.spotify.response_body import DECODE_ERRORS

# All in seconds. For a rate limit without a readable Retry-After:
DEFAULT_RETRY_AFTER = 5.0
# Spotify's rate limit has a window of 30 seconds, so a longer wait than this one means a quota.
MAX_RATE_LIMIT_WAIT = 600.0
# For a quota without a readable Retry-After.
DEFAULT_QUOTA_WAIT = 3600.0
# Eleven days; no report names a longer wait.
MAX_RETRY_AFTER = 1e6
_SECONDS_PATTERN = re.compile(r"[0-9]{1,15}")
_REASON_PATTERN = re.compile(r"[A-Z_]{1,40}")

_UNCONTROLLABLE = "That device can’t be controlled from here. Choose another one with /devices."
_RESTRICTION_MESSAGES = {
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
    "REMOTE_CONTROL_DISALLOW": _UNCONTROLLABLE,
    "DEVICE_NOT_CONTROLLABLE": _UNCONTROLLABLE,
    "VOLUME_CONTROL_DISALLOW": "That device’s volume can’t be changed from here. Set it there.",
}


@dataclass(frozen=True)
class ApiResponse:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _ErrorDetails(msgspec.Struct):
    message: str | None = None
    reason: str | None = None


class _ErrorBody(msgspec.Struct):
    error: _ErrorDetails


def error_for(response: ApiResponse) -> SpotifyError | NeedsLogin | None:
    """The error to raise for a response; None if the call succeeded.

    The status alone decides about success: player writes return arbitrary bodies.
    """
    if 200 <= response.status < 300:
        return None
    details = _error_details(response.body)
    message, reason = details.message or "", details.reason or ""
    text = (message or response.body[:500].decode("utf-8", "replace")).lower()
    # Without Spotify's message, which could repeat parts of the request.
    log = f"{response.status} {reason if _REASON_PATTERN.fullmatch(reason) else ''}".strip()
    match response.status:
        case 401 if "access token missing" in text:
            return SpuriousUnauthorized(log)
        case 401 if "premium required" in text:
            return SpuriousPremiumRequired(log)
        case 401:
            return AccessTokenRefused(log)
        case 403:
            return _forbidden_error(text, reason, log)
        case 404 if reason == "NO_ACTIVE_DEVICE" or "no active device" in text:
            return NoActiveDevice(log)
        case 404 if "device not found" in text:
            return DeviceNotFound(log)
        case 404:
            return NotFound(log)
        case 429:
            return _rate_limit_error(response.headers, reason)
        case 408 | 425:
            return SpotifyDown(log)
        case status if status >= 500 or status < 400:
            return SpotifyDown(log)
    return BadRequest(log)


def _error_details(body: bytes) -> _ErrorDetails:
    """The details of a JSON error; empty if the body is HTML or plain text."""
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error
    except DECODE_ERRORS:
        return _ErrorDetails()


def _forbidden_error(text: str, reason: str, log: str) -> SpotifyError | NeedsLogin:
    if "owner of the app" in text:
        return OwnerNeedsPremium(log)
    if "not registered" in text or "developer.spotify.com/dashboard" in text:
        return UserNotRegistered(log)
    if "client scope" in text:
        return MissingScope(log)
    if reason == "PREMIUM_REQUIRED":
        return PremiumRequired(log)
    if "premium required" in text:
        return SpuriousPremiumRequired(log)
    if "access token missing" in text:
        return SpuriousUnauthorized(log)
    if reason in _RESTRICTION_MESSAGES:
        return PlayerRestricted(log, message=_RESTRICTION_MESSAGES[reason])
    if reason or "restriction" in text:
        return PlayerRestricted(log)
    return NotPermitted(log)


def _rate_limit_error(headers: Mapping[str, str], reason: str) -> RateLimited:
    retry_after = headers.get("Retry-After", "")
    quota = reason == "QUOTA_EXCEEDED"
    if _SECONDS_PATTERN.fullmatch(retry_after):
        # With a wait of 0, the client would retry in a busy loop.
        wait = min(max(1.0, float(retry_after)), MAX_RETRY_AFTER)
    else:
        wait = DEFAULT_QUOTA_WAIT if quota else DEFAULT_RETRY_AFTER
    return QuotaExceeded(wait) if quota or wait > MAX_RATE_LIMIT_WAIT else RateLimited(wait)
