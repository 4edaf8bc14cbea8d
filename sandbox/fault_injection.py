"""Misbehaviour on order: answers, delays, resets and stalls, per call or per share of calls."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

FaultAction = Literal["answer", "reset", "stall", "drip"]


@dataclass
class Fault:
    """One kind of misbehaviour.

    match    regular expression, searched in "METHOD /path"
    act      answer with status, body and headers; reset the connection; stall (say nothing until
             the client leaves); drip (one byte of the body every 0.2 s)
    executed whether the call takes effect before it goes wrong
    delay    seconds to wait first
    times    how many calls it still hits; None for all
    share    the share of matching calls that it hits, 0 to 1
    """

    pattern: str = ""
    action: FaultAction = "answer"
    status: int = 502
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    runs_first: bool = False
    delay: float = 0.0
    times: int | None = 1
    probability: float = 1.0
    hits: int = 0

    @property
    def exhausted(self) -> bool:
        return self.times is not None and self.hits >= self.times

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let this call go wrong; `handler` is what it would have come to."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.runs_first:
            await handler(request)
        return await _respond(self, request)


class FaultInjector:
    """What goes wrong, in the order in which it was set; `latency` (seconds) slows every call."""

    def __init__(self, seed: int = 0) -> None:
        self.latency = 0.0
        self._random = random.Random(seed)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()
        self.latency = 0.0

    def match(self, method: str, path: str) -> Fault | None:
        """The fault that hits this call, if any; counts the hit."""
        for fault in self._faults:
            if fault.exhausted or not re.search(fault.pattern, f"{method} {path}"):
                continue
            if fault.probability < 1.0 and self._random.random() >= fault.probability:
                continue
            fault.hits += 1
            return fault
        return None

    @property
    def middleware(self) -> Middleware:
        """For aiohttp's `middlewares`: the outermost one, so that nothing else sees the fault."""

        @web.middleware
        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.latency:
                await asyncio.sleep(self.latency)
            fault = self.match(request.method, request.path)
            if fault is None:
                return await handler(request)
            return await fault.apply(request, handler)

        return misbehave


async def _respond(fault: Fault, request: web.Request) -> web.StreamResponse:
    body = fault.body.encode() if isinstance(fault.body, str) else fault.body
    if fault.action == "answer":
        return web.Response(status=fault.status, body=body, headers=fault.headers)
    if fault.action == "drip":
        response = web.StreamResponse(status=fault.status, headers=fault.headers)
        await response.prepare(request)
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(0.2)
        return response
    if fault.action == "stall":
        await asyncio.Event().wait()  # cancelled when the client leaves: handler_cancellation
    elif request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
