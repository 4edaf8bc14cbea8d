"""The files in packaging/: the systemd unit, and the proxies before the real bot."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import read_values
from bot.web.middleware import MAX_REQUESTS
from sandbox.harness import bot_environment, free_port
from tests.program import ROOT, run_program, run_services
from tests.raw_http import REQUIRED_HEADERS

pytestmark = pytest.mark.package

PACKAGING = ROOT / "packaging"
HOST_NAME, UPSTREAM, INSTALLED = "music.example.org", "127.0.0.1:8080", "/opt/tonearm"
PROXIES = ("nginx", "caddy", "caddy-processes")
# The exposure that `systemd-analyze security` may compute, in tenths: 20 is "OK".
MAX_EXPOSURE = 20


def _run(*command: str | Path, **options: str | Path) -> str:
    """The output of a program that succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout + done.stderr)


# ---- systemd


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    _check_unit(tmp_path, "tonearm.service", "tonearm.service")


def _check_unit(folder: Path, name: str, installed_name: str) -> None:
    installed = folder / "tonearm"
    program = installed / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    unit = folder / installed_name
    text = (PACKAGING / name).read_text()
    unit.write_text(text.replace(INSTALLED, str(installed)))
    assert _run("systemd-analyze", "verify", "--man=no", unit) == ""
    _run("systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", unit)


def test_unit_of_several_processes_differs_only_by_their_numbers(tmp_path: Path) -> None:
    """Its folder is the only one that it may write to, and the bot uses it with PostgreSQL."""
    lines = [
        set((PACKAGING / name).read_text().splitlines())
        for name in ("tonearm.service", "tonearm@.service")
    ]
    own = [line for line in lines[1] - lines[0] if not line.startswith(("#", "Description="))]
    assert sorted(own) == [
        "After=network-online.target postgresql.service",
        "Environment=PROCESS=%i/4 PORT=808%i",
    ]
    gone = [line for line in lines[0] - lines[1] if not line.startswith(("#", "Description="))]
    assert gone == ["After=network-online.target"]
    _check_unit(tmp_path, "tonearm@.service", "tonearm@2.service")
    upstreams = re.search(r"UPSTREAMS:(.*)}", (PACKAGING / "Caddyfile.processes").read_text())
    assert upstreams is not None
    assert upstreams[1].split() == [f"127.0.0.1:808{number}" for number in range(1, 5)]
    for number in range(1, 5):
        settings = {"PROCESS": f"{number}/4", "STATE_DIRECTORY": "/var/lib/tonearm"}
        values, problems = read_values(settings | {"DATABASE": "postgresql:///tonearm"})
        assert "PROCESS" not in problems
        assert values["database"].parent == Path("/var/lib/tonearm")


# ---- the proxies


@asynccontextmanager
async def _proxy(kind: str, folder: Path, upstream: str) -> AsyncIterator[tuple[int, Path]]:
    """The proxy with its file of packaging/, on a free port; the port and its log."""
    port, log = free_port(), folder / "proxy.log"
    if kind == "nginx":
        site = (PACKAGING / "nginx.conf").read_text().replace("listen [::]:80;", "")
        site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
        site = site.replace("/var/log/nginx/error.log", str(log))
        wrapped = f"""
            daemon off; pid {folder}/nginx.pid; error_log {log};
            events {{}}
            http {{
                {_nginx_folders(folder)}
                {site.replace(UPSTREAM, upstream)}
            }}"""
        (folder / "nginx.conf").write_text(wrapped)
        command = ["nginx", "-e", str(log), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        _run(*command, "-t")
    else:
        file = PACKAGING / ("Caddyfile" if kind == "caddy" else "Caddyfile.processes")
        site = file.read_text()
        _run("caddy", "validate", "--adapter", "caddyfile", "--config", file)
        # Here it listens on loopback and without a certificate, which no authority would give.
        site = site.replace("{\n\tlog", "{\n\tadmin off\n\tlog", 1)
        site = site.replace(f"{HOST_NAME} {{", f"http://{HOST_NAME}:{port} {{\n\tbind 127.0.0.1", 1)
        (folder / "Caddyfile").write_text(site)
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    environment = os.environ | {"UPSTREAM": upstream, "UPSTREAMS": upstream, "HOME": str(folder)}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=output, stderr=output
        )
    try:
        async with asyncio.timeout(20):
            while not await _is_open(port):
                assert process.returncode is None, log.read_text()
        yield port, log
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


def _nginx_folders(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.mark.parametrize("kind", PROXIES)
async def test_bot_works_behind_the_proxy(tmp_path: Path, kind: str) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        settings |= {"PUBLIC_URL": f"https://{HOST_NAME}", "TRUSTED_PROXY": "127.0.0.1"}
        upstream = f"127.0.0.1:{settings['PORT']}"
        async with (
            run_program(tmp_path, settings),
            _proxy(kind, tmp_path, upstream) as (port, _),
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser,
        ):
            await discord.wait_until_ready(timeout=20)
            named = {"Host": HOST_NAME}
            async with browser.get("/privacy", headers=named) as page:
                assert page.status == 200
                headers = {name.lower(): value for name, value in page.headers.items()}
                assert headers.items() >= REQUIRED_HEADERS.items()
                assert "strict-transport-security" in headers
            # Each visitor has a limit, and a forged header gives no other one.
            statuses = []
            for number in range(MAX_REQUESTS + 1):
                forged = named | {"X-Forwarded-For": f"192.0.2.{number}"}
                async with browser.get("/login/unknown", headers=forged) as page:
                    statuses.append(page.status)
            assert statuses.index(429) == MAX_REQUESTS
            elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
            async with (
                aiohttp.ClientSession(connector=elsewhere) as visitor,
                visitor.get(f"http://127.0.0.1:{port}/login/unknown", headers=named) as page,
            ):
                assert page.status == 410


@pytest.mark.parametrize("kind", PROXIES)
async def test_proxy_logs_no_login_link_while_the_bot_is_down(tmp_path: Path, kind: str) -> None:
    async with (
        _proxy(kind, tmp_path, f"127.0.0.1:{free_port()}") as (port, log),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser,
    ):
        address = "/login/a-secret-address?code=a-secret-code"
        async with browser.get(address, headers={"Host": HOST_NAME}) as page:
            assert page.status in (502, 503)
    assert "a-secret" not in log.read_text()


async def test_proxy_sends_visitors_to_the_processes_that_are_ready(tmp_path: Path) -> None:
    """One upstream does not run, and one is not ready; a third one answers everybody."""
    answers: list[str] = []

    async def start(stack: AsyncExitStack, name: str, ready: int) -> str:
        async def answer(request: web.Request) -> web.Response:
            if request.path == "/ready":
                return web.Response(status=ready)
            answers.append(name)
            return web.Response(text=name)

        server = TestServer(web.Application())
        server.app.router.add_get("/{path:.*}", answer)
        await server.start_server()
        stack.push_async_callback(server.close)
        return f"127.0.0.1:{server.port}"

    async with AsyncExitStack() as stack:
        upstreams = [
            f"127.0.0.1:{free_port()}",
            await start(stack, "disconnected", 503),
            await start(stack, "ready", 200),
        ]
        port, _ = await stack.enter_async_context(
            _proxy("caddy-processes", tmp_path, " ".join(upstreams))
        )
        async with asyncio.timeout(20):
            # The first look at each upstream ends soon after the start.
            while "ready" not in answers or answers[-8:] != ["ready"] * 8:
                for number in range(2, 10):  # visitors with an address each
                    source = aiohttp.TCPConnector(local_addr=(f"127.0.0.{number}", 0))
                    async with (
                        aiohttp.ClientSession(connector=source) as visitor,
                        visitor.get(
                            f"http://127.0.0.1:{port}/privacy", headers={"Host": HOST_NAME}
                        ) as page,
                    ):
                        assert page.status == 200


def test_compose_file_gives_each_process_its_number() -> None:
    compose = yaml.safe_load((PACKAGING / "compose.postgres.yaml").read_text())
    services = compose["services"]
    bots = {name: part for name, part in services.items() if name.startswith("bot")}
    shares = [part["environment"]["PROCESS"] for part in bots.values()]
    assert shares == [f"{number}/{len(bots)}" for number in range(1, len(bots) + 1)]
    upstreams = services["proxy"]["environment"]["UPSTREAMS"]
    assert upstreams.split() == [f"{name}:8080" for name in bots]
    for part in bots.values():
        settings = {name: str(value) for name, value in part["environment"].items()}
        values, problems = read_values(settings | {"TOKEN_KEYS": "ab" * 32})
        assert not problems.keys() & settings.keys()
        assert values["database"].parent == Path("/data")
        assert (ROOT / part["build"]["args"]["REQUIREMENTS"]).exists()
    used = {
        mount.partition(":")[0]
        for part in services.values()
        for mount in part["volumes"]
        if not mount.startswith(".")
    }
    assert used == set(compose["volumes"])
