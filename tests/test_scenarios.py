"""The demo's scenarios: the bot's replies while each is on, and after it ends."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify.scenarios import SCENARIOS, Scenarios
from tests.export_jobs import wait_until_over

REPLIES = {
    "ad": ("/now", "An ad is playing"),
    "private": ("/now", "Private session"),
    "free": ("/pause", "Premium"),
    "songs": ("/export what:liked-songs format:json", "8,0"),
    "busy": ("/devices", "oo many requests"),
    "quota": ("/devices", "ther commands may still work"),
    "down": ("/devices", "Try again in a minute"),
}


def test_every_scenario_is_tried() -> None:
    assert set(REPLIES) == set(SCENARIOS)


@pytest.mark.parametrize("name", REPLIES)
async def test_bot_meets_scenario_until_it_is_off(
    harness: Harness, linked_user: UserClient, name: str
) -> None:
    ada = harness.spotify.accounts["ada"]
    scenarios = Scenarios(harness.spotify)
    command, text = REPLIES[name]
    scenarios.switch(ada, name, True)
    assert text in (await linked_user.run(command)).text
    if name == "busy":
        harness.clock.advance(30)
    scenarios.switch(ada, name, False)
    await wait_until_over(harness)  # an export of many songs is shown until then
    assert text not in (await linked_user.run(command)).text
    assert not any(entry["on"] for entry in scenarios.view(ada))


async def test_closed_device_is_not_listed_until_it_is_open_again(
    harness: Harness, linked_user: UserClient
) -> None:
    ada = harness.spotify.accounts["ada"]
    ada.toggle_device("Ada's Laptop")
    assert "Ada's Laptop" not in (await linked_user.run("/devices")).text
    ada.toggle_device("Ada's Laptop")
    assert "Ada's Laptop" in (await linked_user.run("/devices")).text
