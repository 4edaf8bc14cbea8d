"""Prepares and sends messages: within Discord's limits, with the bot's icons and mentions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import discord
from discord import ui

from bot.interactions.discord_errors import OUR_MISTAKES
from bot.interactions.icons import Icons
from bot.interactions.limits import fit_content, fit_view
from bot.interactions.mentions import CommandMentions

# Keys in an interaction's extras.
_ICONS, _MENTIONS = "icons", "mentions"

Interaction = discord.Interaction[Any]
View = ui.View | ui.LayoutView
T = TypeVar("T")


def set_mentions(interaction: Interaction, mentions: CommandMentions) -> None:
    """Let all replies to the interaction mention the commands that they name."""
    interaction.extras[_MENTIONS] = mentions


def mentions_of(interaction: Interaction) -> CommandMentions:
    """The mentions for messages that are no reply to the interaction, but belong to it."""
    mentions: CommandMentions = interaction.extras.get(_MENTIONS) or CommandMentions()
    return mentions


def use_icons(interaction: Interaction, icons: Icons) -> None:
    """Show these icons on the buttons of all replies to the interaction."""
    interaction.extras[_ICONS] = icons


def message_payload(
    interaction: Interaction, text: str | None, view: View | None
) -> dict[str, Any]:
    """The arguments of discord.py for a message, within Discord's limits."""
    mentions = mentions_of(interaction)
    payload: dict[str, Any] = {} if text is None else {"content": fit_content(text, mentions)}
    return payload | ({} if view is None else {"view": prepare_view(interaction, view)})


def prepare_view(interaction: Interaction, view: View) -> View:
    """The view within Discord's limits, with the bot's icons and mentions of commands."""
    icons: Icons | None = interaction.extras.get(_ICONS)
    if icons is not None:
        icons.show_on(view)
    return fit_view(view, mentions_of(interaction))


def to_edit(payload: dict[str, Any]) -> dict[str, Any]:
    """The arguments for an edit: a layout replaces a text, such as that of the progress."""
    is_layout = isinstance(payload.get("view"), ui.LayoutView)
    return {"content": None, **payload} if is_layout else payload


async def send_payload(
    interaction: Interaction, send: Callable[..., Awaitable[T]], payload: dict[str, Any]
) -> T:
    """Send a payload; again with plain emoji if Discord refuses it.

    The operator may have deleted an icon. Discord has then sent or changed nothing.
    """
    icons: Icons | None = interaction.extras.get(_ICONS)
    try:
        return await send(**payload)
    except discord.HTTPException as error:
        if not icons or not payload.get("view") or error.code not in OUR_MISTAKES:
            raise
    icons.disable()
    icons.show_on(payload["view"])
    return await send(**payload)
