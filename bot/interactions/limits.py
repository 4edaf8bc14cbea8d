"""Discord's limits, and functions that prepare every message for them.

Source of the numbers: Discord's API documentation and its OpenAPI specification of July 2026.
"""

from __future__ import annotations

from typing import Any, TypeVar

import discord
from discord import ui

from bot.interactions.mentions import CommandMentions
from bot.text.clip import clip, clip_markdown

ViewT = TypeVar("ViewT", bound="ui.View | ui.LayoutView")

MAX_CONTENT = 2000
# Characters of all texts of a layout together.
MAX_LAYOUT_TEXT = 4000
MAX_BUTTON_LABEL, MAX_PLACEHOLDER = 80, 150
MAX_OPTIONS, MAX_OPTION_TEXT = 25, 100
# Pictures of a gallery, and characters of the alternative text of one.
MAX_PICTURES, MAX_DESCRIPTION = 10, 1024

_UNNAMED = "Untitled"


def fit_content(text: str, mentions: CommandMentions) -> str:
    """The markdown text with mentions of commands, cut to the length that a message may have.

    If only the mentions make it too long, it keeps the names.
    """
    mentioned = mentions.apply(text)
    return clip_markdown(mentioned if len(mentioned) <= MAX_CONTENT else text, MAX_CONTENT)


def fit_view(view: ViewT, mentions: CommandMentions) -> ViewT:
    """The view with mentions of commands; texts, labels and options are cut as Discord asks.

    If only the mentions make the texts too long, they keep the names.
    """
    texts: list[ui.TextDisplay[Any]] = []
    for item in view.walk_children():
        part = item.item if isinstance(item, ui.DynamicItem) else item
        match part:
            case ui.TextDisplay():
                texts.append(part)
            case ui.Button(label=str(label)):
                part.label = clip(label, MAX_BUTTON_LABEL)
            case ui.Select():
                _fit_menu(part)
            case ui.MediaGallery():
                _fit_gallery(part)
    mentioned = [mentions.apply(text.content) for text in texts]
    if sum(map(len, mentioned)) <= MAX_LAYOUT_TEXT:
        for text, content in zip(texts, mentioned, strict=True):
            text.content = content
    _fit_texts(texts)
    return view


def _fit_texts(texts: list[ui.TextDisplay[Any]]) -> None:
    """Cut the longest texts, until all of them together fit."""
    while (excess := sum(len(text.content) for text in texts) - MAX_LAYOUT_TEXT) > 0:
        longest = max(texts, key=lambda text: len(text.content))
        longest.content = clip_markdown(longest.content, max(1, len(longest.content) - excess))


def _fit_gallery(gallery: ui.MediaGallery[Any]) -> None:
    """Cut the alternative texts, and remove pictures beyond the limit."""
    for picture in gallery.items:
        if picture.description is not None:
            picture.description = clip(picture.description, MAX_DESCRIPTION) or None
    gallery.items = gallery.items[:MAX_PICTURES]


def _fit_menu(menu: ui.Select[Any]) -> None:
    """Cut the texts of the options. Remove options with a too long value, which is an ID."""
    if menu.placeholder:
        menu.placeholder = clip(menu.placeholder, MAX_PLACEHOLDER)
    options: dict[str, discord.SelectOption] = {}
    for option in menu.options:
        option.label = clip(option.label, MAX_OPTION_TEXT) or _UNNAMED
        if option.description is not None:
            option.description = clip(option.description, MAX_OPTION_TEXT) or None
        if 0 < len(option.value) <= MAX_OPTION_TEXT and len(options) < MAX_OPTIONS:
            options.setdefault(option.value, option)
    if len(options) < len(menu.options):
        menu.options = list(options.values())
        menu.max_values = min(menu.max_values, len(options))
