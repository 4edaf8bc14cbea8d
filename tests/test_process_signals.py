"""The program `python -m bot`: its end on a signal, and what it tells systemd."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path

import pytest

from sandbox.discord import RequestKind
from sandbox.discord.faults import no_answer
from sandbox.harness import bot_environment
from tests.program import read_output, run_program, run_services

_WITH_HANGING_THREAD = (
    "-c",
    "import sys, threading; from bot.command_line import main; "
    "threading.Thread(target=threading.Event().wait).start(); sys.exit(main([]))",
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
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
