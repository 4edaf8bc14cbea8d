"""The controls below the replies of /play and /resume, for no further call."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.message_text import controls
from sandbox.spotify import Spotify
from tests.command_assertions import api_calls_since, spotify_url
from tests.panel_message import panel_buttons


async def test_played_song_has_controls_that_become_the_panel(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    track = spotify.catalogue.regular_tracks[0]
    for button, expected in (
        ("⏸️", "Paused on Ada's Laptop"),
        ("⏭️", "Playing on Ada's Laptop"),
        ("Like", "💚 Liked"),
        ("All controls", "🔊 60%"),
    ):
        reply = await linked_user.run(f"/play what:{spotify_url(track.uri)}")
        harness.clock.advance(1)
        pressed = await reply.press(button)
        assert pressed.message["id"] == reply.message["id"], button
        assert expected in pressed.text
        assert {"🔀", "⏮️", "🔊", "🔄"} <= panel_buttons(pressed.message).keys()


async def test_played_liked_songs_have_controls(linked_user: UserClient) -> None:
    reply = await linked_user.run("/play what:liked")
    pressed = await reply.press("⏸️")
    assert pressed.message["id"] == reply.message["id"]
    assert "Paused on Ada's Laptop" in pressed.text


async def test_played_album_has_no_like_button(spotify: Spotify, linked_user: UserClient) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    reply = await linked_user.run(f"/play what:{spotify_url(album.uri)}")
    assert [control.label for control in controls(reply.message).values()] == [
        "⏸️", "⏭️", "All controls",
    ]  # fmt: skip


async def test_resumed_song_has_all_controls_without_another_call(
    spotify: Spotify, linked_user: UserClient
) -> None:
    since = len(spotify.calls)
    reply = await linked_user.run("/resume")
    assert api_calls_since(spotify, since) == ["PUT me/player/play", "GET me/player"]
    assert {"🔀", "⏮️", "⏸️", "⏭️", "🔁", "🔊"} <= panel_buttons(reply.message).keys()
    assert "🤍" not in panel_buttons(reply.message), "nobody has asked whether it is liked"
    pressed = await reply.press("🔀")
    assert pressed.message["id"] == reply.message["id"]
    assert "Shuffled" in pressed.text


async def test_device_chosen_for_play_gets_controls(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].player.device = None
    track = spotify.catalogue.regular_tracks[0]
    question = await linked_user.run(f"/play what:{spotify_url(track.uri)}")
    played = await question.pick("Kitchen Speaker")
    assert "⏸️" in panel_buttons(played.message)
