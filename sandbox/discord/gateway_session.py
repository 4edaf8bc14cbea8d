"""A bot's session at the gateway."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

MAX_BUFFERED_EVENTS = 1000


@dataclass(eq=False)
class Session:
    """A bot's session, which outlives its connections and buffers events for a resume."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    events: deque[tuple[int, str]] = field(
        default_factory=lambda: deque(maxlen=MAX_BUFFERED_EVENTS)
    )
    socket: web.WebSocketResponse | None = None

    def receives_guild(self, guild_id: str | None) -> bool:
        number, count = self.shard
        return (int(guild_id) >> 22) % count == number if guild_id else number == 0
