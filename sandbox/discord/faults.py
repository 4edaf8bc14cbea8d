"""Faults between the bot and Discord, for each kind of request."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum

from aiohttp import web

from sandbox.fault_injection import Fault, FaultInjector

_AUTOCOMPLETE_RESULT = 8
_MAX_CHOICES_SIZE = 64 * 1024  # bytes
_CLOUDFLARE_PAGE = "<!DOCTYPE html><title>Access denied</title><h1>error code: 1015</h1>"


class RequestKind(StrEnum):
    """The last word of a request, as faults match it: "POST /path follow-up"."""

    FIRST_RESPONSE = "first-response"
    AUTOCOMPLETE = "autocomplete"
    FOLLOW_UP = "follow-up"
    EDIT = "edit"
    DELETION = "deletion"
    UPLOAD = "upload"
    DIRECT_MESSAGE = "direct-message"
    COMMAND_SYNC = "command-sync"


class DiscordFaults(FaultInjector):
    """Faults that match the kind of a request, which its path alone does not show."""

    async def describe(self, request: web.Request) -> str:
        kind = await _kind(request)
        return f"{request.method} {request.path}" + (f" {kind}" if kind else "")


async def _kind(request: web.Request) -> RequestKind | None:
    method, path = request.method, request.path
    if path.endswith("/commands") and method == "PUT":
        return RequestKind.COMMAND_SYNC
    if "/channels" in path and method == "POST":
        return RequestKind.DIRECT_MESSAGE
    if not ("/webhooks/" in path or path.endswith("/callback")):
        return None
    if request.content_type.startswith("multipart/"):
        return RequestKind.UPLOAD
    if path.endswith("/callback"):
        is_autocomplete = f'"type":{_AUTOCOMPLETE_RESULT}' in await _beginning(request)
        return RequestKind.AUTOCOMPLETE if is_autocomplete else RequestKind.FIRST_RESPONSE
    kinds = {
        "POST": RequestKind.FOLLOW_UP,
        "PATCH": RequestKind.EDIT,
        "DELETE": RequestKind.DELETION,
    }
    return kinds.get(method)


async def _beginning(request: web.Request) -> str:
    """The body without blanks; empty if it is too long for a list of choices."""
    if (request.content_length or 0) > _MAX_CHOICES_SIZE:
        return ""
    return "".join((await request.read()).decode(errors="replace").split())


def dropped_reply(pattern: str = "", *, times: int | None = 1) -> Fault:
    """Discord executes the request, and the connection breaks before its response."""
    return Fault(pattern, "reset", runs_first=True, times=times)


def connection_reset(pattern: str = "", *, times: int | None = 1) -> Fault:
    """The connection breaks before Discord reads the request."""
    return Fault(pattern, "reset", times=times)


def no_answer(pattern: str = "", *, times: int | None = 1) -> Fault:
    """Discord accepts the connection and never answers."""
    return Fault(pattern, "stall", times=times)


def late_answer(pattern: str = "", *, times: int | None = 1) -> Fault:
    """Discord executes the request, and never responds."""
    return Fault(pattern, "stall", runs_first=True, times=times)


def truncated_answer(pattern: str = "", *, times: int | None = 1) -> Fault:
    """Discord does what is asked, and its answer breaks off."""
    headers = {"Content-Type": "application/json"}
    return Fault(
        pattern, status=200, body='{"id":"1', headers=headers, runs_first=True, times=times
    )


def cloudflare_ban(pattern: str = "", *, times: int | None = 1) -> Fault:
    """Cloudflare refuses the bot's address: an HTML page with its code 1015, and no `Via`."""
    headers = {"Content-Type": "text/html", "Server": "cloudflare", "Retry-After": "600"}
    return Fault(pattern, status=429, body=_CLOUDFLARE_PAGE, headers=headers, times=times)


def too_many_requests(
    retry_after: float = 0.01, pattern: str = "", *, times: int | None = 1, everywhere: bool = False
) -> Fault:
    """A fault with Discord's 429. `retry_after` is in seconds."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after}
    return Fault(
        pattern=pattern,
        status=429,
        body=json.dumps({**body, "global": everywhere}),
        headers={
            "Content-Type": "application/json",
            "Via": "1.1 google",
            "Retry-After": str(int(retry_after) + 1),
            "X-RateLimit-Scope": "global" if everywhere else "user",
        },
        times=times,
    )


def refusal(
    status: int,
    pattern: str = "",
    *,
    code: int = 0,
    runs_first: bool = False,
    times: int | None = 1,
) -> Fault:
    """An error of Discord with this status and code; `runs_first`: after executing the request."""
    return Fault(
        pattern,
        status=status,
        body=json.dumps({"message": f"{status}: simulated", "code": code}),
        headers={"Content-Type": "application/json"},
        runs_first=runs_first,
        times=times,
    )


# All faults by name. discord.py repeats a request after a 500, but not after a 503.
FAULTS: dict[str, Callable[..., Fault]] = {
    "dropped reply": dropped_reply,
    "connection reset": connection_reset,
    "no answer": no_answer,
    "late answer": late_answer,
    "truncated answer": truncated_answer,
    "cloudflare ban": cloudflare_ban,
    "long rate limit": lambda pattern, **options: too_many_requests(1200, pattern, **options),
    "400": lambda pattern, **options: refusal(400, pattern, **options),
    "invalid body": lambda pattern, **options: refusal(400, pattern, code=50035, **options),
    "401": lambda pattern, **options: refusal(401, pattern, **options),
    "403": lambda pattern, **options: refusal(403, pattern, code=50001, **options),
    "503": lambda pattern, **options: refusal(503, pattern, **options),
    "500 after effect": lambda pattern, **options: refusal(
        500, pattern, runs_first=True, **options
    ),
}
