"""Unlinked users search with the app's own token; everything else asks them to link."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from discord import app_commands

from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.message_text import controls
from sandbox.spotify import Spotify
from tests.list_components import open_label, option_ids

LINK_FIRST = "You haven’t linked Spotify yet. Press the button to link it, then try again."
SHORT_LINKS = (
    "https://spotify.link/lantern",
    "https://spotify.app.link/lantern",
    "https://open.spotify.com/s/lantern?si=abc",
)


# What can be used without a linked account; /usage is for the operator.
_WITHOUT_LINK = {"link", "unlink", "account", "setup", "privacy", "help", "search", "usage"}
# The values of required options, by name.
_VALUES = {"position": "1:00", "to": "private"}


@pytest.fixture
async def app_token_harness() -> AsyncIterator[Harness]:
    """A harness whose bot has a client secret, and so a token for unlinked users."""
    async with run_harness(SPOTIFY_CLIENT_SECRET="yes") as harness:
        yield harness


@pytest.fixture
def grace(app_token_harness: Harness) -> UserClient:
    """Grace, who is not linked."""
    return app_token_harness.discord.user_client("grace", "music")


def app_token_requests(spotify: Spotify) -> int:
    """The number of tokens that the app requested for itself."""
    exchanges = spotify.accounts_traffic.exchanges
    return sum(b"grant_type=client_credentials" in exchange.request_body for exchange in exchanges)


def is_link_prompt(reply: Reply) -> bool:
    buttons = [control.label for control in controls(reply.message).values()]
    return LINK_FIRST in reply.text and buttons == ["Link Spotify"] and reply.ephemeral


async def test_unlinked_user_searches_and_browses_list(
    app_token_harness: Harness, grace: UserClient
) -> None:
    reply = await grace.run("/search lantern")
    assert "Songs for “lantern”" in reply.text
    assert reply.ephemeral
    third = option_ids(reply)[2]
    picked = await reply.pick(third)
    assert f"https://open.spotify.com/track/{third}" in picked.text.split("**")[1]
    await (await picked.press("Share")).wait_for("Shared with everyone here.")
    assert app_token_requests(app_token_harness.spotify) == 1
    assert {call.account for call in app_token_harness.spotify.calls} == {None}


async def test_unlinked_user_pages_and_opens_public_items(
    app_token_harness: Harness, grace: UserClient
) -> None:
    spotify = app_token_harness.spotify
    second = await (await grace.run("/search a")).press("Page 2 ▶")
    assert "\n11. " in second.text
    for type_, query in (("albums", "lantern"), ("shows", "almanac"), ("audiobooks", "ledger")):
        results = await grace.run(f"/search {query} type:{type_}")
        opened = await results.press(open_label(results))
        assert "Back" in opened.text
    tracks = await (await grace.run("/search lantern type:artists")).press("Show songs")
    assert "Albums by" in (await tracks.press("Albums")).text
    assert {call.account for call in spotify.calls} == {None}
    assert {call.status for call in spotify.calls} == {200}


async def test_private_item_asks_to_link(app_token_harness: Harness, grace: UserClient) -> None:
    for command in ("/search evenings type:playlists", "/recent", "/top"):
        reply = await grace.run(command)
        assert is_link_prompt(await reply.press("Show songs") if "playlists" in command else reply)


async def test_action_needing_account_asks_to_link(
    app_token_harness: Harness, grace: UserClient
) -> None:
    reply = await grace.run("/search lantern")
    before = len(app_token_harness.spotify.calls)
    for button in ("Play", "Queue", "Save", "Add to playlist"):
        pressed = await reply.press(button)
        assert is_link_prompt(pressed)
        assert len(app_token_harness.spotify.calls) == before
    offered = await pressed.press("Link Spotify")
    assert app_token_harness.find_login_offer(offered).url


async def test_every_other_command_asks_to_link(
    app_token_harness: Harness, grace: UserClient
) -> None:
    assert app_token_harness.bot is not None
    asked = 0
    for command in app_token_harness.bot.tree.walk_commands():
        name = command.qualified_name
        if isinstance(command, app_commands.Command) and name not in _WITHOUT_LINK:
            required = (option.name for option in command.parameters if option.required)
            values = (f"{option}:{_VALUES.get(option, 'lantern')}" for option in required)
            line = " ".join((f"/{name}", *values))
            assert is_link_prompt(await grace.run(line, {"lantern": b"a file"})), name
            asked += 1
    assert asked > 30
    assert not app_token_harness.spotify.calls
    assert app_token_requests(app_token_harness.spotify) == 0


async def test_one_app_token_serves_all_users(app_token_harness: Harness) -> None:
    users = [
        app_token_harness.discord.user_client(name, "music") for name in ("ada", "grace", "linus")
    ]
    queries = ("lantern", "harbour", "weather")
    replies = await asyncio.gather(
        *(user.run(f"/search {query}") for user in users for query in queries)
    )
    assert all("Songs for" in reply.text for reply in replies)
    assert app_token_requests(app_token_harness.spotify) == 1
    assert len(app_token_harness.spotify.calls_to("GET", "search")) == len(queries)


async def test_app_token_is_renewed_on_expiry(
    app_token_harness: Harness, grace: UserClient
) -> None:
    await grace.run("/search lantern")
    app_token_harness.clock.advance(3_500)
    await grace.run("/search harbour")
    assert app_token_requests(app_token_harness.spotify) == 1
    app_token_harness.clock.advance(50)
    assert "Songs for" in (await grace.run("/search lantern")).text
    assert app_token_requests(app_token_harness.spotify) == 2
    assert {call.status for call in app_token_harness.spotify.calls} == {200}


async def test_app_token_is_renewed_when_refused(
    app_token_harness: Harness, grace: UserClient
) -> None:
    await grace.run("/search lantern")
    app_token_harness.spotify.tokens.expire_access_tokens()
    queries = ("harbour", "weather", "quillmouth")
    replies = await asyncio.gather(*(grace.run(f"/search {query}") for query in queries))
    assert all("Songs for" in reply.text for reply in replies)
    assert app_token_requests(app_token_harness.spotify) == 2


async def test_linked_user_searches_with_own_token(app_token_harness: Harness) -> None:
    ada = await app_token_harness.link_account("ada")
    await ada.run("/search lantern")
    assert app_token_requests(app_token_harness.spotify) == 0
    assert app_token_harness.spotify.calls_to("GET", "search")[0].account == "ada"


async def test_user_with_expired_login_searches_with_app_token(app_token_harness: Harness) -> None:
    ada = await app_token_harness.link_account("ada")
    app_token_harness.spotify.tokens.revoke_consents("ada")
    app_token_harness.spotify.tokens.expire_access_tokens()
    assert "Your Spotify login has ended" in (await ada.run("/now")).text
    reply = await ada.run("/search lantern")
    assert "Songs for" in reply.text
    assert "Link Spotify" in (await reply.press("Play")).text
    assert not app_token_harness.spotify.accounts["ada"].player.is_playing


async def test_app_quota_applies_to_unlinked_users(
    app_token_harness: Harness, grace: UserClient
) -> None:
    app_token_harness.spotify.add_quota("GET /v1/search$", calls=0, retry_after=48_925)
    ada = await app_token_harness.link_account("ada")
    assert "in 14 hours" in (await grace.run("/search lantern")).text
    assert "in 14 hours" in (await ada.run("/search lantern")).text
    assert len(app_token_harness.spotify.calls_to("GET", "search")) == 1


async def test_wrong_client_secret_gets_message_and_is_not_logged(
    app_token_harness: Harness, grace: UserClient, caplog: pytest.LogCaptureFixture
) -> None:
    spotify = app_token_harness.spotify
    secret = spotify.client_secret
    spotify.apps[spotify.client_id].client_secret = "f" * 32
    with caplog.at_level(logging.INFO):
        text = (await grace.run("/search lantern")).text
        assert text == (
            "Searching without a linked account doesn’t work right now. Use /link, or tell "
            "this bot’s owner that Spotify refuses the app’s secret."
        )
        ada = await app_token_harness.link_account("ada")
        assert "Songs for" in (await ada.run("/search lantern")).text
    assert secret not in caplog.text
    assert "InvalidClientSecret" in caplog.text
    spotify.apps[spotify.client_id].client_secret = secret
    assert "Songs for" in (await grace.run("/search lantern")).text


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/api/token", status=503, body="upstream", times=None),
        Fault("/api/token", status=200, body="<html>hello</html>", times=None),
        Fault("/api/token", action="reset", times=None),
    ],
    ids=["503", "HTML", "reset"],
)
async def test_token_endpoint_outage_gets_message(
    app_token_harness: Harness, grace: UserClient, fault: Fault
) -> None:
    app_token_harness.spotify.accounts_faults.add(fault)
    assert "Spotify isn’t responding properly" in (await grace.run("/search lantern")).text
    app_token_harness.spotify.accounts_faults.clear()
    assert "Songs for" in (await grace.run("/search lantern")).text


async def test_without_client_secret_asks_to_link(
    harness: Harness, spotify: Spotify, ada: UserClient
) -> None:
    assert is_link_prompt(await ada.run("/search lantern"))
    assert not spotify.calls
    assert app_token_requests(spotify) == 0


async def test_list_can_be_used_after_linking(
    app_token_harness: Harness, grace: UserClient
) -> None:
    """A list that was found without an account can be played after linking."""
    reply = await grace.run("/search lantern")
    await app_token_harness.link_account("grace")
    assert "Playing" in (await reply.press("Play")).text
    playing = app_token_harness.spotify.accounts["grace"].player.item
    assert playing == f"spotify:track:{option_ids(reply)[0]}"


# ---- short links


@pytest.mark.parametrize("link", SHORT_LINKS)
async def test_short_link_is_resolved_in_search(
    app_token_harness: Harness, grace: UserClient, link: str
) -> None:
    track = app_token_harness.spotify.catalogue.regular_tracks[0]
    reply = await grace.run(f"/search {link}")
    assert option_ids(reply) == [track.id]
    assert f"https://open.spotify.com/track/{track.id}" in reply.text
    assert not app_token_harness.spotify.short_links.leaks
    assert not app_token_harness.spotify.calls_to("GET", "search")


@pytest.mark.parametrize("link", SHORT_LINKS)
async def test_short_link_is_played(spotify: Spotify, linked_user: UserClient, link: str) -> None:
    track = spotify.catalogue.regular_tracks[0]
    assert "Playing" in (await linked_user.run(f"/play listen to this: {link}")).text
    assert spotify.accounts["ada"].player.item == track.uri
    request_count = len(spotify.short_links.requests)
    await linked_user.run(f"/play {link}")
    assert len(spotify.short_links.requests) == request_count
    assert not spotify.short_links.leaks
    hosts = {"spotify.link", "spotify.app.link", "open.spotify.com"}
    assert {name for name, _ in spotify.lookups} <= hosts


async def test_short_link_to_album_plays_album(spotify: Spotify, linked_user: UserClient) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    spotify.short_links.targets["record"] = f"https://open.spotify.com/album/{album.id}"
    await linked_user.run("/play https://spotify.link/record")
    assert spotify.accounts["ada"].player.context == album.uri
    assert "bug" not in (await linked_user.run("/search https://spotify.link/record")).text


@pytest.mark.parametrize("command", ["/search", "/play"])
async def test_broken_short_link_gets_message(
    spotify: Spotify, linked_user: UserClient, command: str
) -> None:
    spotify.short_links.targets["evil"] = "https://evil.test/track/4uLU6hMCjMI75M1A2tKUQC"
    for name in ("unknown", "evil"):
        text = (await linked_user.run(f"{command} https://spotify.link/{name}")).text
        assert text == (
            "That short link leads to nothing Tonearm can play. Open it, and paste the link from "
            "open.spotify.com, or type the name instead."
        )
    assert "evil.test" not in {name for name, _ in spotify.lookups}
    assert not spotify.accounts["ada"].player.is_playing
