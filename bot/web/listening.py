"""Listens for the HTTP requests of an application, guarded by its middleware."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors.bot_error import StartupError
from bot.web.middleware import RequestGuard

_REASONS = {
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
    errno.EACCES: "only root may listen on a port below 1024",
}
_SHUTDOWN_GRACE = 0.8  # seconds for requests in progress


@asynccontextmanager
async def listen(
    app: web.Application, guard: RequestGuard, *, host: str, port: int, advice: str
) -> AsyncIterator[None]:
    """Serve the application until the context ends.

    advice  the next step if the address is in use or cannot be used

    Raises StartupError.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_GRACE)
    await runner.setup()
    server = runner.server
    assert server is not None
    server.request_handler = guard.reject_expect(server.request_handler)
    loop = asyncio.get_running_loop()
    try:
        try:
            listening = await loop.create_server(
                lambda: guard.make_connection(server, loop), host, port, backlog=1024
            )
        except (OSError, UnicodeError) as error:  # UnicodeError: no name of a host
            raise StartupError(
                f"Tonearm cannot listen on {host} port {port}: {_reason(error)}. {advice}"
            ) from None
        async with listening:
            yield
            listening.close()
            await runner.cleanup()
    finally:
        await runner.cleanup()


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "not the name of a host"
    if isinstance(error, socket.gaierror):
        return "no address belongs to this name"
    number = error.errno or errno.EADDRNOTAVAIL  # for which asyncio leaves it out since 3.12
    return _REASONS.get(number) or os.strerror(number)
