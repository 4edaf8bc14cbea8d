"""Where the walk leads: both pretend services, a clock that stands still, and the whole bot."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from bot.app import assemble
from bot.client import Tonearm
from bot.config import Settings
from bot.remote import Changed, Remote
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.world import Post
from sandbox.spotify import Spotify
from sandbox.spotify.people import a_world
from sandbox.stage import Stage, environment

T = TypeVar("T")
BEGINNING = 1_800_000_000.0
PATIENCE = 20.0
# In one channel all of them, two of them in their direct messages as well; Linus has no Premium.
USERS = ("ada", "grace", "mallory", "linus")
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# Seconds of a pause within a command, which passes by itself.
A_MOMENT = 1.0


class StepClock(Clock):
    """Moves when it is told to, and by itself as far as a command pauses."""

    def __init__(self) -> None:
        super().__init__(BEGINNING)

    def __call__(self) -> float:
        return self._start + self._moved

    def reset(self) -> None:
        self._moved = 0.0

    async def sleep(self, seconds: float) -> None:
        until = self() + seconds
        if seconds <= A_MOMENT:
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


class Hasty(random.Random):
    """Nobody waits before something is tried again."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


class House(Stage):
    """The bot as it is; a control makes one part of it worse."""

    async def start(self) -> None:
        house = assemble(
            self.settings,
            clock=self.clock,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            within=self._within,
            grace=self._grace,
        )
        self.bot = await self._house.enter_async_context(house)
        self.bot.accounts._transport.chance = Hasty()
        self.furnish(self.bot)
        self._life = asyncio.create_task(self.bot.start(self.settings.discord_token))
        self.discord.changes.lifeline = self.spotify.changes.lifeline = self._life
        await self.discord.ready()

    async def stop(self) -> None:
        if self.bot is not None:
            await self.bot.panels.close()
        await super().stop()

    def furnish(self, bot: Tonearm) -> None:
        """Nothing is exchanged."""

    def remote(self, kind: type[Remote], bot: Tonearm, changed: Changed | None = None) -> Remote:
        """One of this kind, for a control."""
        return kind(
            bot.accounts,
            bot.store,
            bot.completion.recents,
            self.clock,
            self.clock.sleep,
            changed or bot.panels.changed,
        )


class World:
    """What outlives an example: the services, and a database in which all of them are linked."""

    clock: StepClock
    discord: Discord
    spotify: Spotify
    settings: Settings
    _linked: Path

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(PATIENCE):
                return await work

        return self._runner.run(bounded())

    def reset(self) -> None:
        """As it was in the beginning, while no bot runs."""
        self.clock.reset()
        shutil.copy(self._linked, self.settings.database)
        world, fresh = self.spotify.world, a_world(self.clock, 0, self.spotify.changes)
        world.chance.seed(0)
        world.late.reads = 0
        world.accounts.clear()
        world.accounts.update(fresh.accounts)
        world.playlists.clear()
        world.playlists.update(fresh.playlists)
        for account in world.accounts.values():
            account.player._chance = world.chance
            account.player._tracks_of = world.tracks_of
            account.player._duration_of = world.duration_of
        self.calm()
        self.spotify.end_interruptions()
        self.discord.duplicate_interactions = False
        for channel in self.discord.world.channels.values():
            channel.posts.clear()

    def calm(self) -> None:
        """Nothing goes wrong any more, and nothing is told late."""
        self.spotify.faults.clear()
        self.spotify.end_rate_limits()
        self.spotify.late(0)

    def user_id(self, user: str) -> int:
        return int(self.discord.world.users[user].id)

    def user(self, discord_id: str | int) -> str:
        users = self.discord.world.users
        return next(name for name, user in users.items() if user.id == str(discord_id))

    def posts(self) -> list[Post]:
        return [post for one in self.discord.world.channels.values() for post in one.posts]


@asynccontextmanager
async def world(runner: asyncio.Runner) -> AsyncIterator[World]:
    """Both services, and people whose logins are good for all examples."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=MEMORY)))
        it = World(runner)
        it.clock = StepClock()
        it.discord = await stack.enter_async_context(Discord(it.clock))
        it.spotify = await stack.enter_async_context(Spotify(it.clock))
        it.spotify.apps[it.spotify.client_id].allow_list.add("mallory")
        it.spotify.refresh_reply = "none"
        it.settings = Settings.read(environment(it.discord, it.spotify, folder))
        stage = House(it.clock, it.discord, it.spotify, it.settings)
        await stage.start()
        for user in USERS:
            await stage.link(user)
        await stage.stop()
        it._linked = folder / "linked.sqlite3"
        shutil.copy(it.settings.database, it._linked)
        yield it
