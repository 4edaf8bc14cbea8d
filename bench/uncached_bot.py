"""Tonearm without its waits, its deadlines for Spotify and its cache of Spotify's responses.

`python -m bench.uncached_bot`. Each interaction then starts its calls to Spotify at once, makes all
of them and uses all their responses, so that a bare bot can do the same work.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time

from bot.app import build
from bot.autocomplete.debounce import DEBOUNCE, RESPONSE_BUDGET
from bot.config import Settings
from bot.spotify.cache import ResponseCache

# Seconds that a command or a completion may take in place of the product's deadlines.
TIMEOUT = 60.0


async def _sleep(seconds: float) -> None:
    """Skip the pause after a keystroke, and extend the time that a completion may take."""
    replaced = {DEBOUNCE: 0.0, RESPONSE_BUDGET - DEBOUNCE: TIMEOUT}
    await asyncio.sleep(replaced.get(seconds, seconds))


async def run(settings: Settings) -> None:
    async with build(settings, sleep=_sleep, command_timeout=TIMEOUT) as bot:
        # A cache of no bytes stores nothing; it still shares a read that is in progress.
        bot.services.sessions._transport.cache = ResponseCache(
            monotonic=time.monotonic, max_bytes=0
        )
        await bot.login(settings.discord_token)
        gc.freeze()  # as `python -m bot` does
        await bot.connect()


if __name__ == "__main__":
    asyncio.run(run(Settings.from_env(os.environ)))
