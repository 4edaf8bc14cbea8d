"""The Web API's error responses as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from sandbox.fault_injection import Fault

JSON_CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class ErrorResponse:
    """An error response. With the format "text", the body is the message itself."""

    status: int
    message: str
    reason: str | None = None
    format: Literal["json", "text"] = "json"
    retry_after: int | None = None

    @property
    def body(self) -> bytes:
        if self.format == "text":
            return self.message.encode()
        error: dict[str, object] = {"status": self.status, "message": self.message}
        if self.reason is not None:
            error["reason"] = self.reason
        return msgspec.json.encode({"error": error})

    @property
    def headers(self) -> dict[str, str]:
        content_type = JSON_CONTENT_TYPE if self.format == "json" else "text/plain; charset=utf-8"
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {"Content-Type": content_type, **after}

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


INVALID_LIMIT = ErrorResponse(400, "Invalid limit")
INVALID_OFFSET = ErrorResponse(400, "Invalid offset")
INVALID_ID = ErrorResponse(400, "Invalid base62 id")
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
DEVICE_RESTRICTED = player_error(403, "Restriction violated", "DEVICE_NOT_CONTROLLABLE")
VOLUME_NOT_SUPPORTED = player_error(403, "Cannot control device volume", "VOLUME_CONTROL_DISALLOW")
NO_ACTIVE_DEVICE = player_error(404, "No active device found", "NO_ACTIVE_DEVICE")
DEVICE_NOT_FOUND = ErrorResponse(404, "Device not found")

# Spotify sends these for valid tokens at times since 2026-07-20; a retry succeeds.
SPURIOUS_ERRORS = (
    ErrorResponse(401, "Access token missing"),
    ErrorResponse(403, "Premium required"),
)
