"""Steps of the machine's clock, forward or back, affect nothing in memory."""

from __future__ import annotations

import pytest

from bot.autocomplete.debounce import CACHE_TTL
from bot.errors.login import TooManyLogins
from bot.interactions.double_press import DOUBLE_PRESS_SECONDS
from bot.login.flow import LINKS_WINDOW, MAX_LINKS
from bot.spotify.endpoint_groups import cache_ttl
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.renewal_helpers import count_renewals
from tests.panel_message import count_panels, open_panel

HOUR = 3600.0
each_step = pytest.mark.parametrize("step", [-HOUR, HOUR, -200.0, 0.5])


@each_step
async def test_button_works_after_a_step(
    harness: Harness, spotify: Spotify, linked_user: UserClient, step: float
) -> None:
    panel = await open_panel(harness, linked_user)
    await panel.press("⏭️")
    harness.clock.step(step)
    harness.clock.advance(DOUBLE_PRESS_SECONDS)
    await panel.press("⏭️")
    assert len(spotify.calls_to("POST", "me/player/next")) == 2


@each_step
async def test_limit_of_login_links_lasts_as_long_as_before(
    harness: Harness, ada: UserClient, step: float
) -> None:
    for _ in range(MAX_LINKS):
        await ada.run("/link")
    harness.clock.step(step)
    assert TooManyLogins.message in (await ada.run("/link")).text
    harness.clock.advance(LINKS_WINDOW)
    assert harness.find_login_offer(await ada.run("/link")).url


@each_step
async def test_limits_of_spotify_last_as_long_as_before(
    harness: Harness, spotify: Spotify, linked_user: UserClient, step: float
) -> None:
    spotify.add_quota("GET /v1/search$", calls=0, retry_after=2 * HOUR)
    await linked_user.run("/search lantern")
    spotify.add_rate_limit(20, pattern="GET /v1/me/player/devices$")
    await linked_user.run("/devices")
    harness.clock.step(step)
    assert "in 2 hours" in (await linked_user.run("/search harbour")).text
    assert "Try again in 20 seconds" in (await linked_user.run("/devices")).text
    harness.clock.advance(20)
    assert "Ada's Laptop" in (await linked_user.run("/devices")).text
    harness.clock.advance(2 * HOUR)
    assert "Songs for" in (await linked_user.run("/search harbour")).text


@each_step
async def test_nothing_is_cached_longer_than_before(
    harness: Harness, spotify: Spotify, linked_user: UserClient, step: float
) -> None:
    await linked_user.run("/search lantern")
    await linked_user.autocomplete("/play what:lantern")
    harness.clock.step(step)
    before = len(spotify.calls_to("GET", "search"))
    await linked_user.run("/search lantern")
    assert len(spotify.calls_to("GET", "search")) == before
    harness.clock.advance(max(cache_ttl("search"), CACHE_TTL))
    await linked_user.run("/search lantern")
    assert len(spotify.calls_to("GET", "search")) == before + 1


@each_step
async def test_access_token_is_renewed_when_it_expires(
    harness: Harness, spotify: Spotify, linked_user: UserClient, step: float
) -> None:
    await linked_user.run("/now")
    harness.clock.step(step)
    await linked_user.run("/now")
    assert count_renewals(spotify) == 1
    harness.clock.advance(HOUR)
    before = len(spotify.calls)
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert count_renewals(spotify) == 2
    assert {call.status for call in spotify.calls[before:]} == {200}, "no expired token was sent"


@each_step
async def test_panel_refreshes_at_the_end_of_its_track(
    harness: Harness, linked_user: UserClient, step: float
) -> None:
    panel = await open_panel(harness, linked_user)
    title, read_at = panel.track_title(), panel.as_of
    harness.clock.step(step)
    await panel.advance(30)
    assert title in panel.text
    await panel.press("🔊")
    assert abs(panel.as_of - (read_at + step + 30)) < 5, "the date is that of the machine"
    await panel.advance(600)
    assert title not in panel.text
    await panel.advance(15 * 60)
    assert count_panels(harness) == 0
