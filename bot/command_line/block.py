"""`python -m bot block ID`: keeps a Discord user out, and erases all that is stored about them."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from bot.app import open_store
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import Settings
from bot.errors.bot_error import AlreadyRunning
from bot.store import beside_running_bot


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=int, metavar="ID", help="the ID of the Discord user")


def main(arguments: Namespace) -> int:
    settings, discord_id = load_settings(), arguments.id
    try:
        is_new = asyncio.run(_block(settings, discord_id))
        erased = f"Everything about {discord_id} is erased."
    except AlreadyRunning:
        is_new = beside_running_bot.block(settings.database, discord_id)
        erased = "Within a minute, the running bot obeys, and erases everything about them."
    output(f"{discord_id} {'is blocked now' if is_new else 'was blocked already'}. {erased}")
    return ExitCode.OK


async def _block(settings: Settings, discord_id: int) -> bool:
    async with open_store(settings) as store:
        is_new = await store.blocked.block(discord_id)
        await store.accounts.unlink(discord_id)
        await store.maintain()  # PostgreSQL erases deleted rows only now
        return is_new
