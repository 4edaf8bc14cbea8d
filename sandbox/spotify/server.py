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

from sandbox.fault_injection import Fault, FaultInjector
from sandbox.notifier import ChangeNotifier
from sandbox.spotify import redirect_uris, short_link_hosts
from sandbox.spotify.error_responses import ApiError
from sandbox.spotify.oauth_api import OAuthApi, RefreshTokenReply
from sandbox.spotify.oauth_authorize import AuthorizeEndpoint
from sandbox.spotify.page_view import build_view
from sandbox.spotify.sample_accounts import sample_state
from sandbox.traffic_log import TrafficLog

from ..clock import Clock
from .accounts import App
from .api import Call, WebApi
from .short_links import ShortLinkLog, ShortLinks

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
        self.changes = ChangeNotifier()
        self.faults = FaultInjector(seed)
        self.accounts_faults = FaultInjector(seed)
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
        self._api = WebApi(self.state)
        self._authorize = AuthorizeEndpoint(self.state)
        self._oauth = OAuthApi(self.state)
        self._short_links = ShortLinks(self.state.rng)
        self._short_links.targets["lantern"] = (
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
                [*self._authorize.routes(), *self._oauth.routes()],
                [self.accounts_faults.middleware, self.accounts_traffic.middleware],
            )
            self.accounts_url = self._authorize.origin = f"http://{HOST}:{port}"
            self._short_link_port = await self._listen(
                0, self._short_links.routes(), [], short_link_hosts.server_ssl_context()
            )
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
        if self._handler_errors:
            raise ExceptionGroup("the pretend Spotify has a bug", self._handler_errors)

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
        """Let an app send people back to this address.

        Raises ValueError where Spotify's dashboard would refuse it, KeyError for an unknown app.
        """
        redirect_uris.validate_redirect_uri(redirect_uri)
        self.apps[client_id or self.client_id].redirect_uris.append(redirect_uri)

    @property
    def client_secret(self) -> str:
        """The secret of the app that `client_id` names."""
        return self.apps[self.client_id].client_secret

    @property
    def refresh_token_reply(self) -> RefreshTokenReply:
        """Which refresh token the answer to a refresh holds."""
        return self._oauth.refresh_token_reply

    @refresh_token_reply.setter
    def refresh_token_reply(self, reply: RefreshTokenReply) -> None:
        self._oauth.refresh_token_reply = reply

    @property
    def access_token_lifetime(self) -> float:
        """Seconds, for tokens given from now on."""
        return self._oauth.access_token_lifetime

    @access_token_lifetime.setter
    def access_token_lifetime(self, seconds: float) -> None:
        self._oauth.access_token_lifetime = seconds

    def expire_access_tokens(self) -> None:
        """All access tokens there are end now."""
        self.state.tokens.expire_access_tokens()

    def revoke_consent(self, account: str) -> None:
        """This person's refresh tokens are answered invalid_grant from now on."""
        self.state.tokens.revoke_consents(account)

    def issue_access_token(
        self, account: str | None, *scopes: str, client_id: str | None = None
    ) -> str:
        """A token without the login, for tests of the API alone; None for an app's own."""
        app = self.apps[client_id or self.client_id]
        lifetime = self.access_token_lifetime
        return self.state.tokens.issue_access_token(
            app.client_id, account, frozenset(scopes), lifetime
        )

    # ---- limits and calls

    def add_rate_limit(
        self,
        retry_after: int,
        *,
        times: int | None = 1,
        quota: bool = False,
        pattern: str = "",
    ) -> None:
        """The next calls (whose "METHOD /path" has the pattern `match`) are answered 429."""
        self._api.rate_limits.add_limit(pattern, retry_after, times, quota=quota)

    def add_quota(self, pattern: str, calls: int, retry_after: float) -> None:
        """After `calls` more calls of this pattern, those that follow are QUOTA_EXCEEDED.

        That begins with the first refusal and lasts `retry_after` seconds of the clock, which
        Retry-After counts down; then it is forgotten.
        """
        self._api.rate_limits.add_quota(pattern, calls, retry_after)

    def clear_rate_limits(self) -> None:
        """Take back what `rate_limit` and `quota` ordered."""
        self._api.rate_limits.clear()

    @property
    def call_allowance(self) -> tuple[int, float] | None:
        """How many calls each app may make in how many seconds; None for any number."""
        return self._api.rate_limits.allowance

    @call_allowance.setter
    def call_allowance(self, allowance: tuple[int, float] | None) -> None:
        self._api.rate_limits.allowance = allowance

    def on_call(
        self, pattern: str, callback: Callable[[], object], *, after: int = 0, times: int = 1
    ) -> None:
        """Call `act` just before calls whose "METHOD /path" has the pattern `match` are handled.

        `after` of them pass first, and then `times` of them are interrupted. Those that a fault
        keeps away from the API do not count; those that it refuses do.
        """
        self._api.call_hooks.add(pattern, callback, after, times)

    def clear_call_hooks(self) -> None:
        """Take back what `interrupt` ordered."""
        self._api.call_hooks.clear()

    def inject_nulls(self, pattern: str = "", *, every: int = 3) -> None:
        """Every third entry, say, of the lists in answers to such calls is null from now on."""
        self._api.null_injection.add(pattern, every)

    def clear_nulls(self) -> None:
        """Take back what `nulls` ordered."""
        self._api.null_injection.clear()

    def serve_stale_state(self, reads: int = 1) -> None:
        """After each player command, so many answers tell the state from before it; 0 for none.

        Those are of me/player, me/player/currently-playing and me/player/queue, by account.
        """
        self.state.stale_state.reads = reads

    @property
    def calls(self) -> list[Call]:
        """Every call to the API, oldest first; only the last ten thousand or so are kept."""
        return self._api.calls

    def calls_to(self, method: str, path: str) -> list[Call]:
        """The calls to this path below /v1, such as "me/player/play"."""
        return [one for one in self.calls if (one.method, one.path) == (method, path)]

    # ---- short links

    @property
    def short_link_targets(self) -> dict[str, str]:
        """Id → address that spotify.link/{id} and open.spotify.com/s/{id} lead to in the end."""
        return self._short_links.targets

    @property
    def short_link_responses(self) -> dict[tuple[str, str], Fault]:
        """(host, path) → what is answered there instead, as long as the fault is not spent."""
        return self._short_links.responses

    @property
    def short_link_requests(self) -> ShortLinkLog:
        """Everything that the hosts of short links were asked."""
        return self._short_links.log

    def connector(self) -> aiohttp.TCPConnector:
        """The bot's way out: to those hosts by https, to addresses in digits, and nowhere else.

        `lookups` lists every name, with its port, that any of these connectors was asked for.
        """
        return short_link_hosts.loopback_connector(self._short_link_port, self.lookups)

    # ---- looking

    def page_view(self, account: str) -> dict[str, Any]:
        """What the page shows of this account."""
        return build_view(self.state, self.calls, account)


def _hex_id(name: str) -> str:
    """32 digits, as of Spotify's client ids and secrets; always the same ones for a name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
