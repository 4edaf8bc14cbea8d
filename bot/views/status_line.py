"""Shows the result of a press as a line in the pressed message, instead of a new message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentItem
from bot.views import cards

_STATUS_ID, _ROW_ID = 103, 104


def with_status(
    message: discord.Message,
    status: str,
    *buttons: ui.Item[Any],
    components: tuple[type[PersistentItem[Any]], ...],
) -> ui.LayoutView:
    """The message with a line above its buttons, which replaces the line of an earlier press.

    status      markdown that is safe already
    buttons     in a row below the line, until the next press
    components  the classes of the message's buttons and menus
    """
    parts = list(_parts(message, components))
    line: list[ui.Item[Any]] = [ui.TextDisplay(f"-# {status}", id=_STATUS_ID)]
    line += [ui.ActionRow(*buttons, id=_ROW_ID)] if buttons else []
    first_row = next((n for n, part in enumerate(parts) if isinstance(part, ui.ActionRow)), 0)
    return cards.container(*parts[:first_row], *line, *parts[first_row:])


def _parts(
    message: discord.Message, components: tuple[type[PersistentItem[Any]], ...]
) -> Iterator[ui.Item[Any]]:
    """Copies of the parts of the message's container, without an earlier status."""
    for container in cards.layout_of(message).children:
        for part in container.children if isinstance(container, ui.Container) else ():
            if part.id in (_STATUS_ID, _ROW_ID):
                continue
            if isinstance(part, ui.ActionRow):
                row: cards.Row = ui.ActionRow(
                    *(_persistent(item, components) for item in part.children)
                )
                yield row
            else:
                yield part


def _persistent(
    item: ui.Item[Any], components: tuple[type[PersistentItem[Any]], ...]
) -> ui.Item[Any]:
    """The component as its persistent class; discord.py keeps other components in memory."""
    for component in components:
        match = component.__discord_ui_compiled_template__.fullmatch(
            getattr(item, "custom_id", None) or ""
        )
        if match is not None:
            return component.copy_of(item, match)
    return item
