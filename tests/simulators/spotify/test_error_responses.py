"""The simulated Web API refuses the calls that the real one refuses."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from yarl import URL

from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS
from sandbox.spotify.removed_endpoints import REMOVED_ENDPOINTS
from sandbox.spotify.rules import ApiRule, OddRefusals
from tests.simulators.spotify.api_caller import ApiCaller

ID = "0x" * 11
TRACK, ARTIST, PLAYLIST = (f"spotify:{kind}:{ID}" for kind in ("track", "artist", "playlist"))


# "METHOD path", the JSON body, and the status and message of the error response
MALFORMED_CALLS: list[tuple[str, Any, int, str]] = [
    ("GET search?q=lantern&type=track&limit=11", None, 400, "Invalid limit"),
    ("GET search?q=lantern&type=track&limit=0", None, 400, "Invalid limit"),
    ("GET search?q=lantern&type=track&limit=ten", None, 400, "Invalid limit"),
    ("GET search?q=lantern&type=track&offset=1001", None, 400, "Invalid offset"),
    ("GET search?q=lantern&type=track&offset=-1", None, 400, "Invalid offset"),
    ("GET search?q=lantern&type=song", None, 400, "Bad type field song"),
    ("GET search?q=lantern", None, 400, "Missing required field: type"),
    ("GET search?type=track", None, 400, "No search query"),
    ("GET search?q=%20&type=track", None, 400, "No search query"),
    (f"GET search?type=track&q={'a' * 251}", None, 400, "Query exceeds maximum length"),
    ("GET search?q=a&type=track&q=b", None, 400, "Repeated query parameter"),
    ("GET search?q=a&type=track&lucky=1", None, 400, "Unknown query parameter: lucky"),
    ("GET search?q=a&type=track&market=XX", None, 400, "Invalid market code"),
    ("GET tracks/short", None, 400, "Invalid base62 id"),
    # The first number of 129 bits.
    ("GET tracks/7N42dgm5tFLK9N8MT7fHC8", None, 400, "Invalid base62 id"),
    ("GET tracks/7N42dgm5tFLK9N8MT7fHC7", None, 404, "Resource not found"),
    (f"GET tracks/{ID}", None, 404, "Resource not found"),
    (f"GET albums/{ID}/tracks?limit=51", None, 404, "Resource not found"),
    (f"GET playlists/{ID}", None, 404, "Resource not found"),
    ("GET nothing/here", None, 404, "Service not found"),
    ("PATCH me", None, 405, "Method not allowed"),
    ("GET me/tracks?limit=51", None, 400, "Invalid limit"),
    ("GET me/tracks?limit=1&offset=x", None, 400, "Invalid offset"),
    ("GET me/top/tracks?time_range=ever", None, 400, "Invalid time_range"),
    ("GET me/following", None, 400, "Missing required field: type"),
    ("GET me/following?type=user", None, 400, "Invalid type"),
    (f"GET me/following?type=artist&after={ID}", None, 400, "Invalid after"),
    ("GET me/player?additional_types=film", None, 400, "Bad additional_types field film"),
    ("GET me/player/recently-played?before=1&after=1", None, 400, "Only one"),
    ("GET me/player/recently-played?before=now", None, 400, "Invalid before"),
    # the library: at most forty URIs, in the query
    ("PUT me/library", None, 400, "Missing required field: uris"),
    ("PUT me/library", {"uris": [TRACK]}, 400, "Unexpected body"),
    (f"PUT me/library?uris={','.join([TRACK] * 41)}", None, 400, "Too many uris"),
    ("PUT me/library?uris=spotify:track:short", None, 400, "Invalid"),
    ("PUT me/library?uris=spotify:local:a:b:c:1", None, 400, "Invalid"),
    (f"PUT me/library?uris=spotify:chapter:{ID}", None, 400, "Invalid"),
    (f"PUT me/library?uris={TRACK}", None, 404, "Resource not found"),
    (f"PUT me/library?uris={PLAYLIST}", None, 404, "Resource not found"),
    ("PUT me/library?uris=spotify:user:nobody", None, 404, "Resource not found"),
    (f"GET me/library/contains?uris={','.join([TRACK] * 41)}", None, 400, "Too many uris"),
    # the player's commands
    ("PUT me/player/play", {}, 400, "Exactly one of context_uri and uris"),
    ("PUT me/player/play", {"position_ms": 1}, 400, "Exactly one of"),
    ("PUT me/player/play", {"uris": []}, 400, "Missing required field: uris"),
    ("PUT me/player/play", {"uris": [TRACK], "context_uri": ARTIST}, 400, "Exactly one of"),
    ("PUT me/player/play", {"uris": [ARTIST]}, 400, "Invalid"),
    ("PUT me/player/play", {"uris": ["lantern"]}, 400, "Invalid"),
    ("PUT me/player/play", {"uris": [1]}, 400, "Invalid"),
    ("PUT me/player/play", {"uris": TRACK}, 400, "Invalid value for uris"),
    ("PUT me/player/play", {"uris": [TRACK] * 201}, 413, "Request Entity Too Large"),
    ("PUT me/player/play", {"uris": [TRACK]}, 404, "Resource not found"),
    ("PUT me/player/play", {"uri": TRACK}, 400, "Unexpected field: uri"),
    ("PUT me/player/play", {"context_uri": TRACK}, 400, "Non supported context uri"),
    ("PUT me/player/play", {"context_uri": "spotify:user:ada"}, 400, "Non supported context uri"),
    ("PUT me/player/play", {"context_uri": PLAYLIST}, 404, "Resource not found"),
    ("PUT me/player/play", [TRACK], 400, "Malformed json"),
    ("PUT me/player", None, 400, "Malformed json"),
    ("PUT me/player", {"device_ids": []}, 400, "Exactly one device id"),
    ("PUT me/player", {"device_ids": ["a", "b"]}, 400, "Exactly one device id"),
    ("PUT me/player", {"device_ids": ["gone"]}, 404, "Device not found"),
    ("PUT me/player/pause", {"device_id": "x"}, 400, "Unexpected body"),
    ("PUT me/player/pause?device_id=gone", None, 404, "Device not found"),
    ("PUT me/player/seek", None, 400, "Missing required field: position_ms"),
    ("PUT me/player/seek?position_ms=-1", None, 400, "position_ms is out of range"),
    ("PUT me/player/seek?position_ms=1.5", None, 400, "Invalid position_ms"),
    ("PUT me/player/volume?volume_percent=101", None, 400, "volume_percent is out of range"),
    ("PUT me/player/repeat?state=all", None, 400, "Invalid state"),
    ("PUT me/player/shuffle?state=yes", None, 400, "Invalid state"),
    ("POST me/player/queue", None, 400, "Missing required field: uri"),
    (f"POST me/player/queue?uri={ARTIST}", None, 400, "Invalid"),
    (f"POST me/player/queue?uri={TRACK}", None, 404, "Resource not found"),
    # playlists
    ("POST me/playlists", {}, 400, "Missing required field: name"),
    ("POST me/playlists", {"name": " "}, 400, "Missing required field: name"),
    ("POST me/playlists", {"name": 1}, 400, "Invalid value for name"),
    ("POST me/playlists", {"name": "a", "public": 1}, 400, "Invalid value for public"),
    ("POST me/playlists", {"name": "a", "collaborative": True}, 400, "Collaborative"),
]
MALFORMED_JSON = (b"{", b"null", b"\xff", b'{"uris": NaN}', b'{"uris":[]} extra', b"plain")


async def test_malformed_calls_are_refused(ada: ApiCaller) -> None:
    for call, body, status, message in MALFORMED_CALLS:
        method, _, path = call.partition(" ")
        response = await ada(method, path, body)
        assert response.status == status, (call, body, response)
        assert message in response.message, (call, body)


async def test_malformed_json_is_refused(ada: ApiCaller) -> None:
    headers = {"Content-Type": "application/json"}
    for body in MALFORMED_JSON:
        response = await ada("PUT", "me/player/play", data=body, headers=headers)
        assert (response.status, response.message) == (400, "Malformed json"), body


async def test_a_write_without_content_length_is_refused(ada: ApiCaller) -> None:
    url = URL(ada.spotify.api_url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    token = ada.spotify.issue_access_token("ada", *SCOPE_DESCRIPTIONS)
    writer.write(
        b"PUT /v1/me/player/play HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    assert (await reader.read()).startswith(b"HTTP/1.1 411")
    writer.close()
    await writer.wait_closed()


async def test_json_with_another_content_type_is_refused(ada: ApiCaller) -> None:
    body = f'{{"uris":["{ada.spotify.catalogue.regular_tracks[0].uri}"]}}'.encode()
    response = await ada("PUT", "me/player/play", data=body, headers={"Content-Type": "text/plain"})
    assert response.status == 400


async def test_removed_endpoints_are_forbidden(ada: ApiCaller) -> None:
    for method, pattern in REMOVED_ENDPOINTS:
        path = pattern.replace("{id}", ID).replace("{what:.+}", "new-releases")
        response = await ada(method, path)
        assert response.status == 403, path
        assert response.json == {"error": {"status": 403, "message": "Forbidden"}}, path


# ---- authorization


async def test_calls_without_a_valid_token_are_refused(ada: ApiCaller) -> None:
    for header, status, message in (
        ("", 401, "Access token missing"),
        ("Basic abc", 400, "Only valid bearer authentication supported"),
        ("Bearer abc", 401, "Invalid access token"),
        ("Bearer ", 401, "Invalid access token"),
    ):
        response = await ada("GET", "me", headers={"Authorization": header})
        assert (response.status, response.message) == (status, message), header


async def test_access_tokens_expire(ada: ApiCaller) -> None:
    token = ada.spotify.issue_access_token("ada")
    ada.spotify.clock.advance(3599)
    assert (await ada("GET", "me", token=token)).status == 200
    ada.spotify.clock.advance(1)
    response = await ada("GET", "me", token=token)
    assert (response.status, response.message) == (401, "The access token expired")


async def test_users_who_are_not_registered_with_the_app_are_refused(ada: ApiCaller) -> None:
    responses = [await ada("GET", "me", account="mallory") for _ in range(40)]
    assert {response.status for response in responses} == {403}
    assert len({(response.headers["Content-Type"], response.body) for response in responses}) == 4
    assert all(re.search("registered|approved", response.message) for response in responses)


async def test_an_app_whose_owner_has_no_premium_is_refused(ada: ApiCaller) -> None:
    ada.spotify.apps[ada.spotify.client_id].owner_premium = False
    response = await ada("GET", "me")
    assert response.status == 403
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "Active premium subscription required for the owner of the app" in response.message


SCOPES_OF_CALLS = [
    ("GET me/player", "user-read-playback-state"),
    ("GET me/player/currently-playing", "user-read-currently-playing"),
    ("GET me/player/recently-played", "user-read-recently-played"),
    ("PUT me/player/play", "user-modify-playback-state"),
    ("GET me/tracks", "user-library-read"),
    ("GET me/following?type=artist", "user-follow-read"),
    ("GET me/top/artists", "user-top-read"),
    (f"PUT me/library?uris={TRACK}", "user-library-modify"),
    (f"PUT me/library?uris={ARTIST}", "user-follow-modify"),
    (f"DELETE me/library?uris={PLAYLIST}", "playlist-modify-public"),
    (f"GET me/library/contains?uris={TRACK}", "user-library-read"),
    (f"GET me/library/contains?uris={ARTIST}", "user-follow-read"),
    (f"GET me/library/contains?uris={PLAYLIST}", "playlist-read-private"),
]


async def test_a_missing_scope_is_refused(ada: ApiCaller) -> None:
    for call, scope in SCOPES_OF_CALLS:
        method, _, path = call.partition(" ")
        other_scopes = tuple(set(SCOPE_DESCRIPTIONS) - {scope})
        response = await ada(method, path, scopes=other_scopes)
        assert (response.status, response.message) == (403, "Insufficient client scope"), call
        assert (await ada(method, path, scopes=(scope,))).status != 403, call


async def test_an_app_token_reads_only_the_catalogue(ada: ApiCaller) -> None:
    track = ada.spotify.catalogue.regular_tracks[0]
    assert (await ada("GET", f"tracks/{track.id}", account=None)).status == 200
    assert (await ada("GET", "search?q=lantern&type=track", account=None)).status == 200
    for path in ("me", "me/tracks", "me/player", "me/playlists"):
        response = await ada("GET", path, account=None)
        assert (response.status, response.message) == (401, "Valid user authentication required")


# ---- odd shapes


async def test_refusals_have_odd_shapes(ada: ApiCaller) -> None:
    ada.spotify.rules.add(ApiRule(do=OddRefusals(), times=None))
    responses = [await ada("GET", f"tracks/{ID}") for _ in range(80)]
    assert {response.status for response in responses} == {404}
    assert len({response.body for response in responses}) > 10
    waits = set()
    for _ in range(80):
        ada.spotify.add_rate_limit(7)
        waits.add((await ada("GET", "me")).headers.get("Retry-After"))
    assert {None, "1.5", "-3"} < waits
    assert any("GMT" in wait for wait in waits if wait)
    assert (await ada("GET", "me")).status == 200


# ---- rate limits


async def test_rate_limits_and_quota(ada: ApiCaller) -> None:
    ada.spotify.add_rate_limit(7)
    ada.spotify.add_rate_limit(48_925, quota=True, pattern="GET /v1/search", times=None)
    limited = await ada("GET", "me")
    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")
    assert "reason" not in limited.json["error"]
    assert (await ada("GET", "me")).status == 200
    for _ in range(2):
        exhausted = await ada("GET", "search?q=a&type=track")
        assert (exhausted.status, exhausted.headers["Retry-After"]) == (429, "48925")
        assert exhausted.json["error"]["reason"] == "QUOTA_EXCEEDED"
    ada.spotify.rules.clear()
    assert (await ada("GET", "search?q=a&type=track")).status == 200


async def test_a_call_allowance_is_a_rolling_window(ada: ApiCaller) -> None:
    ada.spotify.rules.call_allowance = (3, 30.0)
    assert [(await ada("GET", "me")).status for _ in range(4)] == [200, 200, 200, 429]
    refused = await ada("GET", "me")
    assert 29 <= int(refused.headers["Retry-After"]) <= 30
    ada.spotify.clock.advance(30)
    assert (await ada("GET", "me")).status == 200
