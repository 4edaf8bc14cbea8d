"""Requests /health, and runs the bot's maintenance."""

from __future__ import annotations

import aiohttp

from sandbox.harness import Harness


async def health(harness: Harness) -> tuple[int, str]:
    """The status and the word of /health."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{harness.settings.public_url}/health") as response,
    ):
        return response.status, (await response.json())["status"]


async def maintain(harness: Harness) -> None:
    """Run the maintenance, as the bot does once a minute."""
    assert harness.bot is not None
    await harness.bot.run_maintenance()
