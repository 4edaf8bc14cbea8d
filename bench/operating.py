"""What an operator waits for: a start with many links, and a backup of them."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.processes import start_bot
from bench.report import Row, compare
from bench.users import Link, StoppedClock, write_links
from bot.store.backup import back_up
from bot.store.keys import KEY_BYTES
from sandbox.discord import Discord
from sandbox.harness import bot_environment
from sandbox.spotify import Spotify

MANY_LINKS, FEW_LINKS = 100_000, 10
BACKUP_AIM = 1.2


async def measure(rounds: int) -> list[Row]:
    key = secrets.token_bytes(KEY_BYTES)
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("many.sqlite3", "few.sqlite3")]
        for file, count in zip(files, (MANY_LINKS, FEW_LINKS), strict=True):
            await write_links(file, _links(count), key)
        starts = [
            (await _start_seconds(files[0], key), await _start_seconds(files[1], key))
            for _ in range(rounds)
        ]
        backups = [_backup_seconds(files[0], key) for _ in range(rounds)]
    return [
        compare(
            f"start to ready with {MANY_LINKS:,} links, peer {FEW_LINKS} links", starts, unit="s"
        ),
        compare(
            f"backup of {MANY_LINKS:,} links, peer sqlite3’s backup and quick_check",
            backups,
            unit="s",
            aim=BACKUP_AIM,
        ),
    ]


def _links(count: int) -> Iterator[Link]:
    return (Link(n, f"account {n}", "app", secrets.token_urlsafe(96)) for n in range(1, count + 1))


async def _start_seconds(file: Path, key: bytes) -> float:
    """Seconds from the start of the process until it takes commands."""
    clock = StoppedClock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        environment = bot_environment(discord, spotify, file.parent)
        environment |= {"DATABASE": str(file), "TOKEN_KEYS": key.hex()}
        started = perf_counter()
        async with start_bot("bot", discord, environment):
            return perf_counter() - started


def _backup_seconds(file: Path, key: bytes) -> tuple[float, float]:
    """Ours looks for damage and for the keys; a copy without the first may not be one."""
    copy, bare = file.with_name("copy.sqlite3"), file.with_name("bare.sqlite3")
    started = perf_counter()
    back_up(file, copy, [key], replace=True)
    ours = perf_counter() - started
    bare.unlink(missing_ok=True)
    started = perf_counter()
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(bare)) as target:
        source.backup(target)
        target.execute("PRAGMA quick_check").fetchall()
    return ours, perf_counter() - started
