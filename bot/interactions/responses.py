"""A private answer to an interaction, in whatever state it is."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
import discord

_log = logging.getLogger(__name__)

# Discord's codes for a reply that cannot be edited: dismissed, or over fifteen minutes old.
UNKNOWN_MESSAGE, TOKEN_EXPIRED = 10008, 50027
UNEDITABLE = (UNKNOWN_MESSAGE, TOKEN_EXPIRED)
# And for a person who takes no direct messages.
CANNOT_SEND = 50007

# Among an interaction's extras: its deferred reply is for everybody to see.
_PUBLIC = "public"

Interaction = discord.Interaction[Any]
Message = discord.InteractionMessage | discord.WebhookMessage


async def defer(interaction: Interaction, *, public: bool = False) -> None:
    """Say that an answer will come. Who will see it is fixed with this."""
    interaction.extras[_PUBLIC] = public
    await interaction.response.defer(ephemeral=not public, thinking=True)


async def send_file(interaction: Interaction, says: str, file: discord.File) -> None:
    """Put a file into the deferred reply; where that was dismissed or is too old, send it anew."""
    try:
        await interaction.edit_original_response(content=says, attachments=[file])
    except discord.HTTPException as gone:
        if gone.code not in UNEDITABLE:
            raise
        file.reset()
        if gone.code == UNKNOWN_MESSAGE:
            await interaction.followup.send(says, file=file, ephemeral=True)
        else:
            await interaction.user.send(says, file=file)


async def reply_privately(
    interaction: Interaction, says: str | None = None, **more: Any
) -> Message:
    """Answer privately. It takes the place of a deferred reply and of any progress shown there."""
    more |= {} if says is None else {"content": says}
    response = interaction.response
    if not response.is_done():
        await defer(interaction)
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        if not interaction.extras.get(_PUBLIC):
            return await interaction.edit_original_response(**more)
        await _delete_deferred_reply(interaction)
    return await interaction.followup.send(ephemeral=True, wait=True, **more)


async def _delete_deferred_reply(interaction: Interaction) -> None:
    """Take the deferred reply away: what follows it at once would be as public as that."""
    try:
        await interaction.delete_original_response()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as kept:
        _log.info("a public reply could not be withdrawn: %s", type(kept).__name__)
