"""Calls the simulated Web API over HTTP, without the bot."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.clock import Clock
from sandbox.spotify import Account, Player, Spotify
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS


@dataclass(frozen=True)
class HttpResponse:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The message of an error response, JSON or plain text."""
        try:
            return str(self.json["error"]["message"])
        except ValueError:
            return self.body.decode()


class ApiCaller:
    """Calls as Ada with a token for all scopes, unless a call names another user or scopes."""

    def __init__(self, spotify: Spotify, http: aiohttp.ClientSession) -> None:
        self.spotify = spotify
        self.http = http

    @property
    def account(self) -> Account:
        return self.spotify.accounts["ada"]

    @property
    def player(self) -> Player:
        return self.account.player

    async def __call__(
        self,
        method: str,
        path: str,
        sent: object = None,
        *,
        account: str | None = "ada",
        scopes: tuple[str, ...] = tuple(SCOPE_DESCRIPTIONS),
        token: str = "",
        **more: Any,
    ) -> HttpResponse:
        """Make a call; `path` is below /v1 or a whole URL, and `sent` is the JSON body."""
        token = token or self.spotify.issue_access_token(account, *scopes)
        url = path if path.startswith("http") else f"{self.spotify.api_url}/{path}"
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        if sent is not None:
            more["json"] = sent
        async with self.http.request(method, url, headers=headers, **more) as response:
            return HttpResponse(response.status, response.headers.copy(), await response.read())

    async def all_items(self, path: str) -> list[Any]:
        """Every item of a list, page after page by its `next`."""
        items: list[Any] = []
        url: str | None = path
        while url is not None:
            page = (await self("GET", url)).json
            items += page["items"]
            url = page["next"]
        return items


@asynccontextmanager
async def api_caller() -> AsyncIterator[ApiCaller]:
    """A simulated Spotify for one test, and a client that calls it as Ada."""
    async with Spotify(Clock()) as spotify, aiohttp.ClientSession() as http:
        yield ApiCaller(spotify, http)
