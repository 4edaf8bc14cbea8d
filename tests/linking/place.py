"""Where the machine plays: both pretend services, a clock that stands still, and the real parts."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from bot.accounts import Accounts
from bot.app import open_store, rekey
from bot.config import Settings
from bot.errors import CannotStart
from bot.links import Links
from bot.metrics import Metrics
from bot.quota import Quota
from bot.spotify.transport import Transport
from bot.store import Store
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.spotify import Spotify
from sandbox.spotify.tokens import Tokens
from sandbox.stage import environment
from tests.linking.slow import SlowLogin, SlowSignIn

T = TypeVar("T")
BEGINNING = 1_800_000_000.0
PATIENCE = 5.0
# Nothing here is about disks, and the thousands of commits need not wait for one.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
STRANGER = "linus"  # has an account, and is not on the app's list


class StillClock(Clock):
    """Moves only when it is told to, so that a run can be repeated to the second."""

    def __init__(self) -> None:
        super().__init__(BEGINNING)

    def __call__(self) -> float:
        return self._start + self._moved

    def reset(self) -> None:
        self._moved = 0.0


class World:
    """What outlives an example: the services, a browser's connection, and the loop they run on."""

    def __init__(
        self,
        runner: asyncio.Runner,
        folder: Path,
        clock: StillClock,
        discord: Discord,
        spotify: Spotify,
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.spotify = spotify
        self._runner = runner
        self._folder = folder
        self.browser: aiohttp.ClientSession
        self.settings: Settings

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(PATIENCE):
                return await work

        return self._runner.run(bounded())

    def reset(self) -> None:
        """As it was in the beginning."""
        self.clock.reset()
        self.spotify.world.tokens = Tokens(self.clock)
        self.spotify.refresh_reply = "none"
        self.spotify.accounts_faults.clear()

    def fresh_folder(self) -> Path:
        return Path(mkdtemp(dir=self._folder))

    def user_id(self, user: str) -> int:
        return int(self.discord.world.users[user].id)

    async def answer(self, url: str, **form: str) -> dict[str, str]:
        """What the form behind this authorize page sends back to the bot."""
        asked = URL(url)
        action = asked.with_path(f"{asked.path}/answer", keep_query=True)
        async with self.browser.post(action, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return dict(URL(response.headers["Location"]).query)


@asynccontextmanager
async def world(runner: asyncio.Runner) -> AsyncIterator[World]:
    """Both services, with an app that ada, grace and mallory may use."""
    clock = StillClock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=MEMORY)))
        it = World(
            runner,
            folder,
            clock,
            await stack.enter_async_context(Discord(clock)),
            await stack.enter_async_context(Spotify(clock)),
        )
        it.browser = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        app = it.spotify.apps[it.spotify.client_id]
        app.allow_list = (app.allow_list - {STRANGER}) | {"mallory"}
        it.settings = Settings.read(environment(it.discord, it.spotify, folder))
        yield it


class House:
    """What the bot keeps and does about links, on a file of its own; can be shut and reopened."""

    sign_in = SlowSignIn

    def __init__(self, world: World, folder: Path, *, by_code: bool) -> None:
        self._world = world
        self._by_code = by_code
        self.settings = replace(
            world.settings,
            database=folder / "tonearm.sqlite3",
            token_keys=(secrets.token_bytes(32),),
        )
        self.store: Store
        self.accounts: Accounts
        self.links: Links
        self.login: SlowLogin
        self.signin: SlowSignIn | None = None
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Put it together as bot.app does, but for the web server and discord.py."""
        stack, settings = self._stack, self.settings
        self.store, self.vault = await stack.enter_async_context(open_store(settings))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        public_url, discord = settings.public_url, self._world.discord
        self.login = SlowLogin(http, settings.spotify_accounts_url, f"{public_url}/callback")
        if not self._by_code:
            self.signin = self.sign_in(
                http, discord.url, discord.client_secret, f"{public_url}/discord"
            )
        self.furnish(Transport(http, settings.spotify_api_url))
        stack.push_async_callback(self.accounts.close)
        self.links.application_id = int(discord.application_id)

    def furnish(self, transport: Transport) -> None:
        """The parts that a control makes worse than they are."""
        clock, client_id = self._world.clock, self.settings.spotify_client_id
        quota = Quota(self.store, clock, client_id=client_id, daily=1000)
        self.accounts = Accounts(
            self.store, self.vault, self.login, transport, clock, quota, Metrics()
        )
        self.links = self.make_links(Links)

    def make_links(self, kind: type[Links]) -> Links:
        return kind(
            self.store,
            self.accounts,
            self.vault,
            self.login,
            self.signin,
            client_id=self.settings.spotify_client_id,
            public_url=self.settings.public_url,
            clock=self._world.clock,
        )

    async def close(self) -> None:
        await self._stack.aclose()

    async def rekey(self) -> int:
        """While it is shut: a new first key, everything sealed anew, and the old key thrown away.

        Returns how many secrets there are.
        """
        fresh = secrets.token_bytes(32)
        ring = (fresh, *self.settings.token_keys)
        count = await rekey(replace(self.settings, token_keys=ring))
        self.settings = replace(self.settings, token_keys=(fresh,))
        return count

    async def opens_with_a_foreign_key(self) -> bool:
        """While it is shut: whether somebody else's key would do."""
        foreign = replace(self.settings, token_keys=(secrets.token_bytes(32),))
        try:
            async with open_store(foreign):
                return True
        except CannotStart:
            return False
