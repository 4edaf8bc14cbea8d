"""The simulated Spotify: three servers on loopback, and the controls for tests."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.fault_injection import FaultInjector
from sandbox.notifier import ChangeNotifier
from sandbox.spotify import redirect_uris, short_link_hosts
from sandbox.spotify.error_responses import ApiError, rate_limited
from sandbox.spotify.oauth import SpotifyOAuth
from sandbox.spotify.oauth_tokens import TokenStore
from sandbox.spotify.page_view import build_view
from sandbox.spotify.rules import ApiRule, ApiRules, Effect, Hook, Nulls, Quota
from sandbox.spotify.sample_accounts import sample_state
from sandbox.traffic_log import TrafficLog

from ..clock import Clock
from .accounts import App
from .api import Call, WebApi
from .short_links import ShortLinks

HOST = "127.0.0.1"


class Spotify:
    """An async context manager that serves the API, the accounts service and the short links.

    Tests may read and change its state at any time. At the end it raises the errors of its own
    handlers. `lookups` lists the host names, with ports, that the bot tried to resolve.
    """

    def __init__(
        self, clock: Clock, *, seed: int = 0, api_port: int = 0, accounts_port: int = 0
    ) -> None:
        self.clock = clock
        self.changes = ChangeNotifier()
        self.faults = FaultInjector(seed, self.changes.notify)
        self.accounts_faults = FaultInjector(seed, self.changes.notify)
        self.traffic = TrafficLog()
        self.accounts_traffic = TrafficLog()
        self.api_url = self.accounts_url = ""
        self.client_id = _hex_id("tonearm")
        self.state = sample_state(clock, seed, self.changes)
        self.accounts = self.state.accounts
        self.apps = self.state.apps
        self.catalogue = self.state.catalogue
        self.playlists = self.state.playlists
        self.apps[self.client_id] = App(
            self.client_id,
            allowed_accounts={"ada", "grace", "linus"},
            client_secret=_hex_id("tonearm's secret"),
        )
        self.rules = ApiRules(clock)
        self._api = WebApi(self.state, self.rules)
        self.calls = self._api.calls
        self.oauth = SpotifyOAuth(self.state)
        self.short_links = ShortLinks(self.state.rng)
        self.short_links.targets["lantern"] = (
            f"{short_link_hosts.OPEN_URL}/track/{self.catalogue.regular_tracks[0].id}"
        )
        self._short_link_port = 0
        self.lookups: list[tuple[str, int]] = []
        self._ports = (api_port, accounts_port)
        self._runners: list[web.AppRunner] = []
        self._handler_errors: list[Exception] = []

    async def __aenter__(self) -> Self:
        api, accounts = self._ports
        watch = [self._api.call_log_middleware, self.faults.middleware, self.traffic.middleware]
        try:
            port = await self._listen(api, self._api.routes(), [*watch, self._api.error_middleware])
            self.state.origin = f"http://{HOST}:{port}"
            self.api_url = f"{self.state.origin}/v1"
            port = await self._listen(
                accounts,
                [*self.oauth.authorize_routes(), *self.oauth.token_routes()],
                [self.accounts_faults.middleware, self.accounts_traffic.middleware],
            )
            self.accounts_url = self.oauth.origin = f"http://{HOST}:{port}"
            self._short_link_port = await self._listen(
                0, self.short_links.routes(), [], short_link_hosts.server_ssl_context()
            )
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._close()
        if self._handler_errors:
            raise ExceptionGroup("the simulated Spotify has a bug", self._handler_errors)

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
        """Serve these routes; returns the port."""
        app = web.Application(
            middlewares=[*middlewares, self._collect_errors], client_max_size=32 * 1024**2
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
    def _collect_errors(self) -> Middleware:
        @web.middleware
        async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except (ApiError, web.HTTPException):
                raise
            except Exception as bug:
                self._handler_errors.append(bug)
                raise

        return remember

    # ---- apps and tokens

    def register_redirect_uri(self, redirect_uri: str, *, client_id: str | None = None) -> None:
        """Register a redirect URI of an app.

        Raises ValueError if Spotify's dashboard would refuse it, KeyError for an unknown app.
        """
        redirect_uris.validate_redirect_uri(redirect_uri)
        self.apps[client_id or self.client_id].redirect_uris.append(redirect_uri)

    def delete_app(self, client_id: str) -> App:
        """Delete an app, as its owner can in the dashboard; returns what `restore_app` takes.

        The accounts service answers invalid_client for it, and the API refuses its tokens.
        """
        return self.apps.pop(client_id)

    def restore_app(self, app: App) -> None:
        """Undo `delete_app`; its consents are valid again."""
        self.apps[app.client_id] = app

    @property
    def tokens(self) -> TokenStore:
        """The codes, consents and access tokens that the accounts service issued."""
        return self.state.tokens

    @property
    def client_secret(self) -> str:
        """The secret of the app `client_id`."""
        return self.apps[self.client_id].client_secret

    def issue_access_token(
        self, account: str | None, *scopes: str, client_id: str | None = None
    ) -> str:
        """An access token without a login; `account` None is an app without a user."""
        app = self.apps[client_id or self.client_id]
        lifetime = self.oauth.access_token_lifetime
        return self.tokens.issue_access_token(app.client_id, account, frozenset(scopes), lifetime)

    # ---- rules

    def on(
        self,
        pattern: str,
        do: Callable[[], object] | Effect,
        *,
        after: int = 0,
        times: int | None = 1,
        probability: float = 1.0,
    ) -> None:
        """Apply an effect to API calls whose "METHOD /path" the regular expression finds.

        The first `after` of these calls pass, and the next `times` get the effect (None: all). A
        function runs just before the API handles the call; an ErrorResponse refuses it. A call
        that a fault intercepts does not count, but one that the API refuses does.
        """
        effect = do if isinstance(do, Effect) else Hook(do)
        self.rules.add(
            ApiRule(pattern, do=effect, after=after, times=times, probability=probability)
        )

    def add_rate_limit(
        self, retry_after: int, *, times: int | None = 1, quota: bool = False, pattern: str = ""
    ) -> None:
        """Answer the next calls 429, with `retry_after` in seconds."""
        self.on(pattern, rate_limited(retry_after, quota=quota), times=times)

    def add_quota(self, pattern: str, calls: int, retry_after: float) -> None:
        """Let `calls` more calls pass, then refuse all for `retry_after` seconds of the clock."""
        self.on(pattern, Quota(retry_after), after=calls, times=None)

    def inject_nulls(self, pattern: str, *, every: int) -> None:
        """Replace every n-th list entry in the responses to these calls with null."""
        self.on(pattern, Nulls(every), times=None)

    def serve_stale_state(self, reads: int = 1) -> None:
        """After each player command, show this many reads the state before it; 0 for none.

        The reads of me/player, me/player/currently-playing and me/player/queue count, by account.
        """
        self.state.stale_state.serve(reads)

    # ---- calls and connections

    def calls_to(self, method: str, path: str) -> list[Call]:
        """The calls to this path below /v1, such as "me/player/play"."""
        return [call for call in self.calls if (call.method, call.path) == (method, path)]

    def connector(self) -> aiohttp.TCPConnector:
        """The bot's connector: it reaches the short link hosts and IP addresses only."""
        return short_link_hosts.loopback_connector(self._short_link_port, self.lookups)

    def page_view(self, account: str) -> dict[str, Any]:
        """What the demo page shows of this account."""
        return build_view(self.state, self.calls, account)


def _hex_id(name: str) -> str:
    """32 hex digits, like Spotify's client ids and secrets; always the same for a name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
