"""The Web API's door: who may come in, which endpoint is meant, and how the answer is sent."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from . import (
    catalogue_api,
    cover,
    library_api,
    playback_api,
    player_api,
    playlists_api,
    profile_api,
    refusals,
)
from .asking import Ask, Reply, Route, json_reply
from .interruptions import Interruptions
from .limits import Limits
from .nulls import Nulls
from .refusals import Refused, bad_request
from .removed import REMOVED
from .tokens import Access
from .world import World

CHAPTERS = (playback_api, player_api, library_api, playlists_api, catalogue_api, profile_api)
KEPT_CALLS = 20_000
ROOT = "/v1/"
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

    def __init__(self, world: World) -> None:
        self.world = world
        self.limits = Limits(world.clock)
        self.interruptions = Interruptions()
        self.nulls = Nulls()
        self.calls: list[Call] = []

    def routes(self) -> list[web.RouteDef]:
        """All endpoints, the removed ones and the covers."""
        return [
            *(
                web.route(route.method, ROOT + route.path, self._endpoint(route))
                for chapter in CHAPTERS
                for route in chapter.ROUTES
            ),
            *(web.route(method, ROOT + path, self._removed) for method, path in REMOVED),
            web.route("GET", "/image/{id}", _image),
        ]

    def _endpoint(self, route: Route) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            sent = await request.read()
            self.interruptions.strike(request.method, request.path)
            ask = self._ask(route, request, sent, self._admit(request))
            answered = route.handler(ask)
            request[EXECUTED] = True
            if answered is None and route.method != "GET":
                return _response(self._success())
            holed = self.nulls.strike(request.method, request.path, answered)
            return _response(_reply(holed))

        return answer

    async def _removed(self, request: web.Request) -> web.Response:
        self._admit(request)
        raise Refused(refusals.FORBIDDEN)

    def _admit(self, request: web.Request) -> Access:
        """What the caller's token allows; raises Refused for all that ends at the door."""
        header = request.headers.get("Authorization")
        if not header:
            raise Refused(refusals.TOKEN_MISSING)
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            raise Refused(refusals.NOT_A_BEARER)
        access = self.world.tokens.access(token)
        app = self.world.apps.get(access.client_id) if access else None
        if access is None or app is None:
            raise Refused(refusals.TOKEN_INVALID)
        if access.expires_at <= self.world.clock():
            raise Refused(refusals.TOKEN_EXPIRED)
        self.limits.check(app.client_id, request.method, request.path)
        if not app.owner_premium:
            raise Refused(refusals.OWNER_WITHOUT_PREMIUM)
        if access.account is not None and access.account not in app.allow_list:
            raise Refused(self.world.chance.choice(refusals.NOT_REGISTERED))
        return access

    def _ask(self, route: Route, request: web.Request, sent: bytes, access: Access) -> Ask:
        if route.user and access.account is None:
            raise Refused(refusals.NO_USER)
        ask = Ask(
            world=self.world,
            account=self.world.accounts[access.account] if access.account else None,
            scopes=access.scopes,
            address=request.path,
            path=request.match_info,
            query=dict(request.query),
            body=_body(route, request, sent),
        )
        ask.need(*route.scopes)
        if len(request.query) != len(ask.query):
            raise bad_request("Repeated query parameter")
        if unknown := ask.query.keys() - set(route.query):
            raise bad_request(f"Unknown query parameter: {min(unknown)}")
        ask.check()
        return ask

    def _success(self) -> Reply:
        """What a player command answers: a success, and a body that means nothing."""
        noise = base64.b64encode(self.world.chance.randbytes(24))
        page = b"<!DOCTYPE html><title>OK</title><p>" + noise
        return self.world.chance.choice(
            (
                Reply(204),
                Reply(200),
                Reply(202),
                Reply(200, noise),
                Reply(200, noise, "text/plain"),
                Reply(202, page, "text/html; charset=utf-8"),
            )
        )

    # ---- middlewares

    @property
    def count(self) -> Middleware:
        """The outermost middleware: writes down each call once it is over."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(ROOT):
                return await handler(request)
            status, request[EXECUTED] = 0, False
            try:
                response = await handler(request)
                gone = request.transport is None or request.transport.is_closing()
                status = 0 if gone else response.status
                return response
            finally:
                self._note(request, status)

        return count

    def _note(self, request: web.Request, status: int) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        access = self.world.tokens.access(token)
        call = Call(
            method=request.method,
            path=request.path.removeprefix(ROOT),
            query=dict(request.query),
            account=access.account if access else None,
            status=status,
            executed=request[EXECUTED],
        )
        self.calls.append(call)
        if len(self.calls) > KEPT_CALLS:
            del self.calls[: KEPT_CALLS // 2]
        self.world.changes.note()

    @property
    def refuse(self) -> Middleware:
        """The innermost middleware: makes answers of refusals."""

        @web.middleware
        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except Refused as refused:
                refusal = refused.refusal
            except web.HTTPMethodNotAllowed:
                refusal = refusals.WRONG_METHOD
            except web.HTTPNotFound:
                refusal = refusals.NO_SUCH_ENDPOINT
            return web.Response(status=refusal.status, body=refusal.body, headers=refusal.headers)

        return refuse


async def _image(request: web.Request) -> web.Response:
    picture = cover.png(request.match_info["id"])
    if picture is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=86400"}
    return web.Response(body=picture, content_type="image/png", headers=headers)


def _body(route: Route, request: web.Request, sent: bytes) -> object:
    """The JSON that was sent; None for nothing at all."""
    unsized = request.content_length is None and "Transfer-Encoding" not in request.headers
    if request.method in ("PUT", "POST") and unsized:
        raise Refused(refusals.LENGTH_REQUIRED)
    if not sent:
        return None
    if not route.body:
        raise bad_request("Unexpected body")
    if request.content_type != "application/json":
        raise Refused(refusals.MALFORMED_JSON)
    try:
        body = msgspec.json.decode(sent)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(refusals.MALFORMED_JSON) from None
    if body is None:
        raise Refused(refusals.MALFORMED_JSON)
    return body


def _reply(answered: object) -> Reply:
    if isinstance(answered, Reply):
        return answered
    return Reply(204) if answered is None else json_reply(200, answered)


def _response(reply: Reply) -> web.Response:
    headers = {} if reply.status == 204 else {"Content-Type": reply.content_type}
    return web.Response(status=reply.status, body=reply.body, headers=headers)
