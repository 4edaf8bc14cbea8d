"""`python -m bot rekey`: encrypts all stored secrets with the first key."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from bot.app import open_store
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import Settings


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    count = asyncio.run(rekey(load_settings()))
    output(f"Re-encrypted {count} secrets with the first key.")
    return ExitCode.OK


async def rekey(settings: Settings) -> int:
    """Encrypt all secrets with the first key; returns how many. Raises StartupError."""
    async with open_store(settings) as store:
        count = await store.reencrypt()
        await store.maintain()  # PostgreSQL erases deleted rows only now
        return count
