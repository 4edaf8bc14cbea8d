"""`python -m bot run`: runs the bot until it gets a signal."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack

from bot import __version__
from bot.app import build
from bot.client import Tonearm
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.signals import Signals, restart_program
from bot.command_line.start_warnings import log_warnings
from bot.command_line.systemd import Systemd
from bot.config import Settings
from bot.interactions.connection import CUT_TIMEOUT
from bot.interactions.start_errors import start_error

_log = logging.getLogger("bot")


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    signals = Signals()
    asyncio.run(run(load_settings(), signals))
    if signals.restarts:
        restart_program()
    return ExitCode.OK


async def run(settings: Settings, signals: Signals) -> None:
    """Run the bot until a signal ends it. Raises StartupError."""
    systemd = Systemd.from_env(os.environ)
    signals.handle()
    _log.info("Tonearm %s starts", __version__)
    stopping = asyncio.create_task(signals.requested.wait())
    async with AsyncExitStack() as stack:
        # It may wait for a database server.
        building = asyncio.create_task(stack.enter_async_context(build(settings)))
        await asyncio.wait({building, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not building.done():
            _say_end(signals, systemd)
            building.cancel()
            await asyncio.gather(building, return_exceptions=True)
            return
        bot = await building
        running = asyncio.create_task(_start(bot, settings, systemd))
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if signals.requested.is_set():
            _say_end(signals, systemd)
            await bot.close()
            running.cancel()
            await asyncio.wait({running}, timeout=CUT_TIMEOUT)
            return
        stopping.cancel()
        try:
            await running
        except Exception as error:
            reason = start_error(error, logged_in=bot.application is not None)
            if reason is None:
                raise
            raise reason from None


def _say_end(signals: Signals, systemd: Systemd) -> None:
    _log.info("stopping")
    (systemd.reloading if signals.restarts else systemd.stopping)()


async def _start(bot: Tonearm, settings: Settings, systemd: Systemd) -> None:
    """Log in, and keep the connection to Discord. Raises what discord.py raises."""
    await bot.login(settings.discord_token)
    gc.freeze()  # all until here stays: else each full collection looks at it for some 20 ms
    systemd.ready()
    beside = [
        asyncio.create_task(systemd.keep_alive()),
        asyncio.create_task(log_warnings(settings, bot.application_id or 0)),
    ]
    try:
        await bot.connect()
    finally:
        for task in beside:
            task.cancel()
