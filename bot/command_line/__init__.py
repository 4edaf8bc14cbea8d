"""The command line `python -m bot [COMMAND]`, with one module for each command."""

from __future__ import annotations

import gc
import logging
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from bot import __version__
from bot.command_line.exit_codes import ExitCode, describe_exit_codes
from bot.command_line.standard_output import replace_missing_letters
from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.storage import StorageError

DEFAULT_COMMAND = "run"

# What each command does, in the order of --help. `bot.command_line.NAME` is its module, which is
# imported only when the command runs.
COMMANDS: Mapping[str, str] = {
    "run": "Run the bot until it gets a signal. This is the default.",
    "export": "Write a Spotify library to a file, without Discord.",
    "backup": "Copy the database and its key to files, also while the bot runs.",
    "restore": "Put back a copy of the database, or an exported library.",
    "move": "Move the database to PostgreSQL, or back to a file. Stop the bot before.",
    "people": "List who has linked an account or is blocked, also while the bot runs.",
    "forget": "Erase everything about a Discord user. Stop the bot before.",
    "block": "Keep a Discord user out, and erase everything about them, also while the bot runs.",
    "unblock": "Let a blocked Discord user in again, also while the bot runs.",
    "healthcheck": "Ask the running bot on this machine whether it is ready.",
    "check": "Check the settings, both services, the address and the disk, and name each cure.",
    "rekey": "Encrypt all stored logins with the first key. Stop the bot before.",
}


class CommandModule(Protocol):
    """What the module of a command has."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the command's own arguments, and a longer description if it needs one."""

    def main(self, arguments: Namespace) -> int:
        """The exit code. Raises ConfigError, StartupError, StorageError."""


def main(arguments: Sequence[str]) -> int:
    """Run a command; its exit code. Unknown arguments, --help and --version raise SystemExit."""
    name = next((each for each in arguments if not each.startswith("-")), "")
    module = _load(name) if name in COMMANDS else None
    replace_missing_letters()
    parsed = _parser(name, module).parse_args(arguments)
    try:
        return (module or _load(DEFAULT_COMMAND)).main(parsed)
    except (StartupError, StorageError) as error:
        _show(error)
        return ExitCode.CONFIG if isinstance(error, ConfigError) else ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _show(error: Exception) -> None:
    """Print the reason for people, or log it where a program reads the log."""
    from bot.config import logs  # only the commands that failed need it

    if logs.is_read_by_programs():
        logging.getLogger("bot").error("%s", error)
    else:
        print(error, file=sys.stderr)


def _load(name: str) -> CommandModule:
    gc.disable()  # an import makes no garbage, and the searches for it take a tenth of its time
    try:
        return cast(CommandModule, import_module(f"{__name__}.{name}"))
    finally:
        gc.enable()


def _parser(name: str, module: CommandModule | None) -> ArgumentParser:
    """The parser of all commands; only the command `name` knows its own arguments."""
    parser = ArgumentParser(
        prog="python -m bot",
        description="Tonearm lets you control Spotify from Discord.",
        epilog=describe_exit_codes(),
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Tonearm {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command, summary in COMMANDS.items():
        own = commands.add_parser(command, help=summary, description=summary)
        if command == name and module is not None:
            module.add_arguments(own)
    return parser
