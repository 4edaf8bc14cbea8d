"""`python -m bot` runs the bot; `python -m bot rekey` re-encrypts the database."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from dotenv import load_dotenv

from bot import config
from bot.app import build, rekey
from bot.config import Settings
from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.storage import StorageError
from bot.interactions.connection import CUT_TIMEOUT
from bot.interactions.start_errors import start_error
from bot.store.disk_errors import file_error

# Seconds from a signal to the end of the process, even if a disk or a DNS lookup hangs. All grace
# periods together are shorter.
MAX_SHUTDOWN = 7.8


async def run(settings: Settings) -> None:
    """Run the bot until SIGINT, SIGTERM or SIGHUP. Raises StartupError."""
    stop = asyncio.Event()

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
        running = asyncio.create_task(bot.start(settings.discord_token))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            logging.info("stopping")
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
            raise StartupError(reason) from None


def _force_exit() -> None:
    """End the process at once. The database survives this, as it survives a power cut."""
    logging.warning("not stopped after %.1f seconds; ending now", MAX_SHUTDOWN)
    logging.shutdown()
    os._exit(1)


def _load_env_file(file: Path) -> None:
    """Add the settings in `file` to the environment, if it exists. Raises StartupError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except UnicodeDecodeError as error:
        raise StartupError(f"{file} cannot be read: {error}. Save it as UTF-8.") from None
    except OSError as error:
        raise StartupError(str(file_error(error, file))) from None
    if "\0" in text:  # UTF-16 without a byte order mark
        raise StartupError(f"{file} cannot be read: it has zero bytes. Save it as UTF-8.")
    load_dotenv(stream=io.StringIO(text))


def main(arguments: list[str]) -> int:
    """The exit code: 0 after a signal, 1 if the bot cannot run, 2 for unknown arguments."""
    try:
        _load_env_file(Path(".env"))
        settings = Settings.from_env(os.environ)
        config.configure_logging()
        match arguments:
            case []:
                asyncio.run(run(settings))
            case ["rekey"]:
                count = asyncio.run(rekey(settings))
                print(f"Re-encrypted {count} secrets with the first key.")  # noqa: T201
            case _:
                print("Use: python -m bot [rekey]", file=sys.stderr)  # noqa: T201
                return 2
    except (ConfigError, StartupError, StorageError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
