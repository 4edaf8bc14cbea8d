"""The image of packaging/Dockerfile, without a container runtime."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
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
