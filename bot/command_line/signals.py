"""What the signals to the running bot mean: stop, or start again with the current settings."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading

from bot.command_line.environment import read_environment
from bot.command_line.exit_codes import ExitCode
from bot.config import Settings
from bot.errors.bot_error import ConfigError

_log = logging.getLogger(__name__)

# Seconds from a signal to the end of the process, even if a disk or a DNS lookup hangs. All grace
# periods together are shorter.
MAX_SHUTDOWN = 7.8

_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """SIGINT and SIGTERM stop the bot. So does SIGHUP if its terminal was closed.

    Without a terminal, as under systemd, SIGHUP means to read the settings again. The bot does that
    by stopping and starting again in the same process, and only if the settings are right.

    requested  is set when the bot is to stop
    """

    def __init__(self) -> None:
        self.requested = asyncio.Event()
        self.restarts = False

    def handle(self) -> None:
        """Handle signals from now on, also those that came during a restart."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._stop)
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # by nohup
            hang_up = self._stop if _has_terminal() else self._reload
            loop.add_signal_handler(signal.SIGHUP, hang_up)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)

    def _stop(self) -> None:
        self.restarts = False
        self._end_in_time()

    def _reload(self) -> None:
        try:
            Settings.from_env(read_environment().variables)
        except ConfigError as error:
            _log.error(
                "the settings are wrong, so the bot goes on with the earlier ones: %s", error
            )
            return
        _log.info("starting again with the current settings")
        self.restarts = not self.requested.is_set() or self.restarts
        self._end_in_time()

    def _end_in_time(self) -> None:
        self.requested.set()
        watchdog = threading.Timer(MAX_SHUTDOWN, _force_exit)
        watchdog.daemon = True
        watchdog.start()


def restart_program() -> None:
    """Replace the process by a new one with the same arguments, number and supervisor.

    Signals wait until the new program handles them: by default, they would end it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _has_terminal() -> bool:
    """Whether the process has a controlling terminal, which can be closed."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _force_exit() -> None:
    """End the process at once. The database survives this, as it survives a power cut."""
    _log.warning("not stopped after %.1f seconds; ending now", MAX_SHUTDOWN)
    logging.shutdown()
    os._exit(ExitCode.FAILED)
