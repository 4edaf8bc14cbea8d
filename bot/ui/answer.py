"""A private answer to an interaction, in whatever state it is."""

from __future__ import annotations

from typing import Any

import discord

# Discord's codes for a reply that cannot be edited: dismissed, or over fifteen minutes old.
UNKNOWN_MESSAGE, TOKEN_OVER = 10008, 50027
GONE = (UNKNOWN_MESSAGE, TOKEN_OVER)
# And for a person who takes no direct messages.
CANNOT_SEND = 50007


async def deliver(interaction: discord.Interaction[Any], says: str, file: discord.File) -> None:
    """Put a file into the deferred reply; where that was dismissed or is too old, send it anew."""
    try:
        await interaction.edit_original_response(content=says, attachments=[file])
    except discord.HTTPException as gone:
        if gone.code not in GONE:
            raise
        file.reset()
        if gone.code == UNKNOWN_MESSAGE:
            await interaction.followup.send(says, file=file, ephemeral=True)
        else:
            await interaction.user.send(says, file=file)


async def answer(
    interaction: discord.Interaction[Any], says: str, **more: Any
) -> discord.InteractionMessage | discord.WebhookMessage:
    """Answer privately. It takes the place of a deferred reply and of any progress shown there."""
    response = interaction.response
    if not response.is_done():
        await response.defer(ephemeral=True, thinking=True)
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        return await interaction.edit_original_response(content=says, **more)
    return await interaction.followup.send(says, ephemeral=True, wait=True, **more)
