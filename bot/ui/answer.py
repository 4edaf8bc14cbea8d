"""A private answer to an interaction, in whatever state it is."""

from __future__ import annotations

from typing import Any

import discord


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
