"""People who are not linked search with the app's own token; without one they are to link first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from sandbox.discord import Reply, Seat
from sandbox.faults import Fault
from sandbox.readable import controls, walk
from sandbox.spotify import Spotify
from sandbox.stage import Stage, stage

LINK_FIRST = "You have not linked Spotify yet. Press the button to link it, then try again."
SHORT = (
    "https://spotify.link/lantern",
    "https://spotify.app.link/lantern",
    "https://open.spotify.com/s/lantern?si=abc",
)


@pytest.fixture
async def open_stage() -> AsyncIterator[Stage]:
    """A stage whose bot has a token of its own for those who are not linked."""
    async with stage(SPOTIFY_CLIENT_SECRET="yes") as it:
        yield it


@pytest.fixture
def grace(open_stage: Stage) -> Seat:
    """She is not linked."""
    return open_stage.discord.seat("grace", "music")


def options(reply: Reply) -> list[str]:
    """The ids of the songs to pick from."""
    menus = (part.get("options", []) for part in walk(reply.message))
    return [option["value"].rpartition(".")[2] for menu in menus for option in menu]


def tokens(spotify: Spotify) -> int:
    """How often the app asked for a token of its own."""
    exchanges = spotify.accounts_recording.exchanges
    return sum(b"grant_type=client_credentials" in one.request_body for one in exchanges)


def asks_to_link(reply: Reply) -> bool:
    buttons = [control.label for control in controls(reply.message).values()]
    return LINK_FIRST in reply.text and buttons == ["Link Spotify"] and reply.ephemeral


async def test_they_search_and_look_through_the_list(open_stage: Stage, grace: Seat) -> None:
    reply = await grace.run("/search lantern")
    assert "Songs for “lantern”" in reply.text
    assert reply.ephemeral
    third = options(reply)[2]
    picked = await reply.pick(third)
    assert f"https://open.spotify.com/track/{third}" in picked.text.split("**")[1]
    await (await picked.press("Share")).until("Shared with everybody here.")
    assert tokens(open_stage.spotify) == 1
    assert {call.account for call in open_stage.spotify.calls} == {None}


async def test_they_turn_pages_and_open_what_everybody_may_see(
    open_stage: Stage, grace: Seat
) -> None:
    spotify = open_stage.spotify
    second = await (await grace.run("/search a")).press("Page 2 ▶")
    assert "page 2" in second.text
    for type_, words in (("albums", "lantern"), ("shows", "almanac"), ("audiobooks", "ledger")):
        opened = await (await grace.run(f"/search {words} type:{type_}")).press("Open")
        assert "Back" in opened.text
    songs = await (await grace.run("/search lantern type:artists")).press("Open")
    assert "Albums by" in (await songs.press("Their albums")).text
    assert {call.account for call in spotify.calls} == {None}
    assert {call.status for call in spotify.calls} == {200}


@pytest.mark.parametrize("command", ["/search evenings type:playlists", "/recent", "/top"])
async def test_what_is_somebodys_own_asks_them_to_link(
    open_stage: Stage, grace: Seat, command: str
) -> None:
    reply = await grace.run(command)
    assert asks_to_link(await reply.press("Open") if "playlists" in command else reply)


@pytest.mark.parametrize("button", ["Play", "Queue", "Save", "Add to playlist"])
async def test_what_needs_an_account_asks_them_to_link(
    open_stage: Stage, grace: Seat, button: str
) -> None:
    reply = await grace.run("/search lantern")
    before = len(open_stage.spotify.calls)
    pressed = await reply.press(button)
    assert asks_to_link(pressed)
    assert len(open_stage.spotify.calls) == before
    offered = await pressed.press("Link Spotify")
    assert open_stage.offer(offered).url


@pytest.mark.parametrize("command", ["/play lantern", "/now", "/save", "/next", "/export json"])
async def test_so_does_every_other_command(open_stage: Stage, grace: Seat, command: str) -> None:
    assert asks_to_link(await grace.run(command))
    assert not open_stage.spotify.calls
    assert tokens(open_stage.spotify) == 0


async def test_one_token_is_for_all(open_stage: Stage) -> None:
    seats = [open_stage.discord.seat(user, "music") for user in ("ada", "grace", "linus")]
    words = ("lantern", "harbour", "weather")
    replies = await asyncio.gather(
        *(seat.run(f"/search {word}") for seat in seats for word in words)
    )
    assert all("Songs for" in reply.text for reply in replies)
    assert tokens(open_stage.spotify) == 1
    assert len(open_stage.spotify.calls_of("GET", "search")) == len(words)


async def test_the_token_is_renewed_when_its_hour_is_over(open_stage: Stage, grace: Seat) -> None:
    await grace.run("/search lantern")
    open_stage.clock.advance(3_500)
    await grace.run("/search harbour")
    assert tokens(open_stage.spotify) == 1
    open_stage.clock.advance(50)
    assert "Songs for" in (await grace.run("/search lantern")).text
    assert tokens(open_stage.spotify) == 2
    assert {call.status for call in open_stage.spotify.calls} == {200}


async def test_the_token_is_renewed_when_it_is_refused(open_stage: Stage, grace: Seat) -> None:
    await grace.run("/search lantern")
    open_stage.spotify.expire_access_tokens()
    words = ("harbour", "weather", "quillmouth")
    replies = await asyncio.gather(*(grace.run(f"/search {word}") for word in words))
    assert all("Songs for" in reply.text for reply in replies)
    assert tokens(open_stage.spotify) == 2


async def test_who_is_linked_searches_as_themselves(open_stage: Stage) -> None:
    ada = await open_stage.link("ada")
    await ada.run("/search lantern")
    assert tokens(open_stage.spotify) == 0
    assert open_stage.spotify.calls_of("GET", "search")[0].account == "ada"


async def test_somebody_whose_login_ended_still_searches(open_stage: Stage) -> None:
    ada = await open_stage.link("ada")
    open_stage.spotify.end_consent("ada")
    open_stage.spotify.expire_access_tokens()
    assert "no longer accepts your login" in (await ada.run("/now")).text
    reply = await ada.run("/search lantern")
    assert "Songs for" in reply.text
    assert "Link Spotify" in (await reply.press("Play")).text
    assert not open_stage.spotify.accounts["ada"].player.is_playing


async def test_the_apps_quota_is_theirs_too(open_stage: Stage, grace: Seat) -> None:
    open_stage.spotify.quota("GET /v1/search$", calls=0, retry_after=48_925)
    ada = await open_stage.link("ada")
    assert "in 14 hours" in (await grace.run("/search lantern")).text
    assert "in 14 hours" in (await ada.run("/search lantern")).text
    assert len(open_stage.spotify.calls_of("GET", "search")) == 1


async def test_a_wrong_secret_is_a_sentence_and_in_no_log(
    open_stage: Stage, grace: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    spotify = open_stage.spotify
    right = spotify.client_secret
    spotify.apps[spotify.client_id].client_secret = "f" * 32
    with caplog.at_level(logging.INFO):
        said = (await grace.run("/search lantern")).text
        assert said == (
            "Searching without a linked account does not work just now. Use /link, or tell "
            "whoever runs this bot that Spotify refuses the app’s secret."
        )
        ada = await open_stage.link("ada")
        assert "Songs for" in (await ada.run("/search lantern")).text
    assert right not in caplog.text
    assert "AppSecretRefused" in caplog.text
    spotify.apps[spotify.client_id].client_secret = right
    assert "Songs for" in (await grace.run("/search lantern")).text


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/api/token", status=503, body="upstream", times=None),
        Fault("/api/token", status=200, body="<html>hello</html>", times=None),
        Fault("/api/token", act="reset", times=None),
    ],
    ids=["503", "no JSON", "reset"],
)
async def test_spotifys_login_being_down_is_a_sentence(
    open_stage: Stage, grace: Seat, fault: Fault
) -> None:
    open_stage.spotify.accounts_faults.add(fault)
    assert "Spotify is not answering properly" in (await grace.run("/search lantern")).text
    open_stage.spotify.accounts_faults.clear()
    assert "Songs for" in (await grace.run("/search lantern")).text


async def test_without_the_setting_they_are_asked_to_link(
    stage: Stage, spotify: Spotify, ada: Seat
) -> None:
    assert asks_to_link(await ada.run("/search lantern"))
    assert not spotify.calls
    assert tokens(spotify) == 0


async def test_a_list_that_somebody_else_shared_can_be_used_after_linking(
    open_stage: Stage, grace: Seat
) -> None:
    """What was found without an account is played with one."""
    reply = await grace.run("/search lantern")
    await open_stage.link("grace")
    assert "Playing" in (await reply.press("Play")).text
    playing = open_stage.spotify.accounts["grace"].player.item
    assert playing == f"spotify:track:{options(reply)[0]}"


# ---- short links


@pytest.mark.parametrize("link", SHORT)
async def test_a_short_link_is_searched_for(open_stage: Stage, grace: Seat, link: str) -> None:
    track = open_stage.spotify.catalogue.stock[0]
    reply = await grace.run(f"/search {link}")
    assert options(reply) == [track.id]
    assert f"https://open.spotify.com/track/{track.id}" in reply.text
    assert not open_stage.spotify.short_recording.leaks
    assert not open_stage.spotify.calls_of("GET", "search")


@pytest.mark.parametrize("link", SHORT)
async def test_a_short_link_is_played(spotify: Spotify, linked: Seat, link: str) -> None:
    track = spotify.catalogue.stock[0]
    assert "Playing" in (await linked.run(f"/play listen to this: {link}")).text
    assert spotify.accounts["ada"].player.item == track.uri
    visits = len(spotify.short_recording.visits)
    await linked.run(f"/play {link}")
    assert len(spotify.short_recording.visits) == visits
    assert not spotify.short_recording.leaks
    hosts = {"spotify.link", "spotify.app.link", "open.spotify.com"}
    assert {name for name, _ in spotify.lookups} <= hosts


async def test_a_short_link_to_an_album_plays_it_and_is_no_song(
    spotify: Spotify, linked: Seat
) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    spotify.short_links["record"] = f"https://open.spotify.com/album/{album.id}"
    await linked.run("/play https://spotify.link/record")
    assert spotify.accounts["ada"].player.context == album.uri
    assert "bug" not in (await linked.run("/search https://spotify.link/record")).text


@pytest.mark.parametrize("command", ["/search", "/play"])
async def test_a_short_link_that_leads_nowhere_is_a_sentence(
    spotify: Spotify, linked: Seat, command: str
) -> None:
    spotify.short_links["evil"] = "https://evil.test/track/4uLU6hMCjMI75M1A2tKUQC"
    for name in ("unknown", "evil"):
        said = (await linked.run(f"{command} https://spotify.link/{name}")).text
        assert said == (
            "That short link leads to nothing Tonearm can play. Open it, and paste the link from "
            "open.spotify.com, or type the name instead."
        )
    assert "evil.test" not in {name for name, _ in spotify.lookups}
    assert not spotify.accounts["ada"].player.is_playing
