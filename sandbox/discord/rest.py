"""The REST API: authentication, routes and handlers."""

from __future__ import annotations

from zlib import crc32

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.command_mentions import check_command_mentions
from sandbox.discord.field_schemas import ObjectOf, Snowflake, validate
from sandbox.discord.interactions import Interaction
from sandbox.discord.message_validation import CREATE_FLAGS, check_message
from sandbox.discord.messages import REPLY
from sandbox.discord.oauth import identified_user
from sandbox.discord.payloads import private_channel
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import json_response, read_body
from sandbox.discord.state import Channel, Json, Message

# These routes have their own tokens or secrets.
UNAUTHENTICATED_PREFIXES = ("/interactions/", "/webhooks/", "/oauth2/token")
USER_TOKEN_ROUTES = ("GET /users/@me", "GET /oauth2/@me")

# The fields that a bot without the message content intent gets empty for others' messages
REDACTED_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


class RestApi:
    """The handlers, and the middlewares for errors and authentication."""

    def __init__(self, discord: Platform) -> None:
        self._discord = discord
        self._interactions = discord.interactions

    def routes(self) -> list[web.RouteDef]:
        """All supported routes; any other path gets Discord's 404."""
        original = "/webhooks/{app}/{token}/messages/{message}"
        return [
            web.get("/users/@me", self.get_me),
            web.get("/oauth2/applications/@me", self.get_application),
            web.get("/applications/@me", self.get_application),
            web.get("/gateway/bot", self.get_gateway),
            web.get("/applications/{app}/commands", self.get_commands),
            web.put("/applications/{app}/commands", self.put_commands),
            web.get("/applications/{app}/emojis", self.list_emoji),
            web.post("/applications/{app}/emojis", self.create_emoji),
            web.delete("/applications/{app}/emojis/{emoji}", self.delete_emoji),
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
        """Converts errors to Discord's format, and adds the rate limit headers."""

        @web.middleware
        async def handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
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

        return handle_errors

    @property
    def auth_middleware(self) -> Middleware:
        """Refuses requests without a valid token."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._authenticate(request)
            return await handler(request)

        return check

    def _rate_limit_headers(self, request: web.Request) -> dict[str, str]:
        """The rate limit headers. Without them discord.py sends one request per route at a time."""
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
        for_users = f"{request.method} {path}" in USER_TOKEN_ROUTES
        if for_users and self._discord.tokens.authenticate(request.headers):
            return
        is_bot = request.headers.get("Authorization") == f"Bot {self._discord.token}"
        if not is_bot or path == "/oauth2/@me":  # for user tokens only
            raise ApiError(0)

    async def not_found(self, request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def get_me(self, request: web.Request) -> web.Response:
        if grant := self._discord.tokens.authenticate(request.headers):
            return json_response(identified_user(grant))
        bot = self._discord.state.bot.payload()
        private = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return json_response({**bot, **private, "bio": ""})

    async def get_application(self, request: web.Request) -> web.Response:
        return json_response(self._discord.application_payload())

    async def get_gateway(self, request: web.Request) -> web.Response:
        gateway = self._discord.gateway
        start_limit = {
            "total": 1000,
            "remaining": max(0, 1000 - gateway.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": gateway.max_concurrency,
        }
        payload = {"url": gateway.resume_url, "shards": 1, "session_start_limit": start_limit}
        return json_response(payload)

    async def get_commands(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        return json_response(self._discord.commands)

    async def put_commands(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        body, _ = await read_body(request)
        return json_response(self._discord.command_registry.replace_all(body))

    async def list_emoji(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        return json_response(self._discord.emoji.payload())

    async def create_emoji(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        body, _ = await read_body(request)
        return json_response(self._discord.emoji.create(body), 201)

    async def delete_emoji(self, request: web.Request) -> web.Response:
        self._check_application_id(request)
        self._discord.emoji.delete(request.match_info["emoji"])
        return web.Response(status=204)

    def _check_application_id(self, request: web.Request) -> None:
        if request.match_info["app"] != self._discord.application_id:
            raise ApiError(10002)

    async def open_dm(self, request: web.Request) -> web.Response:
        body, _ = await read_body(request)
        errors = ErrorCollector()
        validate(
            errors, (), ObjectOf({"recipient_id": Snowflake(required=True)}, required=True), body
        )
        errors.raise_if_any()
        state = self._discord.state
        user = state.find_user(str(body["recipient_id"]))
        if user is None or user.bot:
            raise ApiError(50033)
        return json_response(private_channel(state.find_channel(user, "dm")))

    def _find_channel(self, request: web.Request) -> Channel:
        channel = self._discord.state.channels.get(request.match_info["channel"])
        if channel is None:
            raise ApiError(10003)
        if not channel.has_bot:
            raise ApiError(50001)
        return channel

    def _find_message(self, request: web.Request) -> Message:
        channel = self._find_channel(request)
        message = self._discord.state.find_message(request.match_info["message"], channel)
        if (
            message is None or message.visible_only_to is not None
        ):  # only webhooks reach ephemeral messages
            raise ApiError(10008)
        return message

    async def create_message(self, request: web.Request) -> web.Response:
        channel = self._find_channel(request)
        body, uploads = await read_body(request)
        state, messages = self._discord.state, self._discord.messages
        kept, names = messages.partition_attachments(body, uploads, channel)
        emoji_ids = messages.emoji.by_id
        check_message(body, uploaded=names, kept=kept, flags=CREATE_FLAGS, emoji_ids=emoji_ids)
        check_command_mentions(body, state.commands)
        if channel.name == "dm" and channel.members[0].name in state.closed_dms:
            raise ApiError(50007)
        fields: Json = {"flags": body.get("flags") or 0}
        if reference := body.get("message_reference"):
            target = state.find_message(str(reference["message_id"]), channel)
            if target is None:
                raise ApiError(10008)
            original = {"type": 0, "channel_id": channel.id, "message_id": target.id}
            fields |= {"type": REPLY, "message_reference": original}
        if body.get("nonce") is not None:
            fields["nonce"] = body["nonce"]
            if body.get("enforce_nonce") and (sent := state.find_nonce(channel, body["nonce"])):
                return json_response(sent.data)
        message = Message(messages.empty_payload(channel, state.bot, **fields), channel)
        return json_response(messages.create(message, body, uploads).data)

    async def get_message(self, request: web.Request) -> web.Response:
        message, bot = self._find_message(request), self._discord.state.bot
        mentions = [user["id"] for user in message.data["mentions"]]
        readable = bot.id in (message.data["author"]["id"], *mentions)
        hidden = {} if readable or message.channel.guild is None else REDACTED_CONTENT
        return json_response(message.data | hidden)

    async def edit_message(self, request: web.Request) -> web.Response:
        message = self._find_message(request)
        body, uploads = await read_body(request)
        if message.data["author"]["id"] != self._discord.state.bot.id:
            raise ApiError(50005)
        return json_response(self._discord.messages.edit(message, body, uploads).data)

    async def delete_message(self, request: web.Request) -> web.Response:
        message = self._find_message(request)
        if message.data["author"]["id"] != self._discord.state.bot.id:
            raise ApiError(50013)
        self._discord.state.delete_message(message)
        return web.Response(status=204)

    async def create_response(self, request: web.Request) -> web.Response:
        body, uploads = await read_body(request)
        ids = request.match_info
        payload = self._interactions.respond(ids["id"], ids["token"], body, uploads)
        if request.query.get("with_response", "").lower() in ("1", "true"):
            return json_response(payload)
        return web.Response(status=204)

    async def create_follow_up(self, request: web.Request) -> web.Response:
        interaction = self._find_interaction(request)
        body, uploads = await read_body(request)
        return json_response(self._interactions.create_follow_up(interaction, body, uploads).data)

    async def get_webhook_message(self, request: web.Request) -> web.Response:
        interaction = self._find_interaction(request)
        message_id = request.match_info["message"]
        return json_response(self._interactions.find_message(interaction, message_id).data)

    async def edit_webhook_message(self, request: web.Request) -> web.Response:
        interaction = self._find_interaction(request)
        body, uploads = await read_body(request)
        message = self._interactions.find_message(interaction, request.match_info["message"])
        self._interactions.edit_message(interaction, message, body, uploads)
        return json_response(message.data)

    async def delete_webhook_message(self, request: web.Request) -> web.Response:
        interaction = self._find_interaction(request)
        message = self._interactions.find_message(interaction, request.match_info["message"])
        self._interactions.delete_message(interaction, message)
        return web.Response(status=204)

    def _find_interaction(self, request: web.Request) -> Interaction:
        ids = request.match_info
        return self._interactions.find_by_webhook(ids["app"], ids["token"])
