"""A press is answered by a line in its message, or by a short private reply without a cover."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from sandbox.discord import UserClient
from sandbox.discord.visible_text import visible_text
from sandbox.harness import Harness
from sandbox.message_text import SELECT, THUMBNAIL
from sandbox.spotify import Spotify
from tests.list_components import components, unsave_all
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

PRESSES = {
    "Play": "Playing",
    "Queue": "Queued",
    "Save": "Added to your Liked Songs",
    "Add to playlist": "Which playlist?",
}


async def test_card_of_a_friend_says_what_a_press_did(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    await (await grace.run("/settings")).press("Allow")
    player, album = spotify.accounts["grace"].player, next(iter(spotify.catalogue.albums.values()))
    player.play(context=album.uri, device=player.devices[0])
    spotify.accounts["ada"].player.resume()
    unsave_all(spotify.accounts["ada"])
    card = await linked_user.use_context_menu("What are they playing?", user="grace")
    messages = len(linked_user.messages())
    for button, line in (PRESSES | {"Play what they play": "Playing"}).items():
        harness.clock.advance(1)
        pressed = await card.press(button)
        assert line in pressed.text
        assert "Grace** is playing" in pressed.text, "the card is still there"
    assert "Unsave" in pressed.text
    assert len(linked_user.messages()) == messages


async def test_press_below_a_shared_song_is_answered_without_a_second_cover(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    player = spotify.accounts["grace"].player
    player.play(spotify.catalogue.regular_tracks[0].uri, device=player.devices[0])
    unsave_all(spotify.accounts["grace"])
    results = await linked_user.run("/search lantern")
    await results.press("Share")
    shared = await grace.wait_for_message("Ada shared a song")
    for button, line in PRESSES.items():
        harness.clock.advance(1)
        answer = await grace.press(shared, button)
        assert answer.ephemeral
        assert line in answer.text
        assert not components(answer, THUMBNAIL)
    messages = len(grace.messages())
    added = await answer.pick("Grace's Mornings")
    assert "Added to [Grace's Mornings]" in added.text
    assert not components(added, SELECT)
    assert len(grace.messages()) == messages, "the question was replaced"


async def test_slow_press_does_not_turn_the_page_back(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].player.resume()
    reply = await linked_user.run("/search lantern")
    spotify.faults.add(held := HeldResponse("POST .*/me/player/queue$"))
    queueing = asyncio.create_task(linked_user.press(reply.message, "Queue"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        await reply.press("Page 2 ▶")
    await queueing
    answer = await linked_user.wait_for_message("Queued")
    assert answer["id"] != reply.message["id"]
    page = message_data(harness, reply.message)
    assert "11–20 of" in visible_text(page)
    assert "Queued" not in visible_text(page)


async def test_channel_sees_no_playlists_and_nothing_below_a_shared_song(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Not even if the message is the user's own; a public list says what else they press."""
    await (await linked_user.run("/search lantern")).press("Share")
    song = await linked_user.wait_for_message("Ada shared a song")
    spotify.accounts["ada"].player.resume()
    await linked_user.run("/playlist pin what:Harbour Evenings")
    await (await linked_user.run("/settings")).press("Make public")
    results = (await linked_user.run("/search lantern")).message
    unsave_all(spotify.accounts["ada"])
    for message, buttons in ((song, PRESSES), (results, ["Add to playlist"])):
        before = message_data(harness, message)
        for button in buttons:
            harness.clock.advance(1)
            answer = await linked_user.press(message, button)
            assert answer.ephemeral
            assert PRESSES[button] in answer.text
        assert message_data(harness, message) == before
    pins = await linked_user.run("/playlist pin")
    played = await pins.pick("Harbour Evenings")
    assert played.ephemeral
    assert "Pins" in pins.text


def message_data(harness: Harness, message: dict[str, Any]) -> dict[str, Any]:
    """The message as Discord has it now."""
    found = harness.discord.state.find_message(message["id"])
    assert found
    return copy.deepcopy(found.data)


async def test_album_and_artist_can_be_opened_wherever_a_song_is_shown(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    await (await grace.run("/settings")).press("Allow")
    album = next(iter(spotify.catalogue.albums.values()))
    for name in ("ada", "grace"):
        player = spotify.accounts[name].player
        player.play(context=album.uri, device=player.devices[0])
    places = [
        await linked_user.run("/now share:true"),
        await linked_user.run("/queue show"),
        await linked_user.run("/save"),
        await linked_user.use_context_menu("What are they playing?", user="grace"),
    ]
    await (await linked_user.run(f"/search {album.name}")).press("Share")
    shared = await grace.wait_for_message("Ada shared a song")
    for message in (*(place.message for place in places), shared):
        for label, heading in (
            ("Go to album", f"### [{album.name}]"),
            ("Go to artist", "Songs by"),
        ):
            harness.clock.advance(1)
            opened = await linked_user.press(message, label)
            assert heading in opened.text
            assert opened.ephemeral


async def test_add_on_the_panel_leaves_the_panel_as_it_is(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].player.resume()
    panel = await linked_user.run("/now")
    before = panel.text
    question = await panel.press("Add to playlist")
    assert question.ephemeral
    assert question.text.count("Which playlist?") == 1
    assert not components(question, THUMBNAIL)
    assert panel.messages[0]["id"] != question.message["id"]
    assert before in panel.text
