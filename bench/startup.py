"""The time to start and the memory after it, beside a bare bot with the same libraries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import start_bot
from bench.report import Row, compare
from bench.users import bare_bot_environment
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.state import Guild
from sandbox.harness import bot_environment
from sandbox.spotify import Spotify

SERVERS = 1_000
MEMORY_AIM = 1.15


@dataclass(frozen=True)
class Start:
    """Seconds until IDENTIFY, MiB after the first command, and the intents of the bot."""

    seconds: float
    memory: float
    intents: int


async def start(server_count: int, intents: int | None = None) -> Start:
    """Start Tonearm, or the bare bot with these intents, as a member of this many servers."""
    clock = Clock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        with TemporaryDirectory() as folder:
            state = discord.state
            members = tuple(state.users.values())
            state.guilds += [
                Guild(state.snowflake(), f"Server {number}", members, has_bot=True)
                for number in range(server_count)
            ]
            if intents is None:
                module, command = "bot", "/help"
                environment = bot_environment(discord, spotify, Path(folder))
            else:
                module, command = "bench.bare_bot", "/later"
                environment = bare_bot_environment(discord, spotify, intents, {}, Path(folder))
            async with start_bot(module, discord, environment) as bot:
                # The bot runs it after it has handled all events before.
                await discord.user_client("ada").run(command)
                return Start(bot.identify_seconds, bot.resident_memory(), bot.intents)


async def start_both(server_count: int) -> tuple[Start, Start]:
    ours = await start(server_count)
    return ours, await start(server_count, ours.intents)


async def measure(rounds: int) -> list[Row]:
    idle = [await start_both(0) for _ in range(rounds)]
    many = [await start_both(SERVERS) for _ in range(rounds)]
    return [
        compare("start to IDENTIFY", [(a.seconds, b.seconds) for a, b in idle], unit="s"),
        compare("idle memory", [(a.memory, b.memory) for a, b in idle], unit="MiB", aim=MEMORY_AIM),
        compare(
            f"memory in {SERVERS:,} servers",
            [(a.memory, b.memory) for a, b in many],
            unit="MiB",
            aim=MEMORY_AIM,
        ),
    ]
