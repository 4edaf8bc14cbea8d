"""/usage: API calls of the last 24 hours, visible only to the operator."""

from __future__ import annotations

import re

import pytest

from bot import __version__
from bot.spotify.rate_limiter import DAY, HOUR, HourlyCalls
from sandbox.discord import UserClient
from sandbox.discord.command_line import ClientValidationError
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app

USAGE_HEADING = "### Calls to Spotify, last 24 hours"
USAGE_FOOTER = (
    "-# Spotify doesn’t publish its limits: about 1,000 is what SPOTIFY_DAILY_CALLS expects. "
    "Exports and autocomplete may use 750 of them."
)
OPERATOR_ONLY = "Only this bot’s owner can see that. See what’s stored about you in /account."


async def usage_lines(user: UserClient) -> list[str]:
    """The lines between heading and footer."""
    reply = await user.run("/usage")
    assert reply.ephemeral
    heading, *lines, places, linked, note, operation, footer = reply.text.splitlines()
    assert (heading, footer) == (USAGE_HEADING, USAGE_FOOTER)
    assert places == "### Places on your Spotify app"
    assert re.fullmatch(r"(`[▰▱]{10}` )?\*\*\d+\*\* (person|people) linked through .*", linked)
    assert note.startswith("-# Only Spotify knows who else has one")
    assert re.fullmatch(r"-# \d+ .*linked.* · Tonearm [\d.]+, started <t:\d+:R>", operation)
    return lines


def usage_line(name: str, calls: int, filled: int = 0, background: int = 0) -> str:
    """The line of a group of endpoints; `filled` are the filled parts of its bar."""
    drawn = "▰" * filled + "▱" * (10 - filled)
    note = f" ({background:,} in the background)" if background else ""
    return f"`{drawn}` **{calls:,}** of about 1,000 · {name}{note}"


async def test_usage_before_any_calls(ada: UserClient) -> None:
    assert await usage_lines(ada) == ["None yet."]


async def test_each_endpoint_group_has_a_line(harness: Harness, spotify: Spotify) -> None:
    linked_user = await harness.link_in_browser("ada")  # the login reads the profile
    spotify.accounts["ada"].player.resume()
    for command in ("/devices", "/devices", "/pause", "/search lantern", "/save"):
        await linked_user.run(command)
    await linked_user.run(f"/play {next(iter(spotify.catalogue.albums.values())).uri}")
    assert await usage_lines(linked_user) == [
        usage_line("Search", 1),
        usage_line("Catalogue", 1),
        usage_line("Profile", 1),
        usage_line("Player, reads", 4),
        usage_line("Player, commands", 2),
        usage_line("Library", 3),
    ]
    spotify.accounts["ada"].like_generated(100)
    await (await linked_user.run("/export what:liked-songs format:csv")).wait_for("Here are your")
    pages = len(spotify.calls_to("GET", "me/tracks"))
    library = usage_line("Library", pages + 3, background=pages)
    assert library in await usage_lines(linked_user)


async def test_exhausted_quota_is_shown_with_end_time(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_quota("GET /v1/search$", calls=0, retry_after=48_925)
    await linked_user.run("/search lantern")
    lines = await usage_lines(linked_user)
    line = lines[lines.index(usage_line("Search", 1)) + 1]
    text, until = line.removesuffix(":R>.").split("<t:")
    assert text == "-# ⚠️ Used up. Spotify accepts calls again "
    assert int(until) == pytest.approx(harness.clock() + 48_925, abs=10)
    await harness.restart()
    assert line in await usage_lines(linked_user)
    harness.clock.advance(48_925)
    lines = await usage_lines(linked_user)
    assert usage_line("Search", 1) in lines
    assert line not in lines
    harness.clock.advance(DAY + HOUR)
    assert await usage_lines(linked_user) == ["None yet."]


async def test_exhausted_quota_without_own_calls_is_shown(
    harness: Harness, ada: UserClient
) -> None:
    """Spotify counts all apps of a developer together, also those that the bot does not know."""
    assert harness.bot is not None
    limiter = harness.bot.services.quota.limiter
    limiter.mark_exhausted(harness.settings.spotify_client_id, "playlists", harness.clock() + 60)
    line, note = await usage_lines(ada)
    assert line == usage_line("Playlists", 0)
    assert note.startswith("-# ⚠️ Used up. Spotify accepts calls again <t:")


async def test_rate_limit_is_shown_with_end_time(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/now")
    spotify.add_rate_limit(60)
    assert "Try again in" in (await linked_user.run("/now")).text
    *_, line = await usage_lines(linked_user)
    text, until = line.removesuffix(":t>.").split("<t:")
    assert text == "⚠️ Spotify asked us to slow down; going slowly until "
    assert 60 < int(until) - harness.clock() < 3_600
    harness.clock.advance(3_600)
    assert len(await usage_lines(linked_user)) == 2


async def test_user_owned_apps_are_one_anonymous_line(harness: Harness, spotify: Spotify) -> None:
    linked_user = await harness.link_in_browser("ada")
    other_client_id = "fedcba9876543210fedcba9876543210"
    mallory, linus = (
        await link_with_own_app(harness),
        await link_with_own_app(harness, other_client_id, "linus"),
    )
    for user in (mallory, linus, linus):
        await user.run("/now")
    assert await usage_lines(linked_user) == [
        usage_line("Profile", 1),
        "**5** · Other apps",
    ]
    spotify.add_rate_limit(48_925, times=2, quota=True, pattern="GET /v1/search$")
    await mallory.run("/search lantern")
    await linus.run("/search lantern")
    *_, line, note = await usage_lines(linked_user)
    assert line == "**7** · Other apps"
    summary, until = note.removesuffix(":R>.").split("<t:")
    assert summary == "-# ⚠️ Some are used up. The last of them opens again "
    assert int(until) == pytest.approx(harness.clock() + 48_925, abs=10)
    text = (await linked_user.run("/usage")).text
    assert not [
        identifier
        for identifier in (USER_CLIENT_ID, other_client_id, "allory", "inus", spotify.client_id)
        if identifier in text
    ]


async def test_large_counts_are_formatted(harness: Harness, ada: UserClient) -> None:
    assert harness.bot is not None
    hour = int(harness.clock() // HOUR) * HOUR
    harness.bot.services.quota.limiter.restore(
        HourlyCalls(harness.settings.spotify_client_id, "library", hour, 1_234, 20_000)
    )
    assert await usage_lines(ada) == [usage_line("Library", 21_234, 10, background=20_000)]


async def test_expected_daily_calls_are_shown() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="2000") as harness:
        ada = await harness.link_account("ada", place="dm")
        for _ in range(2):
            await ada.run("/devices")
            harness.clock.advance(60)
        text = (await ada.run("/usage")).text
        assert "-# 1 person linked · Tonearm" in text
        assert "**2** of about 2,000 · Player, reads" in text
        assert "about 2,000 is what SPOTIFY_DAILY_CALLS expects" in text
        assert text.endswith("may use 1,500 of them.")


async def test_people_are_counted_and_unknown_places_are_not(
    harness: Harness, linked_user: UserClient
) -> None:
    async def shown() -> str:
        return (await linked_user.run("/usage")).text

    assert "`▰▰▱▱▱▱▱▱▱▱` **1** person linked through your app · a new app has 5" in await shown()
    await harness.link_account("grace")
    await link_with_own_app(harness)
    assert "`▰▰▰▰▱▱▱▱▱▱` **2** people linked through your app · a new app has 5" in await shown()
    assert harness.bot is not None
    await harness.bot.services.store.blocked.block(77)
    text = await shown()
    assert "-# 3 people linked, 1 with another app, 1 blocked · Tonearm" in text
    assert f"Tonearm {__version__}, started" in text


async def test_usage_is_for_operator_only(harness: Harness, linked_user: UserClient) -> None:
    await linked_user.run("/now")
    for place in ("music", "dm", "huddle"):
        assert USAGE_HEADING in (await harness.discord.user_client("ada", place).run("/usage")).text
    for user in ("grace", "linus", "mallory"):
        reply = await harness.discord.user_client(user, "dm").run("/usage")
        assert reply.text == OPERATOR_ONLY
        assert reply.ephemeral
        with pytest.raises(ClientValidationError, match="no command /usage here"):
            await harness.discord.user_client(user, "music").run("/usage")
