"""A list is called empty only if Spotify's answer proves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.discord import UserClient
from sandbox.spotify import Spotify
from sandbox.spotify.list_faults import EndlessNext, Filler
from sandbox.spotify.rules import Changed

LINK = "https://api.spotify.com/v1/me"
# What a page without entries may have; only a total of 0 and no next page prove that there is none.
ODD_NEXT: tuple[Mapping[str, object], ...] = ({"next": LINK}, {"next": {"href": LINK}})
ODD_TOTALS = tuple({"total": total} for total in (3, None, "many", -1, True, 10**12))
UNREADABLE = ("I couldn’t read it", "read your playlists")


async def test_only_a_total_without_a_next_page_proves_that_a_list_is_empty(
    spotify: Spotify, linked_user: UserClient
) -> None:
    album = next(iter(spotify.catalogue.albums))
    commands = {
        "/export what:liked-songs format:csv": ("me/tracks$", "no liked songs"),
        "/play what:liked": ("me/tracks$", "no liked songs"),
        "/play what:Harbour Evenings": ("me/playlists$", "found nothing"),
        "/top": ("me/top/tracks$", "no favourites"),
        "/search query:a": ("/search$", "found nothing"),
        "/recent": ("recently-played$", "nothing that you played"),
        f"/search query:https://open.spotify.com/album/{album}": ("/tracks$", "It’s empty"),
    }
    for command, (path, nothing) in commands.items():
        text = await answer_to(linked_user, spotify, command, path, {})
        assert nothing in text, command
        assert not any(words in text for words in UNREADABLE), command
        # The page of recent plays has no total.
        for odd in ODD_NEXT if "recently" in path else ODD_NEXT + ODD_TOTALS:
            text = await answer_to(linked_user, spotify, command, path, odd)
            assert any(words in text for words in UNREADABLE), (command, odd, text)


async def answer_to(
    user: UserClient, spotify: Spotify, command: str, path: str, odd: Mapping[str, object]
) -> str:
    """The bot's reply if this path returns an empty page with these fields."""

    def empty(answer: Any) -> object:
        page = answer if "items" in answer else next(iter(answer.values()))
        page.update({"items": [], "total": 0, "next": None, **odd})
        return answer

    spotify.rules.clear()
    spotify.clock.advance(4_000)  # so that nothing is cached
    spotify.on(f"GET .*{path}", Changed(empty), times=None)
    reply = await user.run(command)
    await reply.wait_for(lambda reply: bool(reply.text))
    return reply.text


async def test_liked_songs_that_cannot_be_played_are_not_counted_as_played(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    tracks = [(track.uri, None) for track in spotify.catalogue.regular_tracks[:3]]
    ada.liked = [*tracks, (next(iter(spotify.catalogue.local)), None)]
    spotify.inject_nulls("GET .*me/tracks$", every=3)
    reply = await linked_user.run("/play what:liked")
    assert reply.text.splitlines()[0] == "Playing 2 of your 4 liked songs."

    ada.liked = []
    ada.like_generated(30)
    spotify.rules.clear()
    spotify.clock.advance(4_000)
    spotify.on("GET .*me/tracks$", EndlessNext(Filler.NULLS), times=None)
    reply = await linked_user.run("/play what:liked")
    assert reply.text.splitlines()[0] == "Playing 30 of your 200 newest liked songs."
