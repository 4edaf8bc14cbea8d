"""/usage: what the bot asked of Spotify, for whoever runs it and nobody else."""

from __future__ import annotations

import pytest

from bot.spotify.gate import DAY, HOUR, Hour
from sandbox.discord import Seat
from sandbox.discord.line import Refused
from sandbox.spotify import Spotify
from sandbox.stage import Stage, stage
from tests.own_apps import OWN, link_with

HEADING = "### Calls to Spotify in the last 24 hours"
FOOTER = (
    "-# Spotify does not publish its quota. Exports and completion may spend 750 calls a day "
    "of each kind, of the 1,000 that SPOTIFY_DAILY_CALLS expects."
)
NOT_YOURS = "Only whoever runs this bot can see that. What it keeps about you is in /account."


async def usage(seat: Seat) -> list[str]:
    """The lines between the heading and the last one."""
    reply = await seat.run("/usage")
    assert reply.ephemeral
    heading, *lines, footer = reply.text.splitlines()
    assert (heading, footer) == (HEADING, FOOTER)
    return lines


async def test_before_anything_was_asked(ada: Seat) -> None:
    assert await usage(ada) == ["None yet."]


async def test_each_kind_of_call_has_a_line(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.resume()
    for command in ("/devices", "/devices", "/pause", "/search lantern", "/save"):
        await linked.run(command)
    await linked.run(f"/play {next(iter(spotify.catalogue.albums.values())).uri}")
    assert await usage(linked) == [
        "Search: **1**",
        "Catalogue: **1**",
        "Profile: **1**",
        "Player, looking: **4**",
        "Player, commands: **2**",
        "Library: **1**",
    ]
    spotify.accounts["ada"].like_many(100)
    await (await linked.run("/export format:csv")).until("Here are your")
    pages = len(spotify.calls_of("GET", "me/tracks"))
    assert f"Library: **{pages + 1}**, {pages} of them in the background" in await usage(linked)


async def test_a_used_up_quota_is_there_with_its_time(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.quota("GET /v1/search$", calls=0, retry_after=48_925)
    await linked.run("/search lantern")
    (line,) = [one for one in await usage(linked) if one.startswith("Search")]
    said, until = line.removesuffix(":R>").split("<t:")
    assert said == "Search: **1**. Used up: Spotify takes calls again "
    assert int(until) == pytest.approx(stage.clock() + 48_925, abs=10)
    await stage.restart()
    assert line in await usage(linked)
    stage.clock.advance(48_925)
    assert "Search: **1**" in await usage(linked)
    stage.clock.advance(DAY + HOUR)
    assert await usage(linked) == ["None yet."]


async def test_a_quota_that_was_used_up_by_somebody_else_is_there_without_calls(
    stage: Stage, ada: Seat
) -> None:
    """Spotify counts all of a developer's apps together, those of other programs among them."""
    assert stage.bot is not None
    gate = stage.bot.quota.gate
    gate.close(stage.settings.spotify_client_id, "playlists", stage.clock() + 60)
    (line,) = await usage(ada)
    assert line.startswith("Playlists: **0**. Used up: Spotify takes calls again <t:")


async def test_a_rate_limit_is_there_with_its_end(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await linked.run("/now")
    spotify.rate_limit(60)
    assert "Try again in" in (await linked.run("/now")).text
    *_, line = await usage(linked)
    said, until = line.removesuffix(":t>.").split("<t:")
    assert said == "Spotify found this app too fast, so Tonearm goes slowly until "
    assert 60 < int(until) - stage.clock() < 3_600
    stage.clock.advance(3_600)
    assert len(await usage(linked)) == 3


async def test_apps_that_people_brought_are_one_line_without_names(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    other = "fedcba9876543210fedcba9876543210"
    mallory, linus = await link_with(stage), await link_with(stage, other, "linus")
    for seat in (mallory, linus, linus):
        await seat.run("/now")
    assert await usage(linked) == ["Profile: **1**", "Apps that people brought: **5**"]
    spotify.rate_limit(48_925, times=2, quota=True, match="GET /v1/search$")
    await mallory.run("/search lantern")
    await linus.run("/search lantern")
    *_, brought = await usage(linked)
    said, until = brought.removesuffix(":R>").split("<t:")
    assert (
        said == "Apps that people brought: **7**. Some are used up, the last of them opens again "
    )
    assert int(until) == pytest.approx(stage.clock() + 48_925, abs=10)
    text = (await linked.run("/usage")).text
    assert not [one for one in (OWN, other, "allory", "inus", spotify.client_id) if one in text]


async def test_many_calls_can_be_read(stage: Stage, ada: Seat) -> None:
    assert stage.bot is not None
    hour = int(stage.clock() // HOUR) * HOUR
    stage.bot.quota.gate.remember(
        Hour(stage.settings.spotify_client_id, "library", hour, 1_234, 20_000)
    )
    assert await usage(ada) == ["Library: **21,234**, 20,000 of them in the background"]


async def test_it_says_what_the_operator_expects() -> None:
    async with stage(SPOTIFY_DAILY_CALLS="2000") as it:
        text = (await it.discord.seat("ada", "dm").run("/usage")).text
        assert text.endswith(
            "Exports and completion may spend 1,500 calls a day of each kind, of the 2,000 that "
            "SPOTIFY_DAILY_CALLS expects."
        )


async def test_it_is_for_whoever_runs_the_bot(stage: Stage, linked: Seat) -> None:
    await linked.run("/now")
    for place in ("music", "dm", "huddle"):
        assert HEADING in (await stage.discord.seat("ada", place).run("/usage")).text
    for user in ("grace", "linus", "mallory"):
        reply = await stage.discord.seat(user, "dm").run("/usage")
        assert reply.text == NOT_YOURS
        assert reply.ephemeral
        with pytest.raises(Refused, match="no command /usage here"):
            await stage.discord.seat(user, "music").run("/usage")
