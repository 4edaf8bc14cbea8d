"""`python -m bot unblock ID`: lets a blocked Discord user in again."""

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
        was_blocked, note = asyncio.run(_unblock(settings, discord_id)), ""
    except AlreadyRunning:
        was_blocked = beside_running_bot.unblock(settings.database, discord_id)
        note = " The running bot obeys within a minute."
    output(
        f"{discord_id} is not blocked any more.{note}" if was_blocked else "They weren’t blocked."
    )
    return ExitCode.OK


async def _unblock(settings: Settings, discord_id: int) -> bool:
    async with open_store(settings) as store:
        return await store.blocked.unblock(discord_id)
