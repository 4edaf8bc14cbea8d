"""The pretend Discord as a whole: one loopback port with REST, gateway and attachments."""

from __future__ import annotations

import json
import mimetypes
from typing import Self

from aiohttp import web

from sandbox.clock import Clock
from sandbox.discord.authorize import Authorize
from sandbox.discord.platform import Platform
from sandbox.discord.rest import Rest
from sandbox.discord.seat import Seat
from sandbox.discord.view import view
from sandbox.discord.world import Json, User
from sandbox.faults import Fault, Faults
from sandbox.recording import Recording

LARGEST_BODY = 32 * 1024 * 1024
BACKLOG = 1024


class Discord(Platform):
    """An async context manager; while it is open, `url` answers.

    `faults` befall REST calls and the authorize page, and `recording` keeps what was said there.
    """

    def __init__(self, clock: Clock, *, seed: int = 0, port: int = 0) -> None:
        super().__init__(clock, seed)
        self.faults = Faults(seed)
        self.recording = Recording()
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None

    def __repr__(self) -> str:
        return f"<Discord {self.url}>"

    async def __aenter__(self) -> Self:
        rest = Rest(self)
        form = rest.middleware  # also outside of the recording, for bodies beyond all bounds
        api = web.Application(
            middlewares=[
                self.faults.middleware,
                form,
                self.recording.middleware,
                form,
                rest.door,
            ],
            client_max_size=LARGEST_BODY,
        )
        api.add_routes(rest.routes())
        people = web.Application(middlewares=[self.faults.middleware, self.recording.middleware])
        people.add_routes(Authorize(self).routes())
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_subapp("/api/v10", api)
        app.add_subapp("/oauth2", people)
        app.add_routes(
            [
                web.get("/gateway", self.gateway.serve),
                web.get("/gateway/", self.gateway.serve),
                web.get("/attachments/{channel}/{attachment}/{name}", self._attachment),
            ]
        )
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=BACKLOG)
        await site.start()
        port = self._runner.addresses[0][1]
        self.site = f"http://127.0.0.1:{port}"
        self.url = f"{self.site}/api/v10"
        self.gateway.resume_url = f"ws://127.0.0.1:{port}/gateway/"
        self.clock.listeners.append(self._time_moved)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.clock.listeners.remove(self._time_moved)
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _time_moved(self) -> None:
        self.interactions.wake()
        self.changes.note()

    def seat(self, user: str = "ada", place: str = "music") -> Seat:
        """A place to sit as this user. Raises LookupError where they cannot go."""
        return Seat(self, self._user(user), place)

    def view(self, user: str, place: str) -> Json:
        """All that this user sees with this place open, as JSON for a page."""
        return view(self, self._user(user), place)

    def _user(self, name: str) -> User:
        if name not in self.world.users:
            raise LookupError(f"nobody is called {name!r}; there are {', '.join(self.world.users)}")
        return self.world.users[name]

    async def _attachment(self, request: web.Request) -> web.Response:
        attachment_id, name = request.match_info["attachment"], request.match_info["name"]
        content = self.uploads.get(attachment_id)
        channel = self.world.channels.get(request.match_info["channel"])
        for post in channel.posts if channel else ():
            content = post.files.get(attachment_id, content)
        if content is None:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or ""
        shown = kind.startswith("image/") and kind != "image/svg+xml"
        return web.Response(
            body=content,
            content_type=kind if shown else "application/octet-stream",
            headers={"Content-Disposition": "inline" if shown else "attachment"},
        )


def too_many_requests(
    retry_after: float = 0.01, match: str = "", *, times: int | None = 1, everywhere: bool = False
) -> Fault:
    """A 429 as Discord sends it, to be added to `faults`. `retry_after` is in seconds."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after}
    return Fault(
        match=match,
        status=429,
        body=json.dumps({**body, "global": everywhere}),
        headers={
            "Content-Type": "application/json",
            "Via": "1.1 google",
            "Retry-After": str(int(retry_after) + 1),
            "X-RateLimit-Scope": "global" if everywhere else "user",
        },
        times=times,
    )
