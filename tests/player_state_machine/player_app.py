"""Where the walk leads: both fake services, a clock that stands still, and the whole bot."""

from __future__ import annotations

import asyncio
import os
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
# In one channel all of them, two of them in their direct messages as well; Linus has no Premium.
USERS = ("ada", "grace", "mallory", "linus")
RAM_DIRECTORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# Seconds of a pause within a command, which passes by itself.
MAX_AUTO_SLEEP_S = 1.0


class AutoSleepClock(Clock):
    """Moves when it is told to, and by itself as far as a command pauses."""

    def __init__(self) -> None:
        super().__init__(START_TIME)

    def __call__(self) -> float:
        return self._epoch + self._advanced

    def reset(self) -> None:
        self._advanced = 0.0

    async def sleep(self, seconds: float) -> None:
        until = self() + seconds
        if seconds <= MAX_AUTO_SLEEP_S:
            self.advance(seconds)
            return
        moved = asyncio.Event()
        self.listeners.append(moved.set)
        try:
            while self() < until:
                moved.clear()
                await moved.wait()
        finally:
            self.listeners.remove(moved.set)


class NoJitter(random.Random):
    """Nobody waits before something is tried again."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


class PlayerApp(Harness):
    """The bot as it is; a control makes one part of it worse."""

    async def start(self) -> None:
        house = build(
            self.settings,
            clock=self.clock,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            command_timeout=self._command_timeout,
            shutdown_grace=self._shutdown_timeout,
        )
        self.bot = await self._app_stack.enter_async_context(house)
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
        """Nothing is exchanged."""

    def replace(self, bot: Tonearm, **services: Any) -> None:
        """Replace services of the bot before the cogs take them."""
        bot.services = replace(bot.services, **services)

    def make_player(
        self, player_class: type[Player], bot: Tonearm, on_change: OnChange | None = None
    ) -> Player:
        """One of this kind, for a control."""
        return player_class(
            bot.services.sessions,
            bot.services.store,
            bot.services.autocomplete.history,
            self.clock,
            self.clock.sleep,
            on_change or bot.services.panels.player_changed,
        )


class PlayerEnvironment:
    """What outlives an example: the services, and a database in which all of them are linked."""

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
        """As it was in the beginning, while no bot runs."""
        self.clock.reset()
        shutil.copy(self._linked_database, self.settings.database)
        world, fresh = self.spotify.state, sample_state(self.clock, 0, self.spotify.changes)
        world.rng.seed(0)
        world.stale_state.serve(0)
        world.accounts.clear()
        world.accounts.update(fresh.accounts)
        world.playlists.clear()
        world.playlists.update(fresh.playlists)
        for account in world.accounts.values():
            account.player._rng = world.rng
            account.player._tracks_of = world.tracks_of
            account.player._duration_of = world.duration_of
        self.clear_faults()
        self.spotify.rules.clear()
        self.discord.duplicate_interactions = False
        for channel in self.discord.state.channels.values():
            channel.messages.clear()

    def clear_faults(self) -> None:
        """Nothing goes wrong any more, and nothing is told late."""
        self.spotify.faults.clear()
        self.spotify.rules.clear()
        self.spotify.serve_stale_state(0)

    def user_id(self, user: str) -> int:
        return int(self.discord.state.users[user].id)

    def user_name(self, discord_id: str | int) -> str:
        users = self.discord.state.users
        return next(name for name, user in users.items() if user.id == str(discord_id))

    def posts(self) -> list[Message]:
        return [post for one in self.discord.state.channels.values() for post in one.messages]


@asynccontextmanager
async def player_environment(runner: asyncio.Runner) -> AsyncIterator[PlayerEnvironment]:
    """Both services, and people whose logins are good for all examples."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=RAM_DIRECTORY)))
        it = PlayerEnvironment(runner)
        it.clock = AutoSleepClock()
        it.discord = await stack.enter_async_context(Discord(it.clock))
        it.spotify = await stack.enter_async_context(Spotify(it.clock))
        it.spotify.apps[it.spotify.client_id].allowed_accounts.add("mallory")
        it.spotify.oauth.refresh_token_reply = "none"
        it.settings = Settings.from_env(bot_environment(it.discord, it.spotify, folder))
        harness = PlayerApp(it.clock, it.discord, it.spotify, it.settings)
        await harness.start()
        for user in USERS:
            await harness.link_account(user)
        await harness.stop()
        it._linked_database = folder / "linked.sqlite3"
        shutil.copy(it.settings.database, it._linked_database)
        yield it
