"""Logins, stored tokens, renewals and encryption."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.table import Row, percentile
from bot.store import Store
from bot.store.encryption import TokenCipher
from bot.store.keys import KEY_BYTES
from sandbox.harness import run_harness

LOGINS = 20
LINKS = 100_000
READS = 2_000
RENEWALS = 1_000
SEALS = 20_000


async def logins() -> list[float]:
    """Seconds of whole logins, from /link to "Linked to", the two pretend services included."""
    taken = []
    async with run_harness() as it:
        for _ in range(LOGINS):
            it.clock.advance(600)
            began = perf_counter()
            await it.link_in_browser("ada")
            taken.append(perf_counter() - began)
    return taken


@asynccontextmanager
async def store_of(count: int) -> AsyncIterator[Store]:
    """A store on disk with so many links."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sqlite3"
        keys = [secrets.token_bytes(KEY_BYTES)]
        async with Store.open(file, keys):
            pass  # makes the tables
        cipher = TokenCipher(keys)
        with closing(sqlite3.connect(file)) as db, db:
            numbers = range(1, count + 1)
            db.executemany("INSERT INTO person (discord_id) VALUES (?)", ((n,) for n in numbers))
            db.executemany(
                "INSERT INTO link VALUES (?, 'account ' || ?1, 'Ada', 'app', '', 0, ?, 1, 0, 0)",
                ((n, cipher.encrypt(_token(), "refresh_token", n)) for n in numbers),
            )
        async with Store.open(file, keys) as store:
            yield store


async def reads(count: int) -> list[float]:
    """Seconds to read one link of so many and decrypt its token."""
    taken = []
    async with store_of(count) as store:
        for number in range(READS):
            owner = number * 7919 % count + 1
            began = perf_counter()
            link = await store.accounts.get(owner)
            assert link is not None
            await store.accounts.refresh_token(link)
            taken.append(perf_counter() - began)
    return taken


async def renewals() -> list[float]:
    """Seconds of renewals that bring a new refresh token, each with the call it was made for."""
    taken = []
    async with run_harness() as it:
        await it.link_account("ada")
        it.spotify.oauth.refresh_token_reply = "new"
        assert it.bot is not None
        owner = int(it.discord.state.users["ada"].id)
        spotify = await it.bot.services.sessions.session(owner)
        for _ in range(RENEWALS):
            it.clock.advance(3600)
            began = perf_counter()
            await spotify.profile.me()
            taken.append(perf_counter() - began)
    return taken


def sealing(vault: TokenCipher) -> tuple[float, float]:
    """Seconds to seal and to open one token."""
    token = _token()
    began = perf_counter()
    sealed = [vault.encrypt(token, "refresh_token", 1) for _ in range(SEALS)]
    between = perf_counter()
    for one in sealed:
        vault.decrypt(one, "refresh_token", 1)
    return (between - began) / SEALS, (perf_counter() - between) / SEALS


def _token() -> str:
    return secrets.token_urlsafe(96)


async def measure() -> list[Row]:
    vault = TokenCipher([secrets.token_bytes(KEY_BYTES)])
    seal, open_ = sealing(vault)
    many, few = await reads(LINKS), await reads(10)
    login, renewal = await logins(), await renewals()
    return [
        Row("a whole login, from /link to linked, median", percentile(login, 50) * 1e3, "ms"),
        Row(f"token read and opened, of {LINKS:,} links, p50", percentile(many, 50) * 1e6, "µs",
            peer=percentile(few, 50) * 1e6),
        Row(f"token read and opened, of {LINKS:,} links, p99", percentile(many, 99) * 1e6, "µs",
            peer=percentile(few, 99) * 1e6),
        Row(f"{RENEWALS:,} renewals with a new refresh token, and a call each",
            sum(renewal), "s"),
        Row("  one of them, p99", percentile(renewal, 99) * 1e3, "ms"),
        Row("encrypt a token", seal * 1e6, "µs"),
        Row("decrypt a token", open_ * 1e6, "µs"),
    ]  # fmt: skip
