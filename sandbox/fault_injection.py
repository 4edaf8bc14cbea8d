"""Injects faults below the application: error responses, delays, resets and stalls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.rules import Rule, RuleList

FaultAction = Literal["answer", "reset", "stall", "drip"]
DRIP_INTERVAL = 0.2  # seconds between two bytes


@dataclass
class Fault(Rule):
    """One kind of misbehaviour.

    action      answer with status, body and headers; reset the connection; stall (send nothing
                until the client leaves); drip (send the body byte by byte)
    runs_first  whether the request takes effect before it fails
    delay       seconds to wait first
    struck      set when the request took effect, or not, and the fault begins to act
    """

    action: FaultAction = "answer"
    status: int = 502
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    runs_first: bool = False
    delay: float = 0.0
    struck: asyncio.Event = field(
        default_factory=asyncio.Event, init=False, repr=False, compare=False
    )

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Respond with the fault; `handler` is the application's own handler."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.runs_first:
            await handler(request)
        self.struck.set()
        return await self._respond(request)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        if self.action == "answer":
            return web.Response(status=self.status, body=body, headers=self.headers)
        if self.action == "drip":
            response = web.StreamResponse(status=self.status, headers=self.headers)
            await response.prepare(request)
            for byte in body:
                await response.write(bytes([byte]))
                await asyncio.sleep(DRIP_INTERVAL)
            return response
        if self.action == "stall":
            await asyncio.Event().wait()  # handler_cancellation ends it when the client leaves
        elif request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)


class FaultInjector(RuleList[Fault]):
    """The faults of one server. `latency` (seconds) delays every request.

    `on_hit` is called when a request meets a fault.
    """

    def __init__(self, seed: int = 0, on_hit: Callable[[], None] = lambda: None) -> None:
        super().__init__(seed)
        self.latency = 0.0
        self._on_hit = on_hit

    def clear(self) -> None:
        super().clear()
        self.latency = 0.0

    async def describe(self, request: web.Request) -> str:
        """The text in which the patterns of the faults are searched."""
        return f"{request.method} {request.path}"

    @property
    def middleware(self) -> Middleware:
        """The outermost middleware, so that no inner one sees a faulty request or response."""

        @web.middleware
        async def inject(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.latency:
                await asyncio.sleep(self.latency)
            fault = next(self.matching(await self.describe(request)), None)
            if fault is None:
                return await handler(request)
            self._on_hit()
            return await fault.apply(request, handler)

        return inject
