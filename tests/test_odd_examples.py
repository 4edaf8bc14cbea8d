"""Odd answers that Spotify has sent or may send, and the bot's reply to each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import UserClient
from sandbox.discord.visible_text import find_selects
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.odd_shapes import Path, replaced
from sandbox.spotify.rules import Changed
from tests.login_state_machine.renewal_helpers import count_renewals

PLAYER, TRACKS = "GET .*/me/player$", "GET .*/me/tracks$"
ODD_ENTRIES: tuple[object, ...] = (7, None, [])
UNREADABLE = "Spotify answered, but I couldn’t read it."


def set_field(*path: str | int, to: object) -> Changed:
    """Sends an answer with another value at the path; `*` in it stands for every entry."""

    def change(answer: Any) -> object:
        for place in _places(answer, path):
            answer = replaced(answer, place, to)
        return answer

    return Changed(change)


def _places(value: Any, path: Path) -> list[Path]:
    if not path:
        return [()]
    keys = range(len(value)) if path[0] == "*" else [path[0]]
    return [(key, *rest) for key in keys for rest in _places(value[key], path[1:])]


async def test_whole_floats_and_numbers_in_strings_are_numbers(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    for odd in (133_760.0, 1.3376e5, "133760", "133760.0"):
        spotify.on(PLAYER, set_field("item", "duration_ms", to=odd))
        assert "/ 2:13" in (await linked_user.run("/now")).text
    spotify.on(PLAYER, set_field("is_playing", to="true"))
    assert "Playing on Ada's Laptop" in (await linked_user.run("/now")).text


async def test_chapter_that_spotify_shows_has_its_book_and_the_buttons_of_an_episode(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    book = next(iter(spotify.catalogue.audiobooks.values()))
    shown = {"name": book.name, "type": "audiobook", "uri": book.uri, "id": book.id}
    common = {"id": book.id, "name": "Chapter 7", "duration_ms": 600_000, "audiobook": shown}
    for kind, uri in (("chapter", "chapter"), ("chapter", "episode"), ("episode", "episode")):
        item = {**common, "type": kind, "uri": f"spotify:{uri}:{book.id}"}
        spotify.on(PLAYER, set_field("item", to=item))
        reply = await linked_user.run("/now")
        assert "Chapter 7" in reply.text
        assert book.name in reply.text
        assert reply.text.count("15 s") == 2


async def test_list_without_a_readable_entry_is_never_called_empty(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """Each command says so if all entries of an answer have another shape."""
    commands: dict[str, tuple[str, Path]] = {
        "/export what:liked-songs format:csv": (TRACKS, ("items", "*")),
        "/play what:liked": (TRACKS, ("items", "*")),
        "/recent": ("recently-played", ("items", "*")),
        "/top": ("me/top/tracks", ("items", "*")),
        "/search query:a": ("/search", ("tracks", "items", "*")),
        "/devices": ("me/player/devices", ("devices", "*")),
    }
    for command, (pattern, path) in commands.items():
        for odd in ODD_ENTRIES:
            spotify.rules.clear()
            spotify.on(pattern, set_field(*path, to=odd), times=None)
            reply = await linked_user.run(command)
            await reply.wait_for(UNREADABLE)


async def test_devices_are_read_one_by_one(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    spotify.on("devices", set_field("devices", 1, "is_active", to=None))
    reply = await linked_user.run("/devices")
    assert [name in reply.text for name in ("Ada's Laptop", "Kitchen Speaker", "Ada's Phone")] == [
        True
    ] * 3
    spotify.on("devices", set_field("devices", 1, to="odd"))
    reply = await linked_user.run("/devices")
    assert "Ada's Laptop" in reply.text
    assert "And 1 that I couldn’t read" in reply.text
    spotify.on("devices", Changed(lambda answer: {"devices": answer["devices"] * 3}))
    assert (await linked_user.run("/devices")).text.count("Ada's Laptop** ·") == 1


async def test_two_active_devices(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    spotify.on("devices", set_field("devices", "*", "is_active", to=True))
    reply = await linked_user.run("/devices")
    for select in find_selects(reply.message):
        assert sum(option.get("default", False) for option in select["options"]) <= 1


@pytest.mark.parametrize(
    ("field", "odd", "expected"),
    [
        (("actions", "disallows"), [], "Playing on Ada's Laptop"),
        (("actions", "disallows"), None, "Playing on Ada's Laptop"),
        (("actions",), [], "Playing on Ada's Laptop"),
        (("is_playing",), 1, "💻 On Ada's Laptop"),
        (("progress_ms",), -1200, " 0:00 / 2:13"),
        (("progress_ms",), 10**12, "Playing on Ada's Laptop"),
        (("progress_ms",), 999_999, " 2:13 / 2:13"),
        (("item", "duration_ms"), -133_760, "Playing on Ada's Laptop"),
        (("item", "duration_ms"), 10**17, "Playing on Ada's Laptop"),
        (("device", "volume_percent"), 150, "🔊 100%"),
        (("device", "volume_percent"), -3, "🔇 0%"),
        (("device", "volume_percent"), "60", "🔊 60%"),
        (("item", "album", "images", 1, "url"), "bug", "Playing on Ada's Laptop"),
        (("item", "album", "images"), {"url": "https://x.test/"}, "Playing on Ada's Laptop"),
        (("item", "artists"), [None, {"name": "Lantern Mile"}], "Lantern Mile"),
        (("item", "name"), "Half \ud83d", "Half"),
        (("item", "type"), "hologram", "Lantern Mile"),
        (("item", "id"), "4uLU6hMCjMI75M1A2tKUQC", "Lantern Mile"),
    ],
    ids=str,
)
async def test_odd_field_of_the_player(
    spotify: Spotify,
    linked_user: UserClient,
    player: Player,
    field: Path,
    odd: object,
    expected: str,
) -> None:
    before = await linked_user.run("/now")
    spotify.on(PLAYER, set_field(*field, to=odd))
    reply = await linked_user.run("/now")
    assert expected in reply.text
    assert "-1:" not in reply.text
    assert "\ud83d" not in reply.text
    assert len(reply.text) < 1000
    link = before.text.split("](")[1].split(")")[0]
    assert link in reply.text, "it is the item of the URI"


def _as_track(answer: dict[str, Any]) -> object:
    """The item as Spotify sent episodes in 2024: a track whose album is the show."""
    episode = answer["item"]
    show = {**episode.pop("show"), "type": "show"}
    answer["item"] = {**episode, "type": "track", "album": show, "artists": [{"name": "A Host"}]}
    return answer


async def test_episode_in_the_shape_of_a_track_stays_an_episode(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    player.play(episode.uri)
    spotify.on(PLAYER, Changed(_as_track), times=None)
    reply = await linked_user.run("/now")
    assert f"https://open.spotify.com/episode/{episode.id}" in reply.text
    assert episode.show.name in reply.text
    await linked_user.run("/save")
    assert episode.uri in [uri for uri, _ in spotify.accounts["ada"].episodes]


async def test_track_in_the_shape_of_an_episode_stays_a_track(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    before = _without_times((await linked_user.run("/now")).text)
    spotify.on(PLAYER, set_field("item", "type", to="episode"))
    assert _without_times((await linked_user.run("/now")).text) == before


def _without_times(text: str) -> str:
    """The text of a panel without what changes from one second to the next."""
    return re.sub(r"<t:\d+:R>|\d+:\d\d /|[▰▱]+", "", text)


async def test_malformed_release_date_is_not_shown(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for odd in ("0000", "19", 1975, "1975-13-01"):
        spotify.rules.clear()
        spotify.on("/search", set_field("albums", "items", 0, "release_date", to=odd))
        line = (await linked_user.run("/search query:lantern type:albums")).text.splitlines()[1]
        assert line.endswith("Lantern Mile"), odd
        spotify.state.clock.advance(4000)


@dataclass
class _OddTokens(Fault):
    """Changes fields of the token endpoint's answer."""

    odd: Mapping[str, object] = field(default_factory=dict)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        assert isinstance(response, web.Response)
        return web.json_response({**json.loads(response.text or ""), **self.odd})


async def test_a_refresh_token_is_never_dropped(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """A new refresh token is used for the next renewal, even if the rest of the answer is odd."""
    for odd in (
        {"expires_in": "3600"},
        {"expires_in": None},
        {"expires_in": -1},
        {"expires_in": 3600.0},
        {"expires_in": 10**30},
        {"scope": None},
        {"scope": ["user-read-playback-state"]},
        {"access_token": None},
        {"access_token": ["odd"]},
    ):
        spotify.oauth.refresh_token_reply = "new"
        spotify.accounts_faults.clear()
        spotify.accounts_faults.add(_OddTokens("POST /api/token", odd=odd))
        spotify.tokens.expire_access_tokens()
        harness.clock.advance(4000)
        await linked_user.run("/now")
        harness.clock.advance(4000)
        spotify.tokens.expire_access_tokens()
        await harness.restart()
        assert "Ada's Laptop" in (await linked_user.run("/devices")).text, odd
    assert count_renewals(spotify) >= 18


async def test_more_results_than_asked_for(spotify: Spotify, linked_user: UserClient) -> None:
    def repeat(answer: dict[str, Any]) -> object:
        items = answer["tracks"]["items"]
        answer["tracks"]["items"] = [
            {**item, "id": item["id"][:-1] + letter, "uri": item["uri"][:-1] + letter}
            for item in items
            for letter in "0123456789"
        ]
        return answer

    spotify.on("/search", Changed(repeat))
    reply = await linked_user.run("/search query:a")
    (select,) = find_selects(reply.message)
    assert len(select["options"]) == 10


async def test_an_odd_next_page_is_a_next_page(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.on("/search", set_field("tracks", "next", to={"href": "odd"}))
    reply = await linked_user.run("/search query:a")
    assert "11. " in (await reply.press("Page 2 ▶")).text
    spotify.on(TRACKS, set_field("next", to=7), times=1)
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("Here are your")
    songs = json.loads(reply.files["liked-songs.json"])["tracks"]
    assert len(songs) == len([song for song in spotify.accounts["ada"].liked if song])


async def test_time_that_needs_an_unknown_number_is_not_guessed(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    """A jump from an unknown place would be one from the start."""
    where, long = "where in the track you are", "how long this is"
    for command, name, said in (
        ("/seek position:+10", "progress_ms", f"Spotify doesn’t say {where}"),
        ("/seek position:-15", "progress_ms", f"Spotify doesn’t say {where}"),
        ("/seek position:50%", "duration_ms", f"Spotify doesn’t say {long}"),
        ("/seek position:1:00", "duration_ms", "Went to 1:00"),
        ("/seek position:1:00", "progress_ms", "Went to 1:00"),
        ("/sleep when:after this one", "progress_ms", "I can’t tell when this ends"),
        ("/sleep when:after this one", "duration_ms", "I can’t tell when this ends"),
    ):
        for odd in (None, "odd", True, 1e308):
            spotify.rules.clear()
            path = (name,) if name == "progress_ms" else ("item", name)
            spotify.on(PLAYER, set_field(*path, to=odd), times=None)
            sent = len(spotify.calls_to("PUT", "me/player/seek"))
            text = (await linked_user.run(command)).text
            assert said in text, (command, odd, text)
            is_sent = len(spotify.calls_to("PUT", "me/player/seek")) > sent
            assert is_sent is said.startswith("Went to")
