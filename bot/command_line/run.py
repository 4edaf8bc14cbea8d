"""`python -m bot run`: runs the bot until it gets a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from argparse import ArgumentParser, Namespace

from bot.app import build
from bot.client import Tonearm
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.systemd import Systemd
from bot.config import Settings
from bot.interactions.connection import CUT_TIMEOUT
from bot.interactions.start_errors import start_error

# Seconds from a signal to the end of the process, even if a disk or a DNS lookup hangs. All grace
# periods together are shorter.
MAX_SHUTDOWN = 7.8


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    asyncio.run(run(load_settings()))
    return ExitCode.OK


async def run(settings: Settings) -> None:
    """Run the bot until SIGINT, SIGTERM or SIGHUP. Raises StartupError."""
    stop, systemd = asyncio.Event(), Systemd.from_env(os.environ)

    def stop_in_time() -> None:
        stop.set()
        watchdog = threading.Timer(MAX_SHUTDOWN, _force_exit)
        watchdog.daemon = True
        watchdog.start()

    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signals.remove(signal.SIGHUP)  # by nohup: the terminal may close
    for signal_number in signals:
        asyncio.get_running_loop().add_signal_handler(signal_number, stop_in_time)
    async with build(settings) as bot:
        running = asyncio.create_task(_start(bot, settings, systemd))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            logging.info("stopping")
            systemd.stopping()
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


async def _start(bot: Tonearm, settings: Settings, systemd: Systemd) -> None:
    """Log in, and keep the connection to Discord. Raises what discord.py raises."""
    await bot.login(settings.discord_token)
    systemd.ready()
    alive = asyncio.create_task(systemd.keep_alive())
    try:
        await bot.connect()
    finally:
        alive.cancel()


def _force_exit() -> None:
    """End the process at once. The database survives this, as it survives a power cut."""
    logging.warning("not stopped after %.1f seconds; ending now", MAX_SHUTDOWN)
    logging.shutdown()
    os._exit(ExitCode.FAILED)
