"""A login taken one step at a time, so that each of them can be bent."""

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

LINK_EXPIRED = "This login link is used up or too old. Use /link in Discord to get a new one."

QueryPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Callback:
    """What a browser brings to a door: the query's pairs in order, and its cookies as sent."""

    path: str
    query: QueryPairs
    cookies: tuple[str, ...]

    def param(self, name: str) -> str:
        """The one value of a parameter."""
        (value,) = [value for key, value in self.query if key == name]
        return value

    def with_query(self, name: str, *values: str) -> Callback:
        """The same with other values of this parameter, or without it."""
        rest = tuple(pair for pair in self.query if pair[0] != name)
        return replace(self, query=(*rest, *((name, value) for value in values)))


@dataclass(frozen=True)
class PageResponse(HtmlPage):
    """A page, or the way to another one; `cookie` is the one that it sets."""

    location: str = ""
    cookie: str = ""
    set_cookie: str = ""


class LoginClient:
    """A browser that does as it is told; each request seems to come from another address."""

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
        """Ten minutes pass: logins are over, and everybody may ask for three more."""
        self.harness.clock.advance(601)

    @property
    def host(self) -> str:
        """As a browser names it."""
        return urlsplit(self.harness.settings.public_url).netloc

    async def request_login(
        self, user: str = "ada", place: str = "music"
    ) -> tuple[Reply, LoginOffer]:
        """Ask for a login link, and wait until the bot knows where it was shown."""
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
        """One request to the bot's pages, as it stands; `cookies` are values of the bot's own."""
        settings = self.harness.settings
        sent = {"Host": self.host} | (headers or {})
        if settings.trusted_proxy is not None:
            number = next(self._addresses)
            sent.setdefault("X-Forwarded-For", f"10.0.{number // 250}.{number % 250}")
        if cookies:
            sent["Cookie"] = "; ".join(f"{self.cookie_name}={value}" for value in cookies)
        url = URL(f"http://{settings.host}:{settings.port}{path}", encoded=True)
        async with self.http.request(method, url, headers=sent, allow_redirects=False) as got:
            text = await got.text(errors="replace")
            page = parse_page(str(url), got.status, text, got.headers.copy())
            cookie = got.cookies.get(self.cookie_name)
            answer = PageResponse(
                **vars(page),
                location=got.headers.get("Location", ""),
                cookie=cookie.value if cookie else "",
                set_cookie=got.headers.get("Set-Cookie", ""),
            )
        self.responses.append(answer)
        return answer

    async def start_login(self, offer: LoginOffer) -> PageResponse:
        """Press the button of the page behind the link."""
        return await self.send("POST", URL(offer.url).raw_path)

    async def authorize(
        self, redirect: PageResponse, account: str = "ada", *, accept: bool = True
    ) -> Callback:
        """Sign in where the browser was sent, Discord or Spotify: what it would bring back."""
        url = URL(redirect.location)
        at_discord = str(url.origin()) == self.harness.discord.base_url
        yes = "authorize" if at_discord else "agree"
        form = {"answer": yes if accept else "cancel", "user" if at_discord else "account": account}
        asked = url.with_path(f"{url.path}/answer", keep_query=True)
        async with self.http.post(asked, data=form, allow_redirects=False) as answer:
            back = URL(answer.headers["Location"])
        there = Callback(back.path, tuple(back.query.items()), (redirect.cookie,))
        self.callbacks.append(there)
        return there

    async def send_callback(self, callback: Callback) -> PageResponse:
        """Come back to a door of the bot's."""
        query = URL.build(query=callback.query).raw_query_string
        return await self.send(
            "GET", f"{callback.path}?{query}" if query else callback.path, *callback.cookies
        )

    async def prepare_callback(
        self, path: str, user: str = "ada"
    ) -> tuple[Reply, LoginOffer, Callback]:
        """Everything up to this door, and what is to be brought there."""
        reply, offer = await self.request_login(user)
        there = await self.authorize(await self.start_login(offer), user)
        if there.path != path:
            there = await self.authorize(await self.send_callback(there), user)
        assert there.path == path
        return reply, offer, there

    async def result_page(self, response: PageResponse) -> PageResponse:
        """Where the callback leads to; itself, where it leads nowhere."""
        if not response.location:
            return response
        assert response.location == "/done"
        return await self.send("GET", "/done", response.cookie)

    async def link(self, user: str = "ada") -> None:
        """All steps, each as it should be."""
        reply, offer, there = await self.prepare_callback("/callback", user)
        page = await self.result_page(await self.send_callback(there))
        if code := find_confirmation_code(page.text):
            await self.enter_code(offer, code)
        await reply.wait_for("Linked to")

    async def open_code_form(self, offer: LoginOffer) -> Reply:
        """Press the button beside the login link; the form, or why there is none."""
        (message,) = [
            one for one in offer.user_client.messages() if one["id"] == offer.message["id"]
        ]
        return await offer.user_client.press(message, "Enter code")

    async def enter_code(self, offer: LoginOffer, code: str) -> Reply:
        """Type a code into that form."""
        return await (await self.open_code_form(offer)).submit(code=code)

    @property
    def spotify_token_requests(self) -> int:
        """How often a code was shown to Spotify's token endpoint."""
        recorded = self.harness.spotify.accounts_traffic.exchanges
        return sum(b"grant_type=authorization_code" in one.request_body for one in recorded)

    @property
    def discord_token_requests(self) -> int:
        """How often a code was shown to Discord's token endpoint."""
        recorded = self.harness.discord.traffic.exchanges
        return sum(one.path.endswith("/oauth2/token") for one in recorded)

    def query_database(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the database, read past the bot."""
        with closing(sqlite3.connect(self.harness.settings.database)) as db:
            return list(db.execute(sql))


@asynccontextmanager
async def login_client(**settings: str) -> AsyncIterator[LoginClient]:
    """A harness, and a browser on it that does as it is told."""
    jar = aiohttp.DummyCookieJar()
    wanted: dict[str, Any] = {"TRUSTED_PROXY": "127.0.0.1"} | settings
    async with run_harness(**wanted) as it:
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            yield LoginClient(it, http)
