"""The only place where an exception becomes words."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import aiohttp
import discord
from discord import app_commands

from bot.errors.bot_error import BotError
from bot.errors.login import NeedsLogin
from bot.errors.spotify import BadRequest


@dataclass(frozen=True)
class Explanation:
    """What the user reads. `login`: a button to link belongs to it. `reference`: it is our bug."""

    message: str
    needs_login: bool = False
    reference: str | None = None


def explain(error: BaseException, operator: str) -> Explanation:
    """What to tell the user about `error`; whatever is not ours gets a reference for the log.

    `operator` is whom to ask.
    """
    match error:
        case BadRequest():
            pass  # Spotify calls our request malformed, so it is our bug
        case BotError():
            return Explanation(error.render(operator), needs_login=isinstance(error, NeedsLogin))
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return Explanation(
                "That command has changed. Restart Discord with Ctrl+R, then use it again."
            )
        case discord.HTTPException(code=40060):
            return Explanation("Discord lost track of that. Use the command again.")
        case discord.DiscordServerError() | discord.RateLimited() | aiohttp.ClientError():
            return Explanation("Discord is not answering properly. Try again in a minute.")
        case discord.HTTPException(status=429):
            return Explanation("Discord is not answering properly. Try again in a minute.")
        case discord.HTTPException(status=413) | discord.HTTPException(code=40005):
            return Explanation("Discord did not take the file because it is too large.")
    reference = secrets.token_hex(3)
    return Explanation(
        f"That is a bug in Tonearm. Tell {operator} the reference {reference}.",
        reference=reference,
    )
