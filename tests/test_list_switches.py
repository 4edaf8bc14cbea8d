"""Lists lead to other kinds and periods, to the artist, and to actions for the whole list."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Album
from sandbox.spotify.error_responses import ErrorResponse
from tests.list_components import enabled_button_labels, options, selected_number, unsave_all


async def test_search_switches_to_other_kinds_with_the_same_words(
    linked_user: UserClient,
) -> None:
    reply = await (await linked_user.run("/search a")).press("Page 2 ▶")
    for label in ("Albums", "Playlists", "More", "Episodes", "Songs"):
        reply = await reply.press(label)
        assert f"{'Shows' if label == 'More' else label} for “a”\n" in reply.text
        assert label not in enabled_button_labels(reply)


async def test_empty_list_replaces_the_list_and_leads_to_the_others(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search lantern")
    messages = len(linked_user.messages())
    reply = await reply.press("Playlists")
    assert "Playlists for “lantern”\n-# Spotify found nothing for that." in reply.text
    reply = await reply.press("Albums")
    assert "Albums for “lantern”\n1. " in reply.text
    assert len(linked_user.messages()) == messages
    top = await linked_user.run("/top")
    spotify.accounts["ada"].liked.clear()
    messages = len(linked_user.messages())
    assert "of yours for that time. Try a longer one." in (await top.press("4 weeks")).text
    assert "Try a longer one" not in (await top.press("1 year")).text
    assert {"4 weeks", "6 months"} <= set(enabled_button_labels(top))
    assert len(linked_user.messages()) == messages


async def test_top_switches_period_and_kind(linked_user: UserClient) -> None:
    reply = await linked_user.run("/top")
    assert "6 months" not in enabled_button_labels(reply)
    reply = await reply.press("1 year")
    assert "1 year" not in enabled_button_labels(reply)
    reply = await reply.press("Artists")
    assert {"4 weeks", "6 months", "Songs"} <= set(enabled_button_labels(reply))


async def test_opened_album_is_played_queued_and_saved_as_a_whole(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.player.resume()
    unsave_all(ada)
    opened = await (await linked_user.run("/search lantern type:albums")).press("Show songs")
    await opened.pick(options(opened)[2]["value"])
    question = await opened.press("Queue album")
    assert "Queue all of this?" in question.text
    album_name = opened.text.splitlines()[0].removeprefix("### ")
    saved = await opened.press("Save album")
    assert f"{album_name} · Added to your library" in saved.text
    played = await opened.press("Play album")
    assert f"{album_name} · Playing" in played.text
    assert ada.player.context in ada.saved_uris("album")
    album = spotify.catalogue.find_item(ada.player.context or "")
    assert isinstance(album, Album)
    assert ada.player.item == album.tracks[0].uri


async def test_song_leads_to_its_artist_and_back(linked_user: UserClient) -> None:
    results = await linked_user.run("/search lantern")
    artist = await results.press("Go to artist")
    assert "Songs by" in artist.text
    assert "Go to artist" not in enabled_button_labels(artist)
    assert "Songs for “lantern”" in (await artist.press("Back")).text


async def test_press_says_below_the_list_what_it_did(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await (await linked_user.run("/settings")).press("Make public")
    reply = await linked_user.run("/search lantern")
    messages = len(linked_user.messages())
    for button, line in (
        ("Play", "Playing"),
        ("Queue", "Queued"),
        ("Save", "Added to your Liked Songs"),
    ):
        reply = await reply.press(button)
        assert line in reply.text
    assert "Queued" not in reply.text
    assert len(linked_user.messages()) == messages
    await harness.restart()
    assert "Playing" in (await reply.press("Play")).text
    grace = await harness.link_account("grace")
    assert "Added to your Liked Songs" in (await grace.press(reply.message, "Save")).text


async def test_saved_items_have_a_heart_and_can_be_unsaved(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    unsave_all(ada)
    reply = await linked_user.run("/search lantern")
    assert "💚" not in reply.text
    reply = await reply.press("Save")
    number = selected_number(reply)
    assert f"{number}. ▸ 💚 " in reply.text
    assert len(ada.liked) == 1
    again = await linked_user.run("/search lantern")
    assert f"{number}. ▸ 💚 " in again.text
    other = await again.pick(options(again)[1]["value"])
    assert "Save" in enabled_button_labels(other)
    back = await other.pick(options(again)[0]["value"])
    assert f"{number}. ▸ 💚 " in back.text
    unsaved = await back.press("Unsave")
    assert "Removed from your Liked Songs" in unsaved.text
    assert "💚" not in unsaved.text
    assert "Save" in enabled_button_labels(unsaved)
    assert ada.liked == []


async def test_list_without_answer_about_saved_items_shows_none(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.on("/v1/me/library/contains", ErrorResponse(500, "Oops"), times=None)
    reply = await linked_user.run("/search lantern")
    assert "1. ▸ " in reply.text
    assert "💚" not in reply.text
