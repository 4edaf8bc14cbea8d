"""What was said on a pretend service's wire, for tests that hold it against a specification."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, which was ready `at` seconds of time.perf_counter().

    `query` holds the pairs in order, bodies are as sent.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    request_type: str
    request_body: bytes
    status: int
    response_type: str
    response_body: bytes
    sent_at: float


class TrafficLog:
    """The last `keep` exchanges, oldest first."""

    def __init__(self, max_entries: int = 2000) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=max_entries)

    @property
    def middleware(self) -> Middleware:
        """For aiohttp's `middlewares`, inside the faults: it records what the service meant."""

        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            sent = await request.read()
            response = await handler(request)
            if isinstance(response, web.Response):
                body = response.body if isinstance(response.body, bytes) else b""
                self.exchanges.append(
                    Exchange(
                        method=request.method,
                        path=request.path,
                        query=tuple(request.query.items()),
                        request_type=request.content_type,
                        request_body=sent,
                        status=response.status,
                        response_type=response.content_type,
                        response_body=body,
                        sent_at=perf_counter(),
                    )
                )
            return response

        return record
