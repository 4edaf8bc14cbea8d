"""Answers the interactions that are refused, and those that discord.py cannot parse."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from typing import Any

import discord
from discord.http import Route

from bot.interactions.discord_errors import DISCORD_ERRORS

_log = logging.getLogger(__name__)

_EVENT = "INTERACTION_CREATE"
# Interactions that are answered with a message: commands, components and forms.
_ANSWERED_TYPES = (2, 3, 5)
_AUTOCOMPLETE = 4
_MESSAGE_RESPONSE, _CHOICES_RESPONSE = 4, 8
_ANSWER_TIMEOUT = 3.0
_UNREADABLE = "Discord sent that in a form I can’t read. Use the command again."

Refusal = Callable[[int | None, int | None], str | None]
"""What the user with this ID reads in the server with this ID; None if they may use the bot."""


def answer_outside_of_cogs(client: discord.Client, refusal: Refusal) -> None:
    """Replace discord.py's parser of interactions with one that asks `refusal`, and never raises.

    Every kind of interaction passes the parser, so none gets around `refusal`. An exception of the
    parser would end the process.
    """
    parsers = client._connection.parsers
    parse = parsers[_EVENT]
    tasks: set[asyncio.Task[None]] = set()

    def answer(data: dict[str, Any], text: str) -> None:
        task = asyncio.create_task(_answer(client, data, text))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def parse_or_answer(data: dict[str, Any]) -> None:
        if text := refusal(*_user_and_guild(data)):
            answer(data, text)
            return
        try:
            parse(data)
        except Exception as error:
            # The error's text may contain what a user wrote, so it is not logged.
            lines = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            _log.error("an interaction cannot be parsed: %s\n%s", type(error).__name__, lines)
            if data.get("type") != _AUTOCOMPLETE:
                answer(data, _UNREADABLE)

    parsers[_EVENT] = parse_or_answer


def _user_and_guild(data: dict[str, Any]) -> tuple[int | None, int | None]:
    """The IDs as discord.py reads them: in a server, the user is a part of the member."""
    try:
        guild_id = int(data["guild_id"]) if data.get("guild_id") else None
        user = data["user"] if guild_id is None else data["member"]["user"]
        return int(user["id"]), guild_id
    except (LookupError, TypeError, ValueError):
        return None, None


async def _answer(client: discord.Client, data: dict[str, Any], text: str) -> None:
    """Answer privately with `text`, or an autocomplete with no choices."""
    if data.get("type") == _AUTOCOMPLETE:
        answer: dict[str, Any] = {"type": _CHOICES_RESPONSE, "data": {"choices": []}}
    elif data.get("type") in _ANSWERED_TYPES:
        flags = discord.MessageFlags(ephemeral=True).value
        message = {"content": text, "flags": flags, "allowed_mentions": {"parse": []}}
        answer = {"type": _MESSAGE_RESPONSE, "data": message}
    else:
        return
    route = Route(
        "POST",
        "/interactions/{webhook_id}/{webhook_token}/callback",
        webhook_id=data.get("id"),
        webhook_token=data.get("token"),
    )
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            await client.http.request(route, json=answer)
    except DISCORD_ERRORS as error:
        _log.warning("that interaction could not be answered: %s", type(error).__name__)
