"""The program `python -m bot`: its end on a signal, and what it tells systemd."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path

import pytest

from sandbox.discord import RequestKind
from sandbox.discord.faults import no_answer
from sandbox.harness import bot_environment, free_port
from tests.program import read_output, run_program, run_services

_WITH_HANGING_THREAD = (
    "-c",
    "import sys, threading; from bot.command_line import main; "
    "threading.Thread(target=threading.Event().wait).start(); sys.exit(main([]))",
)


# What a terminal does: at the first line of input, it is closed.
_IN_A_TERMINAL = (
    "-c",
    "import os, pty, sys; child, terminal = pty.fork()\n"
    "if child == 0: os.execv(sys.executable, [sys.executable, '-m', 'bot'])\n"
    "sys.stdin.readline(); os.close(terminal); _, status = os.waitpid(child, 0)\n"
    "sys.exit(os.waitstatus_to_exitcode(status))",
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_stops_program_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with run_services() as (discord, spotify):
        async with run_program(tmp_path, bot_environment(discord, spotify, tmp_path)) as process:
            discord.changes.bot_task = asyncio.ensure_future(process.wait())
            await discord.wait_until_ready(timeout=20)
            discord.changes.bot_task = None
            process.send_signal(number)
            code, output = await read_output(process)
            assert code == 0, output
            assert "Traceback" not in output
            assert "WARNING" not in output
            await discord.changes.wait_until(
                lambda: discord.gateway.close_codes == [1000], "close 1000"
            )
    assert not list(tmp_path.glob("*-wal")), "the database was not closed"


async def test_signal_ends_the_wait_for_a_database_server(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        settings |= {
            "DATABASE": f"postgresql://127.0.0.1:{free_port()}/bot",
            "TOKEN_KEYS": "0a" * 32,
        }
        async with run_program(tmp_path, settings) as process:
            assert process.stderr is not None
            async with asyncio.timeout(20):
                while b"waiting for the database" not in (line := await process.stderr.readline()):
                    assert line, "the program ended"
            process.send_signal(signal.SIGTERM)
            code, output = await read_output(process)
            assert code == 0, output
            assert "stopping" in output
            assert "Traceback" not in output


async def test_hang_up_without_a_terminal_reads_the_settings_again(tmp_path: Path) -> None:
    """In the same process, as a supervisor expects; wrong settings leave the bot as it is."""
    env_file = tmp_path / ".env"
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        async with run_program(tmp_path, settings) as process:
            assert process.stderr is not None
            await discord.wait_until_ready(timeout=20)
            env_file.write_text("METRICS_TOKEN=short\n")
            process.send_signal(signal.SIGHUP)
            async with asyncio.timeout(20):
                while b"METRICS_TOKEN must be" not in (line := await process.stderr.readline()):
                    assert line, "the program ended"
            assert discord.gateway.close_codes == []
            env_file.write_text("LOG_FORMAT=json\n")
            process.send_signal(signal.SIGHUP)
            identifies = discord.gateway.identifies
            await discord.changes.wait_until(
                lambda: discord.gateway.identifies > identifies, timeout=20
            )
            assert discord.gateway.close_codes == [1000]
            process.send_signal(signal.SIGTERM)
            code, output = await read_output(process)
            assert code == 0, output
            assert '"message": "stopping"' in output


async def test_closed_terminal_stops_the_program(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        async with run_program(tmp_path, settings, _IN_A_TERMINAL) as process:
            assert process.stdin is not None
            await discord.wait_until_ready(timeout=20)
            process.stdin.write(b"\n")
            await read_output(process)  # its exit code says that Python cannot flush the log
            assert discord.gateway.close_codes == [1000]


async def test_what_the_start_does_not_show_is_logged(tmp_path: Path) -> None:
    """The bot runs, and the log names the secrets that nobody accepts, and the wrong address."""
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        settings |= {
            "DISCORD_CLIENT_SECRET": "canary-canary",
            "SPOTIFY_CLIENT_SECRET": "ca" * 16,
            "PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        }
        async with run_program(tmp_path, settings) as process:
            assert process.stderr is not None
            missing = {"DISCORD_CLIENT_SECRET: Dis", "SPOTIFY_CLIENT_SECRET: Spo", "PUBLIC_URL: It"}
            async with asyncio.timeout(20):
                while missing:
                    line = (await process.stderr.readline()).decode()
                    assert line, missing
                    assert "canary" not in line
                    assert "caca" not in line
                    missing = {
                        part
                        for part in missing
                        if f"WARNING bot.command_line.start_warnings: {part}" not in line
                    }
            await discord.wait_until_ready(timeout=20)


async def test_systemd_hears_when_the_bot_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        settings |= {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "100000"}
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(address))
            systemd.setblocking(False)
            states: list[str] = []

            async def read_until(state: str) -> None:
                async with asyncio.timeout(20):
                    while not states or states[-1] != state:
                        received = await asyncio.get_running_loop().sock_recv(systemd, 4096)
                        states.append(received.decode().split("\n", 1)[0])

            async with run_program(tmp_path, settings) as process:
                await read_until("READY=1")
                for _ in range(2):
                    await read_until("WATCHDOG=1")
                    states.clear()
                process.send_signal(signal.SIGTERM)
                await read_until("STOPPING=1")
                assert (await read_output(process))[0] == 0


@pytest.mark.slow
async def test_signal_ends_program_although_discord_never_answers(tmp_path: Path) -> None:
    """A command is in progress; Discord takes its reply and the gateway's close in silence."""
    async with run_services() as (discord, spotify):
        async with run_program(tmp_path, bot_environment(discord, spotify, tmp_path)) as process:
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
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        async with run_program(tmp_path, settings, _WITH_HANGING_THREAD) as process:
            await discord.wait_until_ready(timeout=20)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(8.5):
                assert await process.wait() == 1
            assert b"not stopped after" in (await process.communicate())[1]
