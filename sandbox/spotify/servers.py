"""The pretend Spotify as a whole: three servers on loopback and the handles to steer them."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..changes import Changes
from ..clock import Clock
from ..faults import Fault, Faults
from ..recording import Recording
from . import hosts, redirects
from .accounts import App
from .api import Call, WebApi
from .login import Login
from .people import a_world
from .refusals import Refused
from .short_links import ShortLinks, Visits
from .token_api import RefreshReply, TokenApi
from .view import view

HOST = "127.0.0.1"


class Spotify:
    """An async context manager: entered, it listens on three ports of loopback.

    Everything it has may be read and changed at any time, before it is entered too, except the
    addresses. Leaving it raises what went wrong inside it, if anything did.
    """

    def __init__(
        self, clock: Clock, *, seed: int = 0, api_port: int = 0, accounts_port: int = 0
    ) -> None:
        self.clock = clock
        self.changes = Changes()
        self.faults = Faults(seed)
        self.accounts_faults = Faults(seed)
        self.recording = Recording()
        self.accounts_recording = Recording()
        self.api_url = self.accounts_url = ""
        self.client_id = _hexadecimal("tonearm")
        self.world = a_world(clock, seed, self.changes)
        self.accounts = self.world.accounts
        self.apps = self.world.apps
        self.catalogue = self.world.catalogue
        self.playlists = self.world.playlists
        self.apps[self.client_id] = App(
            self.client_id,
            allow_list={"ada", "grace", "linus"},
            client_secret=_hexadecimal("tonearm's secret"),
        )
        self._api = WebApi(self.world)
        self._login = Login(self.world)
        self._tokens = TokenApi(self.world)
        self._short = ShortLinks(self.world.chance)
        self._short.links["lantern"] = f"{hosts.OPEN_URL}/track/{self.catalogue.stock[0].id}"
        self._short_port = 0
        self.lookups: list[tuple[str, int]] = []
        self._ports = (api_port, accounts_port)
        self._runners: list[web.AppRunner] = []
        self._bugs: list[Exception] = []

    async def __aenter__(self) -> Self:
        api, accounts = self._ports
        watch = [self._api.count, self.faults.middleware, self.recording.middleware]
        try:
            port = await self._listen(api, self._api.routes(), [*watch, self._api.refuse])
            self.world.origin = f"http://{HOST}:{port}"
            self.api_url = f"{self.world.origin}/v1"
            port = await self._listen(
                accounts,
                [*self._login.routes(), *self._tokens.routes()],
                [self.accounts_faults.middleware, self.accounts_recording.middleware],
            )
            self.accounts_url = self._login.origin = f"http://{HOST}:{port}"
            self._short_port = await self._listen(0, self._short.routes(), [], hosts.server_side())
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()
        if self._bugs:
            raise ExceptionGroup("the pretend Spotify has a bug", self._bugs)

    async def _close(self) -> None:
        while self._runners:
            await self._runners.pop().cleanup()

    async def _listen(
        self,
        port: int,
        routes: list[web.RouteDef],
        middlewares: list[Middleware],
        tls: ssl.SSLContext | None = None,
    ) -> int:
        """Serve these routes; the port at which they are found."""
        app = web.Application(
            middlewares=[*middlewares, self._remember_bugs], client_max_size=32 * 1024**2
        )
        app.add_routes(routes)
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, HOST, port, backlog=1024, ssl_context=tls).start()
        return int(runner.addresses[0][1])

    @property
    def _remember_bugs(self) -> Middleware:
        @web.middleware
        async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except (Refused, web.HTTPException):
                raise
            except Exception as bug:
                self._bugs.append(bug)
                raise

        return remember

    # ---- apps and tokens

    def register(self, redirect_uri: str, *, client_id: str | None = None) -> None:
        """Let an app send people back to this address.

        Raises ValueError where Spotify's dashboard would refuse it, KeyError for an unknown app.
        """
        redirects.check(redirect_uri)
        self.apps[client_id or self.client_id].redirect_uris.append(redirect_uri)

    @property
    def client_secret(self) -> str:
        """The secret of the app that `client_id` names."""
        return self.apps[self.client_id].client_secret

    @property
    def refresh_reply(self) -> RefreshReply:
        """Which refresh token the answer to a refresh holds."""
        return self._tokens.refresh_reply

    @refresh_reply.setter
    def refresh_reply(self, reply: RefreshReply) -> None:
        self._tokens.refresh_reply = reply

    @property
    def access_token_lifetime(self) -> float:
        """Seconds, for tokens given from now on."""
        return self._tokens.lifetime

    @access_token_lifetime.setter
    def access_token_lifetime(self, seconds: float) -> None:
        self._tokens.lifetime = seconds

    def expire_access_tokens(self) -> None:
        """All access tokens there are end now."""
        self.world.tokens.expire_access()

    def end_consent(self, account: str) -> None:
        """This person's refresh tokens are answered invalid_grant from now on."""
        self.world.tokens.end_consents(account)

    def access_token(self, account: str | None, *scopes: str, client_id: str | None = None) -> str:
        """A token without the login, for tests of the API alone; None for an app's own."""
        app = self.apps[client_id or self.client_id]
        lifetime = self.access_token_lifetime
        return self.world.tokens.allow(app.client_id, account, frozenset(scopes), lifetime)

    # ---- limits and calls

    def rate_limit(
        self,
        retry_after: int,
        *,
        times: int | None = 1,
        quota: bool = False,
        match: str = "",
    ) -> None:
        """The next calls (whose "METHOD /path" has the pattern `match`) are answered 429."""
        self._api.limits.order(match, retry_after, times, quota=quota)

    def quota(self, match: str, calls: int, retry_after: float) -> None:
        """After `calls` more calls of this pattern, those that follow are QUOTA_EXCEEDED.

        That begins with the first refusal and lasts `retry_after` seconds of the clock, which
        Retry-After counts down; then it is forgotten.
        """
        self._api.limits.quota(match, calls, retry_after)

    def end_rate_limits(self) -> None:
        """Take back what `rate_limit` and `quota` ordered."""
        self._api.limits.clear()

    @property
    def allowance(self) -> tuple[int, float] | None:
        """How many calls each app may make in how many seconds; None for any number."""
        return self._api.limits.allowance

    @allowance.setter
    def allowance(self, allowance: tuple[int, float] | None) -> None:
        self._api.limits.allowance = allowance

    def interrupt(
        self, match: str, act: Callable[[], object], *, after: int = 0, times: int = 1
    ) -> None:
        """Call `act` just before calls whose "METHOD /path" has the pattern `match` are handled.

        `after` of them pass first, and then `times` of them are interrupted. Those that a fault
        keeps away from the API do not count; those that it refuses do.
        """
        self._api.interruptions.order(match, act, after, times)

    def end_interruptions(self) -> None:
        """Take back what `interrupt` ordered."""
        self._api.interruptions.clear()

    def nulls(self, match: str = "", *, every: int = 3) -> None:
        """Every third entry, say, of the lists in answers to such calls is null from now on."""
        self._api.nulls.order(match, every)

    def end_nulls(self) -> None:
        """Take back what `nulls` ordered."""
        self._api.nulls.clear()

    def late(self, reads: int = 1) -> None:
        """After each player command, so many answers tell the state from before it; 0 for none.

        Those are of me/player, me/player/currently-playing and me/player/queue, by account.
        """
        self.world.late.reads = reads

    @property
    def calls(self) -> list[Call]:
        """Every call to the API, oldest first; only the last ten thousand or so are kept."""
        return self._api.calls

    def calls_of(self, method: str, path: str) -> list[Call]:
        """The calls to this path below /v1, such as "me/player/play"."""
        return [one for one in self.calls if (one.method, one.path) == (method, path)]

    # ---- short links

    @property
    def short_links(self) -> dict[str, str]:
        """Id → address that spotify.link/{id} and open.spotify.com/s/{id} lead to in the end."""
        return self._short.links

    @property
    def short_hops(self) -> dict[tuple[str, str], Fault]:
        """(host, path) → what is answered there instead, as long as the fault is not spent."""
        return self._short.hops

    @property
    def short_recording(self) -> Visits:
        """Everything that the hosts of short links were asked."""
        return self._short.recording

    def connector(self) -> aiohttp.TCPConnector:
        """The bot's way out: to those hosts by https, to addresses in digits, and nowhere else.

        `lookups` lists every name, with its port, that any of these connectors was asked for.
        """
        return hosts.connector(self._short_port, self.lookups)

    # ---- looking

    def view(self, account: str) -> dict[str, Any]:
        """What the page shows of this account."""
        return view(self.world, self.calls, account)


def _hexadecimal(name: str) -> str:
    """32 digits, as of Spotify's client ids and secrets; always the same ones for a name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
