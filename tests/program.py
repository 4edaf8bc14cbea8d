"""Runs `python -m bot` as a process beside the simulated services."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.command_line.exit_codes import ExitCode
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.spotify import Spotify

ROOT = Path(__file__).parent.parent


@asynccontextmanager
async def run_program(
    folder: Path, settings: Mapping[str, str], arguments: Sequence[str] = ("-m", "bot")
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot` in a folder, with no other environment than these settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,  # without a terminal, as a supervisor starts it
        preexec_fn=_accept_signals,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _accept_signals() -> None:
    """The tests may run by nohup or &, and a program inherits which signals are ignored."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


async def read_output(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """The exit code, and all that the program wrote."""
    out, err = await asyncio.wait_for(process.communicate(), timeout=20)
    assert process.returncode is not None
    return process.returncode, (out + err).decode()


async def startup_error(
    folder: Path, settings: Mapping[str, str], exit_code: ExitCode = ExitCode.FAILED
) -> str:
    """The output of a program that does not start, which is no traceback."""
    async with run_program(folder, settings) as process:
        code, output = await read_output(process)
    assert code == exit_code, output
    assert "Traceback" not in output
    return output


@asynccontextmanager
async def run_services() -> AsyncIterator[tuple[Discord, Spotify]]:
    clock = Clock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        yield discord, spotify
