"""`python -m bot backup FILE`: copies the database and its key, also while the bot runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bot.command_line.environment import load_settings, require_sqlite
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.store.backup import back_up
from bot.text.items import count


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="where to put the copy")
    parser.add_argument("--replace", action="store_true", help="overwrite an earlier copy there")


def main(arguments: Namespace) -> int:
    settings = load_settings()
    require_sqlite(settings)
    report = back_up(
        settings.database, arguments.file, settings.token_keys, replace=arguments.replace
    )
    output(f"Backed up {count(report.linked_accounts, 'linked account')} to {arguments.file}.")
    if report.key is not None:
        output(f"The key is in {report.key}. Keep it in another place than the copy.")
    else:
        output("The keys are in TOKEN_KEYS, so keep a copy of that setting in another place.")
    return ExitCode.OK
