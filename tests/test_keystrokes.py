"""Typing: one search per pause, nobody waits for Spotify, and nothing goes wrong aloud."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.spotify.gate import HOUR, Hour
from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage, stage
from tests.offers import names, played, searches, settled, values
from tests.test_metrics import figures

WORD = "lantern"


# ---- keystrokes


async def test_ten_keystrokes_in_flight_are_one_search(spotify: Spotify, linked: Seat) -> None:
    endings = [f"{WORD} weather"[:length] for length in range(1, 11)]
    offered = await linked.type("/play what:", *endings)
    assert searches(spotify) == [endings[-1]]
    assert len(spotify.calls_of("GET", "me/playlists")) == 1
    assert names(offered[-1].choices)
    assert all(one.choices is not None for one in offered)


async def test_each_pause_is_a_search_and_the_same_words_are_none(
    spotify: Spotify, linked: Seat
) -> None:
    for typed in ("lan", "lantern", "lan", "lantern"):
        assert await linked.complete(f"/play what:{typed}")
    assert searches(spotify) == ["lan", "lantern"]


async def test_nobody_waits_for_a_slow_spotify(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    song = await played(linked, spotify, 4)
    spotify.faults.latency = 1.0
    (first,) = await linked.type("/play what:", "lant")
    assert values(first.choices) == [song]
    assert first.took < 0.8
    await settled(stage)
    # What came too late for the first is there for the next one, which is slow itself.
    (second,) = await linked.type("/play what:", "lantern lad")
    assert second.took < 0.8
    assert names(second.choices) == ["Lantern, Ladder, Sea · Lantern Mile"]


async def test_what_was_typed_before_takes_no_place_from_what_came_later(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.faults.latency = 0.6
    await linked.complete("/play what:harbour")
    spotify.faults.latency = 0.0
    lanterns = await linked.complete("/play what:lantern")
    await settled(stage)
    assert searches(spotify) == ["lantern", "harbour"] or searches(spotify)[0] == "harbour"
    spotify.quota("/search", 0, 3600)
    assert values(await linked.complete("/play what:lantern s"))
    assert set(values(await linked.complete("/play what:lantern s"))) <= set(values(lanterns))
    assert values(await linked.complete("/play what:harbour m")) == []


async def test_two_people_do_not_disturb_each_other(stage: Stage, linked: Seat) -> None:
    grace = await stage.link("grace")
    both = await asyncio.gather(
        linked.complete("/play what:lantern"), grace.complete("/play what:harbour")
    )
    assert all(both)


# ---- what goes wrong


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/search", status=500, times=None),
        Fault("/search", act="reset", times=None),
        Fault("/search", act="stall", times=None),
        Fault("/search", status=401, times=None),
        Fault("/search", status=403, body="{}", times=None),
        Fault("/search", status=200, body="<html>", times=None),
        Fault("/(search|playlists|devices)", status=502, times=None),
        Fault("/(search|playlists|devices)", status=429, headers={"Retry-After": "9"}, times=None),
    ],
)
async def test_what_goes_wrong_ends_in_what_is_known(
    spotify: Spotify, linked: Seat, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    song = await played(linked, spotify, 4)
    spotify.faults.add(fault)
    assert song in values(await linked.complete("/play what:lantern"))
    assert await linked.complete("/search query:lantern") == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_used_up_quota_is_not_asked_again(spotify: Spotify, linked: Seat) -> None:
    spotify.quota("/search", 1, 3600)
    assert await linked.complete("/play what:lantern")
    for typed in ("harbour", "sea", "ladder"):
        await linked.complete(f"/play what:{typed}")
    assert len(searches(spotify)) == 2


async def test_commands_keep_their_part_of_the_quota() -> None:
    async with stage(SPOTIFY_DAILY_CALLS="100") as it:
        ada = await it.link("ada")
        assert it.bot is not None
        hour = int(it.clock() // HOUR) * HOUR
        it.bot.quota.gate.remember(Hour(it.spotify.client_id, "search", hour, 20, 74))
        assert await ada.complete("/play what:lantern")
        assert await ada.complete("/play what:teapot") == []
        assert searches(it.spotify) == ["lantern"]
        await ada.run("/search lantern weather")
        assert searches(it.spotify) == ["lantern", "lantern weather"]


async def test_whoever_is_not_linked_has_recent_ones_alone(spotify: Spotify, ada: Seat) -> None:
    assert await ada.complete("/play what:lantern") == []
    assert await ada.complete("/play on:") == []
    assert not spotify.calls


async def test_whoever_is_not_linked_searches_with_the_token_of_the_app() -> None:
    async with stage(SPOTIFY_CLIENT_SECRET="yes") as it:
        grace = it.discord.seat("grace", "music")
        assert await grace.complete("/search query:lantern")
        await grace.run("/search lantern weather")
        assert values(await grace.complete("/search query:lantern"))[0] == "lantern weather"
        assert not it.spotify.calls_of("GET", "me/playlists")


class _Broken:
    async def what(self, interaction: object, typed: str) -> list[Any]:
        raise ValueError(f"cannot do {typed}")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


async def test_a_bug_is_logged_without_what_was_typed_and_offers_nothing(
    stage: Stage, linked: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    assert stage.bot is not None
    whole, stage.bot.completion = stage.bot.completion, cast(Any, _Broken())
    assert await linked.complete("/play what:lantern") == []
    stage.bot.completion = whole
    (logged,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "completing /play: ValueError" in logged.getMessage()
    assert "in what" in logged.getMessage()
    assert "lantern" not in caplog.text
    assert (await figures(stage))["commands_total", "completing /play", "bug"] == 1


async def test_keystrokes_are_counted_and_delivered_twice_without_harm(
    discord: Discord, stage: Stage, linked: Seat
) -> None:
    await linked.complete("/play what:lantern")
    discord.duplicate_interactions = True
    assert await linked.complete("/play what:harbour")
    discord.duplicate_interactions = False
    counted = await figures(stage)
    assert counted["commands_total", "completing /play", "done"] == 2
    assert counted["commands_total", "/play", "done"] == 0


# ---- the end


async def test_unlinking_erases_what_was_had_lately(spotify: Spotify, linked: Seat) -> None:
    await played(linked, spotify, 4)
    await linked.complete("/play what:lantern")
    reply = await linked.run("/unlink")
    await reply.press("Unlink and erase")
    assert await linked.complete("/play what:") == []
    assert await linked.complete("/play what:lantern") == []


async def test_what_comes_back_after_unlinking_is_not_kept(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/unlink")
    spotify.faults.latency = 0.6
    await linked.complete("/play what:lantern")
    await reply.press("Unlink and erase")
    await settled(stage)
    assert await linked.complete("/play what:lantern") == []


@pytest.fixture
async def slow() -> AsyncIterator[Stage]:
    async with stage() as it:
        await it.link("ada")
        it.spotify.faults.latency = 3.0
        yield it


async def test_the_bot_stops_in_the_middle_of_a_search(slow: Stage) -> None:
    ada = slow.discord.seat("ada", "music")
    assert slow.bot is not None
    keystrokes = slow.bot.completion._keystrokes
    await ada.complete("/play what:lantern")
    assert keystrokes._looks
    began = slow.clock()
    await slow.stop()
    assert slow.clock() - began < 2
    assert not keystrokes._looks
