"""Every list, menu and queue says how many entries it lacks because they could not be read."""

from __future__ import annotations

from typing import Any

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.rules import Changed
from tests.command_assertions import spotify_url


def _first_is_null(answer: Any) -> object:
    """The list in an answer of Spotify, with null as its first entry."""
    page = answer if "items" in answer or "devices" in answer else next(iter(answer.values()))
    entries = page.get("items", page.get("devices"))
    entries[0] = None
    return answer


async def test_missing_entries_are_counted(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    assert player.is_playing
    album = next(iter(spotify.catalogue.albums.values()))

    async def add_to_playlist() -> Reply:
        return await (await linked_user.run("/search lantern")).press("Add to playlist")

    async def choose_target() -> Reply:
        song = linked_user.send(spotify_url(album.tracks[0].uri))
        return await linked_user.use_context_menu("Add to playlist", message=song)

    async def queue_album() -> Reply:
        question = await linked_user.run(f"/queue add what:{spotify_url(album.uri)}")
        return await (await question.press("Queue them")).wait_for("in order")

    async def play_album() -> Reply:
        second = list(spotify.catalogue.albums.values())[1]
        what = f"{spotify_url(album.uri)} {spotify_url(second.uri)}"
        question = await linked_user.run(f"/queue add what:{what}")
        return await (await question.press("Play them instead")).wait_for("Playing")

    # One entry of the sample playlists is null in any case.
    playlists, left_out = "I couldn’t read 2 more", "1 left out: unreadable"
    for path, expected, act in (
        ("me/playlists$", playlists, add_to_playlist),
        ("me/playlists$", playlists, choose_target),
        ("me/playlists$", playlists, lambda: linked_user.run("/settings")),
        ("me/player/devices$", "I couldn’t read 1 more", lambda: linked_user.run("/settings")),
        ("/search$", "And 1 more that I couldn’t read", lambda: linked_user.run("/search a")),
        ("player/devices$", "And 1 that I couldn’t read", lambda: linked_user.run("/devices")),
        (f"albums/{album.id}/tracks$", left_out, queue_album),
        (f"albums/{album.id}/tracks$", left_out, play_album),
    ):
        harness.clock.advance(4_000)  # so that nothing is cached
        spotify.rules.clear()
        player.resume()
        spotify.on(f"GET .*{path}", Changed(_first_is_null), times=None)
        reply = await act()
        assert expected in reply.text, (path, reply.text)
