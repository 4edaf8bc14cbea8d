"""`python -m bot rekey`: encrypts all stored secrets with the first key."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from bot.app import rekey
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    count = asyncio.run(rekey(load_settings()))
    output(f"Re-encrypted {count} secrets with the first key.")
    return ExitCode.OK
