"""The simulated Discord: one loopback port with REST, OAuth, gateway and attachments."""

from __future__ import annotations

import mimetypes
from typing import Self

from aiohttp import web

from sandbox.clock import Clock
from sandbox.discord.faults import DiscordFaults
from sandbox.discord.oauth import PATH_PREFIX, DiscordOAuth
from sandbox.discord.page_view import build_view
from sandbox.discord.platform import Platform
from sandbox.discord.rest import RestApi
from sandbox.discord.state import Json, User
from sandbox.discord.user_client import UserClient
from sandbox.traffic_log import TrafficLog

MAX_BODY_SIZE = 101 * 1024 * 1024  # ten files of 10 MiB; the limit is one of each file
LISTEN_BACKLOG = 1024


class Discord(Platform):
    """An async context manager that serves at `url`.

    `faults` apply to REST calls, attachments and the consent page, and `traffic` records them.
    """

    def __init__(self, clock: Clock, *, seed: int = 0, port: int = 0) -> None:
        super().__init__(clock, seed)
        self.faults = DiscordFaults(seed, self.changes.notify)
        self.traffic = TrafficLog()
        self.oauth = DiscordOAuth(self)
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None

    def __repr__(self) -> str:
        return f"<Discord {self.url}>"

    async def __aenter__(self) -> Self:
        rest = RestApi(self)
        faults, traffic = self.faults.middleware, self.traffic.middleware
        errors = rest.error_middleware  # outside of the log, too: it may fail to read a huge body
        middlewares = [faults, errors, traffic, errors, rest.auth_middleware]
        api = web.Application(middlewares=middlewares, client_max_size=MAX_BODY_SIZE)
        api.add_routes([*self.oauth.token_routes(), *rest.routes()])
        consent = web.Application(middlewares=[faults, traffic])
        consent.add_routes(self.oauth.authorize_routes(PATH_PREFIX))
        files = web.Application(middlewares=[faults])
        files.router.add_get("/{channel}/{attachment}/{name}", self._serve_attachment)
        app = web.Application(client_max_size=MAX_BODY_SIZE)
        app.add_subapp("/api/v10", api)
        app.add_subapp("/attachments", files)
        app.add_subapp(PATH_PREFIX, consent)
        app.add_routes(
            [
                web.get("/gateway", self.gateway.handle_connection),
                web.get("/gateway/", self.gateway.handle_connection),
            ]
        )
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=LISTEN_BACKLOG)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = self.oauth.origin = f"http://127.0.0.1:{port}"
        self.url = f"{self.base_url}/api/v10"
        self.gateway.resume_url = f"ws://127.0.0.1:{port}/gateway/"
        self.clock.listeners.append(self._on_clock_advanced)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.clock.listeners.remove(self._on_clock_advanced)
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _on_clock_advanced(self) -> None:
        self.interactions.wake_waiters()
        self.changes.notify()

    def user_client(self, user: str = "ada", channel_name: str = "music") -> UserClient:
        """A client of this user in this channel. Raises LookupError if they have none."""
        return UserClient(self, self._find_user(user), channel_name)

    def page_view(self, user: str, channel_name: str) -> Json:
        """What this user sees with this channel open, as JSON for the demo page."""
        return build_view(self, self._find_user(user), channel_name)

    def _find_user(self, name: str) -> User:
        if name not in self.state.users:
            raise LookupError(f"there is no user {name!r}; there are {', '.join(self.state.users)}")
        return self.state.users[name]

    async def _serve_attachment(self, request: web.Request) -> web.Response:
        attachment_id, name = request.match_info["attachment"], request.match_info["name"]
        content = self.uploads.get(attachment_id)
        channel = self.state.channels.get(request.match_info["channel"])
        for message in channel.messages if channel else ():
            content = message.files.get(attachment_id, content)
        if content is None:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or ""
        inline = kind.startswith("image/") and kind != "image/svg+xml"
        return web.Response(
            body=content,
            content_type=kind if inline else "application/octet-stream",
            headers={"Content-Disposition": "inline" if inline else "attachment"},
        )
