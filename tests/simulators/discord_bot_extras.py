"""Commands of the small bot that read a message and that delete or replace their replies."""

from __future__ import annotations

from collections.abc import Iterator

import discord
from discord import Interaction, app_commands
from discord.ext import commands


@app_commands.context_menu(name="Look Inside")
async def inspect(interaction: Interaction[commands.AutoShardedBot], it: discord.Message) -> None:
    found = [f"{it.author.name} bot={it.author.bot}", *_described_parts(it)]
    for forwarded in it.message_snapshots:
        found += ["forwarded", *_described_parts(forwarded)]
    await interaction.response.send_message(" | ".join(found), ephemeral=True)


def _described_parts(it: discord.Message | discord.MessageSnapshot) -> Iterator[str]:
    yield it.content
    for embed in it.embeds:
        yield f"{embed.url} {embed.title} {embed.provider.name}"
    for row in it.components:
        for part in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(part, discord.Button):
                yield f"{part.label}: {part.url}"
        if isinstance(row, discord.TextDisplay):
            yield row.content


@app_commands.command()
async def retract(interaction: Interaction, quietly: bool = True) -> None:
    """Defer, delete the reply, and answer again."""
    await interaction.response.defer()
    await interaction.delete_original_response()
    await interaction.followup.send("For you", ephemeral=quietly)


@app_commands.command()
async def measure(interaction: Interaction, first: discord.Attachment, times: int = 1) -> None:
    """Say how long a file is, and what it contains."""
    content = (await first.read()).decode() * times
    await interaction.response.send_message(f"{first.filename} {first.size}: {content}")
