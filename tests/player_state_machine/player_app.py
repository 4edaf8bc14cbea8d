"""The environment of the state machine: both simulated services, a manual clock and the bot."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from bot.app import build
from bot.client import Tonearm
from bot.config import Settings
from bot.player.player import OnChange, Player
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.state import Message
from sandbox.harness import Harness, bot_environment
from sandbox.spotify import Spotify
from sandbox.spotify.sample_accounts import sample_state

T = TypeVar("T")
START_TIME = 1_800_000_000.0
STEP_TIMEOUT_S = 20.0
# All of them use one channel, two also their direct messages; Linus has no Premium.
USERS = ("ada", "grace", "mallory", "linus")
# The clock advances by itself for sleeps within a command, which are at most this long.
MAX_AUTO_SLEEP_S = 1.0


class AutoSleepClock(Clock):
    """A clock that only the test advances, except for short sleeps of the bot."""

    def __init__(self) -> None:
        super().__init__(START_TIME)

    def monotonic(self) -> float:
        return self._advanced

    def reset(self) -> None:
        self._advanced = 0.0

    async def sleep(self, seconds: float) -> None:
        wake_at = self.monotonic() + seconds
        if seconds <= MAX_AUTO_SLEEP_S:
            self.advance(seconds)
            return
        advanced = asyncio.Event()
        self.listeners.append(advanced.set)
        try:
            while self.monotonic() < wake_at:
                advanced.clear()
                await advanced.wait()
        finally:
            self.listeners.remove(advanced.set)


class NoJitter(random.Random):
    """Removes the random delays before retries."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


class PlayerApp(Harness):
    """The real bot; subclasses replace one of its services with a faulty one."""

    async def start(self) -> None:
        app = build(
            self.settings,
            now=self.clock.machine_time,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            command_timeout=self._command_timeout,
            shutdown_grace=self._shutdown_timeout,
        )
        self.bot = await self._app_stack.enter_async_context(app)
        self.bot.services.sessions._transport.rng = NoJitter()
        self.build_parts(self.bot)
        self._bot_task = asyncio.create_task(self.bot.start(self.settings.discord_token))
        self.discord.changes.bot_task = self.spotify.changes.bot_task = self._bot_task
        await self.discord.wait_until_ready()

    async def stop(self) -> None:
        if self.bot is not None:
            await self.bot.services.panels.close()
        await super().stop()

    def build_parts(self, bot: Tonearm) -> None:
        """Replace services; the real bot replaces none."""

    def replace(self, bot: Tonearm, **services: Any) -> None:
        """Replace services of the bot before the cogs take them."""
        bot.services = replace(bot.services, **services)

    def make_player(
        self, player_class: type[Player], bot: Tonearm, on_change: OnChange | None = None
    ) -> Player:
        """A player of this class, with the bot's other services."""
        return player_class(
            bot.services.sessions,
            bot.services.store,
            bot.services.autocomplete.history,
            self.clock.sleep,
            on_change or bot.services.panels.player_changed,
            monotonic=self.clock.monotonic,
        )


class PlayerEnvironment:
    """What outlives an example: the services, and a database in which all users are linked."""

    clock: AutoSleepClock
    discord: Discord
    spotify: Spotify
    settings: Settings
    _linked_database: Path

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                return await coroutine

        return self._runner.run(bounded())

    def reset_services(self) -> None:
        """Restore the initial state of both services and the database while no bot runs."""
        self.clock.reset()
        shutil.copy(self._linked_database, self.settings.database)
        state, fresh = self.spotify.state, sample_state(self.clock, 0, self.spotify.changes)
        state.rng.seed(0)
        state.stale_state.serve(0)
        state.accounts.clear()
        state.accounts.update(fresh.accounts)
        state.playlists.clear()
        state.playlists.update(fresh.playlists)
        for account in state.accounts.values():
            account.player._rng = state.rng
            account.player._tracks_of = state.tracks_of
            account.player._duration_of = state.duration_of
        self.clear_faults()
        self.spotify.rules.clear()
        self.discord.duplicate_interactions = False
        for channel in self.discord.state.channels.values():
            channel.messages.clear()

    def clear_faults(self) -> None:
        """Remove all faults, rate limits and stale state."""
        self.spotify.faults.clear()
        self.spotify.rules.clear()
        self.spotify.serve_stale_state(0)

    def user_id(self, user: str) -> int:
        return int(self.discord.state.users[user].id)

    def user_name(self, discord_id: str | int) -> str:
        users = self.discord.state.users
        return next(name for name, user in users.items() if user.id == str(discord_id))

    def posts(self) -> list[Message]:
        return [
            post for channel in self.discord.state.channels.values() for post in channel.messages
        ]


@asynccontextmanager
async def player_environment(runner: asyncio.Runner) -> AsyncIterator[PlayerEnvironment]:
    """Start both services and link all users once for all examples."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-")))
        env = PlayerEnvironment(runner)
        env.clock = AutoSleepClock()
        env.discord = await stack.enter_async_context(Discord(env.clock))
        env.spotify = await stack.enter_async_context(Spotify(env.clock))
        env.spotify.apps[env.spotify.client_id].allowed_accounts.add("mallory")
        env.spotify.oauth.refresh_token_reply = "none"
        env.settings = Settings.from_env(bot_environment(env.discord, env.spotify, folder))
        harness = PlayerApp(env.clock, env.discord, env.spotify, env.settings)
        await harness.start()
        for user in USERS:
            await harness.link_account(user)
        await harness.stop()
        env._linked_database = folder / "linked.sqlite3"
        shutil.copy(env.settings.database, env._linked_database)
        yield env
