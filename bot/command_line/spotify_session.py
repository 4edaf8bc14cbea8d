"""Signs somebody at a terminal in to Spotify; their tokens are in memory only."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import webbrowser
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp

from bot.command_line.environment import read_environment
from bot.command_line.spotify_errors import terminal_message
from bot.command_line.terminal import plain, say
from bot.config import SETTINGS
from bot.config.parsers import InvalidSettingError
from bot.errors.bot_error import ConfigError, SettingsError
from bot.errors.spotify import AppGone
from bot.spotify import Spotify, Transport
from bot.spotify.oauth import SpotifyOAuth, TokenResponse
from bot.spotify.profile import Profile
from bot.spotify.rate_limiter import RateLimiter
from bot.spotify.transport import OnExchange
from bot.web.loopback_login import DEFAULT_PORT, LoopbackLogin, redirect_uri, serve_login

# A token is renewed this many seconds before it expires.
_RENEWAL_MARGIN = 60
# More calls than an app may make in a day: Spotify says when they are too many.
_NO_DAILY_LIMIT = 1_000_000_000


def add_login_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--client-id",
        type=_client_id,
        metavar="ID",
        help="the client ID of your Spotify app; by default the setting SPOTIFY_CLIENT_ID",
    )
    parser.add_argument(
        "--port",
        type=int,
        choices=range(1, 65_536),
        default=DEFAULT_PORT,
        metavar="PORT",
        help="the port for signing in; the app needs the redirect URI "
        f"{redirect_uri(DEFAULT_PORT)}, with this port or without any (default: {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="only print the address for signing in"
    )


def _client_id(text: str) -> str:
    try:
        return _setting("SPOTIFY_CLIENT_ID", {"SPOTIFY_CLIENT_ID": text.lower()})
    except SettingsError:
        raise ArgumentTypeError("a client ID is 32 digits and letters a to f") from None


def _setting(name: str, environ: Mapping[str, str]) -> str:
    """The setting's value. Raises SettingsError."""
    setting = next(each for each in SETTINGS if each.name == name)
    try:
        return str(setting.read(environ))
    except InvalidSettingError as error:
        raise SettingsError({name: str(error)}) from None


@dataclass(frozen=True)
class SignedIn:
    """Somebody who signed in.

    spotify  uses all of the app's quota, and waits for rate limits
    now      the time of day in seconds since 1970
    """

    spotify: Spotify
    profile: Profile
    now: Callable[[], float]


class _Tokens:
    """The access tokens of one login, renewed before they expire."""

    def __init__(
        self, oauth: SpotifyOAuth, client_id: str, *, monotonic: Callable[[], float]
    ) -> None:
        self._oauth = oauth
        self._client_id = client_id
        self._monotonic = monotonic
        self._refresh_token: str | None = None
        self._access_token = ""
        self._expires_at = 0.0
        self._renewal: asyncio.Task[None] | None = None

    def keep(self, tokens: TokenResponse) -> None:
        self._refresh_token = tokens.refresh_token or self._refresh_token
        self._access_token = tokens.access_token
        self._expires_at = self._monotonic() + tokens.expires_in

    async def get(self, refused: str | None) -> str:
        """An access token other than `refused`. Raises LoginExpired, OwnAppGone, SpotifyDown."""
        is_over = self._expires_at - _RENEWAL_MARGIN < self._monotonic()
        if is_over or self._access_token in ("", refused):
            if self._renewal is None or self._renewal.done():
                self._renewal = asyncio.create_task(self._renew())
            # Spotify may replace the refresh token, so a call that gives up must not lose it.
            await asyncio.shield(self._renewal)
        return self._access_token

    async def _renew(self) -> None:
        self.keep(await self._oauth.refresh(self._client_id, self._refresh_token or "-"))


@asynccontextmanager
async def sign_in(
    arguments: Namespace,
    scopes: Sequence[str],
    *,
    on_exchange: OnExchange,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[SignedIn]:
    """Let the user sign in, and read as them until the context ends.

    arguments    those of `add_login_arguments`
    scopes       the permissions to ask for
    on_exchange  called after each request to the Web API

    Raises ConfigError, StartupError, BotError, and TimeoutError if nobody signs in.
    """
    environ = read_environment().variables
    if not arguments.client_id and not environ.get("SPOTIFY_CLIENT_ID"):
        raise ConfigError(
            "Name your Spotify app with --client-id. Copy its client ID from "
            "developer.spotify.com/dashboard, your app, Settings."
        )
    client_id = arguments.client_id or _setting("SPOTIFY_CLIENT_ID", environ)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        oauth = SpotifyOAuth(
            http,
            _setting("SPOTIFY_ACCOUNTS_URL", environ),
            redirect_uri(arguments.port),
            client_id="",  # the app is the user's own, in the words of the errors
            scopes=scopes,
            monotonic=monotonic,
        )
        if not await oauth.client_exists(client_id):
            raise AppGone
        transport = Transport(
            http,
            _setting("SPOTIFY_API_URL", environ),
            limiter=RateLimiter(now=now, monotonic=monotonic, daily_limit=_NO_DAILY_LIMIT),
            now=now,
            monotonic=monotonic,
            on_exchange=on_exchange,
        )
        tokens = _Tokens(oauth, client_id, monotonic=monotonic)
        session = partial(
            Spotify, transport, tokens.get, client_id=client_id, scopes=scopes, background=True
        )

        async def accept(response: TokenResponse) -> Profile:
            tokens.keep(response)
            return await session().profile.me()

        login = LoopbackLogin(oauth, client_id, accept, terminal_message, port=arguments.port)
        async with serve_login(login, port=arguments.port, monotonic=monotonic):
            say(f"Your Spotify app needs this redirect URI: {redirect_uri(arguments.port)}")
            say(f"Open this address to sign in:\n  {login.address}")
            if not arguments.no_browser:
                _open_browser(login.address)
            profile = await login.wait()
        say(f"Signed in as {plain(profile.name)}.")
        yield SignedIn(session(account=profile.stable_account_id), profile, now)


def _open_browser(address: str) -> None:
    """Open the address if there is a desktop; a browser in the terminal would cover the text."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return
    # In a daemon thread, because some browsers do not return before they are closed.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
