"""Runs a command of `python -m bot` that signs in to the simulated Spotify, as a real process."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.browser import Browser
from sandbox.harness import free_port
from sandbox.html_reader import HtmlPage
from sandbox.spotify import Spotify
from tests.program import run_program

_IN_TERMINAL = (
    "-c",
    "import os, pty, sys; os.dup2(2, 1); "
    "size = 'stty cols 80 rows 24; exec \"$@\"'; "
    "command = ['sh', '-c', size, 'sh', sys.executable, *sys.argv[1:]]; "
    "sys.exit(os.waitstatus_to_exitcode(pty.spawn(command)))",
)
# Seconds that no test needs.
TIMEOUT = 60


@dataclass
class TerminalProgram:
    """A running command; `said` is what it has written to standard error."""

    process: asyncio.subprocess.Process
    said: str = ""

    async def read_until(self, pattern: str) -> re.Match[str]:
        """Read standard error until the regular expression finds something in it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(TIMEOUT):
            while (found := re.search(pattern, self.said)) is None:
                chunk = await self.process.stderr.read(4096)
                assert chunk, f"ended without {pattern!r}:\n{self.said}"
                self.said += chunk.decode()
        return found

    async def address(self) -> str:
        """The address for signing in."""
        return (await self.read_until(r"sign in:\r?\n  (\S+)\r?\n"))[1]

    async def log_in(self, account: str = "ada", *, accept: bool = True) -> HtmlPage:
        """Sign in with a browser; returns the last page."""
        async with Browser() as browser:
            return await browser.log_in(await self.address(), account=account, accept=accept)

    async def end(self) -> tuple[int, str]:
        """The exit code, and standard output."""
        out, err = await asyncio.wait_for(self.process.communicate(), TIMEOUT)
        self.said += err.decode()
        assert self.process.returncode is not None
        assert "Traceback" not in self.said
        return self.process.returncode, out.decode()

    def interrupt(self) -> None:
        """Press Ctrl+C."""
        self.process.send_signal(signal.SIGINT)


@asynccontextmanager
async def run_in_terminal(
    spotify: Spotify, folder: Path, *arguments: str, is_terminal: bool = False
) -> AsyncIterator[TerminalProgram]:
    """A command in this folder, whose environment has no settings of Discord.

    is_terminal  give it a real terminal; it writes all output there, and `said` has it
    """
    port = free_port()
    if app := spotify.apps.get(spotify.client_id):
        app.redirect_uris.append(f"http://127.0.0.1:{port}/callback")
    command = (
        *(_IN_TERMINAL if is_terminal else ()),
        "-m",
        "bot",
        *arguments,
        "--port",
        str(port),
        "--no-browser",
    )
    settings = {
        "SPOTIFY_CLIENT_ID": spotify.client_id,
        "SPOTIFY_API_URL": spotify.api_url,
        "SPOTIFY_ACCOUNTS_URL": spotify.accounts_url,
    }
    async with run_program(folder, settings, command) as process:
        yield TerminalProgram(process)
