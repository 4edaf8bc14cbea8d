"""Checks that PUBLIC_URL leads to the login pages: DNS, TLS, the proxy, its headers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

from bot.command_line.checks.findings import Finding, failed, not_checked, ok, wrong
from bot.command_line.checks.requests import Answer, Requests
from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.network import ConnectionProblem, Obstacle
from bot.web.forwarded import Forwarding, Proxies
from bot.web.middleware import FORWARDING_HEADER, INSTANCE_HEADER, RequestGuard
from bot.web.probe import serve_probe

ADDRESS, LISTENING, PROXY = "PUBLIC_URL", "HOST and PORT", "TRUSTED_PROXY"
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
_MISDIRECTED = 421
_SHARED = "so all visitors share one limit"
_GATEWAY_ERRORS, _REDIRECTS = (502, 503, 504), (301, 302, 303, 307, 308)


async def check_address(requests: Requests, values: Mapping[str, Any]) -> list[Finding]:
    """Findings about the way from a browser to the login pages.

    If the bot does not run, this listens in its place meanwhile.
    """
    if not all(values.get(name) for name in ("public_url", "host", "port")):
        return [not_checked("Address", "PUBLIC_URL, HOST and PORT")]
    async with AsyncExitStack() as stack:
        local = await requests.send("GET", f"{_local_url(values)}/health", has_clock=False)
        if isinstance(local, ConnectionProblem):
            try:
                guard = _guard(values)
                await stack.enter_async_context(
                    serve_probe(guard, host=values["host"], port=values["port"])
                )
            except StartupError as error:
                kind = wrong if isinstance(error, ConfigError) else failed
                return [kind(LISTENING, str(error)), not_checked(ADDRESS, "a free port")]
            local = await requests.send("GET", f"{_local_url(values)}/health", has_clock=False)
        instance = local.headers.get(INSTANCE_HEADER) if isinstance(local, Answer) else None
        place = _upstream(values)
        if instance is None:
            text = f"Another program listens on {place}. Stop it, or set PORT to a free one."
            return [wrong(LISTENING, text), not_checked(ADDRESS, "a free port")]
        findings = [ok(LISTENING, f"Tonearm can listen on {place}.")]
        return findings + await check_public_url(requests, values, instance)


async def check_public_url(
    requests: Requests, values: Mapping[str, Any], instance: str
) -> list[Finding]:
    """Whether PUBLIC_URL leads to the process called `instance`, and what the proxy tells it."""
    url = values["public_url"]
    health = await requests.send("GET", f"{url}/health", has_clock=False)
    if isinstance(health, ConnectionProblem):
        return [_wrong(values, _unreachable(url, health))]
    reached = health.headers.get(INSTANCE_HEADER)
    if reached is None:
        return [_wrong(values, _wrong_answer(health, _upstream(values)))]
    if reached != instance:
        return [_wrong(values, f"It leads to another Tonearm than that on {_upstream(values)}.")]
    page = await requests.send("GET", f"{url}/privacy", has_clock=False)
    if isinstance(page, Answer) and page.status == _MISDIRECTED:
        text = "The proxy passes another Host header on, so every page is refused. "
        text += "In nginx, write: proxy_set_header Host $host;"
        return [wrong(ADDRESS, text)]
    if isinstance(page, ConnectionProblem) or page.status != 200:
        return [failed(ADDRESS, "Its pages do not answer properly. See the log of the proxy.")]
    return [
        ok(ADDRESS, "It leads to Tonearm, as seen from this machine."),
        _proxy_finding(url, health.headers.get(FORWARDING_HEADER, "")),
    ]


def _wrong(values: Mapping[str, Any], text: str) -> Finding:
    """`text`, or the simple reason without a proxy."""
    port, own = _port(values["public_url"]), values["port"]
    if values["public_url"].startswith("http:") and port != own:
        text = f"It has port {port}, but Tonearm listens on port {own}. Make them equal."
    return wrong(ADDRESS, text)


def _unreachable(url: str, problem: ConnectionProblem) -> str:
    port = _port(url)
    cures = {
        Obstacle.DNS: f"Add an A or AAAA record for {urlsplit(url).hostname}.",
        Obstacle.CERTIFICATE: "Let the proxy get a certificate for this name, as Caddy does.",
        Obstacle.TLS: f"Let the proxy answer https on port {port}.",
        Obstacle.REFUSED: f"Start the proxy, and let it listen on port {port}.",
        Obstacle.TIMEOUT: f"Open port {port} in the firewall, and point the name to this machine.",
        Obstacle.OTHER: "Look at the proxy and its log.",
    }
    return f"This machine cannot reach it: {problem.text}. {cures[problem.obstacle]}"


def _wrong_answer(answer: Answer, upstream: str) -> str:
    if answer.status in _GATEWAY_ERRORS:
        reason = f"The proxy answers {answer.status}: it does not reach Tonearm."
        return f"{reason} Point it to {upstream}."
    if answer.status in _REDIRECTS:
        return "It redirects to another address. Set PUBLIC_URL to the address where that ends."
    reason = f"Another server answers there, with {answer.status}."
    return f"{reason} Point the name, or the proxy, to Tonearm on {upstream}."


def _proxy_finding(url: str, forwarding: str) -> Finding:
    """Whether the limits of the login pages count each visitor alone."""
    match forwarding:
        case Forwarding.TRUSTED:
            return ok(PROXY, "The proxy names each visitor.")
        case Forwarding.IGNORED:
            cure = "Set it to the address of the proxy: 127.0.0.1 if that runs on this machine."
            return wrong(PROXY, f"It does not name your proxy, {_SHARED}. {cure}")
        case Forwarding.UNNAMED if url.startswith("https:"):
            cure = "In nginx, write: proxy_set_header X-Forwarded-For $remote_addr;"
            return wrong(PROXY, f"The proxy names no visitor, {_SHARED}. {cure}")
        case Forwarding.DIRECT if url.startswith("https:"):
            cure = "Let it send X-Forwarded-For, and set TRUSTED_PROXY to its address."
            return wrong(PROXY, f"The proxy names no visitor, {_SHARED}. {cure}")
    return ok(PROXY, "There is no proxy before the login pages.")


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _upstream(values: Mapping[str, Any]) -> str:
    return f"{values['host']} port {values['port']}"


def _local_url(values: Mapping[str, Any]) -> str:
    host = _ANY_ADDRESS.get(values["host"], values["host"])
    return f"http://[{host}]:{values['port']}" if ":" in host else f"http://{host}:{values['port']}"


def _guard(values: Mapping[str, Any]) -> RequestGuard:
    return RequestGuard(
        values["public_url"],
        form_targets=(),
        proxies=Proxies(values.get("trusted_proxy", ())),
        operator="",
        monotonic=time.monotonic,
    )
