"""A refusal of Spotify's is explained by what the user asked for, and never as a bug of ours."""

from __future__ import annotations

import logging
import re

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.error_responses import (
    INVALID_ID,
    INVALID_LIMIT,
    UNSUPPORTED_CONTEXT,
    ErrorResponse,
)
from sandbox.spotify.rules import ApiRule, OddRefusals
from tests.command_assertions import spotify_url

PLAYER_COMMANDS = ("/pause", "/next", "/previous", "/restart", "/shuffle", "/repeat",
                   "/seek position:1:00", "/volume level:40", "/play what:{track}",
                   "/queue add what:{track}")  # fmt: skip
WRITE = "(PUT|POST) .*/me/player"
ABOUT_PLAYLISTS = re.compile("one of yours|made by Spotify|search by name")
A_BUG = re.compile("our side|bug")


def refuse(spotify: Spotify, pattern: str, *responses: ErrorResponse) -> None:
    """Answer the matching calls with these responses in turn."""
    for response in responses:
        spotify.rules.add(ApiRule(pattern, do=response))


async def test_player_refusal_is_about_devices_and_playback(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    track = spotify_url(spotify.catalogue.regular_tracks[0].uri)
    for status, message, expected in (
        (403, "Restricted device", "can’t be controlled from here"),
        (403, "", "Check /now|blocks explicit"),
        (403, "<html>Forbidden</html>", "Check /now|blocks explicit"),
        (403, "Forbidden", "Check /now|blocks explicit"),
        (403, "Explicit content is blocked", "Your Spotify blocks explicit songs"),
        (404, "", "the device or the music"),
        (400, "Device cannot be used", "That device can’t do that"),
        (409, "Conflict", "in a minute"),
    ):
        for line in PLAYER_COMMANDS:
            player.resume()
            # A track that its album refuses is tried alone, and shuffle and skip once.
            refuse(spotify, WRITE, *[ErrorResponse(status, message, format="text")] * 2)
            reply = await linked_user.run(line.format(track=track))
            spotify.rules.clear()
            assert re.search(expected, reply.text), (status, message, line, reply.text)
            assert not ABOUT_PLAYLISTS.search(reply.text), (status, message, line)
            assert not A_BUG.search(reply.text), (status, message, line)
            assert reply.ephemeral


async def test_bare_404_without_an_active_device_asks_for_one(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.device = None
    refuse(spotify, WRITE, ErrorResponse(404, "<html>Not found</html>", format="text"))
    assert "Which device should I use?" in (await linked_user.run("/next")).text


async def test_what_a_user_typed_is_no_bug(
    spotify: Spotify, player: Player, linked_user: UserClient, caplog: pytest.LogCaptureFixture
) -> None:
    album, *others = [spotify_url(album.uri) for album in spotify.catalogue.albums.values()]
    caplog.set_level(logging.INFO, "bot")
    no_query = ErrorResponse(400, "No search query")
    for line, pattern, response, expected in (
        (f"/play what:{album}", "player/play", UNSUPPORTED_CONTEXT, "Spotify can’t play that"),
        (f"/play what:{others[0]}", "albums/", INVALID_ID, "Spotify can’t find that"),
        (f"/search what:{others[1]}", "albums/", INVALID_ID, "Spotify can’t find that"),
        ("/search what:lantern secret", "search", no_query, "Try other words"),
        ("/play what:lantern secret", "search", no_query, "Try other words"),
    ):
        caplog.clear()
        refuse(spotify, pattern, response)
        reply = await linked_user.run(line)
        assert expected in reply.text, line
        assert not A_BUG.search(reply.text), line
        # The operator finds the call in the log, without a traceback and without the query.
        (record,) = [r for r in caplog.records if r.name.startswith("bot") and "400" in r.message]
        assert re.search(r": (BadRequest|NotFound): 400 [A-Z]+ [a-z/{}]+$", record.message)
        assert record.exc_info is None
        assert "secret" not in caplog.text


async def test_malformed_request_is_a_bug(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    refuse(spotify, "search", INVALID_LIMIT)
    reply = await linked_user.run("/search what:lantern")
    assert re.search(r"Something went wrong on our side\. .*: reference [0-9a-f]{6}", reply.text)


async def test_refusal_of_one_link_leaves_the_others(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    first, second = spotify.catalogue.regular_tracks[:2]
    refuse(spotify, f"tracks/{first.id}", INVALID_ID)
    message = linked_user.send(f"{spotify_url(first.uri)} {spotify_url(second.uri)}")
    reply = await linked_user.use_context_menu("Queue on Spotify", message=message)
    assert second.name in reply.text


async def test_odd_shapes_of_real_refusals_are_explained(harness: Harness) -> None:
    """Nothing is active, a device is restricted, an item is unknown, an account has no Premium."""
    unknown = f"https://open.spotify.com/track/{'0' * 22}"
    spotify = harness.spotify
    ada, linus = await harness.link_account("ada"), await harness.link_account("linus")
    player = spotify.accounts["ada"].player
    television = next(device for device in player.devices if device.is_restricted)
    spotify.rules.add(ApiRule(do=OddRefusals(), times=None))
    for client, device in ((ada, television), (ada, player.devices[0]), (linus, None)):
        for line in (*PLAYER_COMMANDS, "/resume", "/queue show", "/save"):
            spotify.accounts["linus"].player.device = None
            if device is not None:
                player.resume(device)
            reply = await client.run(line.format(track=unknown))
            assert not A_BUG.search(reply.text), (client.user, line, reply.text)
            assert not re.search("one of yours|<", reply.text.partition("\n")[0]), (
                line,
                reply.text,
            )


async def test_user_who_is_not_on_the_apps_list_is_told(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.apps[spotify.client_id].allowed_accounts.clear()
    for _ in range(8):
        for line in ("/now", "/pause", "/search what:lantern", "/save"):
            reply = await linked_user.run(line)
            assert "Your account isn’t on this bot’s Spotify app" in reply.text, line
