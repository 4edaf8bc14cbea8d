"""Answers the interactions that discord.py cannot parse: its error would end the process."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

import discord
from discord.http import Route

from bot.interactions.discord_errors import DISCORD_ERRORS

_log = logging.getLogger(__name__)

_EVENT = "INTERACTION_CREATE"
# Interactions that are answered with a message: commands, components and forms.
_ANSWERED_TYPES = (2, 3, 5)
_MESSAGE_RESPONSE = 4
_ANSWER_TIMEOUT = 3.0
_UNREADABLE = "Discord sent that in a form I can’t read. Use the command again."


def answer_unreadable_interactions(client: discord.Client) -> None:
    """Replace discord.py's parser of interactions with one that never raises."""
    parsers = client._connection.parsers
    parse = parsers[_EVENT]
    tasks: set[asyncio.Task[None]] = set()

    def parse_or_answer(data: dict[str, Any]) -> None:
        try:
            parse(data)
        except Exception as error:
            # The error's text may contain what a user wrote, so it is not logged.
            lines = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            _log.error("an interaction cannot be parsed: %s\n%s", type(error).__name__, lines)
            task = asyncio.create_task(_answer(client, data))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    parsers[_EVENT] = parse_or_answer


async def _answer(client: discord.Client, data: dict[str, Any]) -> None:
    if data.get("type") not in _ANSWERED_TYPES:
        return
    route = Route(
        "POST",
        "/interactions/{webhook_id}/{webhook_token}/callback",
        webhook_id=data.get("id"),
        webhook_token=data.get("token"),
    )
    flags = discord.MessageFlags(ephemeral=True).value
    answer = {"type": _MESSAGE_RESPONSE, "data": {"content": _UNREADABLE, "flags": flags}}
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            await client.http.request(route, json=answer)
    except DISCORD_ERRORS as error:
        _log.warning("that interaction could not be answered: %s", type(error).__name__)
