"""Linking and leaving: who is linked, by which steps, and what is left afterwards."""

from __future__ import annotations

import json

import pytest

from bot.spotify.login import SCOPES
from bot.ui.scopes import in_words
from sandbox.browser import Browser
from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage, code_on, stage
from tests.logins import agree, enter, links_stored


async def test_the_login_button_comes_by_direct_message(stage: Stage, ada: Seat) -> None:
    reply = await ada.run("/link")
    assert reply.ephemeral
    assert reply.text == "The login button is in your direct messages."
    assert stage.offer(reply).seat.place == "dm"


async def test_the_code_links_and_both_messages_say_so(stage: Stage, ada: Seat) -> None:
    reply = await ada.run("/link")
    offer = stage.offer(reply)
    page = await agree(offer)
    assert "You agreed as Ada" in page.text
    await reply.until("Almost linked to **Ada**")
    assert links_stored(stage) == 0
    code = code_on(page.text)
    assert code is not None
    await enter(offer, code)
    await reply.until("Linked to **Ada**. Try /search or /play.")
    assert "Linked to **Ada**" in offer.seat.messages()[-1]["content"]
    assert not offer.seat.messages()[-1]["components"]
    assert links_stored(stage) == 1


async def test_where_discord_can_be_asked_no_code_is_needed() -> None:
    async with stage(DISCORD_CLIENT_SECRET="yes") as it:
        reply = await it.discord.seat("ada").run("/link")
        assert "code" not in it.offer(reply).message["content"]
        async with Browser() as browser:
            page = await browser.log_in(it.offer(reply).url, account="ada", discord="ada")
        assert "Linked to Ada" in page.text
        await reply.until("Linked to **Ada**")
        assert links_stored(it) == 1


async def test_a_browser_of_somebody_else_at_discord_links_nothing() -> None:
    async with stage(DISCORD_CLIENT_SECRET="yes") as it:
        reply = await it.discord.seat("mallory").run("/link")
        async with Browser() as browser:
            page = await browser.log_in(it.offer(reply).url, account="ada", discord="ada")
        assert "signed in to Discord as somebody else" in page.text
        await reply.until("signed in to Discord as somebody else")
        assert links_stored(it) == 0
        assert not it.spotify.accounts_recording.exchanges


@pytest.mark.parametrize("place", ["dm", "elsewhere"])
async def test_where_no_direct_message_can_be_sent_the_reply_has_the_button(
    stage: Stage, discord: Discord, place: str
) -> None:
    if place == "elsewhere":
        discord.closed_dms.add("ada")
    reply = await discord.seat("ada", place).run("/link")
    assert stage.offer(reply).message["id"] == reply.message["id"]
    code = code_on((await agree(stage.offer(reply))).text)
    assert code is not None
    await reply.until("Almost linked")
    form = await reply.seat.press(reply.message, "Enter code")
    await form.submit(code=code)
    await reply.until("Linked to **Ada**")


async def test_the_page_names_the_discord_account_and_what_is_asked_for(
    stage: Stage, ada: Seat
) -> None:
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.open(stage.offer(reply).url)
    assert "the Discord account ada" in page.text
    lines = in_words(SCOPES)
    assert len(lines) <= 6, "short enough to be read"
    assert not set(lines) & set(SCOPES), "all in words"
    for words in lines:
        assert words in page.text
    assert "If you did not ask for this" in page.text


async def test_opening_the_page_twice_changes_nothing(stage: Stage, ada: Seat) -> None:
    offer = stage.offer(await ada.run("/link"))
    async with Browser() as preview:
        await preview.open(offer.url)
    assert "You agreed as Ada" in (await agree(offer)).text


async def test_an_expired_login_says_how_to_start_over(stage: Stage, ada: Seat) -> None:
    offer = stage.offer(await ada.run("/link"))
    stage.clock.advance(10 * 60 + 1)
    async with Browser() as browser:
        page = await browser.open(offer.url)
    assert page.status == 410
    assert "/link" in page.text


async def test_a_new_link_ends_the_old(stage: Stage, ada: Seat) -> None:
    old = stage.offer(await ada.run("/link"))
    new = stage.offer(await ada.run("/link"))
    async with Browser() as browser:
        assert (await browser.open(old.url)).status == 410
        assert (await browser.open(new.url)).status == 200


async def test_a_fourth_link_within_ten_minutes_is_refused(stage: Stage, ada: Seat) -> None:
    for _ in range(3):
        stage.offer(await ada.run("/link"))
    assert "three login links in ten minutes" in (await ada.run("/link")).text
    stage.clock.advance(10 * 60 + 1)
    stage.offer(await ada.run("/link"))


async def test_cancelling_stores_nothing_and_says_so_in_both_places(
    stage: Stage, ada: Seat
) -> None:
    reply = await ada.run("/link")
    page = await agree(stage.offer(reply), accept=False)
    assert "You cancelled the login" in page.text
    await reply.until("You cancelled the login")
    assert links_stored(stage) == 0


async def test_somebody_not_on_the_user_list_is_told_whom_to_ask() -> None:
    async with stage(OPERATOR_CONTACT="ask@example.org") as it:
        reply = await it.discord.seat("mallory").run("/link")
        page = await agree(it.offer(reply), "mallory")
        for said in (page.text, (await reply.until("its owner must add you")).text):
            assert "whoever runs this bot (ask@example.org)" in said
            assert "/setup" in said
        assert links_stored(it) == 0


async def test_an_app_whose_owner_lost_premium_is_named_as_such(
    stage: Stage, spotify: Spotify, ada: Seat
) -> None:
    spotify.apps[spotify.client_id].owner_premium = False
    page = await agree(stage.offer(await ada.run("/link")))
    assert "its owner has no Premium" in page.text
    assert links_stored(stage) == 0


@pytest.mark.parametrize("status", [400, 500, 503])
async def test_a_token_endpoint_that_fails_leaves_nothing_behind(
    stage: Stage, spotify: Spotify, ada: Seat, status: int
) -> None:
    failing = spotify.accounts_faults.add(Fault("POST /api/token", status=status, times=None))
    page = await agree(stage.offer(await ada.run("/link")))
    assert "Nothing was changed" in page.text
    assert "/link" in page.text
    assert failing.hits == 1
    assert links_stored(stage) == 0


async def test_an_account_of_somebody_else_is_refused_and_both_are_told(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    reply = await discord.seat("grace").run("/link")
    page = await agree(stage.offer(reply), "ada")
    assert "linked to another Discord account" in page.text
    await reply.until("linked to another Discord account")
    await discord.seat("ada", "dm").until("Somebody just logged in with your Spotify account")
    assert links_stored(stage) == 1
    assert "Ada's Laptop" in (await linked.run("/now")).text


@pytest.mark.parametrize(
    "command",
    ["/search lantern", "/play lantern", "/pause", "/next", "/now", "/save", "/export format:csv"],
)
async def test_whoever_is_not_linked_gets_the_button_privately(
    stage: Stage, ada: Seat, command: str
) -> None:
    reply = await ada.run(command)
    assert reply.ephemeral
    assert "You have not linked Spotify yet" in reply.text
    assert stage.offer(await reply.press("Link Spotify")).url


async def test_the_link_survives_a_restart(stage: Stage, linked: Seat) -> None:
    await stage.restart()
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_linking_again_replaces_the_account(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["grace"].player.start(spotify.catalogue.stock[0].uri)
    offer = stage.offer(await linked.run("/link"))
    assert "You are linked to **Ada**" in offer.message["content"]
    await stage.link("ada", account="grace")
    assert "Grace's Phone" in (await linked.run("/now")).text
    assert links_stored(stage) == 1


@pytest.mark.parametrize("command", ["/recent", "/top songs"])
async def test_a_login_from_before_more_was_asked_for_is_renewed_by_its_button(
    stage: Stage, spotify: Spotify, linked: Seat, command: str
) -> None:
    asked_once = {"user-read-playback-state", "user-modify-playback-state", "user-library-read"}
    for consent in spotify.world.tokens._consents.values():
        consent.scopes = frozenset(asked_once)
    spotify.expire_access_tokens()
    reply = await linked.run(command)
    assert reply.ephemeral
    assert "Your Spotify login does not allow this." in reply.text
    assert stage.offer(await reply.press("Link Spotify")).url
    await stage.link("ada")
    assert "does not allow" not in (await linked.run(command)).text


async def test_no_token_stands_in_the_database_in_clear(stage: Stage, spotify: Spotify) -> None:
    spotify.refresh_reply = "new"
    ada = await stage.link("ada")
    spotify.expire_access_tokens()
    await ada.run("/now")
    secrets = {
        value
        for exchange in spotify.accounts_recording.exchanges
        for value in _tokens(exchange.response_body)
    }
    assert len(secrets) >= 4
    await stage.stop()
    files = list(stage.settings.database.parent.glob("tonearm.sqlite3*"))
    stored = b"".join(file.read_bytes() for file in files)
    assert not [secret for secret in secrets if secret in stored]


def _tokens(body: bytes) -> set[bytes]:
    if not body.startswith(b"{"):
        return set()
    answer = json.loads(body)
    return {answer[name].encode() for name in ("access_token", "refresh_token") if answer.get(name)}
