"""Logins with real browsers: what links an account, what does not, and what is stored."""

from __future__ import annotations

import json

import pytest

from bot.spotify.oauth import SCOPES
from bot.text.scopes import describe
from sandbox.browser import Browser
from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, find_confirmation_code, run_harness
from sandbox.spotify import Spotify
from tests.login_steps import authorize_login, count_linked_accounts, enter_code


async def test_code_links_account_and_updates_both_messages(
    harness: Harness, ada: UserClient
) -> None:
    reply = await ada.run("/link")
    offer = harness.find_login_offer(reply)
    page = await authorize_login(offer)
    assert "Signed in to Spotify as Ada" in page.text
    await reply.wait_for("Almost done")
    assert count_linked_accounts(harness) == 0
    code = find_confirmation_code(page.text)
    assert code is not None
    await enter_code(offer, code)
    await reply.wait_for("Linked to **Ada**. What now?")
    for name in ("play", "search", "now", "help"):
        assert f"</{name}:" in reply.message["content"], "it can be pressed"
    assert "Linked to **Ada**" in offer.user_client.messages()[-1]["content"]
    assert not offer.user_client.messages()[-1]["components"]
    assert count_linked_accounts(harness) == 1


async def test_with_discord_oauth_no_code_is_needed() -> None:
    async with run_harness(DISCORD_CLIENT_SECRET="yes") as it:
        reply = await it.discord.user_client("ada").run("/link")
        assert "code" not in it.find_login_offer(reply).message["content"]
        async with Browser() as browser:
            page = await browser.log_in(
                it.find_login_offer(reply).url, account="ada", discord="ada"
            )
        assert "Linked to Ada" in page.text
        await reply.wait_for("Linked to **Ada**")
        assert count_linked_accounts(it) == 1


async def test_other_discord_user_in_browser_links_nothing() -> None:
    async with run_harness(DISCORD_CLIENT_SECRET="yes") as it:
        reply = await it.discord.user_client("mallory").run("/link")
        async with Browser() as browser:
            page = await browser.log_in(
                it.find_login_offer(reply).url, account="ada", discord="ada"
            )
        assert "signed in to Discord as someone else" in page.text
        await reply.wait_for("signed in to Discord as someone else")
        assert count_linked_accounts(it) == 0
        assert not it.spotify.accounts_traffic.exchanges


@pytest.mark.parametrize("place", ["dm", "elsewhere"])
async def test_without_direct_message_reply_has_login_button(
    harness: Harness, discord: Discord, place: str
) -> None:
    if place == "elsewhere":
        discord.closed_dms.add("ada")
    reply = await discord.user_client("ada", place).run("/link")
    assert harness.find_login_offer(reply).message["id"] == reply.message["id"]
    code = find_confirmation_code((await authorize_login(harness.find_login_offer(reply))).text)
    assert code is not None
    await reply.wait_for("Almost done")
    form = await reply.user_client.press(reply.message, "Enter code")
    await form.submit(code=code)
    await reply.wait_for("Linked to **Ada**")


async def test_page_names_discord_account_and_scopes(harness: Harness, ada: UserClient) -> None:
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.open(harness.find_login_offer(reply).url)
    assert "the Discord account ada" in page.text
    lines = describe(SCOPES)
    assert len(lines) <= 6, "short enough to read"
    assert not set(lines) & set(SCOPES), "in words, not as scopes"
    for line in lines:
        assert line in page.text
    assert "Didn’t ask for this in Discord?" in page.text


async def test_opening_the_page_twice_changes_nothing(harness: Harness, ada: UserClient) -> None:
    offer = harness.find_login_offer(await ada.run("/link"))
    async with Browser() as preview:
        await preview.open(offer.url)
    assert "Signed in to Spotify as Ada" in (await authorize_login(offer)).text


async def test_fourth_login_link_in_ten_minutes_is_refused(
    harness: Harness, ada: UserClient
) -> None:
    for _ in range(3):
        harness.find_login_offer(await ada.run("/link"))
    assert "three login links in ten minutes" in (await ada.run("/link")).text
    harness.clock.advance(10 * 60 + 1)
    harness.find_login_offer(await ada.run("/link"))


async def test_cancelling_stores_nothing_and_is_reported_on_page_and_in_discord(
    harness: Harness, ada: UserClient
) -> None:
    reply = await ada.run("/link")
    page = await authorize_login(harness.find_login_offer(reply), accept=False)
    assert "You cancelled the login" in page.text
    await reply.wait_for("You cancelled the login")
    assert count_linked_accounts(harness) == 0


@pytest.mark.parametrize("status", [400, 500, 503])
async def test_failing_token_endpoint_stores_nothing(
    harness: Harness, spotify: Spotify, ada: UserClient, status: int
) -> None:
    failing = spotify.accounts_faults.add(Fault("POST /api/token", status=status, times=None))
    page = await authorize_login(harness.find_login_offer(await ada.run("/link")))
    assert "Nothing was changed" in page.text
    assert "/link" in page.text
    assert failing.hits == 1
    assert count_linked_accounts(harness) == 0


async def test_account_linked_to_another_user_is_refused_on_page_and_in_discord(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    reply = await discord.user_client("grace").run("/link")
    page = await authorize_login(harness.find_login_offer(reply), "ada")
    assert "linked to another Discord account" in page.text
    await reply.wait_for("linked to another Discord account")
    await discord.user_client("ada", "dm").wait_for_message(
        "Someone just tried to link your Spotify account"
    )
    assert count_linked_accounts(harness) == 1
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


@pytest.mark.parametrize(
    "command",
    [
        "/search lantern",
        "/play lantern",
        "/pause",
        "/next",
        "/now",
        "/save",
        "/export what:liked-songs format:csv",
    ],
)
async def test_unlinked_user_gets_login_button_privately(
    harness: Harness, ada: UserClient, command: str
) -> None:
    reply = await ada.run(command)
    assert reply.ephemeral
    assert "You haven’t linked Spotify yet" in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url


async def test_the_link_survives_a_restart(harness: Harness, linked_user: UserClient) -> None:
    await harness.restart()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_linking_again_replaces_the_account(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["grace"].player.play(spotify.catalogue.regular_tracks[0].uri)
    offer = harness.find_login_offer(await linked_user.run("/link"))
    assert "You’re linked to **Ada**" in offer.message["content"]
    await harness.link_in_browser("ada", account="grace")
    assert "Grace's Phone" in (await linked_user.run("/now")).text
    assert count_linked_accounts(harness) == 1


@pytest.mark.parametrize("command", ["/recent", "/top songs"])
async def test_login_with_missing_scopes_offers_login_button(
    harness: Harness, spotify: Spotify, linked_user: UserClient, command: str
) -> None:
    old_scopes = {"user-read-playback-state", "user-modify-playback-state", "user-library-read"}
    for consent in spotify.state.tokens._consents.values():
        consent.scopes = frozenset(old_scopes)
    spotify.tokens.expire_access_tokens()
    reply = await linked_user.run(command)
    assert reply.ephemeral
    assert "Your Spotify login doesn’t allow this." in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url
    await harness.link_in_browser("ada")
    assert "doesn’t allow" not in (await linked_user.run(command)).text


async def test_no_token_is_stored_in_plain_text(harness: Harness, spotify: Spotify) -> None:
    spotify.oauth.refresh_token_reply = "new"
    ada = await harness.link_in_browser("ada")
    spotify.tokens.expire_access_tokens()
    await ada.run("/now")
    secrets = {
        value
        for exchange in spotify.accounts_traffic.exchanges
        for value in _stored_tokens(exchange.response_body)
    }
    assert len(secrets) >= 4
    await harness.stop()
    files = list(harness.settings.database.parent.glob("tonearm.sqlite3*"))
    stored = b"".join(file.read_bytes() for file in files)
    assert not [secret for secret in secrets if secret in stored]


def _stored_tokens(body: bytes) -> set[bytes]:
    if not body.startswith(b"{"):
        return set()
    reply = json.loads(body)
    return {reply[name].encode() for name in ("access_token", "refresh_token") if reply.get(name)}
