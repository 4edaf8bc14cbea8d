"""The queue, and the question whether so much is to go there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.catalogue import Item
from bot.spotify.models import Playable, Queue
from bot.spotify.uris import Uri, find_links
from bot.text import items
from bot.text.items import numbered_items
from bot.views import cards

PAGE_SIZE = 10
_LONG_NAME = 60

_ENTRY = re.compile(r"\d+\. ")
_LINK = re.compile(r"\]\((https://open\.spotify\.com/[a-z]+/[0-9A-Za-z]{22})\)")


def page_count(queue: Queue) -> int:
    return max(1, -(-len(queue.upcoming) // PAGE_SIZE))


def queue_card(queue: Queue, page: int, *rows: ui.ActionRow[Any]) -> ui.LayoutView:
    """What plays, and one page of what comes, counted from 0."""
    now = queue.current
    lines = ["### Now", _line(now) if now else "Nothing that Spotify shows to apps."]
    coming = queue.upcoming[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    lines.append("### Next")
    lines += [f"{page * PAGE_SIZE + n}. {_line(item)}" for n, item in enumerate(coming, start=1)]
    if not queue.upcoming:
        lines.append("Nothing. Add something with /queue add.")
    if page_count(queue) > 1:
        lines.append(f"-# Page {page + 1} of {page_count(queue)}")
    lines.append("-# On Spotify, which shows the next twenty or so at most")
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(lines))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(text, *rows, accent_colour=cards.GREEN))
    return view


def _line(item: Playable) -> str:
    told = [items.title(item), items.byline(item)]
    told += [items.format_duration(item.duration_ms)] if item.duration_ms else []
    return " · ".join(told)


def cost_text(songs: int, total: int, calls: int) -> str:
    """How many songs it is, of how many in all, and what that costs."""
    many = f"{songs} song{'s' if songs != 1 else ''}"
    if total > songs:
        many = f"the first {songs} of {total:,} songs"
    return (
        f"That is {many}, and {calls} calls to Spotify, of which this app has some hundreds a day. "
        "Nothing takes them out of the queue again."
    )


def confirmation_card(
    items: Sequence[Item], how_much: str, left_out: str, *rows: ui.ActionRow[Any]
) -> ui.LayoutView:
    """Whether to queue so much; `links` reads the items back."""
    lines = ["### Queue all of this?", *numbered_items(items, _LONG_NAME), how_much, left_out]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(text, *rows, accent_colour=cards.GREEN))
    return view


def progress_card(message: discord.Message | None, says: str) -> ui.LayoutView:
    """The list of a message that `asked`, without its question, and what became of it."""
    lines = [line for text in _texts(message) for line in text.split("\n") if _ENTRY.match(line)]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join([*lines, says, "-# On Spotify"]))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(text, accent_colour=cards.GREEN))
    return view


def listed_uris(message: discord.Message | None) -> list[Uri]:
    """The items that a message of ours lists: the targets of its links, never a name."""
    found = _LINK.findall("\n".join(_texts(message)))
    return [uri for link in found for uri in find_links(link) if isinstance(uri, Uri)]


def _texts(message: discord.Message | None) -> list[str]:
    if message is None:
        return []
    view = ui.LayoutView.from_message(message, timeout=None)
    shown = [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    return [message.content, *shown]
