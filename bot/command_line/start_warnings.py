"""Logs what is wrong although the bot starts: secrets that a service refuses, a wrong proxy."""

from __future__ import annotations

import asyncio
import logging
import time

import aiohttp

from bot.command_line.checks.address import check_address
from bot.command_line.checks.discord_app import check_secret
from bot.command_line.checks.findings import Mark
from bot.command_line.checks.owners import owner_finding
from bot.command_line.checks.requests import Requests
from bot.command_line.checks.spotify_app import check_client
from bot.config import Settings

_log = logging.getLogger(__name__)


async def log_warnings(settings: Settings, application_id: int) -> None:
    """Check what only shows when somebody needs it, while the bot runs already."""
    values = vars(settings)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        requests = Requests(http, now=time.time)
        findings = await check_client(requests, values, calls_api=False)
        if settings.discord_client_secret:
            findings.append(await check_secret(requests, values, str(application_id)))
        findings += await check_address(requests, values)
    if finding := await asyncio.to_thread(owner_finding, settings.database):
        findings.append(finding)
    for finding in findings:
        if finding.mark is Mark.WRONG:
            _log.warning("%s", str(finding).removeprefix(f"{Mark.WRONG} "))
