"""The program `python -m bot`: errors at its start, and command sync."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.command_line.exit_codes import ExitCode
from bot.command_line.run import run
from bot.command_line.signals import Signals
from bot.config import Settings
from bot.errors.bot_error import StartupError
from bot.interactions.command_sync import PROBLEM_NOTE
from bot.store import Store
from sandbox.discord import Discord, RequestKind, too_many_requests
from sandbox.discord.faults import cloudflare_ban, refusal
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, bot_environment, run_harness
from tests.program import run_services, startup_error
from tests.test_metrics import read_metrics


async def test_missing_and_wrong_settings_are_reported_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=http://localhost:8080\n")
    output = await startup_error(tmp_path, {}, ExitCode.CONFIG)
    for problem in (
        "DISCORD_TOKEN is missing",
        "SPOTIFY_CLIENT_ID is missing",
        "PUBLIC_URL says localhost",
    ):
        assert output.count(problem) == 1


async def _refusal(settings: Mapping[str, str]) -> str:
    """The line with which the program does not start."""
    with pytest.raises(StartupError) as refused:
        await run(Settings.from_env(settings), Signals())
    (line,) = str(refused.value).splitlines()
    return line


async def test_refused_token_is_one_line_error(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path) | {"DISCORD_TOKEN": "not.the.token"}
        output = await startup_error(tmp_path, settings, ExitCode.CONFIG)
    assert output.splitlines()[-1].startswith("Discord does not accept DISCORD_TOKEN")
    assert "not.the.token" not in output


async def test_token_refused_by_gateway_is_one_line_error(tmp_path: Path) -> None:
    """The token was reset after the bot logged in, so the gateway closes with code 4004."""
    async with run_services() as (discord, spotify):
        discord.token = f"{discord.token}-before-the-reset"
        line = await _refusal(bot_environment(discord, spotify, tmp_path))
    assert line.startswith("Discord does not accept DISCORD_TOKEN")
    assert "-before-the-reset" not in line


async def test_unreachable_discord_is_one_line_error(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
    output = await startup_error(tmp_path, settings)
    assert "Discord cannot be reached: the connection was refused." in output.splitlines()[-1]


async def test_final_close_of_gateway_is_one_line_error(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        for code in (4010, 4011, 4012, 4013, 4014):
            discord.gateway.refuses_with = code
            line = await _refusal(bot_environment(discord, spotify, tmp_path))
            assert f"closed the connection with code {code}. Restart" in line


async def test_odd_answers_at_the_start_are_one_line_errors(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        for fault, part in (
            (_json_fault("users/@me", '{"id":"1'), "cannot be read"),
            (_json_fault("applications/@me", "{}"), "cannot be read"),
            (_json_fault("gateway/bot", "[]"), "cannot be read"),
            (Fault("users/@me", status=200, body="<html>"), "cannot be read"),
            (refusal(503, "users/@me"), "discordstatus.com"),
            (cloudflare_ban("users/@me"), "again in 10 minutes"),
            (too_many_requests(1200, "users/@me"), "again in 20 minutes"),
        ):
            discord.faults.add(fault).times = None
            line = await _refusal(bot_environment(discord, spotify, tmp_path))
            discord.faults.clear()
            assert part in line
            assert "<" not in line


def _json_fault(path: str, body: str) -> Fault:
    return Fault(path, status=200, body=body, headers={"Content-Type": "application/json"})


async def test_address_that_cannot_be_listened_on_is_one_line_error(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        port = {"PORT": discord.url.split(":")[2].split("/")[0]}
        assert "another program listens there. Set HOST" in await _refusal(settings | port)
        line = await _refusal(settings | {"HOST": "192.0.2.1"})  # RFC 5737: nobody has it
        assert "this machine does not have that address. Set HOST" in line
        for host in ("..", "a" * 300):
            line = await _refusal(settings | {"HOST": host})
            assert "not the name of a host. Set HOST" in line


@pytest.mark.parametrize("status", [503, 400, 429])
async def test_bot_starts_although_discord_refuses_the_commands(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Users have the earlier commands. It is tried again later, and not after that."""
    async with run_harness() as harness:
        discord = harness.discord
        ada = await harness.link_account("ada")
        await harness.stop()
        await _forget_commands(harness)
        caplog.clear()
        if status == 429:
            fault = too_many_requests(20 * 60, f" {RequestKind.COMMAND_SYNC}$")
        else:
            fault = refusal(status, f" {RequestKind.COMMAND_SYNC}$")
        discord.faults.add(fault)
        writes = discord.command_write_count
        await harness.start()
        assert "Ada's Laptop" in (await ada.run("/now")).text
        assert "Discord did not take the commands" in caplog.text
        assert not [record for record in caplog.records if record.exc_info]
        assert await _commands_synced(harness) == 0
        assert harness.bot is not None
        store = harness.bot.services.store
        assert await store.get_meta(PROBLEM_NOTE) == harness.bot.services.command_sync.problem != ""
        harness.clock.advance(20 * 60 + 1)
        await discord.changes.wait_until(lambda: discord.command_write_count > writes)
        async with asyncio.timeout(5):
            while await store.get_meta(PROBLEM_NOTE):
                await ada.run("/now")  # gives the answer time to arrive, and to be stored
        assert await _commands_synced(harness) == 1
        assert discord.command_write_count == writes + 1
        harness.clock.advance(24 * 3600)
        assert "Ada's Laptop" in (await ada.run("/now")).text
        assert discord.command_write_count == writes + 1


async def _forget_commands(harness: Harness) -> None:
    """Let the bot believe that its commands have changed."""
    async with Store.open(harness.settings.database) as store:
        application_id = harness.discord.application_id
        await store.set_meta(f"commands of {application_id}", "an earlier version")


async def _commands_synced(harness: Harness) -> float:
    return (await read_metrics(harness))["commands_synced"]


async def test_commands_are_synced_once(harness: Harness, discord: Discord) -> None:
    await harness.restart()
    assert discord.command_write_count == 1
    assert discord.commands
