"""The app under test: the bot's login without web server, between the simulated services."""

from __future__ import annotations

import asyncio
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
from bot.command_line.rekey import rekey
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
STEP_TIMEOUT_S = 20.0
UNREGISTERED_ACCOUNT = "linus"  # a Spotify account that is not on the app's list of users


class ManualClock(Clock):
    """Only `advance` moves it, so that runs are reproducible."""

    def __init__(self) -> None:
        super().__init__(START_TIME)

    def monotonic(self) -> float:
        return self._advanced

    def reset(self) -> None:
        self._advanced = 0.0


class LoginEnvironment:
    """What all examples share: the services, a browser's HTTP session, and the event loop."""

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
        """Restore the initial state of the clock and of Spotify."""
        self.clock.reset()
        self.spotify.state.tokens = TokenStore(self.clock)
        self.spotify.oauth.refresh_token_reply = "none"
        self.spotify.accounts_faults.clear()

    def new_folder(self) -> Path:
        return Path(mkdtemp(dir=self._folder))

    def user_id(self, user: str) -> int:
        return int(self.discord.state.users[user].id)

    async def submit_consent(self, url: str, **form: str) -> dict[str, str]:
        """The query of the redirect to the bot after the form of an authorize page is sent."""
        page = URL(url)
        action = page.with_path(f"{page.path}/answer", keep_query=True)
        async with self.browser.post(action, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return dict(URL(response.headers["Location"]).query)


@asynccontextmanager
async def login_environment(runner: asyncio.Runner) -> AsyncIterator[LoginEnvironment]:
    """Both services, and a Spotify app that ada, grace and mallory may use."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-")))
        environment = LoginEnvironment(
            runner,
            folder,
            clock,
            await stack.enter_async_context(Discord(clock)),
            await stack.enter_async_context(Spotify(clock)),
        )
        environment.browser = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        app = environment.spotify.apps[environment.spotify.client_id]
        app.allowed_accounts = (app.allowed_accounts - {UNREGISTERED_ACCOUNT}) | {"mallory"}
        environment.settings = Settings.from_env(
            bot_environment(environment.discord, environment.spotify, folder)
        )
        yield environment


class LoginApp:
    """Store, sessions and login flow with their own database; can be closed and reopened."""

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
        self.sessions: Sessions
        self.login_flow: LoginFlow
        self.spotify_oauth: HeldSpotifyOAuth
        self.discord_oauth: HeldDiscordOAuth | None = None
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Build the parts like bot.app, without the web server and discord.py."""
        stack, settings = self._stack, self.settings
        self.store = await stack.enter_async_context(
            Store.open(settings.database, settings.token_keys)
        )
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        public_url, discord = settings.public_url, self._env.discord
        self.spotify_oauth = HeldSpotifyOAuth(
            http,
            settings.spotify_accounts_url,
            f"{public_url}/callback",
            client_id=settings.spotify_client_id,
            monotonic=self._env.clock.monotonic,
        )
        if not self._by_code:
            self.discord_oauth = self.discord_oauth_class(
                http, discord.url, discord.client_secret, f"{public_url}/discord"
            )
        self.build_parts(Transport(http, settings.spotify_api_url))
        stack.push_async_callback(self.access_tokens.close)
        self.login_flow.application_id = int(discord.application_id)

    def build_parts(self, transport: Transport) -> None:
        """Build the parts that mutants replace."""
        clock = self._env.clock
        quota = Quota(self.store, self.settings, now=clock, monotonic=clock.monotonic)
        self.access_tokens = AccessTokens(
            self.store, self.spotify_oauth, Metrics(), now=clock, monotonic=clock.monotonic
        )
        self.sessions = Sessions(self.store, self.access_tokens, transport, quota)
        self.login_flow = self.make_login_flow(LoginFlow)

    def make_login_flow(self, flow_class: type[LoginFlow]) -> LoginFlow:
        return flow_class(
            self.store,
            self.sessions,
            self.spotify_oauth,
            self.discord_oauth,
            client_id=self.settings.spotify_client_id,
            public_url=self.settings.public_url,
            now=self._env.clock,
            monotonic=self._env.clock.monotonic,
        )

    async def close(self) -> None:
        await self._stack.aclose()

    async def rekey(self) -> int:
        """Re-encrypt the closed database with a new key, and drop the old one.

        Returns how many secrets there are.
        """
        new_key = secrets.token_bytes(32)
        keys = (new_key, *self.settings.token_keys)
        count = await rekey(replace(self.settings, token_keys=keys))
        self.settings = replace(self.settings, token_keys=(new_key,))
        return count

    async def opens_with_other_key(self) -> bool:
        """Whether the closed database opens with a key that did not encrypt it."""
        try:
            async with Store.open(self.settings.database, [secrets.token_bytes(32)]):
                return True
        except StartupError:
            return False
