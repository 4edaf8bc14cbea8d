"""Message menus play, queue or save the linked item; several links become a select."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import TEXT_DISPLAY
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track
from tests.command_assertions import spotify_url, spotify_urls
from tests.list_components import components, options
from tests.test_metrics import read_metrics

PLAY, QUEUE, SAVE = "Play on Spotify", "Queue on Spotify", "Save on Spotify"


def _liked_uris(spotify: Spotify) -> list[str]:
    return [uri for uri, _ in spotify.accounts["ada"].liked]


def _queued_uris(spotify: Spotify) -> list[str]:
    return [call.query["uri"] for call in spotify.calls_to("POST", "me/player/queue")]


async def _use_menu(user: UserClient, menu: str, tracks: list[Track]) -> Reply:
    """Use a message menu on a message that links these tracks."""
    message = user.send(" ".join(spotify_urls(tracks)))
    return await user.use_context_menu(menu, message=message)


@pytest.fixture
def tracks(spotify: Spotify) -> list[Track]:
    return list(spotify.catalogue.regular_tracks[:4])


# ---- one link


async def test_one_link_is_played_at_once(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    message = linked_user.send(f"Listen to this: {spotify_url(tracks[3].uri)}?si=abc!")
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert spotify.accounts["ada"].player.item == tracks[3].uri
    assert "Playing" in reply.text
    assert spotify_url(tracks[3].uri) in reply.text
    assert reply.ephemeral


async def test_one_link_is_queued_at_once(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    spotify.accounts["ada"].player.resume()
    message = linked_user.send(f"<{spotify_url(tracks[3].uri)}>")
    reply = await linked_user.use_context_menu(QUEUE, message=message)
    assert "Queued" in reply.text
    assert _queued_uris(spotify) == [tracks[3].uri]


async def test_one_link_is_saved_at_once(spotify: Spotify, linked_user: UserClient) -> None:
    liked = _liked_uris(spotify)
    track = next(track for track in spotify.catalogue.regular_tracks if track.uri not in liked)
    reply = await _use_menu(linked_user, SAVE, [track])
    assert "Added to your Liked Songs" in reply.text
    assert _liked_uris(spotify)[0] == track.uri


async def test_queueing_album_asks_for_confirmation(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    message = linked_user.send(spotify_url(tracks[0].album.uri))
    reply = await linked_user.use_context_menu(QUEUE, message=message)
    assert "Queue all of this?" in reply.text
    assert not _queued_uris(spotify)


async def test_unlinked_user_gets_login_button(discord: Discord, tracks: list[Track]) -> None:
    ada = discord.user_client("ada", "music")
    reply = await _use_menu(ada, PLAY, tracks[:1])
    assert "You haven’t linked Spotify yet" in reply.text


# ---- several links


async def test_several_links_offer_one_to_play(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    uris = [tracks[0].uri, tracks[0].album.uri, tracks[1].uri]
    message = linked_user.send(" ".join(map(spotify_url, uris)))
    picker = await linked_user.use_context_menu(PLAY, message=message)
    assert "That message has several Spotify links. Choose one to play." in picker.text
    assert [option["value"] for option in options(picker)] == uris
    assert f"Album · {tracks[0].artists[0].name}" in picker.text
    reply = await picker.pick(tracks[1].uri)
    assert spotify.accounts["ada"].player.item == tracks[1].uri
    assert f"-# [{tracks[1].name}](" in reply.text
    assert "Playing" in reply.text
    assert [option["value"] for option in options(reply)] == uris, "the menu stays"
    assert reply.message["id"] == picker.message["id"]


async def test_selected_links_are_queued_in_message_order(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    spotify.accounts["ada"].player.resume()
    picker = await _use_menu(linked_user, QUEUE, tracks)
    reply = await picker.pick(tracks[3].uri, tracks[0].uri)
    assert "Queued 2 songs" in reply.text
    assert _queued_uris(spotify) == [tracks[0].uri, tracks[3].uri]


async def test_selected_links_are_saved_with_one_call(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    spotify.accounts["ada"].liked.clear()
    picker = await _use_menu(linked_user, SAVE, tracks)
    reply = await picker.pick(tracks[1].uri, tracks[2].uri)
    assert "Added 2 songs to your Liked Songs" in reply.text
    assert {tracks[1].uri, tracks[2].uri} <= set(_liked_uris(spotify))
    assert len(spotify.calls_to("PUT", "me/library")) == 1


async def test_select_survives_a_restart(
    harness: Harness, spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    picker = await _use_menu(linked_user, PLAY, tracks)
    await harness.restart()
    await picker.pick(tracks[2].uri)
    assert spotify.accounts["ada"].player.item == tracks[2].uri


async def test_queue_menu_offers_only_queueable_items(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    spotify.accounts["ada"].player.resume()
    artist_url = spotify_url(tracks[0].artists[0].uri)
    message = linked_user.send(f"{artist_url} {spotify_url(tracks[0].uri)}")
    assert "Queued" in (await linked_user.use_context_menu(QUEUE, message=message)).text
    message = linked_user.send(artist_url)
    reply = await linked_user.use_context_menu(QUEUE, message=message)
    assert "Apps can’t queue artists" in reply.text


async def test_replies_follow_sharing_setting_and_questions_are_private(
    harness: Harness, linked_user: UserClient, tracks: list[Track]
) -> None:
    assert harness.bot is not None
    await harness.bot.services.reply_visibility.share(int(linked_user._user.id), True)
    assert not (await _use_menu(linked_user, PLAY, tracks[:1])).ephemeral
    await _use_menu(linked_user, PLAY, tracks)
    await linked_user.wait_for_message("Choose one to play")
    grace = harness.discord.user_client("grace", "music")
    assert not [message for message in grace.messages() if "Choose one" in str(message)]


async def test_hostile_names_are_escaped(spotify: Spotify, linked_user: UserClient) -> None:
    prefixes = ("@everyone", "Long and", "# Big", "<@")
    tracks = [
        track for track in spotify.catalogue.tracks.values() if track.name.startswith(prefixes)
    ]
    picker = await _use_menu(linked_user, SAVE, tracks)
    reply = await picker.pick(*[track.uri for track in tracks])
    assert not [part for part in components(reply, TEXT_DISPLAY) if "@everyone" in part["content"]]
    assert not reply.message["mention_everyone"]


async def test_context_menus_are_counted_by_name(
    harness: Harness, linked_user: UserClient, tracks: list[Track]
) -> None:
    picker = await _use_menu(linked_user, PLAY, tracks)
    await picker.pick(tracks[0].uri)
    metrics = await read_metrics(harness)
    assert metrics["commands_total", "menu Play on Spotify", "done"] == 1
    assert metrics["commands_total", "button menu", "done"] == 1
