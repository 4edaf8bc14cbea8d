"""Every way in which the Web API says no, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from ..faults import Fault

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Refusal:
    """An answer that is not a success. `form` "text" has the bare message as its body."""

    status: int
    message: str
    reason: str | None = None
    form: Literal["json", "text"] = "json"
    retry_after: int | None = None

    @property
    def body(self) -> bytes:
        if self.form == "text":
            return self.message.encode()
        error: dict[str, object] = {"status": self.status, "message": self.message}
        if self.reason is not None:
            error["reason"] = self.reason
        return msgspec.json.encode({"error": error})

    @property
    def headers(self) -> dict[str, str]:
        kind = JSON if self.form == "json" else "text/plain; charset=utf-8"
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {"Content-Type": kind, **after}

    def fault(self, match: str = "", times: int | None = 1, share: float = 1.0) -> Fault:
        """A fault that answers so, without a reason of its own: for glitches and for tests."""
        return Fault(match, "answer", self.status, self.body, self.headers, False, 0, times, share)


class Refused(Exception):
    """Raised by a handler; the API answers with its refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def bad_request(message: str) -> Refused:
    """A 400: the caller's bug."""
    return Refused(Refusal(400, message))


def player_refusal(status: int, message: str, reason: str) -> Refusal:
    return Refusal(status, f"Player command failed: {message}", reason)


def rate_limited(retry_after: int, *, quota: bool = False) -> Refusal:
    """A 429 of either kind; `retry_after` in seconds."""
    refusal = QUOTA_EXCEEDED if quota else RATE_LIMITED
    return replace(refusal, retry_after=retry_after)


INVALID_LIMIT = Refusal(400, "Invalid limit")
INVALID_OFFSET = Refusal(400, "Invalid offset")
INVALID_ID = Refusal(400, "Invalid base62 id")
INVALID_MARKET = Refusal(400, "Invalid market code")
MALFORMED_JSON = Refusal(400, "Malformed json")
NOT_A_BEARER = Refusal(400, "Only valid bearer authentication supported")
TOO_MANY_URIS = Refusal(400, "Too many uris requested")
LENGTH_REQUIRED = Refusal(411, "Length Required", form="text")
TOO_LARGE = Refusal(413, "Request Entity Too Large", form="text")

TOKEN_MISSING = Refusal(401, "Access token missing")
TOKEN_INVALID = Refusal(401, "Invalid access token")
TOKEN_EXPIRED = Refusal(401, "The access token expired")
NO_USER = Refusal(401, "Valid user authentication required")

OWNER_WITHOUT_PREMIUM = Refusal(
    403,
    "Active premium subscription required for the owner of the app. Renew the subscription and"
    " try again in a few hours.",
    form="text",
)
NOT_REGISTERED = (
    Refusal(403, "User not registered in the Developer Dashboard", form="text"),
    Refusal(403, "User not registered in the Developer Dashboard"),
    Refusal(
        403,
        "Check settings on developer.spotify.com/dashboard, the user may not be registered.",
        form="text",
    ),
)
INSUFFICIENT_SCOPE = Refusal(403, "Insufficient client scope")
FORBIDDEN = Refusal(403, "Forbidden")
NOT_FOUND = Refusal(404, "Resource not found")
NO_SUCH_ENDPOINT = Refusal(404, "Service not found")
WRONG_METHOD = Refusal(405, "Method not allowed")
RATE_LIMITED = Refusal(429, "API rate limit exceeded", retry_after=1)
QUOTA_EXCEEDED = Refusal(429, "API quota exceeded", "QUOTA_EXCEEDED", retry_after=48_925)

PREMIUM_REQUIRED = player_refusal(403, "Premium required", "PREMIUM_REQUIRED")
RESTRICTION_VIOLATED = player_refusal(403, "Restriction violated", "UNKNOWN")
DEVICE_RESTRICTED = player_refusal(403, "Restriction violated", "DEVICE_NOT_CONTROLLABLE")
NO_VOLUME = player_refusal(403, "Cannot control device volume", "VOLUME_CONTROL_DISALLOW")
NO_ACTIVE_DEVICE = player_refusal(404, "No active device found", "NO_ACTIVE_DEVICE")
DEVICE_NOT_FOUND = Refusal(404, "Device not found")

# Seen on good tokens since 2026-07-20: nothing is wrong, and a short retry helps.
GLITCHES = (
    Refusal(401, "Access token missing"),
    Refusal(403, "Premium required"),
)
