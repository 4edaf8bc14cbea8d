"""Explains an exception to the user. No other module does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.errors.bot_error import BotError
from bot.errors.spotify import MalformedRequest
from bot.interactions.discord_errors import DISCORD_ERRORS, OUR_MISTAKES, code_of
from bot.interactions.user_writes import WriteRecord

_DISCORD_DOWN = "Discord isn’t responding properly. Try again in a minute."
_NO_REPLY_HERE = (
    "Discord doesn’t let me reply here. Use the command in another channel, or in a direct message."
)

_NOTHING_WRITTEN = WriteRecord()


@dataclass(frozen=True)
class Explanation:
    """What the user reads.

    reference    set for a bug: it is in the message and in the log
    last_resort  a short text to send if Discord does not accept the message
    """

    message: str
    reference: str | None = None
    last_resort: str = "I can’t show the answer here. Try again in a minute."


def explain(
    error: BaseException, operator: str, writes: WriteRecord = _NOTHING_WRITTEN
) -> Explanation:
    """An error that no class of ours describes is a bug.

    operator  who runs the bot
    writes    the command's writes; if there are any, an error of Discord or a bug concerns only the
              reply, and the user is not told to repeat the command
    """
    is_bug = False
    match error:
        case MalformedRequest():
            is_bug = True  # Spotify calls the request malformed
        case BotError():
            done = "Part of that may be done. Check before trying again." if writes.sent else ""
            message = error.render(operator)
            return Explanation(message, last_resort=done) if done else Explanation(message)
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return Explanation(
                "That command has changed. Restart Discord with Ctrl+R, then use it again."
            )
        case _:
            is_bug = not isinstance(error, DISCORD_ERRORS) or code_of(error) in OUR_MISTAKES
    reference = secrets.token_hex(3) if is_bug else None
    about_bug = f" Please tell {operator}: reference {reference}." if reference else ""
    if writes.all_done and isinstance(error, DISCORD_ERRORS) and not _is_second(error):
        message = "That’s done, but I couldn’t show the result. No need to do it again."
        return Explanation(message + about_bug, reference, last_resort="That’s done.")
    if writes.sent:
        message = "That may be done, but I couldn’t show the result. Check before trying again."
        return Explanation(message + about_bug, reference, last_resort=message)
    if reference:
        return Explanation("Something went wrong on our side." + about_bug, reference)
    match error:
        case discord.HTTPException(status=413) | discord.HTTPException(code=40005):
            return Explanation("Discord didn’t accept the file because it’s too big.")
        case discord.HTTPException(status=403):
            return Explanation(_NO_REPLY_HERE)
    return Explanation(_DISCORD_DOWN)


def _is_second(error: BaseException) -> bool:
    """Whether it was raised during the handling of a BotError: the work may be half done."""
    context = error.__context__
    while context is not None and not isinstance(context, BotError):
        context = context.__context__
    return context is not None
