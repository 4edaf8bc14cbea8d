"""Tonearm as it is, but that a pause in typing is over at once: `python -m bench.unhurried`.

The pause is waited for so that Spotify is asked less; it is no work of the bot's.
"""

from __future__ import annotations

import asyncio
import os

from bot.app import build
from bot.autocomplete.debounce import DEBOUNCE
from bot.config import Settings


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(0 if seconds == DEBOUNCE else seconds)


async def run(settings: Settings) -> None:
    async with build(settings, sleep=_sleep) as bot:
        await bot.start(settings.discord_token)


if __name__ == "__main__":
    asyncio.run(run(Settings.from_env(os.environ)))
