"""Why the bot cannot connect to Discord, as an error with a sentence for the operator."""

from __future__ import annotations

import discord

from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.network import connection_problem
from bot.errors.spotify import format_wait
from bot.interactions.discord_errors import DISCORD_ERRORS

_TOKEN_REFUSED = (
    "Discord does not accept DISCORD_TOKEN. Reset it at discord.com/developers, your application, "
    "Bot, and put the new one into .env."
)
_LATER = "Start Tonearm again later; discordstatus.com shows outages."

# The gateway's close codes for an invalid token, and for intents that the bot does not ask for.
_AUTHENTICATION_FAILED, _DISALLOWED_INTENTS = 4004, 4014
_LONG_BAN = 3600.0  # seconds; Cloudflare need not say how long it refuses an address


def start_error(error: BaseException, *, logged_in: bool) -> StartupError | None:
    """The error with the reason and the next step; None if `error` is not Discord's.

    logged_in  Discord has said who the bot is; before that, discord.py only reads answers
    """
    match error:
        case discord.LoginFailure():
            return ConfigError(_TOKEN_REFUSED)
        case discord.ConnectionClosed() if error.code == _AUTHENTICATION_FAILED:
            return ConfigError(_TOKEN_REFUSED)
    reason = _reason(error, logged_in=logged_in)
    return None if reason is None else StartupError(reason)


def _reason(error: BaseException, *, logged_in: bool) -> str | None:
    match error:
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed():
            code = getattr(error, "code", _DISALLOWED_INTENTS)
            return (
                f"Discord closed the connection with code {code}. Restart Tonearm; if that does "
                "not help, install its newest version."
            )
        case discord.RateLimited():
            return _refused_for(error.retry_after)
        case discord.HTTPException(status=429):
            wait = error.response.headers.get("Retry-After", "")
            return _refused_for(float(wait) if wait.isdecimal() else _LONG_BAN)
        case discord.HTTPException():
            return f"Discord cannot be reached: it answers {error.status}. {_LATER}"
        case discord.GatewayNotFound():
            return f"Discord cannot be reached: its answers cannot be read. {_LATER}"
        case LookupError() | TypeError() | ValueError() | AttributeError() if not logged_in:
            return f"Discord cannot be reached: its answers cannot be read. {_LATER}"
    if isinstance(error, DISCORD_ERRORS):
        return f"Discord cannot be reached: {connection_problem(error).text}. {_LATER}"
    return None


def _refused_for(seconds: float) -> str:
    wait = format_wait(seconds)
    return f"Discord isn’t accepting requests right now. Start Tonearm again in {wait}."
