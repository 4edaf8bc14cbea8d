"""The Web API: authentication, routing, request parsing and responses."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.spotify import (
    catalogue_api,
    cover_art,
    error_responses,
    library_api,
    playback_api,
    player_api,
    playlists_api,
    profile_api,
)
from sandbox.spotify.error_responses import ApiError, bad_request
from sandbox.spotify.oauth_tokens import AccessToken
from sandbox.spotify.removed_endpoints import REMOVED_ENDPOINTS
from sandbox.spotify.request import ApiRequest, ApiResponse, Route, json_response
from sandbox.spotify.rules import ApiRules
from sandbox.spotify.state import SpotifyState

ENDPOINT_MODULES = (
    playback_api,
    player_api,
    library_api,
    playlists_api,
    catalogue_api,
    profile_api,
)
MAX_CALLS = 20_000
API_PREFIX = "/v1/"
EXECUTED = web.RequestKey("executed", bool)


@dataclass(frozen=True)
class Call:
    """One call; `path` is below /v1, and `account` is the name of the token's account.

    status    of the response; 0 if the connection ended without one
    executed  whether the call took effect, whatever the response
    """

    method: str
    path: str
    query: dict[str, str]
    account: str | None
    status: int
    executed: bool


class WebApi:
    """The API's routes and middlewares."""

    def __init__(self, state: SpotifyState, rules: ApiRules) -> None:
        self.state = state
        self._rules = rules
        self.calls: list[Call] = []

    def routes(self) -> list[web.RouteDef]:
        """All endpoints, the removed endpoints and the covers."""
        return [
            *(
                web.route(route.method, API_PREFIX + route.path, self._handler_for(route))
                for module in ENDPOINT_MODULES
                for route in module.ROUTES
            ),
            *(
                web.route(method, API_PREFIX + path, self._removed_endpoint)
                for method, path in REMOVED_ENDPOINTS
            ),
            web.route("GET", "/image/{id}", _serve_cover),
        ]

    def _handler_for(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            body = await request.read()
            call = f"{request.method} {request.path}"
            self._rules.run_hooks(call)
            access = self._authorize(request)
            result = route.handler(self._build_request(route, request, body, access))
            request[EXECUTED] = True
            if result is None and route.method != "GET":
                return _to_web_response(self._command_success())
            response = _to_api_response(self._rules.change_lists(call, request.url, result))
            status, answer = self._rules.answer(call, response.status, response.body)
            return _to_web_response(replace(response, status=status, body=answer))

        return handle

    async def _removed_endpoint(self, request: web.Request) -> web.Response:
        self._authorize(request)
        raise ApiError(error_responses.FORBIDDEN)

    def _authorize(self, request: web.Request) -> AccessToken:
        """The grant of the caller's token. Raises ApiError for a refused token or app."""
        header = request.headers.get("Authorization")
        if not header:
            raise ApiError(error_responses.TOKEN_MISSING)
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            raise ApiError(error_responses.INVALID_AUTH_SCHEME)
        access = self.state.tokens.find_access_token(token)
        app = self.state.apps.get(access.client_id) if access else None
        if access is None or app is None:
            raise ApiError(error_responses.TOKEN_INVALID)
        if access.expires_at <= self.state.clock():
            raise ApiError(error_responses.TOKEN_EXPIRED)
        self._rules.check_limits(f"{request.method} {request.path}", app.client_id)
        if not app.owner_premium:
            raise ApiError(error_responses.OWNER_WITHOUT_PREMIUM)
        if access.account is not None and access.account not in app.allowed_accounts:
            raise ApiError(self.state.rng.choice(error_responses.USER_NOT_REGISTERED))
        return access

    def _build_request(
        self, route: Route, request: web.Request, body: bytes, access: AccessToken
    ) -> ApiRequest:
        if route.user and access.account is None:
            raise ApiError(error_responses.USER_REQUIRED)
        parsed = ApiRequest(
            state=self.state,
            account=self.state.accounts[access.account] if access.account else None,
            scopes=access.scopes,
            url_path=request.path,
            path_params=request.match_info,
            query=dict(request.query),
            body=_parse_body(route, request, body),
        )
        parsed.require_scopes(*route.scopes)
        if len(request.query) != len(parsed.query):
            raise bad_request("Repeated query parameter")
        if unknown := parsed.query.keys() - set(route.query):
            raise bad_request(f"Unknown query parameter: {min(unknown)}")
        parsed.check_common_params()
        return parsed

    def _command_success(self) -> ApiResponse:
        """The response to a player command: a success with a meaningless body."""
        noise = base64.b64encode(self.state.rng.randbytes(24))
        page = b"<!DOCTYPE html><title>OK</title><p>" + noise
        return self.state.rng.choice(
            (
                ApiResponse(204),
                ApiResponse(200),
                ApiResponse(202),
                ApiResponse(200, noise),
                ApiResponse(200, noise, "text/plain"),
                ApiResponse(202, page, "text/html; charset=utf-8"),
            )
        )

    # ---- middlewares

    @property
    def call_log_middleware(self) -> Middleware:
        """The outermost middleware: logs each call after it ended."""

        @web.middleware
        async def log_call(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(API_PREFIX):
                return await handler(request)
            status, request[EXECUTED] = 0, False
            try:
                response = await handler(request)
                lost = request.transport is None or request.transport.is_closing()
                status = 0 if lost else response.status
                return response
            finally:
                self._record_call(request, status)

        return log_call

    def _record_call(self, request: web.Request, status: int) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        access = self.state.tokens.find_access_token(token)
        call = Call(
            method=request.method,
            path=request.path.removeprefix(API_PREFIX),
            query=dict(request.query),
            account=access.account if access else None,
            status=status,
            executed=request[EXECUTED],
        )
        self.calls.append(call)
        if len(self.calls) > MAX_CALLS:
            del self.calls[: MAX_CALLS // 2]
        self.state.changes.notify()

    @property
    def error_middleware(self) -> Middleware:
        """The innermost middleware: converts errors to responses."""

        @web.middleware
        async def handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except ApiError as refused:
                error = refused.response
            except web.HTTPMethodNotAllowed:
                error = error_responses.METHOD_NOT_ALLOWED
            except web.HTTPNotFound:
                error = error_responses.ENDPOINT_NOT_FOUND
            error = self._rules.refusal(f"{request.method} {request.path}", error)
            return web.Response(status=error.status, body=error.body, headers=error.headers)

        return handle_errors


async def _serve_cover(request: web.Request) -> web.Response:
    picture = cover_art.render_png(request.match_info["id"])
    if picture is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=86400"}
    return web.Response(body=picture, content_type="image/png", headers=headers)


def _parse_body(route: Route, request: web.Request, sent: bytes) -> object:
    """The JSON of the body, or None without a body."""
    unsized = request.content_length is None and "Transfer-Encoding" not in request.headers
    if request.method in ("PUT", "POST") and unsized:
        raise ApiError(error_responses.LENGTH_REQUIRED)
    if not sent:
        return None
    if not route.body:
        raise bad_request("Unexpected body")
    if request.content_type != "application/json":
        raise ApiError(error_responses.MALFORMED_JSON)
    try:
        body = msgspec.json.decode(sent)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ApiError(error_responses.MALFORMED_JSON) from None
    if body is None:
        raise ApiError(error_responses.MALFORMED_JSON)
    return body


def _to_api_response(result: object) -> ApiResponse:
    if isinstance(result, ApiResponse):
        return result
    return ApiResponse(204) if result is None else json_response(200, result)


def _to_web_response(reply: ApiResponse) -> web.Response:
    headers = {} if reply.status == 204 else {"Content-Type": reply.content_type}
    return web.Response(status=reply.status, body=reply.body, headers=headers)
