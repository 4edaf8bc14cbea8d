"""Autocomplete debounce: one search per pause, no waiting for Spotify, no visible errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from bot.player.history import UserHistory
from bot.spotify.rate_limiter import HOUR, HourlyCalls
from bot.text.choices import Choice
from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.autocomplete_choices import (
    choice_names,
    choice_values,
    play_track,
    search_queries,
    wait_for_searches,
)
from tests.test_metrics import read_metrics

QUERY = "lantern"


# ---- keystrokes


async def test_ten_concurrent_keystrokes_make_one_search(
    spotify: Spotify, linked_user: UserClient
) -> None:
    prefixes = [f"{QUERY} weather"[:length] for length in range(1, 11)]
    responses = await linked_user.autocomplete_keystrokes("/play what:", *prefixes)
    assert search_queries(spotify) == [prefixes[-1]]
    assert len(spotify.calls_to("GET", "me/playlists")) == 1
    assert choice_names(responses[-1].choices)
    assert all(response.choices is not None for response in responses)


async def test_each_pause_searches_and_repeated_query_does_not(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for typed in ("lan", "lantern", "lan", "lantern"):
        assert await linked_user.autocomplete(f"/play what:{typed}")
    assert search_queries(spotify) == ["lan", "lantern"]


async def test_slow_search_does_not_delay_choices(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    track = await play_track(linked_user, spotify, 4)
    spotify.faults.latency = 1.0
    (first,) = await linked_user.autocomplete_keystrokes("/play what:", "lant")
    assert choice_values(first.choices) == [track]
    assert first.elapsed < 0.8
    await wait_for_searches(harness)
    # The late result is cached for the next keystroke, whose own search is slow as well.
    (second,) = await linked_user.autocomplete_keystrokes("/play what:", "lantern lad")
    assert second.elapsed < 0.8
    assert choice_names(second.choices) == ["Lantern, Ladder, Sea · Lantern Mile"]


async def test_earlier_search_does_not_replace_later_one(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.latency = 0.6
    await linked_user.autocomplete("/play what:harbour")
    spotify.faults.latency = 0.0
    choices = await linked_user.autocomplete("/play what:lantern")
    await wait_for_searches(harness)
    assert (
        search_queries(spotify) == ["lantern", "harbour"] or search_queries(spotify)[0] == "harbour"
    )
    spotify.add_quota("/search", 0, 3600)
    assert choice_values(await linked_user.autocomplete("/play what:lantern s"))
    assert set(choice_values(await linked_user.autocomplete("/play what:lantern s"))) <= set(
        choice_values(choices)
    )
    assert choice_values(await linked_user.autocomplete("/play what:harbour m")) == []


async def test_users_do_not_affect_each_other(harness: Harness, linked_user: UserClient) -> None:
    grace = await harness.link_account("grace")
    results = await asyncio.gather(
        linked_user.autocomplete("/play what:lantern"), grace.autocomplete("/play what:harbour")
    )
    assert all(results)


# ---- failures


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/search", status=500, times=None),
        Fault("/search", action="reset", times=None),
        Fault("/search", action="stall", times=None),
        Fault("/search", status=401, times=None),
        Fault("/search", status=403, body="{}", times=None),
        Fault("/search", status=200, body="<html>", times=None),
        Fault("/(search|playlists|devices)", status=502, times=None),
        Fault("/(search|playlists|devices)", status=429, headers={"Retry-After": "9"}, times=None),
    ],
)
async def test_failed_search_falls_back_to_history(
    spotify: Spotify, linked_user: UserClient, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    track = await play_track(linked_user, spotify, 4)
    spotify.faults.add(fault)
    assert track in choice_values(await linked_user.autocomplete("/play what:lantern"))
    assert await linked_user.autocomplete("/search query:lantern") == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_exhausted_quota_makes_no_calls(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.add_quota("/search", 1, 3600)
    assert await linked_user.autocomplete("/play what:lantern")
    for typed in ("harbour", "sea", "ladder"):
        await linked_user.autocomplete(f"/play what:{typed}")
    assert len(search_queries(spotify)) == 2


async def test_commands_keep_their_share_of_quota() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="100") as harness:
        ada = await harness.link_account("ada")
        assert harness.bot is not None
        hour = int(harness.clock() // HOUR) * HOUR
        harness.bot.services.quota.limiter.restore(
            HourlyCalls(harness.spotify.client_id, "search", hour, 20, 74)
        )
        assert await ada.autocomplete("/play what:lantern")
        assert await ada.autocomplete("/play what:teapot") == []
        assert search_queries(harness.spotify) == ["lantern"]
        await ada.run("/search lantern weather")
        assert search_queries(harness.spotify) == ["lantern", "lantern weather"]


async def test_unlinked_user_without_app_token_gets_no_choices(
    spotify: Spotify, ada: UserClient
) -> None:
    assert await ada.autocomplete("/play what:lantern") == []
    assert await ada.autocomplete("/play on:") == []
    assert not spotify.calls


async def test_unlinked_user_searches_with_app_token() -> None:
    async with run_harness(SPOTIFY_CLIENT_SECRET="yes") as harness:
        grace = harness.discord.user_client("grace", "music")
        assert await grace.autocomplete("/search query:lantern")
        await grace.run("/search lantern weather")
        assert (
            choice_values(await grace.autocomplete("/search query:lantern"))[0] == "lantern weather"
        )
        assert not harness.spotify.calls_to("GET", "me/playlists")


class _BrokenHistory(UserHistory):
    def of(self, user_id: int) -> list[Choice]:
        raise ValueError(f"cannot do {user_id}")


async def test_bug_is_logged_without_query_and_offers_nothing(
    harness: Harness, linked_user: UserClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert harness.bot is not None
    harness.bot.services.autocomplete.history = _BrokenHistory(monotonic=harness.clock.monotonic)
    assert await linked_user.autocomplete("/play what:lantern") == []
    (logged,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "completing /play: ValueError" in logged.getMessage()
    assert "in of" in logged.getMessage()
    assert "lantern" not in caplog.text
    assert (await read_metrics(harness))["commands_total", "completing /play", "bug"] == 1


async def test_duplicate_keystrokes_are_counted_once(
    discord: Discord, harness: Harness, linked_user: UserClient
) -> None:
    await linked_user.autocomplete("/play what:lantern")
    discord.duplicate_interactions = True
    assert await linked_user.autocomplete("/play what:harbour")
    discord.duplicate_interactions = False
    metrics = await read_metrics(harness)
    assert metrics["commands_total", "completing /play", "done"] == 2
    assert metrics["commands_total", "/play", "done"] == 0


# ---- unlink and shutdown


async def test_unlink_erases_history(spotify: Spotify, linked_user: UserClient) -> None:
    await play_track(linked_user, spotify, 4)
    await linked_user.autocomplete("/play what:lantern")
    reply = await linked_user.run("/unlink")
    await reply.press("Unlink and erase")
    assert await linked_user.autocomplete("/play what:") == []
    assert await linked_user.autocomplete("/play what:lantern") == []


async def test_search_result_after_unlink_is_discarded(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/unlink")
    spotify.faults.latency = 0.6
    await linked_user.autocomplete("/play what:lantern")
    await reply.press("Unlink and erase")
    await wait_for_searches(harness)
    assert await linked_user.autocomplete("/play what:lantern") == []


@pytest.fixture
async def slow_search() -> AsyncIterator[Harness]:
    async with run_harness() as harness:
        await harness.link_account("ada")
        harness.spotify.faults.latency = 3.0
        yield harness


async def test_bot_stops_during_search(slow_search: Harness) -> None:
    ada = slow_search.discord.user_client("ada", "music")
    assert slow_search.bot is not None
    debouncer = slow_search.bot.services.autocomplete._debouncer
    await ada.autocomplete("/play what:lantern")
    assert debouncer._tasks
    started_at = slow_search.clock()
    await slow_search.stop()
    assert slow_search.clock() - started_at < 2
    assert not debouncer._tasks
