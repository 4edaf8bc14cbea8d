"""Serves the pages that a check of PUBLIC_URL requests, while the bot does not run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.web import pages
from bot.web.listening import listen
from bot.web.middleware import MAX_BODY, RequestGuard, html_response


@asynccontextmanager
async def serve_probe(guard: RequestGuard, *, host: str, port: int) -> AsyncIterator[None]:
    """Answer as the bot answers, until the context ends. Raises StartupError."""

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"}, headers=guard.arrival_headers(request))

    async def privacy(_request: web.Request) -> web.Response:
        return html_response(pages.message("Tonearm", "This is a test of its address."))

    app = web.Application(client_max_size=MAX_BODY, middlewares=[guard.middleware])
    app.add_routes([web.get("/health", health), web.get("/privacy", privacy)])
    advice = "Set HOST and PORT to a free address."
    async with listen(app, guard, host=host, port=port, advice=advice):
        yield
