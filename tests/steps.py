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
from sandbox.reading_page import Page, read
from sandbox.stage import Offer, Stage, code_on, stage

GONE = "This login link is used up or too old. Use /link in Discord to get a new one."

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Return:
    """What a browser brings to a door: the query's pairs in order, and its cookies as sent."""

    door: str
    query: Pairs
    cookies: tuple[str, ...]

    def of(self, name: str) -> str:
        """The one value of a parameter."""
        (value,) = [value for key, value in self.query if key == name]
        return value

    def with_query(self, name: str, *values: str) -> Return:
        """The same with other values of this parameter, or without it."""
        rest = tuple(pair for pair in self.query if pair[0] != name)
        return replace(self, query=(*rest, *((name, value) for value in values)))


@dataclass(frozen=True)
class Answer(Page):
    """A page, or the way to another one; `cookie` is the one that it sets."""

    location: str = ""
    cookie: str = ""
    set_cookie: str = ""


class Steps:
    """A browser that does as it is told; each request seems to come from another address."""

    def __init__(self, on: Stage, http: aiohttp.ClientSession) -> None:
        self.stage = on
        self.answers: list[Answer] = []
        self.brought: list[Return] = []
        self.http = http
        self._secure = on.settings.public_url.startswith("https:")
        self._addresses = count(1)

    @property
    def cookie_name(self) -> str:
        return "__Host-tonearm" if self._secure else "tonearm"

    def later(self) -> None:
        """Ten minutes pass: logins are over, and everybody may ask for three more."""
        self.stage.clock.advance(601)

    @property
    def host(self) -> str:
        """As a browser names it."""
        return urlsplit(self.stage.settings.public_url).netloc

    async def offered(self, user: str = "ada", place: str = "music") -> tuple[Reply, Offer]:
        """Ask for a login link, and wait until the bot knows where it was shown."""
        reply = await self.stage.discord.seat(user, place).run("/link")
        offer = self.stage.offer(reply)
        async with asyncio.timeout(5):
            while self.rows("SELECT 1 FROM login WHERE nonce NOT NULL AND notice IS NULL"):
                await self.send("GET", "/health")
        return reply, offer

    async def send(
        self, method: str, path: str, *cookies: str, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request to the bot's pages, as it stands; `cookies` are values of the bot's own."""
        settings = self.stage.settings
        sent = {"Host": self.host} | (headers or {})
        if settings.trusted_proxy is not None:
            number = next(self._addresses)
            sent.setdefault("X-Forwarded-For", f"10.0.{number // 250}.{number % 250}")
        if cookies:
            sent["Cookie"] = "; ".join(f"{self.cookie_name}={value}" for value in cookies)
        url = URL(f"http://{settings.host}:{settings.port}{path}", encoded=True)
        async with self.http.request(method, url, headers=sent, allow_redirects=False) as got:
            text = await got.text(errors="replace")
            page = read(str(url), got.status, text, got.headers.copy())
            cookie = got.cookies.get(self.cookie_name)
            answer = Answer(
                **vars(page),
                location=got.headers.get("Location", ""),
                cookie=cookie.value if cookie else "",
                set_cookie=got.headers.get("Set-Cookie", ""),
            )
        self.answers.append(answer)
        return answer

    async def press(self, offer: Offer) -> Answer:
        """Press the button of the page behind the link."""
        return await self.send("POST", URL(offer.url).raw_path)

    async def agree(self, sent: Answer, who: str = "ada", *, accept: bool = True) -> Return:
        """Sign in where the browser was sent, Discord or Spotify: what it would bring back."""
        url = URL(sent.location)
        at_discord = str(url.origin()) == self.stage.discord.site
        yes = "authorize" if at_discord else "agree"
        form = {"answer": yes if accept else "cancel", "user" if at_discord else "account": who}
        asked = url.with_path(f"{url.path}/answer", keep_query=True)
        async with self.http.post(asked, data=form, allow_redirects=False) as answer:
            back = URL(answer.headers["Location"])
        there = Return(back.path, tuple(back.query.items()), (sent.cookie,))
        self.brought.append(there)
        return there

    async def bring(self, what: Return) -> Answer:
        """Come back to a door of the bot's."""
        query = URL.build(query=what.query).raw_query_string
        return await self.send("GET", f"{what.door}?{query}" if query else what.door, *what.cookies)

    async def before(self, door: str, user: str = "ada") -> tuple[Reply, Offer, Return]:
        """Everything up to this door, and what is to be brought there."""
        reply, offer = await self.offered(user)
        there = await self.agree(await self.press(offer), user)
        if there.door != door:
            there = await self.agree(await self.bring(there), user)
        assert there.door == door
        return reply, offer, there

    async def last_page(self, came_back: Answer) -> Answer:
        """Where the callback leads to; itself, where it leads nowhere."""
        if not came_back.location:
            return came_back
        assert came_back.location == "/done"
        return await self.send("GET", "/done", came_back.cookie)

    async def link(self, user: str = "ada") -> None:
        """All steps, each as it should be."""
        reply, offer, there = await self.before("/callback", user)
        page = await self.last_page(await self.bring(there))
        if code := code_on(page.text):
            await self.enter(offer, code)
        await reply.until("Linked to")

    async def form(self, offer: Offer) -> Reply:
        """Press the button beside the login link; the form, or why there is none."""
        (message,) = [one for one in offer.seat.messages() if one["id"] == offer.message["id"]]
        return await offer.seat.press(message, "Enter code")

    async def enter(self, offer: Offer, code: str) -> Reply:
        """Type a code into that form."""
        return await (await self.form(offer)).submit(code=code)

    @property
    def exchanges(self) -> int:
        """How often a code was shown to Spotify's token endpoint."""
        recorded = self.stage.spotify.accounts_recording.exchanges
        return sum(b"grant_type=authorization_code" in one.request_body for one in recorded)

    @property
    def sign_ins(self) -> int:
        """How often a code was shown to Discord's token endpoint."""
        recorded = self.stage.discord.recording.exchanges
        return sum(one.path.endswith("/oauth2/token") for one in recorded)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the database, read past the bot."""
        with closing(sqlite3.connect(self.stage.settings.database)) as db:
            return list(db.execute(sql))


@asynccontextmanager
async def steps(**settings: str) -> AsyncIterator[Steps]:
    """A stage, and a browser on it that does as it is told."""
    jar = aiohttp.DummyCookieJar()
    wanted: dict[str, Any] = {"TRUSTED_PROXY": "127.0.0.1"} | settings
    async with stage(**wanted) as it:
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            yield Steps(it, http)
