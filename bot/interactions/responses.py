"""Replies to interactions: public or private, whatever state the interaction is in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord import ui

_log = logging.getLogger(__name__)

# Discord's codes for a reply that cannot be edited: dismissed, or over fifteen minutes old.
UNKNOWN_MESSAGE, TOKEN_EXPIRED = 10008, 50027
UNEDITABLE = (UNKNOWN_MESSAGE, TOKEN_EXPIRED)
# Discord's code for a user who accepts no direct messages.
CANNOT_SEND = 50007

# The key in an interaction's extras that says that its deferred reply is public.
_PUBLIC = "public"

Interaction = discord.Interaction[Any]
Message = discord.InteractionMessage | discord.WebhookMessage


@dataclass(frozen=True)
class Reply:
    """The content of a reply. `private`: it asks something, so only its user is to see it."""

    content: str | None = None
    view: ui.View | ui.LayoutView | None = None
    private: bool = False


async def defer(interaction: Interaction, *, public: bool = False) -> None:
    """Announce a reply. This fixes who will see it."""
    interaction.extras[_PUBLIC] = public
    await interaction.response.defer(ephemeral=not public, thinking=True)


async def reply(interaction: Interaction, content: Reply) -> None:
    """Send the reply to a deferred interaction; a private one replaces a public deferral."""
    if content.private:
        await reply_privately(interaction, content.content, view=content.view)
    elif content.view is not None:
        await interaction.followup.send(view=content.view)
    else:
        await interaction.followup.send(content.content or "")


async def send_file(interaction: Interaction, text: str, file: discord.File) -> None:
    """Put a file into the deferred reply; send it again if that was dismissed or is too old."""
    try:
        await interaction.edit_original_response(content=text, attachments=[file])
    except discord.HTTPException as error:
        if error.code not in UNEDITABLE:
            raise
        file.reset()
        if error.code == UNKNOWN_MESSAGE:
            await interaction.followup.send(text, file=file, ephemeral=True)
        else:
            await interaction.user.send(text, file=file)


async def reply_privately(
    interaction: Interaction,
    text: str | None = None,
    *,
    view: ui.View | ui.LayoutView | None = None,
) -> Message:
    """Reply to an interaction in any state. It replaces a deferred reply and its progress."""
    content: dict[str, Any] = {} if text is None else {"content": text}
    content |= {} if view is None else {"view": view}
    response = interaction.response
    if not response.is_done():
        await defer(interaction)
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        if not interaction.extras.get(_PUBLIC):
            return await interaction.edit_original_response(**content)
        await _delete_deferred_reply(interaction)
    return await interaction.followup.send(ephemeral=True, wait=True, **content)


async def _delete_deferred_reply(interaction: Interaction) -> None:
    """Delete the deferred reply: a follow-up that came next would be as public as that."""
    try:
        await interaction.delete_original_response()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        _log.info("a public reply could not be withdrawn: %s", type(error).__name__)
