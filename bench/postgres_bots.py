"""Whole bots on PostgreSQL: their memory, two processes beside one, and many shards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter

from bench.processes import BotProcess, start_bot
from bench.report import Row, compare
from bench.users import StoppedClock
from bot.store.keys import KEY_BYTES
from sandbox.discord import Discord
from sandbox.discord.state import GUILD_TEXT, Channel, Guild, User
from sandbox.harness import bot_environment, free_port
from sandbox.spotify import Spotify
from tests.postgres_server import PostgresServer

INTERACTIONS, SHARDS = 500, 40
MEMORY_AIM = 1.1
# Seconds for 40 shards to connect.
_TIMEOUT = 60.0


async def measure_bots(server: PostgresServer, folder: Path, rounds: int) -> list[Row]:
    return [
        await _compare_memory(server, folder, rounds),
        await _compare_processes(server, folder, rounds),
        await _start_shards(server, folder),
    ]


async def _compare_memory(server: PostgresServer, folder: Path, rounds: int) -> Row:
    results = []
    for _ in range(rounds):
        async with _services() as (discord, spotify):
            results.append(
                (
                    await _memory(discord, spotify, folder, await server.database()),
                    await _memory(discord, spotify, folder, str(folder / "idle.sqlite3")),
                )
            )
    return compare(
        "memory of a process on PostgreSQL, peer SQLite", results, unit="MiB", aim=MEMORY_AIM
    )


async def _memory(discord: Discord, spotify: Spotify, folder: Path, database: str) -> float:
    async with _bot(discord, spotify, folder, database) as bot:
        await discord.user_client("ada").run("/settings")
        return bot.resident_memory()


async def _compare_processes(server: PostgresServer, folder: Path, rounds: int) -> Row:
    results = [
        (
            await _interaction_seconds(server, folder, 2),
            await _interaction_seconds(server, folder, 1),
        )
        for _ in range(rounds)
    ]
    name = f"{INTERACTIONS} /account over two processes, all answered, peer one process"
    return compare(name, results, unit="s")


async def _interaction_seconds(server: PostgresServer, folder: Path, processes: int) -> float:
    """Seconds for interactions of two shards at once, which this many processes answer."""
    async with _services() as (discord, spotify), AsyncExitStack() as stack:
        users = [
            User(discord.state.snowflake(), f"user{number}", f"User {number}")
            for number in range(INTERACTIONS)
        ]
        discord.state.users |= {user.name: user for user in users}
        base = int(discord.state.snowflake()) >> 22
        for shard in range(2):
            members = tuple(users[shard::2])
            guild = Guild(str((base + shard) << 22), f"Server {shard}", members, has_bot=True)
            discord.state.guilds.append(guild)
            channel = Channel(
                discord.state.snowflake(), f"shard{shard}", GUILD_TEXT, members, guild
            )
            discord.state.channels[channel.id] = channel
        url = await server.database()
        for number in range(1, processes + 1):
            await stack.enter_async_context(
                _bot(discord, spotify, folder, url, PROCESS=f"{number}/{processes}", SHARDS="2")
            )
        clients = [
            discord.user_client(user.name, f"shard{number % 2}")
            for number, user in enumerate(users)
        ]
        await discord.changes.wait_until(
            lambda: len(discord.gateway.sessions) == 2, "both shards", _TIMEOUT
        )
        await asyncio.gather(*(client.run("/help") for client in clients[:20]))
        started = perf_counter()
        await asyncio.gather(*(client.run("/account") for client in clients))
        return perf_counter() - started


async def _start_shards(server: PostgresServer, folder: Path) -> Row:
    async with _services() as (discord, spotify):
        discord.gateway.max_concurrency = SHARDS
        started = perf_counter()
        async with _bot(
            discord, spotify, folder, await server.database(), SHARDS=str(SHARDS)
        ) as bot:
            first = bot.identify_seconds
            await discord.changes.wait_until(
                lambda: len(discord.gateway.sessions) == SHARDS, "all shards", _TIMEOUT
            )
            seconds = perf_counter() - started
    return Row(f"{SHARDS} shards up, peer the first one", seconds, "s", first, seconds / first)


@asynccontextmanager
async def _services() -> AsyncIterator[tuple[Discord, Spotify]]:
    clock = StoppedClock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        discord.changes.timeout = _TIMEOUT
        yield discord, spotify


@asynccontextmanager
async def _bot(
    discord: Discord, spotify: Spotify, folder: Path, database: str, **settings: str
) -> AsyncIterator[BotProcess]:
    environment = bot_environment(discord, spotify, folder) | {"PORT": str(free_port())}
    environment |= {"DATABASE": database, "TOKEN_KEYS": "01" * KEY_BYTES, **settings}
    async with start_bot("bot", discord, environment) as bot:
        yield bot
