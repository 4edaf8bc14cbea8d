"""The image of packaging/Dockerfile, without a container runtime."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from sandbox.harness import bot_environment
from tests.program import ROOT, run_services

pytestmark = pytest.mark.package

PACKAGING = ROOT / "packaging"


def _instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and its argument."""
    text = (PACKAGING / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines]


def _build(image: Path) -> None:
    """Make the files of the image, of which nobody may write any."""
    (image / ".venv/bin").mkdir(parents=True)
    program = image / ".venv/bin/python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program.chmod(0o555)
    for name, argument in _instructions():
        if name == "COPY" and not argument.startswith("--from"):
            for source in argument.split()[:-1]:
                if (ROOT / source).is_dir():
                    ignored = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(ROOT / source, image / source, ignore=ignored)
                else:
                    shutil.copy(ROOT / source, image / source)
        if name == "RUN" and argument.startswith(".venv/"):
            subprocess.run(argument, shell=True, check=True, cwd=image)
    for path in (image, *image.rglob("*")):
        path.chmod(0o555)


async def test_image_has_all_that_the_bot_needs(tmp_path: Path) -> None:
    """Its files alone run the bot, as another user, with nothing writable but /data.

    No container runtime is needed: the packages come from this environment. That the packages
    install in the base image is not tested here.
    """
    image, data = tmp_path / "image", tmp_path / "data"
    data.mkdir()
    _build(image)
    instructions = dict(_instructions())
    variables = dict(re.findall(r"(\w+)=(\S+)", instructions["ENV"]))
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
            code = [path for folder in ("bot", "cogs") for path in (image / folder).rglob("*.py")]
            assert all(Path(cache_from_source(str(path))).exists() for path in code)  # compiled
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


def test_image_takes_no_secrets_in() -> None:
    copied = [argument for name, argument in _instructions() if name in ("COPY", "ADD")]
    assert not [argument for argument in copied if ".env" in argument.replace(".venv", "")]
