"""Logins, stored tokens, renewals and encryption."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from timeit import repeat

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.report import Row, compare, percentile
from bench.users import Link, write_links
from bot.store import Store
from bot.store.encryption import TokenCipher
from bot.store.keys import KEY_BYTES
from sandbox.harness import run_harness

LOGINS = 20
MANY_LINKS, FEW_LINKS = 100_000, 10
READS, RENEWALS, ENCRYPTIONS = 2_000, 200, 5_000
READ_AIMS = {50: 1.5, 99: 2.0}


async def login_seconds() -> float:
    """The median of whole logins, from /link to "Linked to", with both simulated services."""
    results = []
    async with run_harness() as harness:
        for _ in range(LOGINS):
            harness.clock.advance(600)
            started = perf_counter()
            await harness.link_in_browser("ada")
            results.append(perf_counter() - started)
    return median(results)


async def renewal_seconds() -> float:
    """The median of renewals that bring a new refresh token, each with a call to Spotify."""
    results = []
    async with run_harness() as harness:
        await harness.link_account("ada")
        harness.spotify.oauth.refresh_token_reply = "new"
        assert harness.bot is not None
        owner = int(harness.discord.state.users["ada"].id)
        spotify = await harness.bot.services.sessions.session(owner)
        for _ in range(RENEWALS):
            harness.clock.advance(3600)
            started = perf_counter()
            await spotify.profile.me()
            results.append(perf_counter() - started)
    return median(results)


@asynccontextmanager
async def store_with(count: int, key: bytes) -> AsyncIterator[Store]:
    """A store on disk with this many links."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sqlite3"
        links = (Link(n, f"account {n}", "app", _token()) for n in range(1, count + 1))
        await write_links(file, links, key)
        async with Store.open(file, [key]) as store:
            yield store


async def read_seconds(store: Store, owners: Sequence[int]) -> list[float]:
    """Of each read of a user's link and the decryption of its token."""
    results = []
    for owner in owners:
        started = perf_counter()
        link = await store.accounts.get(owner)
        assert link is not None
        await store.accounts.refresh_token(link)
        results.append(perf_counter() - started)
    return results


async def compare_reads(rounds: int) -> list[Row]:
    """Reads among many links, beside reads among few. The first round only warms up."""
    key = secrets.token_bytes(KEY_BYTES)
    rng = Random(0)
    results = []
    async with store_with(MANY_LINKS, key) as many, store_with(FEW_LINKS, key) as few:
        for _ in range(rounds + 1):
            ours = await read_seconds(many, rng.choices(range(1, MANY_LINKS + 1), k=READS))
            peer = await read_seconds(few, rng.choices(range(1, FEW_LINKS + 1), k=READS))
            results.append((ours, peer))
    return [
        compare(
            f"token read and decrypted of {MANY_LINKS:,} links, peer {FEW_LINKS} links, p{percent}",
            [(percentile(ours, percent), percentile(peer, percent)) for ours, peer in results[1:]],
            unit="µs",
            scale=1e6,
            aim=aim,
        )
        for percent, aim in READ_AIMS.items()
    ]


def compare_encryption(rounds: int) -> list[Row]:
    """Our cipher beside AES-GCM of the library below it, on one token."""
    key = secrets.token_bytes(KEY_BYTES)
    cipher, bare, token = TokenCipher([key]), AESGCM(key), _token()
    encrypted = cipher.encrypt(token, "refresh_token", 1)
    nonce = secrets.token_bytes(12)
    bare_encrypted = bare.encrypt(nonce, token.encode(), b"")
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "encrypt": (
            lambda: cipher.encrypt(token, "refresh_token", 1),
            lambda: bare.encrypt(secrets.token_bytes(12), token.encode(), b""),
        ),
        "decrypt": (
            lambda: cipher.decrypt(encrypted, "refresh_token", 1),
            lambda: bare.decrypt(nonce, bare_encrypted, b"").decode(),
        ),
    }
    return [
        compare(
            f"{verb} a token, peer bare AES-GCM",
            [(_best_seconds(ours), _best_seconds(peer)) for _ in range(rounds)],
            unit="µs",
            scale=1e6,
        )
        for verb, (ours, peer) in pairs.items()
    ]


def _best_seconds(function: Callable[[], object]) -> float:
    return min(repeat(function, number=ENCRYPTIONS, repeat=3)) / ENCRYPTIONS


def _token() -> str:
    return secrets.token_urlsafe(96)


async def measure(rounds: int) -> list[Row]:
    return [
        Row("a whole login, from /link to linked", await login_seconds() * 1e3, "ms"),
        Row("a renewal with a new refresh token, and a call", await renewal_seconds() * 1e3, "ms"),
        *await compare_reads(rounds),
        *compare_encryption(rounds),
    ]
