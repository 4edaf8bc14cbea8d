"""The REST API: who may call what, and where each call leads."""

from __future__ import annotations

from zlib import crc32

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.field_schemas import ObjectOf, Snowflake, validate
from sandbox.discord.message_validation import CREATE_FLAGS, check_message
from sandbox.discord.messages import REPLY
from sandbox.discord.oauth import identified_user
from sandbox.discord.payloads import private_channel
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import json_response, read_body
from sandbox.discord.state import Channel, Json, Message

UNAUTHENTICATED_PREFIXES = (
    "/interactions/",
    "/webhooks/",
    "/oauth2/token",
)  # they have keys of their own
USER_TOKEN_ROUTES = ("GET /users/@me", "GET /oauth2/@me")  # who have signed in

# what a bot without the message content intent reads of what others write in a server
REDACTED_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


class RestApi:
    """The handlers, and the middleware that gives every answer Discord's form."""

    def __init__(self, discord: Platform) -> None:
        self._discord = discord

    def routes(self) -> list[web.RouteDef]:
        """Every route that is played; whatever else is asked for gets Discord's 404."""
        original = "/webhooks/{app}/{token}/messages/{message}"
        return [
            web.get("/users/@me", self.get_me),
            web.get("/oauth2/applications/@me", self.get_application),
            web.get("/applications/@me", self.get_application),
            web.get("/gateway/bot", self.get_gateway),
            web.get("/applications/{app}/commands", self.get_commands),
            web.put("/applications/{app}/commands", self.put_commands),
            web.get("/applications/{app}/emojis", self.list_emojis),
            web.post("/users/@me/channels", self.open_dm),
            web.post("/channels/{channel}/messages", self.create_message),
            web.get("/channels/{channel}/messages/{message}", self.get_message),
            web.patch("/channels/{channel}/messages/{message}", self.edit_message),
            web.delete("/channels/{channel}/messages/{message}", self.delete_message),
            web.post("/interactions/{id}/{token}/callback", self.create_response),
            web.post("/webhooks/{app}/{token}", self.create_follow_up),
            web.get(original, self.get_webhook_message),
            web.patch(original, self.edit_webhook_message),
            web.delete(original, self.delete_webhook_message),
            web.route("*", "/{rest:.*}", self.not_found),
        ]

    @property
    def error_middleware(self) -> Middleware:
        """Turns refusals into Discord's errors, and adds the limit headers."""

        @web.middleware
        async def discord_form(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await handler(request)
            except ApiError as error:
                response = json_response(error.payload, error.status)
                self._discord.changes.notify()
            except web.HTTPException as error:
                text = f"{error.status}: {error.reason}"
                response = json_response({"message": text, "code": 0}, error.status)
            response.headers.update(self._rate_limit_headers(request))
            return response

        return discord_form

    @property
    def auth_middleware(self) -> Middleware:
        """Checks the token."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._authenticate(request)
            return await handler(request)

        return check

    def _rate_limit_headers(self, request: web.Request) -> dict[str, str]:
        """Without these headers discord.py sends one request per route at a time."""
        resource = request.match_info.route.resource
        route = f"{request.method} {resource.canonical if resource else ''}"
        return {
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "999",
            "X-RateLimit-Reset": f"{self._discord.clock() + 1:.3f}",
            "X-RateLimit-Reset-After": "1.000",
            "X-RateLimit-Bucket": f"{crc32(route.encode()):08x}",
        }

    def _authenticate(self, request: web.Request) -> None:
        path = request.path.removeprefix("/api/v10")
        if path.startswith(UNAUTHENTICATED_PREFIXES):
            return
        people = f"{request.method} {path}" in USER_TOKEN_ROUTES
        if people and self._discord.tokens.authenticate(request.headers):
            return
        by_bot = request.headers.get("Authorization") == f"Bot {self._discord.token}"
        if not by_bot or path == "/oauth2/@me":  # which tells of a sign-in
            raise ApiError(0)

    async def not_found(self, request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def get_me(self, request: web.Request) -> web.Response:
        if sign_in := self._discord.tokens.authenticate(request.headers):
            return json_response(identified_user(sign_in))
        bot = self._discord.state.bot.payload()
        own = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None, "bio": ""}
        return json_response({**bot, **own})

    async def get_application(self, request: web.Request) -> web.Response:
        return json_response(self._discord.application_payload())

    async def get_gateway(self, request: web.Request) -> web.Response:
        gateway = self._discord.gateway
        starts = {
            "total": 1000,
            "remaining": max(0, 1000 - gateway.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return json_response(
            {"url": gateway.resume_url, "shards": 1, "session_start_limit": starts}
        )

    async def get_commands(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        return json_response(self._discord.commands)

    async def put_commands(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        body, _ = await read_body(request)
        return json_response(self._discord.command_registry.replace_all(body))

    async def list_emojis(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        return json_response({"items": []})

    def _check_application_id(self, request: web.Request) -> None:
        if request.match_info["app"] != self._discord.application_id:
            raise ApiError(10002)

    async def open_dm(self, request: web.Request) -> web.Response:
        body, _ = await read_body(request)
        form = ErrorCollector()
        validate(
            form, (), ObjectOf({"recipient_id": Snowflake(required=True)}, required=True), body
        )
        form.raise_if_any()
        world = self._discord.state
        user = world.find_user(str(body["recipient_id"]))
        if user is None or user.bot:
            raise ApiError(50033)
        return json_response(private_channel(world.find_channel(user, "dm")))

    def _find_channel(self, request: web.Request) -> Channel:
        channel = self._discord.state.channels.get(request.match_info["channel"])
        if channel is None:
            raise ApiError(10003)
        if not channel.has_bot:
            raise ApiError(50001)
        return channel

    def _find_message(self, request: web.Request) -> Message:
        channel = self._find_channel(request)
        post = self._discord.state.find_message(request.match_info["message"], channel)
        if post is None or post.visible_only_to is not None:  # private replies have webhooks only
            raise ApiError(10008)
        return post

    async def create_message(self, request: web.Request) -> web.Response:
        channel = self._find_channel(request)
        body, uploads = await read_body(request)
        world, messages = self._discord.state, self._discord.messages
        kept, names = messages.partition_attachments(body, uploads)
        check_message(body, uploaded=names, kept=kept, flags=CREATE_FLAGS)
        if channel.name == "dm" and channel.members[0].name in world.closed_dms:
            raise ApiError(50007)
        known: Json = {"flags": body.get("flags") or 0}
        if reference := body.get("message_reference"):
            target = world.find_message(str(reference["message_id"]), channel)
            if target is None:
                raise ApiError(10008)
            about = {"type": 0, "channel_id": channel.id, "message_id": target.id}
            known |= {"type": REPLY, "message_reference": about}
        if body.get("nonce") is not None:
            known["nonce"] = body["nonce"]
        post = Message(messages.empty_payload(channel, world.bot, **known), channel)
        return json_response(messages.create(post, body, uploads).data)

    async def get_message(self, request: web.Request) -> web.Response:
        post, bot = self._find_message(request), self._discord.state.bot
        mine = bot.id in (post.data["author"]["id"], *(one["id"] for one in post.data["mentions"]))
        hidden = {} if mine or post.channel.guild is None else REDACTED_CONTENT
        return json_response(post.data | hidden)

    async def edit_message(self, request: web.Request) -> web.Response:
        post = self._find_message(request)
        body, uploads = await read_body(request)
        if post.data["author"]["id"] != self._discord.state.bot.id:
            raise ApiError(50005)
        return json_response(self._discord.messages.edit(post, body, uploads).data)

    async def delete_message(self, request: web.Request) -> web.Response:
        post = self._find_message(request)
        if post.data["author"]["id"] != self._discord.state.bot.id:
            raise ApiError(50013)
        self._discord.state.delete_message(post)
        return web.Response(status=204)

    async def create_response(self, request: web.Request) -> web.Response:
        body, uploads = await read_body(request)
        where = request.match_info
        interactions = self._discord.interactions
        answer = interactions.respond(where["id"], where["token"], body, uploads)
        if request.query.get("with_response", "").lower() in ("1", "true"):
            return json_response(answer)
        return web.Response(status=204)

    async def create_follow_up(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.find_by_webhook(*_webhook_ids(request))
        body, uploads = await read_body(request)
        return json_response(interactions.create_follow_up(interaction, body, uploads).data)

    async def get_webhook_message(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.find_by_webhook(*_webhook_ids(request))
        return json_response(
            interactions.find_message(interaction, request.match_info["message"]).data
        )

    async def edit_webhook_message(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.find_by_webhook(*_webhook_ids(request))
        body, uploads = await read_body(request)
        post = interactions.find_message(interaction, request.match_info["message"])
        return json_response(interactions.edit_message(interaction, post, body, uploads).data)

    async def delete_webhook_message(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.find_by_webhook(*_webhook_ids(request))
        post = interactions.find_message(interaction, request.match_info["message"])
        interactions.delete_message(interaction, post)
        return web.Response(status=204)


def _webhook_ids(request: web.Request) -> tuple[str, str]:
    return request.match_info["app"], request.match_info["token"]
