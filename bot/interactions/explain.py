"""Explains an exception to the user. No other module does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import aiohttp
import discord
from discord import app_commands

from bot.errors.bot_error import BotError
from bot.errors.spotify import BadRequest


@dataclass(frozen=True)
class Explanation:
    """What the user reads. `reference` is set for a bug: it is in the message and in the log."""

    message: str
    reference: str | None = None


def explain(error: BaseException, operator: str) -> Explanation:
    """An error that no class of ours describes is a bug. `operator` is who runs the bot."""
    match error:
        case BadRequest():
            pass  # Spotify calls the request malformed, so it is a bug
        case BotError():
            return Explanation(error.render(operator))
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return Explanation(
                "That command has changed. Restart Discord with Ctrl+R, then use it again."
            )
        case discord.HTTPException(code=40060):
            return Explanation("Discord lost track of that. Use the command again.")
        case discord.DiscordServerError() | discord.RateLimited() | aiohttp.ClientError():
            return Explanation("Discord isn’t responding properly. Try again in a minute.")
        case discord.HTTPException(status=429):
            return Explanation("Discord isn’t responding properly. Try again in a minute.")
        case discord.HTTPException(status=413) | discord.HTTPException(code=40005):
            return Explanation("Discord did not take the file because it is too large.")
    reference = secrets.token_hex(3)
    return Explanation(
        f"Something went wrong on our side. Please tell {operator}: reference {reference}.",
        reference=reference,
    )
