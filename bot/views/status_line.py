"""Shows the result of a press as a line in the pressed message, instead of a new message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.interactions.components import as_persistent
from bot.interactions.responses import Interaction, is_own_message
from bot.spotify.catalogue import Item
from bot.text.items import byline, source, title
from bot.views import cards

_STATUS_ID, _ROW_ID = 103, 104


def is_in_place(interaction: Interaction, *, names_playlists: bool = False) -> bool:
    """Whether the result of a press is shown in the pressed message.

    In a message that others see, only if it is the user's own list, which is public as they chose,
    and not if the result names their playlists. Never in a panel: it is drawn again at each change.
    """
    message = interaction.message
    if message is None or not message.flags.components_v2:
        return False
    ids = list(cards.custom_ids(message.components))
    if any(each.startswith("panel:") for each in ids):
        return False
    is_list = any(each.startswith("list:") for each in ids)
    is_public_list = is_list and is_own_message(interaction) and not names_playlists
    return message.flags.ephemeral or is_public_list


def result_view(
    interaction: Interaction,
    status: str,
    *buttons: ui.Item[Any],
    in_place: bool,
    item: Item | None = None,
) -> ui.LayoutView:
    """The pressed message with the line, or else the line alone, with the item's name."""
    if in_place:
        return with_status(interaction.message, status, *buttons)
    return short_answer(status, *buttons, item=item)


def with_status(
    message: discord.Message | None, status: str, *buttons: ui.Item[Any]
) -> ui.LayoutView:
    """The message with a line above its buttons, which replaces the line of an earlier press.

    status   markdown that is safe already
    buttons  in a row below the line, until the next press
    """
    parts = list(_parts(message))
    first_row = next((n for n, part in enumerate(parts) if isinstance(part, ui.ActionRow)), None)
    split = len(parts) if first_row is None else first_row
    return cards.container(*parts[:split], *_line(status, buttons), *parts[split:])


def short_answer(status: str, *buttons: ui.Item[Any], item: Item | None = None) -> ui.LayoutView:
    """The line alone, with the item's name: for a press in a message that does not change."""
    name = [f"**{title(item)}** · {byline(item)}\n-# {source(item)}"] if item else []
    return cards.container(*name, *_line(status, buttons))


def _line(status: str, buttons: tuple[ui.Item[Any], ...]) -> list[ui.Item[Any]]:
    line: list[ui.Item[Any]] = [ui.TextDisplay(f"-# {status}", id=_STATUS_ID)]
    return [*line, ui.ActionRow(*buttons, id=_ROW_ID)] if buttons else line


def _parts(message: discord.Message | None) -> Iterator[ui.Item[Any]]:
    """Copies of the parts of the message's container, without an earlier status."""
    for container in cards.layout_of(message).children:
        for part in container.children if isinstance(container, ui.Container) else ():
            if part.id in (_STATUS_ID, _ROW_ID):
                continue
            if isinstance(part, ui.ActionRow):
                row: cards.Row = ui.ActionRow(*map(as_persistent, part.children))
                yield row
            else:
                yield part
