"""A browser that performs a login step by step, so that tests can change each request."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from sandbox.discord import Reply
from sandbox.harness import Harness, LoginOffer, find_confirmation_code, run_harness
from sandbox.html_reader import HtmlPage, parse_page

LINK_UNKNOWN = "This login link is used up, too old or incomplete. Use /link in Discord"
LINK_USED = "This login link was opened in another browser."
LOGIN_REPLACED = "A newer login link replaced this one."
LOGIN_EXPIRED = "This login has expired: a link works for ten minutes."
OTHER_BROWSER = "open the link in the browser that you are signed in with."

QueryPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Callback:
    """A browser's request to a callback: path, query pairs in order, and cookie values."""

    path: str
    query: QueryPairs
    cookies: tuple[str, ...]

    def param(self, name: str) -> str:
        """The only value of a query parameter."""
        (value,) = [value for key, value in self.query if key == name]
        return value

    def with_query(self, name: str, *values: str) -> Callback:
        """The same request with other values of this parameter, or without it."""
        rest = tuple(pair for pair in self.query if pair[0] != name)
        return replace(self, query=(*rest, *((name, value) for value in values)))


@dataclass(frozen=True)
class PageResponse(HtmlPage):
    """A page or a redirect; `cookie` is the value that it sets."""

    location: str = ""
    cookie: str = ""
    set_cookie: str = ""


class LoginClient:
    """A browser without automatic redirects. A trusted proxy gives each request a new address."""

    def __init__(self, harness: Harness, http: aiohttp.ClientSession) -> None:
        self.harness = harness
        self.responses: list[PageResponse] = []
        self.callbacks: list[Callback] = []
        self.http = http
        self._secure = harness.settings.public_url.startswith("https:")
        self._addresses = count(1)

    @property
    def cookie_name(self) -> str:
        return "__Host-tonearm" if self._secure else "tonearm"

    def expire_logins(self) -> None:
        """Advance the clock so that logins expire and every user may request three more."""
        self.harness.clock.advance(601)

    @property
    def host(self) -> str:
        """The Host header of a browser."""
        return urlsplit(self.harness.settings.public_url).netloc

    async def request_login(
        self, user: str = "ada", place: str = "music"
    ) -> tuple[Reply, LoginOffer]:
        """Run /link, and wait until the bot has stored which messages show the link."""
        reply = await self.harness.discord.user_client(user, place).run("/link")
        offer = self.harness.find_login_offer(reply)
        async with asyncio.timeout(5):
            while self.query_database(
                "SELECT 1 FROM login WHERE nonce NOT NULL AND notice IS NULL"
            ):
                await self.send("GET", "/health")
        return reply, offer

    async def send(
        self, method: str, path: str, *cookies: str, headers: dict[str, str] | None = None
    ) -> PageResponse:
        """Send one request to the bot's pages; `cookies` are values of the bot's cookie."""
        settings = self.harness.settings
        headers = {"Host": self.host} | (headers or {})
        if settings.trusted_proxy:
            number = next(self._addresses)
            headers.setdefault("X-Forwarded-For", f"10.0.{number // 250}.{number % 250}")
        if cookies:
            headers["Cookie"] = "; ".join(f"{self.cookie_name}={value}" for value in cookies)
        url = URL(f"http://{settings.host}:{settings.port}{path}", encoded=True)
        async with self.http.request(
            method, url, headers=headers, allow_redirects=False
        ) as response:
            text = await response.text(errors="replace")
            page = parse_page(str(url), response.status, text, response.headers.copy())
            cookie = response.cookies.get(self.cookie_name)
            page_response = PageResponse(
                **vars(page),
                location=response.headers.get("Location", ""),
                cookie=cookie.value if cookie else "",
                set_cookie=response.headers.get("Set-Cookie", ""),
            )
        self.responses.append(page_response)
        return page_response

    async def start_login(self, offer: LoginOffer) -> PageResponse:
        """Press the button of the login page."""
        return await self.send("POST", URL(offer.url).raw_path)

    async def authorize(
        self, redirect: PageResponse, account: str = "ada", *, accept: bool = True
    ) -> Callback:
        """Authorize, or cancel, at Discord or Spotify; the callback that follows."""
        url = URL(redirect.location)
        at_discord = str(url.origin()) == self.harness.discord.base_url
        yes = "authorize" if at_discord else "agree"
        form = {"answer": yes if accept else "cancel", "user" if at_discord else "account": account}
        action = url.with_path(f"{url.path}/answer", keep_query=True)
        async with self.http.post(action, data=form, allow_redirects=False) as response:
            target = URL(response.headers["Location"])
        callback = Callback(target.path, tuple(target.query.items()), (redirect.cookie,))
        self.callbacks.append(callback)
        return callback

    async def send_callback(self, callback: Callback) -> PageResponse:
        """Send a callback to the bot."""
        query = URL.build(query=callback.query).raw_query_string
        return await self.send(
            "GET", f"{callback.path}?{query}" if query else callback.path, *callback.cookies
        )

    async def prepare_callback(
        self, path: str, user: str = "ada"
    ) -> tuple[Reply, LoginOffer, Callback]:
        """All steps before the callback with this path, and that callback."""
        reply, offer = await self.request_login(user)
        callback = await self.authorize(await self.start_login(offer), user)
        if callback.path != path:
            callback = await self.authorize(await self.send_callback(callback), user)
        assert callback.path == path
        return reply, offer, callback

    async def result_page(self, response: PageResponse) -> PageResponse:
        """The page that a callback redirects to, or the response itself if it is no redirect."""
        if not response.location:
            return response
        assert response.location == "/done"
        return await self.send("GET", "/done", response.cookie)

    async def link(self, user: str = "ada") -> None:
        """A complete login."""
        reply, offer, callback = await self.prepare_callback("/callback", user)
        page = await self.result_page(await self.send_callback(callback))
        if code := find_confirmation_code(page.text):
            await self.enter_code(offer, code)
        await reply.wait_for("Linked to")

    async def open_code_form(self, offer: LoginOffer) -> Reply:
        """Press the button beside the login link; the form, or an error."""
        messages = offer.user_client.messages()
        (message,) = [message for message in messages if message["id"] == offer.message["id"]]
        return await offer.user_client.press(message, "Enter code")

    async def enter_code(self, offer: LoginOffer, code: str) -> Reply:
        """Type a code into the form."""
        return await (await self.open_code_form(offer)).submit(code=code)

    @property
    def spotify_token_requests(self) -> int:
        """How many authorization codes Spotify's token endpoint has received."""
        exchanges = self.harness.spotify.accounts_traffic.exchanges
        return sum(b"grant_type=authorization_code" in e.request_body for e in exchanges)

    @property
    def discord_token_requests(self) -> int:
        """How many authorization codes Discord's token endpoint has received."""
        exchanges = self.harness.discord.traffic.exchanges
        return sum(exchange.path.endswith("/oauth2/token") for exchange in exchanges)

    @property
    def token_requests(self) -> int:
        """How many authorization codes both services have received."""
        return self.spotify_token_requests + self.discord_token_requests

    def query_database(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the bot's database."""
        with closing(sqlite3.connect(self.harness.settings.database)) as db:
            return list(db.execute(sql))


@asynccontextmanager
async def login_client(**settings: str) -> AsyncIterator[LoginClient]:
    """A harness with a LoginClient."""
    jar = aiohttp.DummyCookieJar()
    all_settings: dict[str, Any] = {"TRUSTED_PROXY": "127.0.0.1"} | settings
    async with run_harness(**all_settings) as harness:
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            yield LoginClient(harness, http)
