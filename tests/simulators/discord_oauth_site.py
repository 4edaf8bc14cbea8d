"""A website that signs users in with the simulated Discord, request by request."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from sandbox.clock import Clock
from sandbox.discord import Discord
from tests.simulators.discord_rest_client import HttpResponse

REDIRECT_URI = "http://127.0.0.1:9999/signed-in"

ParamChanges = dict[str, str | None]


@dataclass(frozen=True)
class OAuthSite:
    """An OAuth client of the simulated Discord."""

    discord: Discord
    http: aiohttp.ClientSession

    def authorize_params(self, **changed: str | None) -> dict[str, str]:
        """The parameters of a valid authorization URL, some of them changed or (None) left out."""
        return _with_changes(
            {
                "client_id": self.discord.application_id,
                "response_type": "code",
                "redirect_uri": REDIRECT_URI,
                "scope": "identify",
                "state": "some state&more",
            },
            changed,
        )

    async def authorize(self, **changed: str | None) -> HttpResponse:
        return await self.send(
            "GET",
            f"{self.discord.base_url}/oauth2/authorize",
            params=self.authorize_params(**changed),
        )

    async def press_button(
        self, answer: str = "authorize", user: str = "ada", **changed: str
    ) -> URL:
        """The URL to which the form redirects the browser."""
        url = f"{self.discord.base_url}/oauth2/authorize/answer"
        form = {"answer": answer, "user": user}
        sent = await self.send("POST", url, params=self.authorize_params(**changed), data=form)
        assert sent.status == 302
        return URL(sent.headers["Location"])

    async def token(self, **changed: str | None) -> HttpResponse:
        """A token request; by default the exchange of a new code."""
        form: ParamChanges = {
            "grant_type": "authorization_code",
            "redirect_uri": REDIRECT_URI,
            "client_id": self.discord.application_id,
            "client_secret": self.discord.client_secret,
        }
        if "code" not in changed:
            form["code"] = (await self.press_button()).query["code"]
        return await self.post("token", data=_with_changes(form, changed))

    async def post(self, path: str, **more: Any) -> HttpResponse:
        return await self.send("POST", f"{self.discord.url}/oauth2/{path}", **more)

    async def get(self, path: str, token: str, scheme: str = "Bearer") -> HttpResponse:
        headers = {"Authorization": f"{scheme} {token}"}
        return await self.send("GET", self.discord.url + path, headers=headers)

    async def send(self, method: str, url: str, **more: Any) -> HttpResponse:
        async with self.http.request(method, url, allow_redirects=False, **more) as response:
            is_json = response.content_type == "application/json"
            body = await (response.json() if is_json else response.text())
            return HttpResponse(response.status, response.headers, body)


def _with_changes(form: ParamChanges, changed: ParamChanges) -> dict[str, str]:
    return {name: value for name, value in (form | changed).items() if value is not None}


def basic_auth(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@asynccontextmanager
async def serve_oauth_site() -> AsyncIterator[OAuthSite]:
    """A simulated Discord, and a website whose redirect URI it knows."""
    async with Discord(Clock()) as discord, aiohttp.ClientSession() as http:
        discord.register_redirect_uri(REDIRECT_URI)
        yield OAuthSite(discord, http)
