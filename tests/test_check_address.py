"""`python -m bot check`: whether PUBLIC_URL leads to the login pages, and what is in the way."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.command_line.checks.address import check_address
from bot.command_line.checks.findings import Finding, Mark
from bot.errors.network import ConnectionProblem, Obstacle, connection_problem
from bot.web.forwarded import Proxies
from bot.web.middleware import RequestGuard
from bot.web.probe import serve_probe
from sandbox.certificates import TlsContexts, issue_certificate
from sandbox.harness import Harness, free_port
from sandbox.reverse_proxy import ReverseProxy, SimulatedDns
from tests.findings import Checked, expect, requests_of, run_checked

HOST = "music.example.org"
YEAR = timedelta(days=365)
ADDRESS, PROXY, LISTENING = "PUBLIC_URL", "TRUSTED_PROXY", "HOST and PORT"
OK, WRONG, NOTE = Mark.OK, Mark.WRONG, Mark.NOTE


async def _check_behind(
    it: Checked,
    proxy: ReverseProxy,
    tls: TlsContexts,
    *,
    is_https: bool = True,
    names: tuple[str, ...] = (HOST,),
    trusted: str = "127.0.0.1",
) -> list[Finding]:
    """The findings with this proxy, which stops before if it is None."""
    async with proxy.serve(tls.server if is_https else None):
        connector = aiohttp.TCPConnector(resolver=SimulatedDns(*names), ssl=tls.client)
        async with requests_of(connector) as requests:
            url = {"PUBLIC_URL": f"https://{HOST}:{proxy.port}", "TRUSTED_PROXY": trusted}
            return await check_address(requests, it.values(url))


async def test_each_fault_of_the_proxy_is_told_apart(tmp_path: Path) -> None:
    good = issue_certificate([HOST], valid_for=YEAR)
    other_name = issue_certificate(["other.example.org"], valid_for=YEAR)
    expired = issue_certificate([HOST], valid_for=-timedelta(days=1))
    untrusted = TlsContexts(issue_certificate([HOST], valid_for=YEAR).server, good.client)
    async with run_checked(tmp_path) as it, _another_tonearm() as other:
        port = int(it.environ["PORT"])
        for proxy, options, part in (
            (ReverseProxy(port), {"names": ()}, f"Add an A or AAAA record for {HOST}."),
            (ReverseProxy(port), {"tls": other_name}, "certificate is not valid (Hostname mism"),
            (ReverseProxy(port), {"tls": expired}, "certificate is not valid (certificate has ex"),
            (ReverseProxy(port), {"tls": untrusted}, "certificate is not valid (self-signed"),
            (ReverseProxy(port), {"is_https": False}, "does not answer with TLS"),
            (ReverseProxy(port, passes_host=False), {}, "proxy_set_header Host $host;"),
            (ReverseProxy(free_port()), {}, "answers 502: it does not reach Tonearm. Point it t"),
            (ReverseProxy(port, status=404), {}, "Another server answers there, with 404"),
            (ReverseProxy(port, status=200), {}, "Another server answers there, with 200"),
            (ReverseProxy(port, status=301, location="/x"), {}, "redirects to another address"),
            (ReverseProxy(other), {}, "leads to another Tonearm"),
        ):
            tls = options.pop("tls", good)
            findings = await _check_behind(it, proxy, tls, **options)  # type: ignore[arg-type]
            expect(findings, LISTENING, OK, str(port))
            expect(findings, ADDRESS, WRONG, part)
        async with requests_of(aiohttp.TCPConnector(resolver=SimulatedDns(HOST))) as requests:
            values = it.values({"PUBLIC_URL": f"https://{HOST}:{free_port()}"})
            findings = await check_address(requests, values)
        expect(findings, ADDRESS, WRONG, "the connection was refused. Start the proxy")


async def test_what_the_proxy_says_of_visitors_is_checked(tmp_path: Path) -> None:
    tls = issue_certificate([HOST], valid_for=YEAR)
    async with run_checked(tmp_path) as it:
        port = int(it.environ["PORT"])
        for proxy, trusted, mark, part in (
            (ReverseProxy(port), "127.0.0.1", OK, "names each visitor"),
            (ReverseProxy(port), "10.0.0.0/8, 127.0.0.1", OK, "names each visitor"),
            (ReverseProxy(port), "", WRONG, "Set it to the address of the proxy: 127.0.0.1"),
            (ReverseProxy(port), "10.0.0.0/8", WRONG, "does not name your proxy"),
            (ReverseProxy(port, names_visitor=False), "127.0.0.1", WRONG, "proxy_set_header X-For"),
            (ReverseProxy(port, names_visitor=False), "", WRONG, "and set TRUSTED_PROXY to its"),
        ):
            findings = await _check_behind(it, proxy, tls, trusted=trusted)
            expect(findings, ADDRESS, OK, "as seen from this machine")
            expect(findings, PROXY, mark, part)


async def test_port_of_a_loopback_address_is_compared(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests, _another_tonearm() as other:
        port = it.environ["PORT"]
        for wrong in (free_port(), other):
            values = it.values({"PUBLIC_URL": f"http://127.0.0.1:{wrong}"})
            findings = await check_address(requests, values)
            expect(findings, ADDRESS, WRONG, f"port {wrong}, but Tonearm listens on port {port}")
        forwarded = ReverseProxy(int(port), passes_host=True)  # as a container's port
        async with forwarded.serve(None):
            values = it.values({"PUBLIC_URL": f"http://127.0.0.1:{forwarded.port}"})
            expect(await check_address(requests, values), ADDRESS, OK, "leads to Tonearm")


async def test_port_of_another_program_is_named(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests:
        async with ReverseProxy(0, status=200).serve(None) as web_server:
            findings = await check_address(requests, it.values({"PORT": str(web_server.port)}))
            expect(findings, LISTENING, WRONG, "Another program listens on 127.0.0.1 port")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
            findings = await check_address(requests, it.values({"PORT": str(port)}))
            expect(findings, LISTENING, WRONG, "Set HOST and PORT to a free address.")
        findings = await check_address(requests, it.values({"HOST": ".."}))
        expect(findings, LISTENING, WRONG, "Set HOST and PORT")


async def test_running_bot_is_checked_itself(harness: Harness, tmp_path: Path) -> None:
    it = Checked(harness.discord, harness.spotify, tmp_path)
    settings = harness.settings
    it.environ |= {"PUBLIC_URL": settings.public_url, "PORT": str(settings.port)}
    async with requests_of() as requests:
        findings = await check_address(requests, it.values())
    expect(findings, ADDRESS, OK, "leads to Tonearm")
    expect(findings, LISTENING, OK, str(settings.port))


def test_each_error_of_a_connection_has_its_words() -> None:
    for error, obstacle, text in (
        (TimeoutError(), Obstacle.TIMEOUT, "it does not answer in time"),
        (aiohttp.ConnectionTimeoutError(), Obstacle.TIMEOUT, "it does not answer in time"),
        (
            socket.gaierror(socket.EAI_NONAME, "canary"),
            Obstacle.DNS,
            "its name has no address in the DNS",
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "canary"),
            Obstacle.OTHER,
            "the DNS of this machine does not answer",
        ),
        (ConnectionResetError(104, "canary"), Obstacle.OTHER, "the connection broke"),
        (aiohttp.ServerDisconnectedError("canary"), Obstacle.OTHER, "the connection broke"),
        (OSError(101, "canary"), Obstacle.OTHER, "network is unreachable"),
        (aiohttp.ClientPayloadError("canary"), Obstacle.OTHER, "its answer cannot be read"),
        (aiohttp.InvalidURL("canary"), Obstacle.OTHER, "InvalidURL"),
    ):
        assert connection_problem(error) == ConnectionProblem(obstacle, text)


@asynccontextmanager
async def _another_tonearm() -> AsyncIterator[int]:
    """The port of another Tonearm, with the same PUBLIC_URL."""
    guard = RequestGuard(
        f"https://{HOST}",
        form_targets=(),
        proxies=Proxies(()),
        operator="",
        monotonic=time.monotonic,
    )
    port = free_port()
    async with serve_probe(guard, host="127.0.0.1", port=port):
        yield port
