"""How long each account's calls took, as the pretend Spotify sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.fault_injection import FaultInjector
from sandbox.spotify.oauth_tokens import TokenStore

Span = tuple[float, float]


class Waits(FaultInjector):
    """Writes down for each account when a call came and when its answer was ready."""

    def __init__(self, tokens: TokenStore) -> None:
        super().__init__()
        self.of: defaultdict[str, list[Span]] = defaultdict(list)
        self._tokens = tokens

    @property
    def middleware(self) -> Middleware:
        faulty = super().middleware

        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            came = perf_counter()
            try:
                return await faulty(request, handler)
            finally:
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                if (access := self._tokens.find_access_token(token)) and access.account:
                    self.of[access.account].append((came, perf_counter()))

        return watch


def sequential(spans: Iterable[Span], until: float) -> float:
    """Seconds in which at least one was under way, up to that time."""
    total = end = 0.0
    for came, ready in sorted(spans):
        total += max(0.0, min(ready, until) - max(came, end))
        end = max(end, ready)
    return total
