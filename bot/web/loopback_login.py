"""A login with Spotify in a browser on this machine, for commands in a terminal."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from html import escape

from aiohttp import web

from bot.errors.bot_error import BotError
from bot.login.linking import LOGIN_LIFETIME
from bot.login.status import raise_oauth_error
from bot.spotify.oauth import SpotifyOAuth, TokenResponse
from bot.spotify.profile import Profile
from bot.web import pages
from bot.web.forwarded import Proxies
from bot.web.listening import listen
from bot.web.middleware import MAX_BODY, RequestGuard, html_response

HOST = "127.0.0.1"
DEFAULT_PORT = 8080

# Seconds that the browser gets to load the result page.
_RESULT_TIMEOUT = 5.0
_START_OVER = "Open the address in the terminal to sign in."

SignIn = Callable[[TokenResponse], Awaitable[Profile]]
"""Accepts the tokens of a login; returns the account, or raises BotError."""


def redirect_uri(port: int) -> str:
    """The redirect URI that the Spotify app must have."""
    return f"http://{HOST}:{port}/callback"


class LoopbackLogin:
    """A login in progress.

    address  what the user opens in a browser; only somebody who knows it can begin the login
    """

    def __init__(
        self,
        oauth: SpotifyOAuth,
        client_id: str,
        sign_in: SignIn,
        explain: Callable[[BotError], str],
        *,
        port: int,
    ) -> None:
        self._oauth = oauth
        self._client_id = client_id
        self._sign_in = sign_in
        self._explain = explain
        self._nonce = secrets.token_urlsafe(16)
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48)
        self._login: asyncio.Task[Profile] | None = None
        self._begun, self._seen = asyncio.Event(), asyncio.Event()
        self.address = f"http://{HOST}:{port}/{self._nonce}"

    async def wait(self) -> Profile:
        """The account, when the browser shows it. Raises BotError, TimeoutError."""
        async with asyncio.timeout(LOGIN_LIFETIME):
            await self._begun.wait()
        assert self._login is not None
        await asyncio.wait({self._login})
        with suppress(TimeoutError):
            async with asyncio.timeout(_RESULT_TIMEOUT):
                await self._seen.wait()
        return await self._login

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"/{self._nonce}", self._start),
            web.get("/callback", self._callback, allow_head=False),
            web.get("/done", self._result, allow_head=False),
        ]

    async def _start(self, _request: web.Request) -> web.Response:
        """Changes nothing, since a browser may request it twice."""
        url = self._oauth.authorize_url(self._client_id, state=self._state, verifier=self._verifier)
        return web.Response(status=303, headers={"Location": url})

    async def _callback(self, request: web.Request) -> web.Response:
        """Signs in once; a browser that repeats the request waits for the same result."""
        state, code, error = (request.query.getall(name, []) for name in ("state", "code", "error"))
        is_own = len(state) == 1 and secrets.compare_digest(
            state[0].encode("utf-8", "replace"), self._state.encode()
        )
        if not is_own or len(code) + len(error) != 1:
            raise web.HTTPBadRequest
        if self._login is None:
            self._login = asyncio.create_task(self._complete(*(code or [""]), *error))
            self._begun.set()
        await asyncio.wait({self._login})
        # A page of its own, so that its address contains neither code nor state.
        return web.Response(status=303, headers={"Location": "/done"})

    async def _complete(self, code: str, error: str = "") -> Profile:
        raise_oauth_error("Spotify", error)
        tokens = await self._oauth.exchange_code(self._client_id, code, self._verifier)
        return await self._sign_in(tokens)

    async def _result(self, _request: web.Request) -> web.Response:
        if self._login is None or not self._login.done():
            raise web.HTTPNotFound
        self._seen.set()
        error = self._login.exception()
        if error is None:
            text = "You can close this page and go back to the terminal."
            return html_response(_page(f"Signed in as {self._login.result().name}", text))
        text = self._explain(error) if isinstance(error, BotError) else "Look in the terminal."
        return html_response(_page("You’re not signed in", text), 400)


@asynccontextmanager
async def serve_login(
    login: LoopbackLogin, *, port: int, monotonic: Callable[[], float]
) -> AsyncIterator[None]:
    """Serve the pages of a login until the context ends. Raises StartupError if it cannot."""
    guard = RequestGuard(
        f"http://{HOST}:{port}",
        form_targets=(),
        proxies=Proxies(()),
        operator="",
        error_page=_error_page,
        monotonic=monotonic,
    )
    app = web.Application(client_max_size=MAX_BODY, middlewares=[guard.middleware])
    app.add_routes(login.routes())
    advice = (
        "Choose another port with --port. Spotify needs it in the redirect URI, "
        f"unless the app has http://{HOST}/callback without a port."
    )
    async with listen(app, guard, host=HOST, port=port, advice=advice):
        yield


def _error_page(status: int) -> web.Response:
    titles = {404: "Page not found", 429: "Too many requests"}
    text = "Wait a minute, then load this page again." if status == 429 else _START_OVER
    title = titles.get(status, "This page was opened in an unexpected way")
    return html_response(_page(title, text), status)


def _page(title: str, text: str) -> str:
    return pages.render_page(title, f"<p>{escape(text)}</p>", foot="")
