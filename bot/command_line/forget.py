"""`python -m bot forget ID`: erases all that is stored about a Discord user."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from bot.app import open_store
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import Settings


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=int, metavar="ID", help="the ID of the Discord user")


def main(arguments: Namespace) -> int:
    settings = load_settings()
    was_linked = asyncio.run(_forget(settings, arguments.id))
    output(
        f"Erased everything about {arguments.id}."
        if was_linked
        else f"{arguments.id} had no linked account. Anything else about them is erased."
    )
    return ExitCode.OK


async def _forget(settings: Settings, discord_id: int) -> bool:
    async with open_store(settings) as store:
        was_linked = await store.accounts.unlink(discord_id)
        await store.maintain()  # PostgreSQL erases deleted rows only now
        return was_linked
