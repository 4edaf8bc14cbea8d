"""What the commands for somebody at a terminal have in common: errors, Ctrl+C, and waits."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from bot.command_line.exit_codes import ExitCode
from bot.command_line.spotify_errors import terminal_message
from bot.command_line.terminal import TerminalProgress, say
from bot.config.logs import configure_logging
from bot.errors.bot_error import BotError
from bot.errors.spotify import RateLimited, SpotifyDown
from bot.errors.storage import StorageError
from bot.library.job_waits import JobWaits

T = TypeVar("T")

# The longest sleep in seconds, since a sleep lasts longer if the computer is suspended meanwhile.
_MAX_SLEEP = 30.0


def run_command(work: Coroutine[Any, Any, int], *, stopped: str) -> int:
    """Run the work; its exit code. SIGINT and SIGTERM cancel it.

    stopped  the sentence that is said then

    Raises ConfigError, StartupError, StorageError.
    """
    configure_logging(logging.WARNING)
    try:
        return asyncio.run(_until_terminated(work))
    except StorageError:
        raise
    except BotError as error:
        say(f"{terminal_message(error)}{_next_step(error)}")
        return ExitCode.FAILED
    except TimeoutError:
        say("Nobody signed in within ten minutes. Run the command again.")
        return ExitCode.FAILED
    except (asyncio.CancelledError, KeyboardInterrupt):
        say(stopped)
        return ExitCode.INTERRUPTED


def _next_step(error: BotError) -> str:
    """What to do about an error after which, elsewhere, a command waits and goes on."""
    if isinstance(error, SpotifyDown):
        return " Check your connection, then run the command again."
    return " Run the command again later." if isinstance(error, RateLimited) else ""


async def _until_terminated(work: Coroutine[Any, Any, int]) -> int:
    """The result of the work, which SIGTERM cancels as `asyncio.run` does on SIGINT."""
    task = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def with_waits(
    run: Callable[[], Awaitable[T]],
    progress: TerminalProgress,
    *,
    now: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """The result of `run`, which is called again after each wait for a quota or an outage.

    It goes on where it was, and does nothing a second time. Raises its other errors, and
    SpotifyDown if Spotify does not answer for minutes.
    """
    waits = JobWaits()
    while True:
        try:
            return await run()
        except BotError as error:
            _, delay = waits.after(error, progress.shown)
            why = terminal_message(error)
        finally:
            progress.close()
        until = now() + delay
        at = datetime.fromtimestamp(until).astimezone()
        say(f"{why} Going on at {at:%Y-%m-%d %H:%M:%S}, if you leave this running.")
        while (left := until - now()) > 0:
            await sleep(min(left, _MAX_SLEEP))
