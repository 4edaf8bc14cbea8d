"""Message layouts that all views share: a container, an item with its cover, reading them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.catalogue import Item
from bot.text.items import album_name, byline, cover_url, source, title

GREEN = discord.Colour(0x1F8A5B)
_LIST_ID, _LIST_HEADING_ID = 100, 101

Row = ui.ActionRow[Any]


def container(*parts: ui.Item[Any] | str) -> ui.LayoutView:
    """A message with one container; a string is a part with that markdown.

    Each message needs a view of its own: discord.py 2.7.1 unregisters the persistent items of a
    view that it sends again with other items.
    """
    view = ui.LayoutView(timeout=None)
    children = [ui.TextDisplay[Any](part) if isinstance(part, str) else part for part in parts]
    view.add_item(ui.Container(*children, accent_colour=GREEN))
    return view


def buttons(*items: ui.Item[Any]) -> ui.View:
    """Components below a message of plain text."""
    view = ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def card(
    item: Item,
    *rows: Row,
    above: str = "",
    covers: Sequence[discord.MediaGalleryItem] = (),
    heading: str = "",
    below: str = "",
) -> ui.LayoutView:
    """One item with its cover; `above`, `heading` and `below` are markdown that is safe already.

    covers  pictures below the first line of `above`
    """
    from_where = f"-# {' · '.join(filter(None, (album_name(item), source(item))))}"
    lines = [heading, f"**{title(item)}**", byline(item), below, from_where]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(line for line in lines if line))
    parts: list[ui.Item[Any]] = [with_cover(text, item)]
    if above:
        parts = [*_list_parts(above, covers), ui.Separator(), *parts]
    return container(*parts, *rows)


def with_cover(text: ui.TextDisplay[Any], item: Item | None) -> ui.Item[Any]:
    """The text beside the item's cover; alone if there is no cover."""
    cover = cover_url(item) if item else None
    return ui.Section(text, accessory=ui.Thumbnail(cover)) if cover else text


def list_card(text: str, *rows: Row) -> ui.LayoutView:
    """A list without a selected item; `text` is markdown that is safe already."""
    return container(*_list_parts(text), *rows)


def _list_parts(text: str, covers: Sequence[discord.MediaGalleryItem] = ()) -> list[ui.Item[Any]]:
    """The list, with the covers between its heading and its entries."""
    heading, _, entries = text.partition("\n")
    if not covers or not entries:
        return [ui.TextDisplay(text, id=_LIST_ID)]
    return [
        ui.TextDisplay(heading, id=_LIST_HEADING_ID),
        ui.MediaGallery(*covers),
        ui.TextDisplay(entries, id=_LIST_ID),
    ]


def read_list_text(message: discord.Message | None) -> str:
    """The list in a message that `card(above=…)` or `list_card` made."""
    view = layout_of(message)
    return "\n".join(filter(None, (text_of(view, _LIST_HEADING_ID), text_of(view, _LIST_ID))))


def read_covers(message: discord.Message | None) -> tuple[discord.MediaGalleryItem, ...]:
    """The covers of the list in a message."""
    galleries = (
        part for part in layout_of(message).walk_children() if isinstance(part, ui.MediaGallery)
    )
    return tuple(item for gallery in galleries for item in gallery.items)


def edit_list_text(view: ui.LayoutView, edit: Callable[[str], str]) -> None:
    """Replace the text of the list in a view."""
    text = view.find_item(_LIST_ID)
    if isinstance(text, ui.TextDisplay):
        text.content = edit(text.content)


def layout_of(message: discord.Message | None) -> ui.LayoutView:
    """The layout of a message; empty without a message."""
    return ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()


def custom_ids(components: Iterable[object]) -> Iterator[str]:
    """Of a message's components and those in them. Cheaper than the layout of the message."""
    for component in components:
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
        yield from custom_ids(getattr(component, "children", ()))


def text_of(view: ui.LayoutView, component_id: int) -> str:
    """The markdown of the text with this ID; empty if there is none."""
    text = view.find_item(component_id)
    return text.content if isinstance(text, ui.TextDisplay) else ""
