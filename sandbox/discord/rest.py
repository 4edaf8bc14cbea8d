"""The REST API: who may call what, and where each call leads."""

from __future__ import annotations

from zlib import crc32

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.discord.api_error import ApiError, Form
from sandbox.discord.bodies import read, write
from sandbox.discord.messages import REPLY
from sandbox.discord.payloads import private_channel
from sandbox.discord.platform import Platform
from sandbox.discord.rules import CREATE_FLAGS, check_message
from sandbox.discord.shapes import Id, Shape, check
from sandbox.discord.token_api import TokenApi, own_user
from sandbox.discord.world import Channel, Json, Post

OPEN_TO_ALL = ("/interactions/", "/webhooks/", "/oauth2/token")  # they have keys of their own
OPEN_TO_PEOPLE = ("GET /users/@me", "GET /oauth2/@me")  # who have signed in

# what a bot without the message content intent reads of what others write in a server
WITHOUT_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


class Rest:
    """The handlers, and the middleware that gives every answer Discord's form."""

    def __init__(self, discord: Platform) -> None:
        self._discord = discord
        self._tokens = TokenApi(discord)

    def routes(self) -> list[web.RouteDef]:
        """Every route that is played; whatever else is asked for gets Discord's 404."""
        original = "/webhooks/{app}/{token}/messages/{message}"
        return [
            web.get("/users/@me", self.me),
            *self._tokens.routes(),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/applications/@me", self.application),
            web.get("/gateway/bot", self.gateway),
            web.get("/applications/{app}/commands", self.get_commands),
            web.put("/applications/{app}/commands", self.put_commands),
            web.get("/applications/{app}/emojis", self.emojis),
            web.post("/users/@me/channels", self.open_dm),
            web.post("/channels/{channel}/messages", self.create_message),
            web.get("/channels/{channel}/messages/{message}", self.get_message),
            web.patch("/channels/{channel}/messages/{message}", self.edit_message),
            web.delete("/channels/{channel}/messages/{message}", self.delete_message),
            web.post("/interactions/{id}/{token}/callback", self.first_answer),
            web.post("/webhooks/{app}/{token}", self.follow_up),
            web.get(original, self.get_answer),
            web.patch(original, self.edit_answer),
            web.delete(original, self.delete_answer),
            web.route("*", "/{rest:.*}", self.not_found),
        ]

    @property
    def middleware(self) -> Middleware:
        """Turns refusals into Discord's errors, and adds the limit headers."""

        @web.middleware
        async def discord_form(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await handler(request)
            except ApiError as error:
                response = write(error.payload, error.status)
                self._discord.changes.note()
            except web.HTTPException as error:
                text = f"{error.status}: {error.reason}"
                response = write({"message": text, "code": 0}, error.status)
            response.headers.update(self._limits(request))
            return response

        return discord_form

    @property
    def door(self) -> Middleware:
        """Checks the token."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._authenticate(request)
            return await handler(request)

        return check

    def _limits(self, request: web.Request) -> dict[str, str]:
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
        if path.startswith(OPEN_TO_ALL):
            return
        people = f"{request.method} {path}" in OPEN_TO_PEOPLE
        if people and self._discord.tokens.bearer(request.headers):
            return
        by_bot = request.headers.get("Authorization") == f"Bot {self._discord.token}"
        if not by_bot or path == "/oauth2/@me":  # which tells of a sign-in
            raise ApiError(0)

    async def not_found(self, request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def me(self, request: web.Request) -> web.Response:
        if sign_in := self._discord.tokens.bearer(request.headers):
            return write(own_user(sign_in))
        bot = self._discord.world.bot.payload()
        own = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None, "bio": ""}
        return write({**bot, **own})

    async def application(self, request: web.Request) -> web.Response:
        return write(self._discord.application())

    async def gateway(self, request: web.Request) -> web.Response:
        gateway = self._discord.gateway
        starts = {
            "total": 1000,
            "remaining": max(0, 1000 - gateway.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return write({"url": gateway.resume_url, "shards": 1, "session_start_limit": starts})

    async def get_commands(self, request: web.Request) -> web.Response:
        self._own(request)
        return write(self._discord.commands)

    async def put_commands(self, request: web.Request) -> web.Response:
        self._own(request)
        body, _ = await read(request)
        return write(self._discord.registry.put(body))

    async def emojis(self, request: web.Request) -> web.Response:
        self._own(request)
        return write({"items": []})

    def _own(self, request: web.Request) -> None:
        if request.match_info["app"] != self._discord.application_id:
            raise ApiError(10002)

    async def open_dm(self, request: web.Request) -> web.Response:
        body, _ = await read(request)
        form = Form()
        check(form, (), Shape({"recipient_id": Id(required=True)}, required=True), body)
        form.close()
        world = self._discord.world
        user = world.user_by_id(str(body["recipient_id"]))
        if user is None or user.bot:
            raise ApiError(50033)
        return write(private_channel(world.channel(user, "dm")))

    def _channel(self, request: web.Request) -> Channel:
        channel = self._discord.world.channels.get(request.match_info["channel"])
        if channel is None:
            raise ApiError(10003)
        if not channel.bot_inside:
            raise ApiError(50001)
        return channel

    def _message(self, request: web.Request) -> Post:
        channel = self._channel(request)
        post = self._discord.world.find(request.match_info["message"], channel)
        if post is None or post.seen_by is not None:  # private replies have webhooks only
            raise ApiError(10008)
        return post

    async def create_message(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        body, uploads = await read(request)
        world, messages = self._discord.world, self._discord.messages
        kept, names = messages.sort_attachments(body, uploads)
        check_message(body, uploaded=names, kept=kept, flags=CREATE_FLAGS)
        if channel.place == "dm" and channel.members[0].name in world.closed_dms:
            raise ApiError(50007)
        known: Json = {"flags": body.get("flags") or 0}
        if reference := body.get("message_reference"):
            target = world.find(str(reference["message_id"]), channel)
            if target is None:
                raise ApiError(10008)
            about = {"type": 0, "channel_id": channel.id, "message_id": target.id}
            known |= {"type": REPLY, "message_reference": about}
        if body.get("nonce") is not None:
            known["nonce"] = body["nonce"]
        post = Post(messages.blank(channel, world.bot, **known), channel)
        return write(messages.write(post, body, uploads).data)

    async def get_message(self, request: web.Request) -> web.Response:
        post, bot = self._message(request), self._discord.world.bot
        mine = bot.id in (post.data["author"]["id"], *(one["id"] for one in post.data["mentions"]))
        hidden = {} if mine or post.channel.guild is None else WITHOUT_CONTENT
        return write(post.data | hidden)

    async def edit_message(self, request: web.Request) -> web.Response:
        post = self._message(request)
        body, uploads = await read(request)
        if post.data["author"]["id"] != self._discord.world.bot.id:
            raise ApiError(50005)
        return write(self._discord.messages.edit(post, body, uploads).data)

    async def delete_message(self, request: web.Request) -> web.Response:
        post = self._message(request)
        if post.data["author"]["id"] != self._discord.world.bot.id:
            raise ApiError(50013)
        self._discord.world.remove(post)
        return web.Response(status=204)

    async def first_answer(self, request: web.Request) -> web.Response:
        body, uploads = await read(request)
        where = request.match_info
        interactions = self._discord.interactions
        answer = interactions.first_answer(where["id"], where["token"], body, uploads)
        if request.query.get("with_response", "").lower() in ("1", "true"):
            return write(answer)
        return web.Response(status=204)

    async def follow_up(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.by_webhook(*_webhook(request))
        body, uploads = await read(request)
        return write(interactions.follow_up(interaction, body, uploads).data)

    async def get_answer(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.by_webhook(*_webhook(request))
        return write(interactions.message(interaction, request.match_info["message"]).data)

    async def edit_answer(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.by_webhook(*_webhook(request))
        body, uploads = await read(request)
        post = interactions.message(interaction, request.match_info["message"])
        return write(interactions.edit(interaction, post, body, uploads).data)

    async def delete_answer(self, request: web.Request) -> web.Response:
        interactions = self._discord.interactions
        interaction = interactions.by_webhook(*_webhook(request))
        post = interactions.message(interaction, request.match_info["message"])
        interactions.delete(interaction, post)
        return web.Response(status=204)


def _webhook(request: web.Request) -> tuple[str, str]:
    return request.match_info["app"], request.match_info["token"]
