"""Maps a refused call of the Web API to an error, by method, path, status and body; does no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from bot.errors import refusals
from bot.errors.login import MissingScope, NeedsLogin
from bot.errors.refusals import RESTRICTIONS, Subject
from bot.errors.spotify import (
    AccessTokenRefused,
    BadRequest,
    DeviceNotFound,
    MalformedRequest,
    NoActiveDevice,
    NotFound,
    NotPermitted,
    OwnerNeedsPremium,
    PlayerNotFound,
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
from bot.spotify.tolerant_decoding import Unreadable, parse_json

# All in seconds. For a rate limit without a readable Retry-After:
DEFAULT_RETRY_AFTER = 5.0
# Spotify's rate limit has a window of 30 seconds, so a longer wait than this one means a quota.
MAX_RATE_LIMIT_WAIT = 600.0
# For a quota without a readable Retry-After.
DEFAULT_QUOTA_WAIT = 3600.0
# Eleven days; no report names a longer wait.
MAX_RETRY_AFTER = 1e6
_SECONDS_PATTERN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_REASON_PATTERN = re.compile(r"[A-Z_]{1,40}")
_ID_PATTERN = re.compile(r"(?<=/)[0-9A-Za-z]{22}(?=/|$)")
# Bytes of a plain-text body that are searched for the phrases below.
_MAX_TEXT = 500

# Messages and statuses that no user's input can cause.
_OUR_MESSAGES = frozenset(
    (
        "malformed json",
        "invalid limit",
        "invalid offset",
        "too many uris requested",
        "only valid bearer authentication supported",
    )
)
_OUR_STATUSES = (405, 411, 415)

_NOT_REGISTERED = ("not registered", "not be registered", "not approved", "developer.spotify.com")
_MISSING_SCOPE = ("insufficient client scope", "insufficient_scope", "permissions missing")


@dataclass(frozen=True)
class ApiResponse:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Refusal:
    """The readable parts of a refusal.

    text    its message in lower case; empty if the body is HTML
    reason  in upper case, such as NO_PREV_TRACK; empty without a readable one
    log     for the log: without the message, which can repeat parts of the request
    """

    status: int
    subject: Subject
    text: str
    reason: str
    log: str

    @property
    def is_about_player(self) -> bool:
        return self.subject in (Subject.PLAYER, Subject.PLAYBACK)

    def mentions(self, *phrases: str) -> bool:
        return any(phrase in self.text for phrase in phrases)


def error_for(
    method: str, path: str, response: ApiResponse, *, now: float
) -> SpotifyError | NeedsLogin | None:
    """The error to raise for a response; None if the call succeeded.

    The status alone decides about success: player writes return arbitrary bodies.
    path  below /v1
    now   seconds since 1970, to which a dated Retry-After refers
    """
    status = response.status
    if 200 <= status < 300:
        return None
    text, reason = _read_body(response.body)
    route = f"{method} {_ID_PATTERN.sub('{id}', path)}"
    log = " ".join(filter(None, (str(status), reason, route)))
    refusal = _Refusal(status, subject_of(method, path), text, reason, log)
    if status < 400 or status >= 500 or status in (408, 425):
        return SpotifyDown(log)
    if status == 429:
        return _rate_limit_error(response.headers, reason, now)
    return _app_error(refusal) or _player_error(refusal) or _subject_error(refusal)


def subject_of(method: str, path: str) -> Subject:
    """The subject of a call; `path` is below /v1."""
    match path.split("/"):
        case ["search"]:
            return Subject.SEARCH
        case ["me", "player", "recently-played"]:
            return Subject.ACCOUNT
        case ["me", "player", *_]:
            return Subject.PLAYBACK if method == "GET" else Subject.PLAYER
        case ["me", "library", *_]:
            return Subject.SAVED_ITEM
        case ["me", *_]:
            return Subject.ACCOUNT
        case ["playlists", *_]:
            return Subject.PLAYLIST
    return Subject.ITEM


def _read_body(body: bytes) -> tuple[str, str]:
    """The message in lower case and the reason in upper case; each is empty if unreadable.

    The body is `{"error": {"message", "reason"}}`, OAuth's `{"error", "error_description"}`, or
    plain text. An HTML page comes from a proxy, so its text is ignored.
    """
    try:
        error = parse_json(body)
    except Unreadable:
        plain = body[:_MAX_TEXT].decode("utf-8", "replace").strip().lower()
        return ("" if plain.startswith("<") else plain), ""
    details = error
    if isinstance(error, dict) and isinstance(error.get("error"), dict):
        details = error["error"]
    if not isinstance(details, dict):
        return _text(details), ""
    parts = (_text(details.get(name)) for name in ("error", "message", "error_description"))
    reason = details.get("reason")
    reason = reason.strip().upper() if isinstance(reason, str) else ""
    return " ".join(filter(None, parts)), reason if _REASON_PATTERN.fullmatch(reason) else ""


def _text(value: object) -> str:
    """A string, or the strings of a list, in lower case."""
    parts = value if isinstance(value, list) else [value]
    return " ".join(part.strip() for part in parts if isinstance(part, str)).lower()


def _app_error(refusal: _Refusal) -> SpotifyError | NeedsLogin | None:
    """The error about the login, the account or the app, which any path can have."""
    status, log = refusal.status, refusal.log
    if status not in (401, 403):
        return None
    is_player = refusal.is_about_player
    if refusal.mentions("owner of the app"):
        return OwnerNeedsPremium(log)
    if refusal.mentions(*_NOT_REGISTERED):
        return UserNotRegistered(log)
    if refusal.mentions(*_MISSING_SCOPE):
        return MissingScope(log)
    if refusal.reason == "PREMIUM_REQUIRED" or refusal.mentions("premium required"):
        if is_player and refusal.reason == "PREMIUM_REQUIRED":
            return PremiumRequired(log)
        return SpuriousPremiumRequired(log, message=PremiumRequired.message if is_player else None)
    if refusal.mentions("access token missing"):
        return SpuriousUnauthorized(log)
    return AccessTokenRefused(log) if status == 401 else None


def _player_error(refusal: _Refusal) -> SpotifyError | None:
    """The error about devices and playback; None for other paths, and for a malformed request."""
    reason, log = refusal.reason, refusal.log
    if not refusal.is_about_player or _is_ours(refusal):
        return None
    if reason == "NO_ACTIVE_DEVICE" or refusal.mentions("no active device"):
        return NoActiveDevice(log)
    if refusal.mentions("device not found"):
        return DeviceNotFound(log)
    if reason in RESTRICTIONS:
        return PlayerRestricted(log, message=RESTRICTIONS[reason])
    if refusal.status == 403 and ("EXPLICIT" in reason or refusal.mentions("explicit")):
        return PlayerRestricted(log, message=refusals.EXPLICIT)
    if refusal.mentions("restricted device", "device is restricted"):
        return PlayerRestricted(log, message=refusals.UNCONTROLLABLE)
    if refusal.subject is Subject.PLAYBACK:
        return None
    match refusal.status:
        case 403:
            return PlayerRestricted(log)
        case 404 | 410:
            return PlayerNotFound(log)
        case 400 if refusal.mentions("device"):
            return BadRequest(log, message=refusals.DEVICE_CANNOT)
        case 400 if refusal.mentions("uri", "base62", "context"):
            return BadRequest(log, message=refusals.UNPLAYABLE)
    return None


def _subject_error(refusal: _Refusal) -> SpotifyError:
    """The error about the item, the query, the playlist or the library that the path names."""
    status, log, texts = refusal.status, refusal.log, refusals.TEXTS[refusal.subject]
    if _is_ours(refusal):
        return MalformedRequest(log)
    match status:
        case 403:
            return NotPermitted(log, message=texts.not_permitted)
        case 404 | 410:
            return NotFound(log, message=texts.not_found)
        case 400 if texts.names_item and refusal.mentions("base62", "invalid id"):
            return NotFound(log, message=texts.not_found)
        case 400 if refusal.subject is Subject.ITEM:
            return NotFound(log, message=texts.bad_request)  # only the ID comes from the user
        case 409 | 412 | 423:
            return BadRequest(log, message=refusals.CONFLICT)
        case 413 | 414 | 431:
            return BadRequest(log, message=texts.too_large)
        case 451 if texts.names_item:
            return NotPermitted(log, message=refusals.LEGAL_REASONS)
    return BadRequest(log, message=texts.bad_request)


def _is_ours(refusal: _Refusal) -> bool:
    """Whether no input or account of a user can be the cause."""
    is_our_message = refusal.status == 400 and refusal.text.rstrip(".") in _OUR_MESSAGES
    return is_our_message or refusal.status in _OUR_STATUSES


def _rate_limit_error(headers: Mapping[str, str], reason: str, now: float) -> RateLimited:
    quota = reason == "QUOTA_EXCEEDED"
    wait = _retry_after(headers.get("Retry-After", "").strip(), now)
    if wait is None:
        wait = DEFAULT_QUOTA_WAIT if quota else DEFAULT_RETRY_AFTER
    # With a wait of 0, the client would retry in a busy loop.
    wait = min(max(1.0, wait), MAX_RETRY_AFTER)
    return QuotaExceeded(wait) if quota or wait > MAX_RATE_LIMIT_WAIT else RateLimited(wait)


def _retry_after(value: str, now: float) -> float | None:
    """Seconds; None if the value is malformed, negative, or a date that is not in the future."""
    if _SECONDS_PATTERN.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)  # RFC 9110: a date without a zone is in UTC
    seconds = date.timestamp() - now
    return seconds if seconds > 0 else None
