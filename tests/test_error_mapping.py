"""A refusal of the Web API is explained by its path, its status and its body."""

from __future__ import annotations

import json
import random
import re
from email.utils import formatdate

from hypothesis import given
from hypothesis import strategies as st

from bot.errors.bot_error import OPERATOR, BotError
from bot.errors.login import MissingScope
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
    SpuriousPremiumRequired,
    SpuriousUnauthorized,
    UserNotRegistered,
)
from bot.spotify.error_mapping import ApiResponse, error_for
from sandbox.spotify.error_responses import ErrorResponse, distort

NOW = 1_795_000_000.0
ID = "4uLU6hMCjMI75M1A2tKUQC"

PAUSE, PLAY, QUEUE = "PUT me/player/pause", "PUT me/player/play", "POST me/player/queue"
STATE = "GET me/player"
TRACK, ALBUM_TRACKS = f"GET tracks/{ID}", f"GET albums/{ID}/tracks"
SEARCH, ME, SAVE, LIKED = "GET search", "GET me", "PUT me/library", "GET me/tracks"
PLAYLIST, ADD = f"GET playlists/{ID}/items", f"POST playlists/{ID}/items"

# Our endpoints by what they are about, and the words that do not belong there.
FOREIGN_WORDS = {
    (STATE, "GET me/player/devices", "GET me/player/queue"): (
        r"one of yours|made by Spotify|search|library|item|/now\. *$|the music"
    ),
    (PAUSE, PLAY, QUEUE, "POST me/player/next"): (
        r"one of yours|made by Spotify|search by name|that search|long to search|library|item"
    ),
    (TRACK, ALBUM_TRACKS, f"GET artists/{ID}/albums"): r"/now|device|playing|playlist|library",
    (SEARCH,): r"/now|device|playing|playlist|library|link",
    (PLAYLIST, ADD, f"GET playlists/{ID}"): r"/now|device|playing|that search|library",
    (SAVE, "DELETE me/library", "GET me/library/contains"): r"/now|device|playing|playlist|link",
    (ME, LIKED, "GET me/top/tracks", "GET me/player/recently-played", "GET me/playlists"): (
        r"/now|device|playing|playlist|link\b|version|words"
    ),
}
OUR_MESSAGES = ("Malformed json", "Invalid limit", "Invalid offset", "Too many uris requested",
                "Only valid bearer authentication supported")  # fmt: skip
OUR_STATUSES = (405, 411, 415)


def explained(
    call: str, status: int, body: str | bytes, headers: dict[str, str] | None = None
) -> BotError | None:
    method, _, path = call.partition(" ")
    raw = body if isinstance(body, bytes) else body.encode()
    return error_for(method, path, ApiResponse(status, headers or {}, raw), now=NOW)


def error_body(message: object, reason: object = None) -> str:
    details = {"status": 0, "message": message}
    return json.dumps({"error": details | ({} if reason is None else {"reason": reason})})


OWNER_NOT_PREMIUM = (
    "Active premium subscription required for the owner of the app. Contact the owner."
)
USER_NOT_REGISTERED = (
    "Check settings on developer.spotify.com/dashboard, the user may not be registered."
)
HTML = '<html><meta name="viewport" content="width=device-width">Premium required</html>'

# The same on every path.
ANY_PATH: list[tuple[int, str, type[BotError] | None]] = [
    (200, "", None),
    (202, "<html>accepted</html>", None),
    (204, "", None),
    (302, "", SpotifyDown),
    (401, error_body("The access token expired"), AccessTokenRefused),
    (401, "", AccessTokenRefused),
    (401, error_body("Access token missing"), SpuriousUnauthorized),
    (403, error_body("Access token missing"), SpuriousUnauthorized),
    (401, error_body("Premium required"), SpuriousPremiumRequired),
    (403, error_body("Premium required"), SpuriousPremiumRequired),
    (403, OWNER_NOT_PREMIUM, OwnerNeedsPremium),
    (403, error_body(OWNER_NOT_PREMIUM), OwnerNeedsPremium),
    (403, "User not registered in the Developer Dashboard", UserNotRegistered),
    (403, error_body(USER_NOT_REGISTERED), UserNotRegistered),
    (403, error_body([USER_NOT_REGISTERED]), UserNotRegistered),
    (403, error_body("User not approved for app"), UserNotRegistered),
    (403, '{"error": "User not approved for app"}', UserNotRegistered),
    (403, error_body("Insufficient client scope"), MissingScope),
    (403, '{"error": "x", "error_description": "Insufficient client scope"}', MissingScope),
    (401, error_body("Permissions missing"), MissingScope),
    (405, "", MalformedRequest),
    (400, error_body("Malformed json"), MalformedRequest),
    (400, error_body("Invalid limit"), MalformedRequest),
    (408, "", SpotifyDown),
    (429, "Too many requests", RateLimited),
    (429, error_body("Quota", "QUOTA_EXCEEDED"), QuotaExceeded),
    (429, error_body(None, "quota_exceeded"), QuotaExceeded),
    (500, error_body("Internal"), SpotifyDown),
    (502, "<html>Bad gateway</html>", SpotifyDown),
]

BY_PATH: list[tuple[str, int, str, type[BotError], str]] = [
    # player paths: devices and playback
    (PAUSE, 403, error_body("Restricted device"), PlayerRestricted, "can’t be controlled"),
    (PLAY, 403, "Restricted device", PlayerRestricted, "can’t be controlled"),
    (QUEUE, 400, error_body("Restricted device"), PlayerRestricted, "can’t be controlled"),
    (PAUSE, 403, error_body("Restriction violated", "UNKNOWN"), PlayerRestricted, "Check /now"),
    (PAUSE, 403, error_body("no", 7), PlayerRestricted, "Check /now"),
    (PAUSE, 403, HTML, PlayerRestricted, "Check /now"),
    (PAUSE, 403, error_body(None, "already_paused"), PlayerRestricted, "already paused"),
    (PLAY, 404, error_body("x", "NO_ACTIVE_DEVICE"), NoActiveDevice, "is active"),
    (PLAY, 404, "No active device found", NoActiveDevice, "is active"),
    (PLAY, 404, error_body("Device not found"), DeviceNotFound, "offline"),
    (PLAY, 404, "", PlayerNotFound, "the device or the music"),
    (PLAY, 410, HTML, PlayerNotFound, "the device or the music"),
    (PLAY, 400, error_body("Non supported context uri"), BadRequest, "can’t play that"),
    (PLAY, 400, error_body("Invalid base62 id"), BadRequest, "can’t play that"),
    (PLAY, 400, error_body("Device Kitchen cannot play this"), BadRequest, "That device"),
    (PAUSE, 400, HTML, BadRequest, "Check /now"),
    (QUEUE, 413, "", BadRequest, "fewer songs"),
    (QUEUE, 451, "", NotPermitted, "legal reasons"),
    (PLAY, 403, error_body("Player command failed", "PREMIUM_REQUIRED"), PremiumRequired, "needs"),
    (PLAY, 403, error_body("Player command failed", "premium_required"), PremiumRequired, "needs"),
    (PLAY, 403, error_body("Premium required"), SpuriousPremiumRequired, "Playing needs Spotify"),
    (STATE, 403, "", NotPermitted, "won’t show your player"),
    (STATE, 404, HTML, NotFound, "won’t show your player"),
    (STATE, 404, error_body("x", "NO_ACTIVE_DEVICE"), NoActiveDevice, "is active"),
    # items: the item, and what else to try
    (TRACK, 403, error_body("Restricted device"), NotPermitted, "another link"),
    (TRACK, 403, error_body("x", "NO_PREV_TRACK"), NotPermitted, "another link"),
    (TRACK, 404, error_body("x", "NO_ACTIVE_DEVICE"), NotFound, "It may be gone"),
    (TRACK, 404, "Not found", NotFound, "It may be gone"),
    (TRACK, 400, error_body("Invalid base62 id"), NotFound, "can’t find that"),
    (ALBUM_TRACKS, 400, "", NotFound, "another link"),
    (TRACK, 409, "", BadRequest, "in a minute"),
    (TRACK, 451, "", NotPermitted, "legal reasons"),
    # searches: the words
    (SEARCH, 400, error_body("No search query"), BadRequest, "Try other words"),
    (SEARCH, 404, error_body("Not found."), NotFound, "Try other words"),
    (SEARCH, 403, "", NotPermitted, "Try other words"),
    (SEARCH, 414, "", BadRequest, "fewer words"),
    # playlists: whose they are
    (PLAYLIST, 403, error_body("Forbidden"), NotPermitted, "one of yours"),
    (PLAYLIST, 403, "<html>look through a microscope</html>", NotPermitted, "one of yours"),
    (PLAYLIST, 404, "", NotFound, "made by Spotify"),
    (PLAYLIST, 400, error_body("Invalid base62 id"), NotFound, "made by Spotify"),
    (ADD, 400, error_body("Invalid track uri"), BadRequest, "other songs"),
    # the library: the item
    (SAVE, 404, error_body("Resource not found"), NotFound, "another version"),
    (SAVE, 400, error_body("Invalid uri"), BadRequest, "another version"),
    (SAVE, 403, "", NotPermitted, "another version"),
    # what nobody typed
    (ME, 403, error_body("x", "PREMIUM_REQUIRED"), SpuriousPremiumRequired, "Try again"),
    (ME, 403, error_body("Forbidden"), NotPermitted, "in a minute"),
    (LIKED, 400, "", BadRequest, "in a minute"),
]  # fmt: skip


def test_each_response_maps_to_its_error() -> None:
    for call in (path for paths in FOREIGN_WORDS for path in paths):
        for status, body, meaning in ANY_PATH:
            error = explained(call, status, body)
            assert type(error) is (meaning or type(None)), (call, status, body)
    for call, status, body, meaning, words in BY_PATH:
        error = explained(call, status, body)
        assert type(error) is meaning, (call, status, body)
        assert error is not None
        assert words in error.message, (call, status, body)


def test_each_player_error_reason_has_its_message() -> None:
    for reason, expected in {
        "NO_PREV_TRACK": "no previous track",
        "NO_NEXT_TRACK": "no next track",
        "NO_SPECIFIC_TRACK": "isn’t in what’s playing",
        "ALREADY_PAUSED": "already paused",
        "NOT_PAUSED": "already playing",
        "NOT_PLAYING_LOCALLY": "on that device",
        "NOT_PLAYING_TRACK": "No track is playing",
        "NOT_PLAYING_CONTEXT": "No album or playlist",
        "ENDLESS_CONTEXT": "has no end",
        "CONTEXT_DISALLOW": "doesn’t allow that",
        "ALREADY_PLAYING": "already playing",
        "RATE_LIMITED": "Too many skips",
        "REMOTE_CONTROL_DISALLOW": "can’t be controlled from here",
        "DEVICE_NOT_CONTROLLABLE": "can’t be controlled from here",
        "VOLUME_CONTROL_DISALLOW": "can’t be changed",
    }.items():
        error = explained(PAUSE, 403, error_body("Player command failed", reason))
        assert isinstance(error, PlayerRestricted)
        assert expected in error.message


def test_rate_limit_states_retry_time() -> None:
    quota = "QUOTA_EXCEEDED"
    for retry_after, reason, expected in (
        ("0", None, "in 1 second."),
        ("1.5", None, "in 2 seconds."),
        (" 31 ", None, "in 31 seconds."),
        ("90", None, "in 2 minutes."),
        ("600", None, "Too many requests"),
        ("48925", None, "used up its daily limit"),
        ("99999999999", None, "in 278 hours."),
        (formatdate(NOW + 20, usegmt=True), None, "in 20 seconds."),
        (formatdate(NOW + 20, usegmt=True).removesuffix(" GMT"), None, "in 20 seconds."),
        (formatdate(NOW + 7200, usegmt=True), None, "in 2 hours."),
        (formatdate(NOW - 60, usegmt=True), None, "in 5 seconds."),
        ("-3", None, "in 5 seconds."),
        ("nan", None, "in 5 seconds."),
        ("", None, "in 5 seconds."),
        (None, None, "in 5 seconds."),
        (None, quota, "in 1 hour."),
        (formatdate(NOW - 60, usegmt=True), quota, "in 1 hour."),
        ("3600", quota, "in 1 hour."),
        ("48925", quota, "in 14 hours."),
    ):
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        error = explained(SEARCH, 429, error_body("slow down", reason), headers)
        assert error is not None
        assert expected in error.message, (retry_after, reason)


MESSAGES = (*OUR_MESSAGES, OWNER_NOT_PREMIUM, USER_NOT_REGISTERED, "Restricted device",
            "User not approved for app", "Premium required", "Access token missing",
            "Non supported context uri", "Invalid base62 id", "Device not found",
            "Player command failed: No active device found", "Insufficient client scope",
            "Forbidden", "Not found.", "No search query", "Invalid track uri", "")  # fmt: skip
REASONS = (None, "UNKNOWN", "PREMIUM_REQUIRED", "NO_ACTIVE_DEVICE", "NO_PREV_TRACK",
           "CONTEXT_DISALLOW", "QUOTA_EXCEEDED", "SOMETHING_NEW")  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=5,
)
bodies = st.one_of(
    st.binary(max_size=50),
    st.sampled_from(MESSAGES).map(str.encode),
    json_values.map(lambda value: json.dumps({"error": value}).encode()),
    st.builds(
        lambda message, reason, seed: (
            distort(ErrorResponse(403, message, reason), random.Random(seed), NOW).body
        ),
        st.sampled_from(MESSAGES),
        st.sampled_from(REASONS),
        st.integers(0, 1000),
    ),
    st.builds(
        lambda message, reason: error_body(message, reason).encode(),
        st.sampled_from(MESSAGES) | json_values,
        st.sampled_from(REASONS) | json_values,
    ),
)


@given(
    path=st.sampled_from([(paths, path) for paths in FOREIGN_WORDS for path in paths]),
    status=st.integers(400, 499) | st.sampled_from((400, 403, 404)) | st.integers(100, 999),
    body=bodies,
    retry_after=st.none() | st.text(max_size=40) | st.floats().map(str),
)
def test_every_refusal_gets_a_sentence_that_fits_its_path(
    path: tuple[tuple[str, ...], str], status: int, body: bytes, retry_after: str | None
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    error = explained(path[1], status, body, headers)
    if error is None:
        assert 200 <= status < 300
        return
    if type(error) is MalformedRequest:
        ours = [message.lower().encode() in body.lower() for message in OUR_MESSAGES]
        assert status in OUR_STATUSES or (status == 400 and any(ours))
    else:
        message = error.message.replace(OPERATOR, "Ada")
        assert re.fullmatch(r"[^{}<>]{20,160}\.", message)
        about_app = isinstance(error, UserNotRegistered | OwnerNeedsPremium | MissingScope)
        foreign = re.search(FOREIGN_WORDS[path[0]], message.removeprefix(PremiumRequired.message))
        assert about_app or not foreign, message
        assert "our side" not in message
    if isinstance(error, RateLimited):
        assert 1 <= error.retry_after <= 1e6
    assert re.fullmatch(r"(\d+( [A-Z_]+)? [A-Z]+ [a-z/{}-]+|retry after \d+ s)", str(error))
