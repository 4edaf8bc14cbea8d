"""The Spotify app of a link is gone: deleted, disabled, or its client ID is wrong."""

from __future__ import annotations

import pytest

from bot.errors.login import LoginExpired, OwnAppGone
from bot.errors.spotify import AppGone, SpotifyDown
from bot.login.outcome_codes import decode_error, encode_error
from sandbox.discord import UserClient
from sandbox.discord.visible_text import visible_text
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.login_client import login_client
from tests.login_state_machine.renewal_helpers import count_renewals, stored_link
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app

OPERATOR = "this bot’s owner"
VERIFY_INTERVAL = 60  # seconds after which the bot asks Spotify about the app again


async def test_own_app_that_is_gone_leads_to_another_app(
    harness: Harness, spotify: Spotify
) -> None:
    mallory = await link_with_own_app(harness)
    before = stored_link(harness, "mallory")
    app = spotify.delete_app(USER_CLIENT_ID)
    reply = await mallory.run("/now")
    assert reply.text.startswith(OwnAppGone.message)
    assert "/link" in OwnAppGone.message
    assert "/setup" in OwnAppGone.message
    renewals = count_renewals(spotify)
    assert OwnAppGone.message in (await mallory.run("/pause")).text
    assert count_renewals(spotify) == renewals, "the app is not asked about at every command"
    assert stored_link(harness, "mallory") == before
    assert harness.find_login_offer(await reply.press("Link Spotify")).url
    spotify.restore_app(app)
    harness.clock.advance(VERIFY_INTERVAL)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    assert stored_link(harness, "mallory") == before


@pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client"])
async def test_operators_app_that_is_gone_names_the_operator(
    harness: Harness, spotify: Spotify, linked_user: UserClient, code: str
) -> None:
    before = stored_link(harness)
    body = f'{{"error":"{code}","error_description":"Invalid client"}}'
    spotify.accounts_faults.add(Fault("POST /api/token", status=401, body=body))
    reply = await linked_user.run("/now")
    assert reply.text == AppGone().render(OPERATOR), "and no button: that login would fail, too"
    assert OPERATOR in reply.text
    assert (await linked_user.run("/link")).text == reply.text, "not a page of Spotify's"
    harness.clock.advance(VERIFY_INTERVAL)
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert stored_link(harness) == before


async def test_refusal_of_any_shape_says_that_the_app_is_gone(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    for body, expected in (
        (b'{"error":{"status":400,"message":"invalid_client"}}', AppGone),
        (b'{"error":["invalid_client"]}', AppGone),
        (b'{"error":"INVALID_CLIENT"}', AppGone),
        (b"INVALID_CLIENT: Invalid client", AppGone),
        (b'{"error":{"message":"Invalid_Grant"}}', LoginExpired),
        (b"<html>invalid_client", SpotifyDown),
        (b'{"error":"server_error","error_description":"invalid_client"}', SpotifyDown),
    ):
        spotify.accounts_faults.clear()
        harness.clock.advance(4_000)
        spotify.tokens.expire_access_tokens()
        spotify.accounts_faults.add(Fault("POST /api/token", status=400, body=body))
        assert (await linked_user.run("/now")).text.startswith(expected().render(OPERATOR)), body
        harness.clock.advance(VERIFY_INTERVAL)
        assert "Ada's Laptop" in (await linked_user.run("/now")).text


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client"])
async def test_server_error_is_no_word_about_login_or_app(
    spotify: Spotify, linked_user: UserClient, code: str
) -> None:
    spotify.accounts_faults.add(
        Fault("POST /api/token", status=503, body=f'{{"error":"{code}"}}', times=None)
    )
    assert (await linked_user.run("/now")).text == SpotifyDown.message
    spotify.accounts_faults.clear()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_app_that_comes_back_ends_no_login(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    app = spotify.delete_app(spotify.client_id)
    for _ in range(3):
        text = (await linked_user.run("/now")).text
        assert LoginExpired.message not in text
        assert "/setup" in text
        harness.clock.advance(VERIFY_INTERVAL)
    spotify.restore_app(app)
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_search_without_link_tells_a_deleted_app_from_a_wrong_secret() -> None:
    async with run_harness(SPOTIFY_CLIENT_SECRET="yes") as harness:
        grace, spotify = harness.discord.user_client("grace", "music"), harness.spotify
        app = spotify.delete_app(spotify.client_id)
        for _ in range(2):
            assert AppGone().render(OPERATOR) in (await grace.run("/search lantern")).text
        requests = len(spotify.accounts_traffic.exchanges)
        assert AppGone().render(OPERATOR) in (await grace.run("/search lantern")).text
        assert len(spotify.accounts_traffic.exchanges) == requests
        spotify.restore_app(app)
        harness.clock.advance(VERIFY_INTERVAL)
        assert "Songs for" in (await grace.run("/search lantern")).text


async def test_own_app_is_not_called_unknown_if_spotify_did_not_say_so(
    harness: Harness, ada: UserClient
) -> None:
    harness.spotify.accounts_faults.add(Fault("POST /api/token", status=503))
    reply = await ada.run(f"/link client_id:{USER_CLIENT_ID}")
    assert SpotifyDown.message in reply.text


async def test_login_says_that_the_app_is_gone() -> None:
    async with login_client() as it:
        spotify = it.harness.spotify
        _, offer, callback = await it.prepare_callback("/callback")
        spotify.delete_app(spotify.client_id)
        page = await it.result_page(await it.send_callback(callback))
        assert AppGone().render(OPERATOR) in page.text
        message = await offer.user_client.wait_for_message("this bot’s app")
        assert AppGone().render(OPERATOR) in visible_text(message)
    for error in (AppGone(), OwnAppGone()):
        assert decode_error(encode_error(error)).message == error.message
