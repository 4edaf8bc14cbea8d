"""A process that renews logins in a PostgreSQL database, again and again, until it is killed.

Arguments: the database's URL, the process's number, the address of Spotify's accounts service, the
client ID, and whether it takes leases. It writes the person and
the time of the system's monotonic clock for each access token that it gets.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress

import aiohttp

from bot.accounts.access_tokens import AccessTokens
from bot.accounts.metrics import Metrics
from bot.errors.bot_error import BotError
from bot.spotify.oauth import SpotifyOAuth
from bot.store import ProcessShare, Store
from tests.durability.store_operations import KEYS


async def main(url: str, number: int, accounts_url: str, client_id: str, with_leases: bool) -> None:
    async with Store.connect(url, KEYS, ProcessShare(number, 3)) as store:
        if not with_leases:
            store.leases = None
        headers = {"User-Agent": f"process {os.getpid()}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            oauth = SpotifyOAuth(
                http, accounts_url, "http://127.0.0.1/callback", client_id=client_id,
                monotonic=time.monotonic,
            )  # fmt: skip
            tokens = AccessTokens(store, oauth, Metrics(), now=time.time, monotonic=time.monotonic)
            people = [account.discord_id for account in await store.accounts.all()]
            _say("ready")

            async def use(person: int) -> None:
                refused: str | None = None
                while True:
                    try:
                        refused = await tokens.get(person, refused)
                        _say(f"{person} {time.monotonic()}")
                    except BotError as error:
                        _say(f"{type(error).__name__} {person}")
                        with suppress(TimeoutError):
                            await asyncio.wait_for(asyncio.Event().wait(), 0.05)

            await asyncio.gather(*map(use, people))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, number, accounts_url, client_id, with_leases = sys.argv[1:]
    asyncio.run(main(url, int(number), accounts_url, client_id, with_leases == "leases"))
