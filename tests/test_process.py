"""The program `python -m bot`: errors at its start, its end on a signal, and command sync."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.command_line.exit_codes import ExitCode
from bot.interactions.command_sync import PROBLEM_NOTE
from bot.store import Store
from sandbox.clock import Clock
from sandbox.discord import Discord, RequestKind, too_many_requests
from sandbox.discord.faults import cloudflare_ban, no_answer, refusal
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, bot_environment, run_harness
from sandbox.spotify import Spotify

ROOT = Path(__file__).parent.parent

_WITH_HANGING_THREAD = (
    "-c",
    "import sys, threading; from bot.command_line import main; "
    "threading.Thread(target=threading.Event().wait).start(); sys.exit(main([]))",
)


@asynccontextmanager
async def _run_program(
    folder: Path, settings: Mapping[str, str], arguments: Sequence[str] = ("-m", "bot")
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot` in a folder, with no other environment than these settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _read_output(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """The exit code, and all that the program wrote."""
    out, err = await asyncio.wait_for(process.communicate(), timeout=20)
    assert process.returncode is not None
    return process.returncode, (out + err).decode()


async def _startup_error(
    folder: Path, settings: Mapping[str, str], exit_code: ExitCode = ExitCode.FAILED
) -> str:
    """The output of a program that does not start, which is no traceback."""
    async with _run_program(folder, settings) as process:
        code, output = await _read_output(process)
    assert code == exit_code, output
    assert "Traceback" not in output
    return output


@asynccontextmanager
async def _fake_services() -> AsyncIterator[tuple[Discord, Spotify]]:
    clock = Clock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        yield discord, spotify


async def test_missing_settings_are_reported_once(tmp_path: Path) -> None:
    output = await _startup_error(tmp_path, {}, ExitCode.CONFIG)
    for name in ("DISCORD_TOKEN", "SPOTIFY_CLIENT_ID", "PUBLIC_URL"):
        assert output.count(f"{name} is missing") == 1


async def test_the_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=http://localhost:8080\n")
    assert "PUBLIC_URL says localhost" in await _startup_error(tmp_path, {}, ExitCode.CONFIG)


async def test_non_utf8_env_file_is_one_line_error(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("OPERATOR_CONTACT=Zoë, secret\n".encode("latin-1"))
    (line,) = (await _startup_error(tmp_path, {}, ExitCode.CONFIG)).splitlines()
    assert line.startswith(".env cannot be read: ")
    assert line.endswith("Save it as UTF-8.")
    assert "secret" not in line


async def test_refused_token_is_one_line_error(tmp_path: Path) -> None:
    async with _fake_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path) | {"DISCORD_TOKEN": "not.the.token"}
        output = await _startup_error(tmp_path, settings, ExitCode.CONFIG)
    assert output.splitlines()[-1].startswith("Discord does not accept DISCORD_TOKEN")
    assert "not.the.token" not in output


async def test_token_refused_by_gateway_is_one_line_error(tmp_path: Path) -> None:
    """The token was reset after the bot logged in, so the gateway closes with code 4004."""
    async with _fake_services() as (discord, spotify):
        discord.token = f"{discord.token}-before-the-reset"
        settings = bot_environment(discord, spotify, tmp_path)
        output = await _startup_error(tmp_path, settings, ExitCode.CONFIG)
    assert output.splitlines()[-1].startswith("Discord does not accept DISCORD_TOKEN")
    assert "-before-the-reset" not in output


async def test_unreachable_discord_is_one_line_error(tmp_path: Path) -> None:
    async with _fake_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
    output = await _startup_error(tmp_path, settings)
    assert "Discord cannot be reached" in output.splitlines()[-1]


async def test_final_close_of_gateway_is_one_line_error(tmp_path: Path) -> None:
    for code in (4010, 4011, 4012, 4013, 4014):
        async with _fake_services() as (discord, spotify):
            discord.gateway.refuses_with = code
            output = await _startup_error(tmp_path, bot_environment(discord, spotify, tmp_path))
        assert f"closed the connection with code {code}. Restart" in output.splitlines()[-1]


async def test_odd_answers_at_the_start_are_one_line_errors(tmp_path: Path) -> None:
    for fault, part in (
        (_json_fault("users/@me", '{"id":"1'), "cannot be read"),
        (_json_fault("applications/@me", "{}"), "cannot be read"),
        (_json_fault("gateway/bot", "[]"), "cannot be read"),
        (Fault("users/@me", status=200, body="<html>"), "cannot be read"),
        (refusal(503, "users/@me"), "discordstatus.com"),
        (cloudflare_ban("users/@me"), "again in 10 minutes"),
        (too_many_requests(1200, "users/@me"), "again in 20 minutes"),
    ):
        async with _fake_services() as (discord, spotify):
            discord.faults.add(fault).times = None
            output = await _startup_error(tmp_path, bot_environment(discord, spotify, tmp_path))
        assert part in output.splitlines()[-1]
        assert "<" not in output


def _json_fault(path: str, body: str) -> Fault:
    return Fault(path, status=200, body=body, headers={"Content-Type": "application/json"})


async def test_port_in_use_is_one_line_error(tmp_path: Path) -> None:
    async with _fake_services() as (discord, spotify):
        port = {"PORT": discord.url.split(":")[2].split("/")[0]}
        output = await _startup_error(tmp_path, bot_environment(discord, spotify, tmp_path) | port)
    assert "cannot listen on" in output.splitlines()[-1]


async def test_host_that_is_no_name_is_one_line_error(tmp_path: Path) -> None:
    async with _fake_services() as (discord, spotify):
        for host in ("..", "a" * 300):
            settings = bot_environment(discord, spotify, tmp_path) | {"HOST": host}
            output = await _startup_error(tmp_path, settings)
            assert "not the name of a host. Set HOST" in output.splitlines()[-1]


async def test_file_that_is_no_database_is_left_unchanged(tmp_path: Path) -> None:
    (tmp_path / "tonearm.sqlite3").write_text("a shopping list, " * 100)
    async with _fake_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        output = await _startup_error(tmp_path, settings, ExitCode.CONFIG)
    assert "is not an SQLite database" in output
    assert (tmp_path / "tonearm.sqlite3").read_text().startswith("a shopping list")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signal_stops_program_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with _fake_services() as (discord, spotify):
        async with _run_program(tmp_path, bot_environment(discord, spotify, tmp_path)) as process:
            discord.changes.bot_task = asyncio.ensure_future(process.wait())
            await discord.wait_until_ready(timeout=20)
            discord.changes.bot_task = None
            process.send_signal(number)
            code, output = await _read_output(process)
            assert code == 0, output
            assert "Traceback" not in output
            assert "WARNING" not in output
            await discord.changes.wait_until(
                lambda: discord.gateway.close_codes == [1000], "close 1000"
            )
    assert not list(tmp_path.glob("*-wal")), "the database was not closed"


@pytest.mark.slow
async def test_signal_ends_program_although_discord_never_answers(tmp_path: Path) -> None:
    """A command is in progress; Discord takes its reply and the gateway's close in silence."""
    async with _fake_services() as (discord, spotify):
        async with _run_program(tmp_path, bot_environment(discord, spotify, tmp_path)) as process:
            await discord.wait_until_ready(timeout=20)
            fault = discord.faults.add(no_answer(f" ({RequestKind.EDIT}|{RequestKind.FOLLOW_UP})$"))
            fault.times = None
            discord.gateway.ignores_close = True
            command = asyncio.create_task(discord.user_client().run("/help"))
            await discord.changes.wait_until(lambda: fault.hits > 0)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(8):
                assert await process.wait() == 0
            command.cancel()
            await asyncio.gather(command, return_exceptions=True)


@pytest.mark.slow
async def test_signal_ends_program_although_a_thread_hangs(tmp_path: Path) -> None:
    """As a lookup of a name, or the disk, can do."""
    async with _fake_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        async with _run_program(tmp_path, settings, _WITH_HANGING_THREAD) as process:
            await discord.wait_until_ready(timeout=20)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(8.5):
                assert await process.wait() == 1
            assert b"not stopped after" in (await process.communicate())[1]


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
        assert await _commands_synced(harness) == "0.0"
        assert harness.bot is not None
        store = harness.bot.services.store
        assert await store.get_meta(PROBLEM_NOTE) == harness.bot.services.command_sync.problem != ""
        harness.clock.advance(20 * 60 + 1)
        await discord.changes.wait_until(lambda: discord.command_write_count > writes)
        async with asyncio.timeout(5):
            while await store.get_meta(PROBLEM_NOTE):
                await ada.run("/now")  # gives the answer time to arrive, and to be stored
        assert await _commands_synced(harness) == "1.0"
        assert discord.command_write_count == writes + 1
        harness.clock.advance(24 * 3600)
        assert "Ada's Laptop" in (await ada.run("/now")).text
        assert discord.command_write_count == writes + 1


async def _forget_commands(harness: Harness) -> None:
    """Let the bot believe that its commands have changed."""
    async with Store.open(harness.settings.database) as store:
        application_id = harness.discord.application_id
        await store.set_meta(f"commands of {application_id}", "an earlier version")


async def _commands_synced(harness: Harness) -> str:
    assert harness.bot is not None
    text = (await harness.bot.metrics_text()).decode()
    return next(
        line.split()[-1] for line in text.splitlines() if line.startswith("tonearm_commands_synced")
    )


async def test_commands_are_synced_once(tmp_path: Path) -> None:
    async with _fake_services() as (discord, spotify):
        for _ in range(2):
            sessions = len(discord.gateway.sessions)
            async with _run_program(
                tmp_path, bot_environment(discord, spotify, tmp_path)
            ) as process:
                await discord.changes.wait_until(
                    lambda: len(discord.gateway.sessions) > sessions, "a session", timeout=20
                )
                process.send_signal(signal.SIGTERM)
                assert (await _read_output(process))[0] == 0
        assert discord.command_write_count == 1
        assert discord.commands
