"""Requests of the checks, and the clocks of the servers that answer them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.errors.network import ConnectionProblem, connection_problem
from bot.spotify.response_body import read_body

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_MAX_BODY = 1024 * 1024  # bytes


@dataclass(frozen=True)
class Answer:
    """A response, with the names of its headers in any case."""

    status: int
    headers: Any = field(repr=False)
    body: bytes = field(repr=False)


class Requests:
    """Sends the checks' requests, and never follows a redirect.

    clock_errors  seconds by which this machine's clock is ahead of a server's, one for each answer
    """

    def __init__(self, http: aiohttp.ClientSession, *, now: Callable[[], float]) -> None:
        self.http = http
        self.clock_errors: list[float] = []
        self._now = now

    async def send(
        self, method: str, url: str, *, has_clock: bool = True, **options: Any
    ) -> Answer | ConnectionProblem:
        """The answer of a server, or why there is none.

        has_clock  whether the server has another clock than this machine, and a right one
        """
        try:
            async with self.http.request(
                method, url, allow_redirects=False, timeout=_TIMEOUT, **options
            ) as response:
                body = await read_body(response, _MAX_BODY)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return connection_problem(error)
        if has_clock:
            self._compare_clocks(response.headers.get("Date", ""))
        return Answer(response.status, response.headers, body)

    def _compare_clocks(self, date: str) -> None:
        try:
            self.clock_errors.append(self._now() - parsedate_to_datetime(date).timestamp())
        except ValueError:
            return
