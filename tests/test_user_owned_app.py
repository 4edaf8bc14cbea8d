"""A Spotify app of one's own, where the bot's is full."""

from __future__ import annotations

from sandbox.browser import Browser
from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness, find_confirmation_code
from sandbox.spotify import App, Spotify
from tests.login_steps import authorize_login, enter_code


async def test_user_owned_app_is_used_for_all_calls(
    harness: Harness, spotify: Spotify, discord: Discord
) -> None:
    own = "0123456789abcdef0123456789abcdef"
    spotify.apps[own] = App(own, allowed_accounts={"mallory"})
    spotify.register_redirect_uri(f"{harness.settings.public_url}/callback", client_id=own)
    mallory = discord.user_client("mallory")
    reply = await mallory.run(f"/link client_id:{own}")
    offer = harness.find_login_offer(reply)
    code = find_confirmation_code((await authorize_login(offer, "mallory")).text)
    assert code is not None
    await enter_code(offer, code)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    forms = [e.request_body.decode() for e in spotify.accounts_traffic.exchanges]
    assert all(own in form for form in forms if "grant_type" in form)


async def test_invalid_client_id_is_reported_at_once(ada: UserClient) -> None:
    reply = await ada.run("/link client_id:ffffffffffffffffffffffffffffffff")
    assert "no app with that client ID" in reply.text


async def test_setup_shows_the_redirect_uri_in_discord_and_on_its_page(
    harness: Harness, ada: UserClient
) -> None:
    redirect = f"{harness.settings.public_url}/callback"
    assert redirect in (await ada.run("/setup")).text
    async with Browser() as browser:
        assert redirect in (await browser.open(f"{harness.settings.public_url}/setup")).text
