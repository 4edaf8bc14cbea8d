"""A Spotify app of one's own, where the bot's is full."""

from __future__ import annotations

from sandbox.browser import Browser
from sandbox.discord import Discord, Seat
from sandbox.spotify import App, Spotify
from sandbox.stage import Stage, code_on
from tests.logins import agree, enter


async def test_an_app_of_ones_own_is_used_for_everything(
    stage: Stage, spotify: Spotify, discord: Discord
) -> None:
    own = "0123456789abcdef0123456789abcdef"
    spotify.apps[own] = App(own, allow_list={"mallory"})
    spotify.register(f"{stage.settings.public_url}/callback", client_id=own)
    mallory = discord.seat("mallory")
    reply = await mallory.run(f"/link client_id:{own}")
    offer = stage.offer(reply)
    code = code_on((await agree(offer, "mallory")).text)
    assert code is not None
    await enter(offer, code)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    forms = [e.request_body.decode() for e in spotify.accounts_recording.exchanges]
    assert all(own in form for form in forms if "grant_type" in form)


async def test_a_mistyped_client_id_is_told_at_once(ada: Seat) -> None:
    reply = await ada.run("/link client_id:ffffffffffffffffffffffffffffffff")
    assert "no app with that client ID" in reply.text


async def test_setup_shows_the_redirect_uri_in_discord_and_on_its_page(
    stage: Stage, ada: Seat
) -> None:
    redirect = f"{stage.settings.public_url}/callback"
    assert redirect in (await ada.run("/setup")).text
    async with Browser() as browser:
        assert redirect in (await browser.open(f"{stage.settings.public_url}/setup")).text
