"""Where the machine plays: both fake services, a clock that stands still, and the real parts."""

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

from bot.accounts.access_tokens import AccessTokens
from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.accounts.sessions import Sessions
from bot.app import rekey
from bot.config import Settings
from bot.errors.bot_error import StartupError
from bot.login.flow import LoginFlow
from bot.spotify.transport import Transport
from bot.store import Store
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.harness import bot_environment
from sandbox.spotify import Spotify
from sandbox.spotify.oauth_tokens import TokenStore
from tests.login_state_machine.held_responses import HeldDiscordOAuth, HeldSpotifyOAuth

T = TypeVar("T")
START_TIME = 1_800_000_000.0
STEP_TIMEOUT_S = 5.0
# Nothing here is about disks, and the thousands of commits need not wait for one.
RAM_DIRECTORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
UNREGISTERED_ACCOUNT = "linus"  # has an account, and is not on the app's list


class ManualClock(Clock):
    """Moves only when it is told to, so that a run can be repeated to the second."""

    def __init__(self) -> None:
        super().__init__(START_TIME)

    def __call__(self) -> float:
        return self._epoch + self._advanced

    def reset(self) -> None:
        self._advanced = 0.0


class LoginEnvironment:
    """What outlives an example: the services, a browser's connection, and the loop they run on."""

    def __init__(
        self,
        runner: asyncio.Runner,
        folder: Path,
        clock: ManualClock,
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

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                return await coroutine

        return self._runner.run(bounded())

    def reset_services(self) -> None:
        """As it was in the beginning."""
        self.clock.reset()
        self.spotify.state.tokens = TokenStore(self.clock)
        self.spotify.oauth.refresh_token_reply = "none"
        self.spotify.accounts_faults.clear()

    def new_folder(self) -> Path:
        return Path(mkdtemp(dir=self._folder))

    def user_id(self, user: str) -> int:
        return int(self.discord.state.users[user].id)

    async def submit_consent(self, url: str, **form: str) -> dict[str, str]:
        """What the form behind this authorize page sends back to the bot."""
        asked = URL(url)
        action = asked.with_path(f"{asked.path}/answer", keep_query=True)
        async with self.browser.post(action, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return dict(URL(response.headers["Location"]).query)


@asynccontextmanager
async def login_environment(runner: asyncio.Runner) -> AsyncIterator[LoginEnvironment]:
    """Both services, with an app that ada, grace and mallory may use."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=RAM_DIRECTORY)))
        it = LoginEnvironment(
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
        app.allowed_accounts = (app.allowed_accounts - {UNREGISTERED_ACCOUNT}) | {"mallory"}
        it.settings = Settings.from_env(bot_environment(it.discord, it.spotify, folder))
        yield it


class LoginApp:
    """What the bot keeps and does about links, on a file of its own; can be shut and reopened."""

    discord_oauth_class = HeldDiscordOAuth

    def __init__(self, env: LoginEnvironment, folder: Path, *, by_code: bool) -> None:
        self._env = env
        self._by_code = by_code
        self.settings = replace(
            env.settings,
            database=folder / "tonearm.sqlite3",
            token_keys=(secrets.token_bytes(32),),
        )
        self.store: Store
        self.access_tokens: AccessTokens
        self.accounts: Sessions
        self.login_flow: LoginFlow
        self.spotify_oauth: HeldSpotifyOAuth
        self.discord_oauth: HeldDiscordOAuth | None = None
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Put it together as bot.app does, but for the web server and discord.py."""
        stack, settings = self._stack, self.settings
        self.store = await stack.enter_async_context(
            Store.open(settings.database, settings.token_keys)
        )
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        public_url, discord = settings.public_url, self._env.discord
        self.spotify_oauth = HeldSpotifyOAuth(
            http, settings.spotify_accounts_url, f"{public_url}/callback"
        )
        if not self._by_code:
            self.discord_oauth = self.discord_oauth_class(
                http, discord.url, discord.client_secret, f"{public_url}/discord"
            )
        self.build_parts(Transport(http, settings.spotify_api_url))
        stack.push_async_callback(self.access_tokens.close)
        self.login_flow.application_id = int(discord.application_id)

    def build_parts(self, transport: Transport) -> None:
        """The parts that a control makes worse than they are."""
        clock, client_id = self._env.clock, self.settings.spotify_client_id
        quota = Quota(self.store, clock, client_id=client_id, daily_limit=1000)
        self.access_tokens = AccessTokens(self.store, self.spotify_oauth, Metrics(), clock)
        self.accounts = Sessions(self.store, self.access_tokens, transport, quota)
        self.login_flow = self.make_login_flow(LoginFlow)

    def make_login_flow(self, flow_class: type[LoginFlow]) -> LoginFlow:
        return flow_class(
            self.store,
            self.accounts,
            self.spotify_oauth,
            self.discord_oauth,
            client_id=self.settings.spotify_client_id,
            public_url=self.settings.public_url,
            clock=self._env.clock,
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

    async def opens_with_other_key(self) -> bool:
        """While it is shut: whether somebody else's key would do."""
        foreign = replace(self.settings, token_keys=(secrets.token_bytes(32),))
        try:
            async with Store.open(foreign.database, foreign.token_keys):
                return True
        except StartupError:
            return False
