"""Linking and leaving: who is linked, by which steps, and what is left afterwards."""

from __future__ import annotations

import json
import sqlite3

import pytest

from sandbox.browser import Browser
from sandbox.discord import Discord, Reply, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage


def _login_link(reply: Reply) -> str:
    return next(iter(reply.links.values()))


def _links_stored(stage: Stage) -> int:
    with sqlite3.connect(stage.settings.database) as db:
        count = db.execute("SELECT count(*) FROM link").fetchone()[0]
    db.close()
    return int(count)


async def test_the_private_reply_becomes_linked_to(stage: Stage, ada: Seat) -> None:
    reply = await ada.run("/link")
    assert reply.ephemeral
    async with Browser() as browser:
        page = await browser.log_in(_login_link(reply), account="ada")
    assert "Linked to Ada" in page.text
    await reply.until("Linked to **Ada**")
    assert not reply.links
    assert _links_stored(stage) == 1


async def test_the_page_names_the_discord_account_and_what_is_asked_for(ada: Seat) -> None:
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.open(_login_link(reply))
    assert "ada" in page.text
    assert "see and control what plays" in page.text
    assert "If you did not ask for this" in page.text


async def test_opening_the_page_twice_changes_nothing(ada: Seat) -> None:
    reply = await ada.run("/link")
    async with Browser() as preview:
        await preview.open(_login_link(reply))
    async with Browser() as browser:
        assert "Linked to Ada" in (await browser.log_in(_login_link(reply), account="ada")).text


async def test_a_login_button_works_once(stage: Stage, ada: Seat) -> None:
    link = _login_link(await ada.run("/link"))
    async with Browser() as browser:
        await browser.log_in(link, account="ada")
        again = await browser.open(link)
    assert again.status == 410
    assert "no longer good" in again.text


async def test_a_finished_login_cannot_be_finished_again(
    stage: Stage, spotify: Spotify, ada: Seat
) -> None:
    reply = await ada.run("/link")
    async with Browser() as browser:
        done = await browser.log_in(_login_link(reply), account="ada")
        exchanges = len(spotify.accounts_recording.exchanges)
        again = await browser.open(done.url)
    assert again.status == 410
    assert len(spotify.accounts_recording.exchanges) == exchanges


@pytest.mark.parametrize("query", ["", "?state=", "?state=foreign&code=x", "?code=x", "?error=x"])
async def test_a_callback_without_our_state_is_refused(
    stage: Stage, spotify: Spotify, ada: Seat, query: str
) -> None:
    await ada.run("/link")
    async with Browser() as browser:
        page = await browser.open(f"{stage.settings.public_url}/callback{query}")
    assert page.status == 410
    assert "foreign" not in page.html
    assert not spotify.accounts_recording.exchanges
    assert _links_stored(stage) == 0


async def test_an_expired_login_says_how_to_start_over(stage: Stage, ada: Seat) -> None:
    reply = await ada.run("/link")
    stage.clock.advance(10 * 60 + 1)
    async with Browser() as browser:
        page = await browser.open(_login_link(reply))
    assert page.status == 410
    assert "/link" in page.text


async def test_a_new_link_ends_the_old(ada: Seat) -> None:
    old, new = await ada.run("/link"), await ada.run("/link")
    async with Browser() as browser:
        assert (await browser.open(_login_link(old))).status == 410
        assert (await browser.open(_login_link(new))).status == 200


async def test_cancelling_stores_nothing_and_says_so_in_both_places(
    stage: Stage, ada: Seat
) -> None:
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(_login_link(reply), account="ada", accept=False)
    assert "You cancelled the login" in page.text
    await reply.until("You cancelled the login")
    assert _links_stored(stage) == 0


async def test_somebody_not_on_the_user_list_is_told_and_not_stored(
    stage: Stage, discord: Discord
) -> None:
    reply = await discord.seat("mallory").run("/link")
    async with Browser() as browser:
        page = await browser.log_in(_login_link(reply), account="mallory")
    assert "its owner must add you" in page.text
    await reply.until("its owner must add you")
    assert _links_stored(stage) == 0


async def test_an_app_whose_owner_lost_premium_is_named_as_such(
    stage: Stage, spotify: Spotify, ada: Seat
) -> None:
    spotify.apps[spotify.client_id].owner_premium = False
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(_login_link(reply), account="ada")
    assert "its owner has no Premium" in page.text
    assert _links_stored(stage) == 0


@pytest.mark.parametrize("status", [400, 500, 503])
async def test_a_token_endpoint_that_fails_leaves_nothing_behind(
    stage: Stage, spotify: Spotify, ada: Seat, status: int
) -> None:
    failing = spotify.accounts_faults.add(Fault("POST /api/token", status=status, times=None))
    reply = await ada.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(_login_link(reply), account="ada")
    assert page.status == 400
    assert "/link" in page.text
    assert failing.hits == 1
    assert _links_stored(stage) == 0


@pytest.mark.parametrize(
    "command",
    ["/search lantern", "/play lantern", "/pause", "/next", "/now", "/save", "/export format:csv"],
)
async def test_whoever_is_not_linked_gets_the_button_privately(ada: Seat, command: str) -> None:
    reply = await ada.run(command)
    assert reply.ephemeral
    assert "You have not linked Spotify yet" in reply.text
    async with Browser() as browser:
        assert "Linked to Ada" in (await browser.log_in(_login_link(reply), account="ada")).text
    await reply.until("Linked to **Ada**")


async def test_the_link_survives_a_restart(stage: Stage, linked: Seat) -> None:
    await stage.restart()
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_unlink_erases_everything(stage: Stage, linked: Seat) -> None:
    reply = await linked.run("/unlink")
    assert "erased" in reply.text
    assert "spotify.com/account/apps" in reply.text
    assert _links_stored(stage) == 0
    assert "not linked" in (await linked.run("/now")).text
    assert "nothing to erase" in (await linked.run("/unlink")).text


async def test_unlink_ends_a_login_under_way(ada: Seat) -> None:
    reply = await ada.run("/link")
    await ada.run("/unlink")
    async with Browser() as browser:
        assert (await browser.open(_login_link(reply))).status == 410


async def test_linking_again_replaces_the_account(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["grace"].player.start(spotify.catalogue.stock[0].uri)
    assert "You are linked to **Ada**" in (await linked.run("/link")).text
    await stage.link("ada", account="grace")
    assert "Grace's Phone" in (await linked.run("/now")).text
    assert _links_stored(stage) == 1


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
