"""The Web API's door: who may come in, which endpoint is meant, and how the answer is sent."""

from __future__ import annotations

import base64
from dataclasses import dataclass

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
    """One call: its path below /v1, the name of the account behind it (None for none).

    status    what was answered; 0 if the connection ended without an answer
    executed  whether it took effect, whatever was answered
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
        """All endpoints, the removed ones and the covers."""
        return [
            *(
                web.route(route.method, API_PREFIX + route.path, self._handler_for(route))
                for chapter in ENDPOINT_MODULES
                for route in chapter.ROUTES
            ),
            *(
                web.route(method, API_PREFIX + path, self._removed_endpoint)
                for method, path in REMOVED_ENDPOINTS
            ),
            web.route("GET", "/image/{id}", _serve_cover),
        ]

    def _handler_for(self, route: Route) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            sent = await request.read()
            call = f"{request.method} {request.path}"
            self._rules.run_hooks(call)
            ask = self._build_request(route, request, sent, self._authorize(request))
            answered = route.handler(ask)
            request[EXECUTED] = True
            if answered is None and route.method != "GET":
                return _to_web_response(self._command_success())
            return _to_web_response(_to_api_response(self._rules.add_nulls(call, answered)))

        return answer

    async def _removed_endpoint(self, request: web.Request) -> web.Response:
        self._authorize(request)
        raise ApiError(error_responses.FORBIDDEN)

    def _authorize(self, request: web.Request) -> AccessToken:
        """What the caller's token allows; raises Refused for all that ends at the door."""
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
        self, route: Route, request: web.Request, sent: bytes, access: AccessToken
    ) -> ApiRequest:
        if route.user and access.account is None:
            raise ApiError(error_responses.USER_REQUIRED)
        ask = ApiRequest(
            state=self.state,
            account=self.state.accounts[access.account] if access.account else None,
            scopes=access.scopes,
            url_path=request.path,
            path_params=request.match_info,
            query=dict(request.query),
            body=_parse_body(route, request, sent),
        )
        ask.require_scopes(*route.scopes)
        if len(request.query) != len(ask.query):
            raise bad_request("Repeated query parameter")
        if unknown := ask.query.keys() - set(route.query):
            raise bad_request(f"Unknown query parameter: {min(unknown)}")
        ask.check_common_params()
        return ask

    def _command_success(self) -> ApiResponse:
        """What a player command answers: a success, and a body that means nothing."""
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
        """The outermost middleware: writes down each call once it is over."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(API_PREFIX):
                return await handler(request)
            status, request[EXECUTED] = 0, False
            try:
                response = await handler(request)
                gone = request.transport is None or request.transport.is_closing()
                status = 0 if gone else response.status
                return response
            finally:
                self._record_call(request, status)

        return count

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
        """The innermost middleware: makes answers of refusals."""

        @web.middleware
        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except ApiError as refused:
                refusal = refused.response
            except web.HTTPMethodNotAllowed:
                refusal = error_responses.METHOD_NOT_ALLOWED
            except web.HTTPNotFound:
                refusal = error_responses.ENDPOINT_NOT_FOUND
            return web.Response(status=refusal.status, body=refusal.body, headers=refusal.headers)

        return refuse


async def _serve_cover(request: web.Request) -> web.Response:
    picture = cover_art.render_png(request.match_info["id"])
    if picture is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=86400"}
    return web.Response(body=picture, content_type="image/png", headers=headers)


def _parse_body(route: Route, request: web.Request, sent: bytes) -> object:
    """The JSON that was sent; None for nothing at all."""
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
