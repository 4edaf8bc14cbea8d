"""Records requests and responses of a simulated service, for conformance tests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


@dataclass(frozen=True)
class Exchange:
    """One request and its response. `sent_at` is the response's time.perf_counter()."""

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
    """The last `max_entries` exchanges, oldest first."""

    def __init__(self, max_entries: int = 2000) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=max_entries)

    @property
    def middleware(self) -> Middleware:
        """Goes inside the fault middleware, so that it records the service's own responses."""

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
