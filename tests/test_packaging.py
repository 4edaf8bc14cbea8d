"""The files in packaging/: the systemd unit, both proxies before the real bot, and the image."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.web.middleware import MAX_REQUESTS
from sandbox.harness import bot_environment, free_port
from tests.program import ROOT, run_program, run_services
from tests.raw_http import REQUIRED_HEADERS

pytestmark = pytest.mark.package

PACKAGING = ROOT / "packaging"
HOST_NAME, UPSTREAM, INSTALLED = "music.example.org", "127.0.0.1:8080", "/opt/tonearm"
PROXIES = ("nginx", "caddy")
# The exposure that `systemd-analyze security` may compute, in tenths: 20 is "OK".
MAX_EXPOSURE = 20


def _run(*command: str | Path, **options: str | Path) -> str:
    """The output of a program that succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout + done.stderr)


# ---- systemd


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    installed = tmp_path / "tonearm"
    program = installed / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    unit = tmp_path / "tonearm.service"
    text = (PACKAGING / "tonearm.service").read_text()
    unit.write_text(text.replace(INSTALLED, str(installed)))
    assert _run("systemd-analyze", "verify", "--man=no", unit) == ""
    _run("systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", unit)


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
        site = (PACKAGING / "Caddyfile").read_text()
        _run("caddy", "validate", "--adapter", "caddyfile", "--config", PACKAGING / "Caddyfile")
        # Here it listens on loopback and without a certificate, which no authority would give.
        site = site.replace("{\n\tlog", "{\n\tadmin off\n\tlog", 1)
        site = site.replace(f"{HOST_NAME} {{", f"http://{HOST_NAME}:{port} {{\n\tbind 127.0.0.1", 1)
        (folder / "Caddyfile").write_text(site)
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    environment = os.environ | {"UPSTREAM": upstream, "HOME": str(folder)}
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
            assert page.status == 502
    assert "a-secret" not in log.read_text()


# ---- the image


def _instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and its argument."""
    text = (PACKAGING / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines]


async def test_image_has_all_that_the_bot_needs(tmp_path: Path) -> None:
    """Its files alone run the bot, as another user, with nothing writable but /data.

    No container runtime is needed: the packages come from this environment. That the packages
    install in the base image is not tested here.
    """
    image, data = tmp_path / "image", tmp_path / "data"
    image.mkdir()
    data.mkdir()
    for name, argument in _instructions():
        sources = argument.split()
        if name == "COPY" and not argument.startswith("--from"):
            for source in sources[:-1]:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, image / source)
    (image / ".venv/bin").mkdir(parents=True)
    program = image / ".venv/bin/python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    instructions = dict(_instructions())
    variables = dict(re.findall(r"(\w+)=(\S+)", instructions["ENV"]))
    for path in (image, *image.rglob("*")):
        path.chmod(0o555)
    async with run_services() as (discord, spotify):
        settings = variables | bot_environment(discord, spotify, data)
        # The image's user owns nothing there; root obeys the modes without its capabilities.
        as_user = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        bot = await asyncio.create_subprocess_exec(
            *as_user,
            *json.loads(instructions["ENTRYPOINT"]),
            cwd=image,
            env={"PATH": os.environ["PATH"], **settings},
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            discord.changes.bot_task = asyncio.ensure_future(bot.wait())
            await discord.wait_until_ready(timeout=20)
            discord.changes.bot_task = None
            bot.send_signal(getattr(signal, instructions["STOPSIGNAL"]))
            _, errors = await asyncio.wait_for(bot.communicate(), timeout=20)
            assert bot.returncode == 0, errors.decode()
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


def test_image_takes_no_secrets_in() -> None:
    copied = [argument for name, argument in _instructions() if name in ("COPY", "ADD")]
    assert not [argument for argument in copied if ".env" in argument.replace(".venv", "")]
