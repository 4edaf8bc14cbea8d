"""The "What are they playing?" menu: privacy, replies and errors, in words about the friend."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.test_odd_examples import set_field

PRIVATE = ("device", "is_private_session")
MENU_NAME = "What are they playing?"
HIDDEN_MESSAGE = "doesn’t show what they’re playing. They can allow it in /settings."


def _user_id(user: UserClient) -> int:
    return int(user._user.id)


@pytest.fixture
async def grace(harness: Harness, linked_user: UserClient) -> UserClient:
    """Grace, who shows what she plays and plays the second track of an album; Ada is linked too."""
    grace = await harness.link_account("grace")
    assert harness.bot is not None
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), True)
    player, album = harness.spotify.accounts["grace"].player, _album(harness.spotify)
    player.play(context=album.uri, index=1, device=player.devices[0])
    return grace


def _album(spotify: Spotify) -> Any:
    return next(iter(spotify.catalogue.albums.values()))


async def test_playback_is_shown_with_buttons_for_own_account(
    spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert "Grace** is playing" in reply.text
    assert _album(spotify).tracks[1].id in reply.text
    assert reply.ephemeral
    await reply.press("Play")
    assert spotify.accounts["ada"].player.item == _album(spotify).tracks[1].uri
    assert spotify.accounts["ada"].player.is_playing


async def test_hidden_by_default_without_revealing_link_status(
    harness: Harness, linked_user: UserClient, grace: UserClient
) -> None:
    assert harness.bot is not None
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), False)
    linked_text = (await linked_user.use_context_menu(MENU_NAME, user="grace")).text
    unlinked_text = (await linked_user.use_context_menu(MENU_NAME, user="linus")).text
    assert HIDDEN_MESSAGE in linked_text
    assert linked_text.replace("Grace", "X") == unlinked_text.replace("Linus", "X")
    harness.spotify.accounts["grace"].player.devices[0].is_private_session = True
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), True)
    assert (await linked_user.use_context_menu(MENU_NAME, user="grace")).text == linked_text


async def test_what_may_be_a_private_session_is_not_shown(
    harness: Harness, linked_user: UserClient, grace: UserClient
) -> None:
    """Neither by the menu nor by a shared panel."""
    harness.spotify.accounts["grace"].player.devices[0].is_private_session = True
    track = _album(harness.spotify).tracks[1]
    for path, odd in ((("device",), None), (("device",), []), (PRIVATE, "yes"), (PRIVATE, None)):
        harness.spotify.rules.clear()
        harness.clock.advance(10)
        harness.spotify.on("GET .*/me/player$", set_field(*path, to=odd), times=None)
        menu = await linked_user.use_context_menu(MENU_NAME, user="grace")
        assert menu.text == "I can’t see what **Grace** is playing right now. Try again later."
        panel = await grace.run("/now share:True")
        assert "Spotify doesn’t say whether this is a private session" in panel.text
        assert track.name not in panel.text
        assert track.name in (await grace.run("/now")).text, "she sees it herself"


async def test_unlinked_user_can_use_menu(discord: Discord, grace: UserClient) -> None:
    reply = await discord.user_client("linus", "music").use_context_menu(MENU_NAME, user="grace")
    assert "Grace** is playing" in reply.text
    assert "You haven’t linked" in (await reply.press("Save")).text


async def test_nothing_playing_is_reported(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    player = spotify.accounts["grace"].player
    player.pause()
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert reply.text == "**Grace** isn’t playing anything."
    player.device = None
    harness.clock.advance(10)
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert "isn’t playing anything" in reply.text


async def test_ads_and_unnamed_items_are_reported(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    player = spotify.accounts["grace"].player
    player.interlude = "ad"
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert "**Grace** is hearing an ad" in reply.text
    harness.clock.advance(10)
    player.interlude = "unknown"
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert "doesn’t show to apps" in reply.text


async def test_bots_and_self_get_messages(linked_user: UserClient) -> None:
    bot = linked_user._discord.state.bot
    reply = await linked_user.use_context_menu(MENU_NAME, user=bot.name)
    assert "That’s a bot" in reply.text
    reply = await linked_user.use_context_menu(MENU_NAME, user="ada")
    assert "That’s you. Use /now to see what you’re playing." in reply.text


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("me/player$", status=500, times=None), "Spotify isn’t responding properly"),
        (Fault("me/player$", status=429, headers={"Retry-After": "999"}, times=None),
         "I can’t see what **Grace** is playing right now. Try again later."),
        (Fault("me/player$", status=401, times=None),
         "I can’t see what **Grace** is playing right now. Try again later."),
    ],
)  # fmt: skip
async def test_errors_refer_to_friend(
    spotify: Spotify, linked_user: UserClient, grace: UserClient, fault: Fault, expected: str
) -> None:
    spotify.faults.add(fault)
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert expected in reply.text
    assert "your" not in reply.text.lower()


async def test_expired_login_of_friend_is_reported(
    harness: Harness, linked_user: UserClient, grace: UserClient
) -> None:
    assert harness.bot is not None
    link = await harness.bot.services.store.accounts.get(_user_id(grace))
    assert link is not None
    await harness.bot.services.store.accounts.mark_revoked(link)
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert "no longer lets Tonearm see what **Grace** is playing" in reply.text
    assert "Link Spotify" not in reply.text


async def test_concurrent_requests_make_one_call(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    before = len(spotify.calls_to("GET", "me/player"))
    users = [harness.discord.user_client(name, "music") for name in ("ada", "linus", "mallory")]
    await asyncio.gather(*[user.use_context_menu(MENU_NAME, user="grace") for user in users])
    await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert len(spotify.calls_to("GET", "me/player")) == before + 1
    harness.clock.advance(6)
    await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert len(spotify.calls_to("GET", "me/player")) == before + 2


async def test_unlinking_erases_cached_playback(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    """Grace links again within the cache's TTL; a reply then needs a new request."""
    await linked_user.use_context_menu(MENU_NAME, user="grace")
    before = len(spotify.calls_to("GET", "me/player"))
    await (await grace.run("/unlink")).press("Unlink and erase")
    await harness.link_account("grace")
    assert harness.bot is not None
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), True)
    await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert len(spotify.calls_to("GET", "me/player")) == before + 1


# ---- playing what they play


@pytest.mark.parametrize("source", ["menu", "panel"])
async def test_play_what_they_play_starts_at_the_same_second_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient, source: str
) -> None:
    track = _album(spotify).tracks[1]
    spotify.accounts["grace"].player.seek(40_000)
    if source == "menu":
        reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
        harness.clock.advance(3)  # while the reading is cached
        played = await reply.press("Play what they play")
    else:
        assert harness.bot is not None
        await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), False)
        panel = await grace.run("/now share:true")
        harness.clock.advance(3)
        played = await linked_user.press(panel.message, "Play what they play")
    assert "Playing from 0:43" in played.text
    ada = spotify.accounts["ada"].player
    assert ada.item == track.uri
    assert 43_000 <= ada.progress < 46_000
    spotify.accounts["grace"].player.next()
    harness.clock.advance(30)
    assert ada.item == track.uri


async def test_shared_panel_plays_what_its_owner_plays_now(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    """Grace skips in Spotify's own app, of which the panel does not hear; then her track ends."""
    assert harness.bot is not None
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), False)
    panel = await grace.run("/now share:true")
    player, ada = spotify.accounts["grace"].player, spotify.accounts["ada"].player
    player.play(context=_album(spotify).uri, index=4)
    track = _album(spotify).tracks[4]
    player.seek(track.duration - 2_000)
    played = await linked_user.press(panel.message, "Play what they play")
    assert track.name in played.text
    assert "On Spotify" in played.text
    assert ada.item == track.uri
    harness.clock.advance(3)
    played = await linked_user.press(panel.message, "Play what they play")
    assert "is just ending" in played.text
    player.devices[0].is_private_session = True
    harness.clock.advance(6)
    played = await linked_user.press(panel.message, "Play what they play")
    assert HIDDEN_MESSAGE in played.text


async def test_hidden_playback_is_not_played(
    harness: Harness, spotify: Spotify, linked_user: UserClient, grace: UserClient
) -> None:
    reply = await linked_user.use_context_menu(MENU_NAME, user="grace")
    assert harness.bot is not None
    await harness.bot.services.store.preferences.set_shows_playing(_user_id(grace), False)
    assert HIDDEN_MESSAGE in (await reply.press("Play what they play")).text
    assert not spotify.calls_to("PUT", "me/player/play")
