"""Sends HTTP requests to the simulated Discord without a library, so that they may be invalid."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.discord import Discord
from sandbox.discord.interactions import Interaction


@dataclass(frozen=True)
class HttpResponse:
    """A response; `json` is None if it has no body."""

    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def code(self) -> object:
        return self.json.get("code") if isinstance(self.json, dict) else None

    def error_codes_at(self, path: str) -> list[str]:
        """The codes of the errors at a path such as "data.embeds.0.title"."""
        return error_codes(self.json, path)


def error_codes(payload: Mapping[str, Any], path: str) -> list[str]:
    """The codes that an error response of Discord lists at a path of the request's body."""
    errors = payload.get("errors", {})
    for key in path.split(".") if path else ():
        errors = errors.get(key, {})
    return [error["code"] for error in errors.get("_errors", [])]


class RestClient:
    """An HTTP client with the bot's token."""

    def __init__(self, discord_server: Discord, session: aiohttp.ClientSession) -> None:
        self.discord_server = discord_server
        self.session = session

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        token: str | None = None,
    ) -> HttpResponse:
        """Send a request; `files` are parts of a multipart body: name → (filename, content)."""
        headers = {"Authorization": f"Bot {token or self.discord_server.token}"}
        data: Any = None
        if files is not None:
            data = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
            data.add_field("payload_json", json.dumps(body))
            for name, (filename, content) in files.items():
                data.add_field(name, io.BytesIO(content), filename=filename)
        elif body is not None:
            headers["Content-Type"] = "application/json"
            data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        url = self.discord_server.url + path
        async with self.session.request(method, url, data=data, headers=headers) as response:
            content = await response.read()
            parsed = json.loads(content) if content else None
            return HttpResponse(response.status, response.headers, parsed)

    async def interaction(
        self, kind: int = 2, *, place: str = "music", **about: Any
    ) -> Interaction:
        """An interaction of Ada that no bot receives."""
        ada = self.discord_server.state.users["ada"]
        channel = self.discord_server.state.find_channel(ada, place)
        data = {"id": "1", "name": "play", "type": 1} if kind == 2 else {"custom_id": "x"}
        about = {"types": [0, 1], "command": "/play" if kind == 2 else "", **about}
        return await self.discord_server.interact(kind, ada, channel, data, **about)

    async def respond(self, interaction: Interaction, body: object, **about: Any) -> HttpResponse:
        """Send the initial response to an interaction; the result contains the message."""
        path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        return await self.call("POST", path, body, **about)

    def webhook_path(self, interaction: Interaction, rest: str = "") -> str:
        """The path of the interaction's webhook."""
        return f"/webhooks/{self.discord_server.application_id}/{interaction.token}{rest}"


@asynccontextmanager
async def rest_client(discord_server: Discord) -> AsyncIterator[RestClient]:
    async with aiohttp.ClientSession() as session:
        yield RestClient(discord_server, session)
