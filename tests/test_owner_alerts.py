"""Alerts: direct messages to the bot's owner, and the rules for Prometheus."""

from __future__ import annotations

import re

from bot.accounts.owner_alerts import MIN_REFUSED
from bot.spotify.rate_limiter import DAY
from sandbox.harness import Harness, run_harness
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.program import ROOT
from tests.storage_health import maintain
from tests.test_metrics import read_metrics


def _alerts(harness: Harness) -> list[str]:
    messages = harness.discord.user_client("ada", "dm").messages()
    return [message["content"] for message in messages]


async def test_owner_is_told_once_a_day_of_each_problem() -> None:
    disk = SimulatedDisk()
    connect = connect_to(disk)
    async with run_harness(connect_database=connect, OWNER_ALERTS="yes") as harness:
        ada = await harness.link_account("ada")
        await maintain(harness)
        assert _alerts(harness) == []
        harness.spotify.add_quota("GET /v1/search$", calls=0, retry_after=20 * 3600)
        await ada.run("/search harbour")
        assert harness.bot is not None
        for _ in range(MIN_REFUSED):
            harness.bot.services.metrics.record_renewal("refused")
        disk.fill()
        for _ in range(2):
            await maintain(harness)
        told = _alerts(harness)
        assert len(told) == 3
        for part in ("daily limit", "can’t save", f"refused {MIN_REFUSED} logins"):
            assert len([text for text in told if part in text]) == 1
        disk.repair()
        await maintain(harness)
        await harness.restart()
        await maintain(harness)
        assert len(_alerts(harness)) == 3
        harness.clock.advance(DAY + 60)
        disk.fill()
        await ada.run("/link")
        await maintain(harness)
        assert len(_alerts(harness)) == 4


async def test_nobody_is_told_unless_the_owner_wants_it(harness: Harness) -> None:
    ada = await harness.link_account("ada")
    harness.spotify.add_quota("GET /v1/search$", calls=0, retry_after=20 * 3600)
    await ada.run("/search harbour")
    await maintain(harness)
    assert _alerts(harness) == []


async def test_alerting_rules_name_metrics_that_exist(harness: Harness) -> None:
    ada = await harness.link_account("ada")
    await ada.run("/search harbour")
    rules = (ROOT / "packaging/alerts.yml").read_text()
    named = set(re.findall(r"\btonearm_\w+", rules))
    assert len(re.findall(r"- alert:", rules)) == 6
    assert named
    metrics = await read_metrics(harness)
    assert named <= set(re.findall(r"(?m)^(tonearm_\w+)[ {]", metrics.text))
