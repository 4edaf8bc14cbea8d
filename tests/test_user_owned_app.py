"""/link client_id and /setup: users who bring their own Spotify app."""

from __future__ import annotations

from sandbox.browser import Browser
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app


async def test_user_owned_app_is_used_for_all_token_requests(
    harness: Harness, spotify: Spotify
) -> None:
    mallory = await link_with_own_app(harness)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    bodies = [exchange.request_body.decode() for exchange in spotify.accounts_traffic.exchanges]
    token_requests = [body for body in bodies if "grant_type" in body]
    assert token_requests
    assert all(USER_CLIENT_ID in body for body in token_requests)


async def test_invalid_client_id_is_reported_at_once(ada: UserClient) -> None:
    reply = await ada.run("/link client_id:ffffffffffffffffffffffffffffffff")
    assert "an app with that client ID" in reply.text


async def test_setup_shows_redirect_uri_in_discord_and_on_web_page(
    harness: Harness, ada: UserClient
) -> None:
    redirect_uri = f"{harness.settings.public_url}/callback"
    assert redirect_uri in (await ada.run("/setup")).text
    async with Browser() as browser:
        assert redirect_uri in (await browser.open(f"{harness.settings.public_url}/setup")).text


async def test_refusal_by_own_app_does_not_blame_the_operators(harness: Harness) -> None:
    client = await link_with_own_app(harness)
    app = harness.spotify.apps[USER_CLIENT_ID]
    app.allowed_accounts.clear()
    assert (
        "Your account isn’t on the Spotify app that you linked with"
        in (await client.run("/now")).text
    )
    app.owner_premium = False
    assert "Spotify has paused the app that you linked with" in (await client.run("/now")).text
    harness.spotify.add_rate_limit(3600, quota=True)
    for _ in range(2):  # as Spotify refuses it, and as the bot remembers it
        text = (await client.run("/now")).text
        assert text.startswith("The app that you linked with has used up its daily limit"), text
