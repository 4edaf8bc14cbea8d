"""Discord's errors: which exceptions and codes there are, and what they mean for a reply."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import discord
from cachetools import LRUCache

# discord.py raises these if Discord refuses a request, does not answer it, or does so in part.
DISCORD_ERRORS = (
    discord.HTTPException,
    json.JSONDecodeError,
    discord.RateLimited,
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
)

# Discord's error codes, in this order: the message was dismissed or deleted; the interaction has no
# reply yet; the interaction got no response in three seconds; it has a first response already; it
# is over fifteen minutes old; the user accepts no direct messages; a file is too large; the message
# is empty; the body is invalid.
UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10008, 10015, 10062
ACKNOWLEDGED, TOKEN_EXPIRED, CANNOT_SEND = 40060, 50027, 50007
FILE_TOO_LARGE = 40005
EMPTY_MESSAGE, INVALID_BODY = 50006, 50035

# A reply that cannot be edited.
UNEDITABLE = (UNKNOWN_MESSAGE, TOKEN_EXPIRED)
# The user can no longer see a reply. That is normal.
UNDELIVERABLE = (UNKNOWN_INTERACTION, CANNOT_SEND, *UNEDITABLE)
# The bot sent something that Discord never accepts.
OUR_MISTAKES = (EMPTY_MESSAGE, INVALID_BODY)

# The status of the rate limit.
_TOO_MANY = 429

# The number of first responses with an unknown outcome to remember.
_MAX_UNCONFIRMED = 1000

Interaction = discord.Interaction[Any]


def is_refusal(error: BaseException) -> bool:
    """Whether Discord has refused a request for good: a repetition would be refused, too."""
    if not isinstance(error, discord.HTTPException) or error.status == _TOO_MANY:
        return False
    return 400 <= error.status < 500


def code_of(error: BaseException) -> int:
    """Discord's code; 0 if it gave none."""
    return error.code if isinstance(error, discord.HTTPException) else 0


class UnconfirmedResponses:
    """The first responses that Discord may have accepted although their request failed.

    discord.py repeats a failed request. If Discord then says that the interaction was answered
    already (ACKNOWLEDGED), this tells whether an earlier attempt of this bot may have done it.
    """

    def __init__(self) -> None:
        self._paths: LRUCache[str, None] = LRUCache(_MAX_UNCONFIRMED)

    def __contains__(self, interaction: Interaction) -> bool:
        return f"{interaction.id}/{interaction.token}" in self._paths

    def trace_config(self) -> aiohttp.TraceConfig:
        """The aiohttp hook that records failed first responses."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._on_end)
        trace.on_request_exception.append(self._on_exception)
        return trace

    async def _on_end(self, _: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        if end.response.status >= 500:
            self._note(end.url.path)

    async def _on_exception(
        self, _: object, __: object, failure: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._note(failure.url.path)

    def _note(self, path: str) -> None:
        _, _, interaction = path.partition("/interactions/")
        if interaction.endswith("/callback"):
            self._paths[interaction.removesuffix("/callback")] = None


def text_for_log(error: Exception) -> str:
    """The error's text, but only the code of an error of Discord: its text may be an HTML page."""
    return str(code_of(error)) if isinstance(error, DISCORD_ERRORS) else str(error)
