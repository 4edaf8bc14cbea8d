"""`python -m bot move TARGET`: moves the database to PostgreSQL, or back to an SQLite file."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace
from importlib import import_module
from pathlib import Path

from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.command_line.terminal import say
from bot.config import Settings
from bot.config.parsers import DatabaseLocation, InvalidSettingError
from bot.config.parsers import database as parse_database
from bot.errors.bot_error import ConfigError
from bot.library.downloads import downloads_folder
from bot.library.job_files import JobFolders
from bot.store.keys import key_file, load
from bot.text.items import count

# Rows of a table between two lines about it.
_ROWS_A_LINE = 25_000


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Copy everything from the database in DATABASE to an empty PostgreSQL database, or from "
        "PostgreSQL to a new SQLite file. Stop every Tonearm before. Either all is copied or "
        "nothing, and the source stays as it is. A password in TARGET can be seen by other users "
        "of this machine: put it into ~/.pgpass or PGPASSWORD instead."
    )
    parser.add_argument(
        "target", metavar="TARGET", help="postgresql://USER@HOST/NAME, or the name of a new file"
    )


def main(arguments: Namespace) -> int:
    settings = load_settings()
    target = _target(arguments.target, settings)
    # The package for PostgreSQL is optional.
    move = import_module("bot.store.move")
    if target.url is not None:
        keys = settings.token_keys or _file_key(settings.database)
        work = move.to_postgres(settings.database, target.url, keys, _show)
    else:
        work = move.to_sqlite(settings.database_url, target.path, settings.token_keys, _show)
    report = asyncio.run(work)
    output(
        f"Moved {count(report.rows['link'], 'linked account')} and "
        f"{count(report.secrets, 'secret')}, which all open with the keys."
    )
    for step in _next_steps(settings, target):
        output(step)
    return ExitCode.OK


def _target(text: str, settings: Settings) -> DatabaseLocation:
    """Raises ConfigError, which does not quote the target, since it may have a password."""
    try:
        target = parse_database(text)
    except InvalidSettingError as error:
        raise ConfigError(f"The target {error}") from None
    if target.url is None and settings.database_url is None:
        raise ConfigError("Both are SQLite files. Use python -m bot backup to copy one.")
    if target.url is not None and settings.database_url is not None:
        raise ConfigError("Both are PostgreSQL databases. Use pg_dump to copy one.")
    return target


def _file_key(database: Path) -> tuple[bytes, ...]:
    """The key beside the database. Raises ConfigError without one."""
    key = load(key_file(database))
    if key is None:
        raise ConfigError(
            f"There is no key: neither TOKEN_KEYS nor {key_file(database)}. Put it back."
        )
    return (key,)


def _show(table: str, done: int, total: int) -> None:
    if done == total:
        say(f"{table}: {count(total, 'row')}")
    elif done % _ROWS_A_LINE == 0:
        say(f"{table}: {done:,} of {count(total, 'row')}")


def _next_steps(settings: Settings, target: DatabaseLocation) -> list[str]:
    """What the operator does now, in order."""
    steps, files = [], target.files(os.environ)
    if target.url is not None and not settings.token_keys:
        steps.append(
            f"Set TOKEN_KEYS to the text of {key_file(settings.database)}: every process on "
            "PostgreSQL needs it."
        )
    for source, place in (
        (JobFolders(settings.database).parent, JobFolders(files).parent),
        (downloads_folder(settings.database), downloads_folder(files)),
    ):
        if source.exists():
            steps.append(f"Rename {source} to {place}, so that exports in progress go on.")
    steps.append("Set DATABASE to the target, and start the bot.")
    old = f"{settings.database} is" if target.url is not None else "The PostgreSQL database is"
    steps.append(
        f"{old} as it was. Start no bot on it again: it has the same logins. Delete it when all "
        "is well."
    )
    return steps
