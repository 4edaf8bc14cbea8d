"""Where a job is shown: the private reply of its command, then a direct message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import msgspec
from discord import ui

from bot.interactions.discord_errors import (
    DISCORD_ERRORS,
    TOKEN_EXPIRED,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
)
from bot.interactions.limits import fit_content, fit_view
from bot.interactions.mentions import CommandMentions
from bot.interactions.payloads import View, to_edit
from bot.library.file_names import ascii_name

# Seconds after an interaction in which its reply is edited; Discord allows fifteen minutes.
_REPLY_LIFETIME = 14 * 60.0
# A file gets this many times the seconds of a message for Discord to accept it.
_FILE_FACTOR = 6
# The bytes of a file in a direct message.
MAX_DIRECT_BYTES = 10 * 1024 * 1024
# Discord's codes for a reply that is over.
_REPLY_OVER = (TOKEN_EXPIRED, UNKNOWN_WEBHOOK)

Interaction = discord.Interaction[Any]


class Place(msgspec.Struct, omit_defaults=True):
    """Where a job is shown. The store holds it as JSON, encrypted.

    token      of the interaction whose reply shows it; empty: none does
    until      when that reply is edited no more, in seconds since 1970
    max_bytes  of a file in the reply
    channel, message  the direct message that shows it; 0: none
    """

    token: str = ""
    until: float = 0.0
    max_bytes: int = MAX_DIRECT_BYTES
    channel: int = 0
    message: int = 0

    def __repr__(self) -> str:
        return "Place(…)"

    @classmethod
    def read(cls, text: str | None) -> Place:
        """The place in the store; None: nowhere, so that only the result is sent."""
        return msgspec.json.decode(text, type=cls) if text else cls()

    @property
    def text(self) -> str:
        """What `read` reads."""
        return msgspec.json.encode(self).decode()


def place_of(interaction: Interaction) -> str:
    """The place of a job that is shown in the deferred reply to the interaction."""
    until = interaction.created_at.timestamp() + _REPLY_LIFETIME
    return Place(interaction.token, until, interaction.filesize_limit).text


@dataclass(frozen=True)
class Sender:
    """Sends and edits the messages of one user's job. All raise DISCORD_ERRORS.

    timeout  seconds for Discord to accept a message
    """

    client: discord.Client
    mentions: CommandMentions
    user_id: int
    timeout: float

    async def edit_reply(
        self,
        place: Place,
        text: str,
        view: View | None,
        files: Sequence[Path] = (),
        *,
        again: bool = False,
    ) -> bool:
        """Edit the reply; False if Discord lets it be edited no more.

        again  send a new private message if the user has dismissed the reply
        """
        webhook, payload = self._webhook(place.token), self._payload(text, view)
        payload["attachments"] = _open(files)
        message: Any = "@original"
        try:
            async with asyncio.timeout(self._timeout(files)):
                await webhook.edit_message(message, **to_edit(payload))
        except discord.HTTPException as error:
            if error.code in _REPLY_OVER:
                return False
            if error.code != UNKNOWN_MESSAGE:
                raise
            if again:
                new = _to_send(self._payload(text, view), _open(files))
                async with asyncio.timeout(self._timeout(files)):
                    await webhook.send(ephemeral=True, wait=True, **new)
        return True

    async def send_directly(
        self, text: str, view: View | None, files: Sequence[Path] = (), *, key: str
    ) -> discord.Message:
        """Send a direct message.

        key  Discord takes a message with the same key once, even if it is sent again soon
        """
        payload = _to_send(self._payload(text, view), _open(files))
        async with asyncio.timeout(self._timeout(files)):
            channel = await self.client.create_dm(discord.Object(self.user_id))
            sent: discord.Message = await channel.send(nonce=key, **payload)
            return sent

    async def edit_directly(self, place: Place, text: str, view: View | None) -> bool:
        """Edit the direct message; False if its user has deleted it."""
        try:
            async with asyncio.timeout(self.timeout):
                await self._direct_message(place).edit(**to_edit(self._payload(text, view)))
        except discord.HTTPException as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return False
        return True

    async def delete_directly(self, place: Place) -> None:
        """Delete the direct message if possible."""
        with suppress(*DISCORD_ERRORS):
            async with asyncio.timeout(self.timeout):
                await self._direct_message(place).delete()

    def _timeout(self, files: Sequence[Path]) -> float:
        """Seconds for Discord to accept a message with these files."""
        return self.timeout * (_FILE_FACTOR * len(files) or 1)

    def _direct_message(self, place: Place) -> discord.PartialMessage:
        channel = self.client.get_partial_messageable(place.channel)
        return channel.get_partial_message(place.message)

    def _payload(self, text: str, view: View | None) -> dict[str, Any]:
        """The arguments for an edit; a layout has no text besides."""
        if isinstance(view, ui.LayoutView):
            return {"view": fit_view(view, self.mentions)}
        fitted = view and fit_view(view, self.mentions)
        return {"content": fit_content(text, self.mentions), "view": fitted}

    def _webhook(self, token: str) -> discord.Webhook:
        """The webhook of an interaction; one of `Webhook.partial` sends nothing private."""
        state = self.client._connection
        data: Any = {"id": self.client.application_id, "type": 3, "token": token}
        session = state.http._HTTPClient__session  # type: ignore[attr-defined]
        return discord.Webhook(data, session=session, state=state)


def _to_send(payload: dict[str, Any], files: Sequence[discord.File]) -> dict[str, Any]:
    """The arguments for a new message, in which no view is not the same as None."""
    payload = {name: value for name, value in payload.items() if value is not None}
    return payload | ({"files": files} if files else {})


def _open(paths: Sequence[Path]) -> list[discord.File]:
    return [discord.File(path, ascii_name(path.name)) for path in paths]
