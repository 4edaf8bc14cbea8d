"""The Web API's error responses as data, and the odd shapes that they have at times."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Literal

import msgspec

from sandbox.fault_injection import Fault

JSON_CONTENT_TYPE = "application/json; charset=utf-8"

_CONTENT_TYPES = {
    "json": JSON_CONTENT_TYPE,
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
_HTML = b"""<!DOCTYPE html><html><head><meta name="viewport" content="width=device-width">
<title>Error</title></head><body><h1>Premium required? No active device? Not registered?</h1>"""


@dataclass(frozen=True)
class ErrorResponse:
    """An error response. With the format "text", the body is the message itself.

    odd_body  the body instead of the message and the reason
    """

    status: int
    message: str
    reason: str | None = None
    format: Literal["json", "text", "html"] = "json"
    retry_after: int | str | None = None
    odd_body: bytes | None = None

    @property
    def body(self) -> bytes:
        if self.odd_body is not None:
            return self.odd_body
        if self.format == "text":
            return self.message.encode()
        error: dict[str, object] = {"status": self.status, "message": self.message}
        if self.reason is not None:
            error["reason"] = self.reason
        return msgspec.json.encode({"error": error})

    @property
    def headers(self) -> dict[str, str]:
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {"Content-Type": _CONTENT_TYPES[self.format], **after}

    def as_fault(self, pattern: str = "", times: int | None = 1, probability: float = 1.0) -> Fault:
        """A fault with this response, for responses that have no cause in the state."""
        return Fault(
            pattern,
            status=self.status,
            body=self.body,
            headers=self.headers,
            times=times,
            probability=probability,
        )


class ApiError(Exception):
    """Raised by a handler; the API sends the response."""

    def __init__(self, response: ErrorResponse) -> None:
        super().__init__(response.message)
        self.response = response


def bad_request(message: str) -> ApiError:
    """A 400 for a malformed request."""
    return ApiError(ErrorResponse(400, message))


def player_error(status: int, message: str, reason: str) -> ErrorResponse:
    return ErrorResponse(status, f"Player command failed: {message}", reason)


def rate_limited(retry_after: int, *, quota: bool = False) -> ErrorResponse:
    """A 429 of either kind. `retry_after` is in seconds."""
    response = QUOTA_EXCEEDED if quota else RATE_LIMITED
    return replace(response, retry_after=retry_after)


def distort(response: ErrorResponse, rng: random.Random, now: float) -> ErrorResponse:
    """The response in one of the shapes that public bug reports show.

    It may lose its message, but never gets a false one. `now` is in seconds since 1970.
    """
    status, message, reason = response.status, response.message, response.reason
    odd_errors: list[object] = [
        message,  # as OAuth answers, with the description next to it
        None,
        {},
        {"status": status, "message": None, "reason": reason},
        {"status": status, "message": [message], "reason": reason},
        {"status": str(status), "message": message, "reason": (reason or "unknown").lower()},
        {"status": status, "message": message, "reason": 7},
        {"status": status, "message": {"text": message}},
    ]
    bodies: list[tuple[Literal["json", "text", "html"], bytes]] = [
        ("html", _HTML),
        ("html", b""),
        ("text", message.encode()),
        ("text", b"\xff\xfe"),
        ("json", b"[]"),
        ("json", b"null"),
        *(
            ("json", msgspec.json.encode({"error": error, "error_description": message}))
            for error in odd_errors
        ),
    ]
    if status == 429:
        date = formatdate(now + rng.choice((-60, 20, 120)), usegmt=True)
        odd_waits = (None, "1.5", "-3", "0", "soon", "", date, date.removesuffix(" GMT"))
        response = replace(response, retry_after=rng.choice(odd_waits))
    format_, body = rng.choice(bodies)
    return replace(response, format=format_, odd_body=body)


INVALID_LIMIT = ErrorResponse(400, "Invalid limit")
INVALID_OFFSET = ErrorResponse(400, "Invalid offset")
INVALID_ID = ErrorResponse(400, "Invalid base62 id")
UNSUPPORTED_CONTEXT = ErrorResponse(400, "Non supported context uri")
INVALID_MARKET = ErrorResponse(400, "Invalid market code")
MALFORMED_JSON = ErrorResponse(400, "Malformed json")
INVALID_AUTH_SCHEME = ErrorResponse(400, "Only valid bearer authentication supported")
TOO_MANY_URIS = ErrorResponse(400, "Too many uris requested")
LENGTH_REQUIRED = ErrorResponse(411, "Length Required", format="text")
TOO_LARGE = ErrorResponse(413, "Request Entity Too Large", format="text")

TOKEN_MISSING = ErrorResponse(401, "Access token missing")
TOKEN_INVALID = ErrorResponse(401, "Invalid access token")
TOKEN_EXPIRED = ErrorResponse(401, "The access token expired")
USER_REQUIRED = ErrorResponse(401, "Valid user authentication required")

OWNER_WITHOUT_PREMIUM = ErrorResponse(
    403,
    "Active premium subscription required for the owner of the app. Renew the subscription and"
    " try again in a few hours.",
    format="text",
)
USER_NOT_REGISTERED = (
    ErrorResponse(403, "User not registered in the Developer Dashboard", format="text"),
    ErrorResponse(403, "User not registered in the Developer Dashboard"),
    ErrorResponse(403, "User not approved for app"),
    ErrorResponse(
        403,
        "Check settings on developer.spotify.com/dashboard, the user may not be registered.",
        format="text",
    ),
)
INSUFFICIENT_SCOPE = ErrorResponse(403, "Insufficient client scope")
FORBIDDEN = ErrorResponse(403, "Forbidden")
NOT_FOUND = ErrorResponse(404, "Resource not found")
ENDPOINT_NOT_FOUND = ErrorResponse(404, "Service not found")
METHOD_NOT_ALLOWED = ErrorResponse(405, "Method not allowed")
RATE_LIMITED = ErrorResponse(429, "API rate limit exceeded", retry_after=1)
QUOTA_EXCEEDED = ErrorResponse(429, "API quota exceeded", "QUOTA_EXCEEDED", retry_after=48_925)

PREMIUM_REQUIRED = player_error(403, "Premium required", "PREMIUM_REQUIRED")
RESTRICTION_VIOLATED = player_error(403, "Restriction violated", "UNKNOWN")
DEVICE_RESTRICTED = ErrorResponse(403, "Restricted device")
VOLUME_NOT_SUPPORTED = player_error(403, "Cannot control device volume", "VOLUME_CONTROL_DISALLOW")
NO_ACTIVE_DEVICE = player_error(404, "No active device found", "NO_ACTIVE_DEVICE")
DEVICE_NOT_FOUND = ErrorResponse(404, "Device not found")

# Spotify sends these for valid tokens at times since 2026-07-20; a retry succeeds.
SPURIOUS_ERRORS = (
    ErrorResponse(401, "Access token missing"),
    ErrorResponse(403, "Premium required"),
)
