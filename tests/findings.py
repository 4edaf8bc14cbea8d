"""Runs the checks of `python -m bot check` against the simulated services."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.command_line.check import check
from bot.command_line.checks.findings import Finding, Mark
from bot.command_line.checks.requests import Requests
from bot.config import read_values
from sandbox.discord import Discord
from sandbox.harness import bot_environment
from sandbox.spotify import Spotify
from tests.program import run_services


class Checked:
    """Both services, and the settings of a bot that is not running."""

    def __init__(self, discord: Discord, spotify: Spotify, folder: Path) -> None:
        self.discord = discord
        self.spotify = spotify
        self.folder = folder
        self.environ = bot_environment(discord, spotify, folder) | {
            "DISCORD_CLIENT_SECRET": discord.client_secret,
            "SPOTIFY_CLIENT_SECRET": spotify.client_secret,
        }

    def values(self, changes: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The valid settings."""
        return read_values(self.environ | dict(changes or {}))[0]

    async def findings(
        self, changes: Mapping[str, str] | None = None, *, clock_error: float = 0
    ) -> list[Finding]:
        """All findings with other settings; none shows a secret."""
        environ = self.environ | dict(changes or {})
        async with aiohttp.ClientSession() as http:
            found = check(
                http, environ, self.folder / ".env", now=lambda: time.time() + clock_error
            )
            findings = [finding async for finding in found]
        secrets = [environ[name] for name in environ if "TOKEN" in name or "SECRET" in name]
        lines = "\n".join(map(str, findings))
        assert not [secret for secret in secrets if secret and secret in lines]
        return findings


@asynccontextmanager
async def run_checked(folder: Path) -> AsyncIterator[Checked]:
    async with run_services() as (discord, spotify):
        yield Checked(discord, spotify, folder)


@asynccontextmanager
async def requests_of(
    connector: aiohttp.BaseConnector | None = None,
) -> AsyncIterator[Requests]:
    """What the single checks send their requests with."""
    async with aiohttp.ClientSession(connector=connector) as http:
        yield Requests(http, now=time.time)


def only(findings: list[Finding], subject: str) -> Finding:
    """The one finding about `subject`."""
    (finding,) = [finding for finding in findings if finding.subject == subject]
    return finding


def expect(findings: list[Finding], subject: str, mark: Mark, part: str) -> None:
    """The one finding about `subject` has this mark and contains this text."""
    finding = only(findings, subject)
    assert (finding.mark, part in finding.text) == (mark, True), finding
