"""The gateway: the websocket that sends events to the bot, with resumable sessions."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.discord.gateway_session import Session
from sandbox.discord.payloads import guild_create
from sandbox.discord.state import GUILD_TEXT, DiscordState, Json
from sandbox.notifier import ChangeNotifier

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE_UPDATE, RESUME = 0, 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED = 4001, 4002, 4003
AUTHENTICATION_FAILED, ALREADY_AUTHENTICATED = 4004, 4005
INVALID_SEQ, RATE_LIMITED, TIMED_OUT, INVALID_SHARD = 4007, 4008, 4009, 4010
INVALID_VERSION, INVALID_INTENTS, DISALLOWED_INTENTS = 4012, 4013, 4014

GUILDS_INTENT = 1 << 0
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
KNOWN_INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
MAX_PAYLOAD_SIZE = 4096
MAX_SENDS, SEND_WINDOW = 120, 60.0
EMPTY_READY_FIELDS = ("private_channels", "relationships", "presences",
                      "geo_ordered_rtc_regions", "_trace")  # fmt: skip
ACK_DELAY = 0.05  # seconds; discord.py cannot handle an ACK without any latency


class GatewayCloseError(Exception):
    """A violation by the client, for which the gateway closes the connection."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Gateway:
    """Serves the websocket; tests can interrupt it.

    `close_codes` are the codes that clients sent, 1006 for a lost connection. With `ignores_close`,
    it does not answer a close, and keeps the connection.
    """

    def __init__(
        self, state: DiscordState, changes: ChangeNotifier, token: str, application_id: str
    ) -> None:
        self.close_codes: list[int] = []
        self.sessions: dict[str, Session] = {}
        self.identifies, self.resumes, self.max_concurrency = 0, 0, 1
        self.heartbeat_interval = 41_250  # milliseconds
        self.resume_url = ""
        self.ignores_close = False
        self.refuses_with = 0  # the code with which it closes any identify
        self.identify_interval = 0.0  # seconds; Discord has five, which each restart would wait for
        self.early_identifies = 0
        self._next_identify = 0.0
        self._state = state
        self._changes = changes
        self._token = token
        self._application_id = application_id
        self._sockets: dict[web.WebSocketResponse, web.Request] = {}
        self._acks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether a session is connected and got READY or RESUMED."""
        return any(session.socket is not None for session in self.sessions.values())

    async def dispatch(self, event: str, data: Json, guild_id: str | None = None) -> None:
        """Send an event to the sessions of its shard; disconnected sessions get it on resume."""
        for session in list(self.sessions.values()):
            if session.receives_guild(guild_id):
                await self._send_event(session, event, data)

    async def drop_connections(self) -> None:
        """Abort every connection. Clients can resume their sessions."""
        for socket, request in list(self._sockets.items()):
            self._disconnect(socket)
            if request.transport is not None:
                request.transport.abort()

    async def request_reconnect(self) -> None:
        """Ask every client to reconnect and resume (op 7)."""
        await self._broadcast({"op": RECONNECT, "d": None})

    async def invalidate_sessions(self, resumable: bool = False) -> None:
        """Tell every client that its session is invalid (op 9)."""
        if not resumable:
            self.sessions.clear()
        await self._broadcast({"op": INVALID_SESSION, "d": resumable})

    async def close(self) -> None:
        """Close every connection with code 1001."""
        for ack in list(self._acks):
            ack.cancel()
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def _broadcast(self, payload: Json) -> None:
        for socket in list(self._sockets):
            self._disconnect(socket)
            await _send_text(socket, json.dumps(payload))

    def _disconnect(self, socket: web.WebSocketResponse) -> None:
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket = None
        self._changes.notify()

    async def handle_connection(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection, from HELLO to its end."""
        socket = web.WebSocketResponse(max_msg_size=16_384, timeout=1.0, autoclose=False)
        await socket.prepare(request)
        self._sockets[socket] = request
        self._changes.notify()
        try:
            if request.query.get("v") != "10" or request.query.get("encoding") != "json":
                raise GatewayCloseError(INVALID_VERSION, "Invalid API version")
            await _send_text(socket, json.dumps(self._hello_payload()))
            await self._listen(socket)
        except GatewayCloseError as closed:
            self._disconnect(socket)
            await socket.close(code=closed.code, message=str(closed).encode())
        finally:
            self._disconnect(socket)
            del self._sockets[socket]
        return socket

    def _hello_payload(self) -> Json:
        return {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval}, "s": None}

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        session: Session | None = None
        receive_times: deque[float] = deque(maxlen=MAX_SENDS)
        timeout = self.heartbeat_interval / 1000 * 1.5
        while True:
            try:
                message = await socket.receive(timeout=timeout)
            except TimeoutError:
                raise GatewayCloseError(TIMED_OUT, "Session timed out") from None
            if message.type is not WSMsgType.TEXT:
                break
            now = self._state.clock()
            if len(receive_times) == MAX_SENDS and now - receive_times[0] < SEND_WINDOW:
                raise GatewayCloseError(RATE_LIMITED, "Rate limited")
            receive_times.append(now)
            session = await self._handle_payload(socket, session, *_decode(message.data))
        if message.type is WSMsgType.BINARY:
            raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload")
        if message.type is WSMsgType.CLOSING:
            return  # the gateway closed it
        code = message.data if message.type is WSMsgType.CLOSE else 1006
        self.close_codes.append(code)
        if self.ignores_close:
            await asyncio.Event().wait()  # handler_cancellation ends it when the client leaves
        await socket.close()
        if session is not None and code in (1000, 1001):
            self.sessions.pop(session.id, None)  # these codes end the session

    async def _handle_payload(
        self, socket: web.WebSocketResponse, session: Session | None, op: int, data: Any
    ) -> Session | None:
        if op == HEARTBEAT:
            ack = asyncio.create_task(self._send_heartbeat_ack(socket))
            self._acks.add(ack)
            ack.add_done_callback(self._acks.discard)
            return session
        if op in (IDENTIFY, RESUME):
            if session is not None:
                raise GatewayCloseError(ALREADY_AUTHENTICATED, "Already authenticated")
            if not isinstance(data, dict) or data.get("token") != self._token:
                raise GatewayCloseError(AUTHENTICATION_FAILED, "Authentication failed")
            if op == IDENTIFY and self.refuses_with:
                raise GatewayCloseError(self.refuses_with, "simulated")
            session = await (self._identify if op == IDENTIFY else self._resume)(socket, data)
            self._changes.notify()
            return session
        if session is None:
            raise GatewayCloseError(NOT_AUTHENTICATED, "Not authenticated")
        if op != PRESENCE_UPDATE:
            raise GatewayCloseError(UNKNOWN_OPCODE, "Unknown opcode")
        return session

    async def _send_heartbeat_ack(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(ACK_DELAY)
        await _send_text(socket, json.dumps({"op": HEARTBEAT_ACK, "d": None}))

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> Session | None:
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise GatewayCloseError(INVALID_INTENTS, "Invalid intent(s)")
        if intents & PRIVILEGED_INTENTS:
            raise GatewayCloseError(DISALLOWED_INTENTS, "Disallowed intent(s)")
        properties = data.get("properties")
        if not isinstance(properties, dict) or not {"os", "browser", "device"} <= set(properties):
            raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload")
        if time.monotonic() < self._next_identify:
            self.early_identifies += 1
            await _send_text(socket, json.dumps({"op": INVALID_SESSION, "d": False}))
            return None
        self._next_identify = time.monotonic() + self.identify_interval
        session = Session(
            self._state.random_string(), intents, _parse_shard(data.get("shard", [0, 1]))
        )
        for old in list(self.sessions.values()):
            if old.socket is None and old.shard == session.shard:
                del self.sessions[old.id]  # no client will resume it
        self.sessions[session.id] = session
        session.socket = socket
        self.identifies += 1
        guilds = [g for g in self._state.guilds if g.has_bot and session.receives_guild(g.id)]
        await self._send_event(
            session, "READY", self._ready_payload(session, [guild.id for guild in guilds])
        )
        for guild in guilds if intents & GUILDS_INTENT else ():
            channels = self._state.channels.values()
            here = [c for c in channels if c.kind == GUILD_TEXT and c.guild is guild]
            payload = guild_create(guild, here, self._state.bot)
            await self._send_event(session, "GUILD_CREATE", payload)
        return session

    def _ready_payload(self, session: Session, guild_ids: list[str]) -> Json:
        return {
            "v": 10,
            "user": {**self._state.bot.payload(), "verified": True, "mfa_enabled": False},
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "shard": list(session.shard),
            "application": {"id": self._application_id, "flags": 0},
            "session_type": "normal",
            "user_settings": {},
            **{name: [] for name in EMPTY_READY_FIELDS},
        }

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> Session | None:
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            await _send_text(socket, json.dumps({"op": INVALID_SESSION, "d": False}))
            return None
        seq = data.get("seq")
        if not isinstance(seq, int) or seq > session.seq:
            raise GatewayCloseError(INVALID_SEQ, "Invalid seq")
        self.resumes += 1
        while missed := [event for event in session.events if event[0] > seq]:
            for number, text in missed:  # new events may arrive meanwhile
                await _send_text(socket, text)
                seq = number
        session.socket = socket
        await self._send_event(session, "RESUMED", {})
        return session

    async def _send_event(self, session: Session, event: str, data: Json) -> None:
        session.seq += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": session.seq, "d": data})
        session.events.append((session.seq, text))
        if session.socket is not None:
            await _send_text(session.socket, text)


async def _send_text(socket: web.WebSocketResponse, text: str) -> None:
    with suppress(ConnectionError):  # the client will resume
        await socket.send_str(text)


def _decode(text: str) -> tuple[int, Any]:
    if len(text.encode()) > MAX_PAYLOAD_SIZE:
        raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload")
    try:
        payload = json.loads(text)
        op, data = payload["op"], payload["d"]
    except (ValueError, TypeError, KeyError):
        raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload") from None
    if isinstance(op, bool) or not isinstance(op, int):
        raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload")
    return op, data


def _parse_shard(value: object) -> tuple[int, int]:
    match value:
        case [int(number), int(count)] if 0 <= number < count:
            return number, count
    raise GatewayCloseError(INVALID_SHARD, "Invalid shard")
