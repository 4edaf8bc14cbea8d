"""Each refusal of the Web API means one thing."""

from __future__ import annotations

import json

import pytest

from bot.errors.bot_error import BotError
from bot.errors.login import MissingScope
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
    SpuriousPremiumRequired,
    SpuriousUnauthorized,
    UserNotRegistered,
)
from bot.spotify.error_mapping import ApiResponse, error_for


def _error_body(message: str, reason: str | None = None) -> str:
    details = {"status": 0, "message": message} | ({"reason": reason} if reason else {})
    return json.dumps({"error": details})


_OWNER_NOT_PREMIUM = (
    "Active premium subscription required for the owner of the app. Contact the owner."
)
_USER_NOT_REGISTERED = (
    "Check settings on developer.spotify.com/dashboard, the user may not be registered."
)

ERROR_TABLE: list[tuple[int, str, type[BotError] | None]] = [
    (200, "", None),
    (202, "<html>accepted</html>", None),
    (204, "", None),
    (302, "", SpotifyDown),
    (400, _error_body("Invalid limit"), BadRequest),
    (400, "Malformed json", BadRequest),
    (401, _error_body("The access token expired"), AccessTokenRefused),
    (401, _error_body("Invalid access token"), AccessTokenRefused),
    (401, "", AccessTokenRefused),
    (401, _error_body("Access token missing"), SpuriousUnauthorized),
    (403, _error_body("Access token missing"), SpuriousUnauthorized),
    (401, _error_body("Premium required"), SpuriousPremiumRequired),
    (403, _error_body("Premium required"), SpuriousPremiumRequired),
    (403, _OWNER_NOT_PREMIUM, OwnerNeedsPremium),
    (403, _error_body(_OWNER_NOT_PREMIUM), OwnerNeedsPremium),
    (403, "User not registered in the Developer Dashboard", UserNotRegistered),
    (403, _USER_NOT_REGISTERED, UserNotRegistered),
    (403, _error_body(_USER_NOT_REGISTERED), UserNotRegistered),
    (403, _error_body("Player command failed", "PREMIUM_REQUIRED"), PremiumRequired),
    (403, _error_body("Player command failed: Restriction violated", "UNKNOWN"), PlayerRestricted),
    (403, _error_body("Insufficient client scope"), MissingScope),
    (403, _error_body("Forbidden"), NotPermitted),
    (403, "", NotPermitted),
    (403, "<html>look through a microscope</html>", NotPermitted),
    (404, _error_body("Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
     NoActiveDevice),
    (404, _error_body("Device not found"), DeviceNotFound),
    (404, _error_body("Resource not found"), NotFound),
    (404, "Not found", NotFound),
    (408, "", SpotifyDown),
    (429, "Too many requests", RateLimited),
    (429, _error_body("Quota", "QUOTA_EXCEEDED"), QuotaExceeded),
    (500, _error_body("Internal"), SpotifyDown),
    (502, "<html>Bad gateway</html>", SpotifyDown),
    (503, "upstream connect error", SpotifyDown),
    (599, "\udcff", SpotifyDown),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "meaning"), ERROR_TABLE)
def test_response_maps_to_error(status: int, body: str, meaning: type[BotError] | None) -> None:
    fault = error_for(ApiResponse(status, {}, body.encode(errors="surrogateescape")))
    assert type(fault) is (meaning or type(None))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("NO_PREV_TRACK", "no previous track"),
        ("NO_NEXT_TRACK", "no next track"),
        ("NO_SPECIFIC_TRACK", "isn’t in what’s playing"),
        ("ALREADY_PAUSED", "already paused"),
        ("NOT_PAUSED", "already playing"),
        ("NOT_PLAYING_LOCALLY", "on that device"),
        ("NOT_PLAYING_TRACK", "No track is playing"),
        ("NOT_PLAYING_CONTEXT", "No album or playlist"),
        ("ENDLESS_CONTEXT", "has no end"),
        ("CONTEXT_DISALLOW", "doesn’t allow that"),
        ("ALREADY_PLAYING", "already playing"),
        ("RATE_LIMITED", "Too many skips"),
        ("REMOTE_CONTROL_DISALLOW", "can’t be controlled from here"),
        ("DEVICE_NOT_CONTROLLABLE", "can’t be controlled from here"),
        ("VOLUME_CONTROL_DISALLOW", "can’t be changed"),
        ("UNKNOWN", "won’t allow that right now"),
        ("SOMETHING_NEW", "won’t allow that right now"),
    ],
)
def test_each_player_error_reason_has_its_message(reason: str, expected: str) -> None:
    fault = error_for(ApiResponse(403, {}, _error_body("Player command failed", reason).encode()))
    assert isinstance(fault, PlayerRestricted)
    assert expected in fault.message


@pytest.mark.parametrize(
    ("retry_after", "reason", "expected"),
    [
        ("0", None, "in 1 second."),
        ("-3", None, "in 5 seconds."),
        ("99999999999", None, "in 278 hours."),
        (None, "QUOTA_EXCEEDED", "in 1 hour."),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "QUOTA_EXCEEDED", "in 1 hour."),
        ("600", None, "Too many requests"),
        ("48925", None, "used up its daily limit"),
        ("1", None, "in 1 second."),
        ("31", None, "in 31 seconds."),
        ("90", None, "in 2 minutes."),
        ("soon", None, "in 5 seconds."),
        (None, None, "in 5 seconds."),
        ("48925", "QUOTA_EXCEEDED", "in 14 hours."),
        ("3600", "QUOTA_EXCEEDED", "in 1 hour."),
        ("60", None, "in 1 minute."),
    ],
)
def test_rate_limit_states_retry_time(
    retry_after: str | None, reason: str | None, expected: str
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    fault = error_for(ApiResponse(429, headers, _error_body("slow down", reason).encode()))
    assert fault is not None
    assert expected in fault.message
