"""The queue: what plays, what comes next, and the menu that skips to an entry."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton, PersistentSelect
from bot.player.actions import PlayerAction, jump_action
from bot.player.jump import MAX_SKIPS
from bot.player.outcome import Outcome
from bot.spotify.entries import Entries
from bot.spotify.models import Playable, playable
from bot.spotify.pages import Queue
from bot.spotify.uris import Kind, Uri
from bot.text.escape import single_line
from bot.text.items import (
    album_name,
    byline,
    count,
    creator,
    format_duration,
    title,
)
from bot.views import cards
from bot.views.item_buttons import go_to_buttons
from bot.views.outcome import outcome_line

# The queue of Spotify does not say whether something plays that it does not show.
_NO_CURRENT = "Nothing I can see. Spotify hides ads and some other things from apps."
_HIDDEN_CURRENT = "Something that Spotify doesn’t show to apps."
_FILL = "Nothing yet. Add something with /queue add, or **Queue** below a song in /search."
_FILL_IDLE = "Nothing yet. Start something with /play, then add more with /queue add."
# Entries of the queue on one page.
PAGE_SIZE = 10
# A button's custom_id has room for page numbers below this one. Spotify shows two pages.
_MAX_PAGES = 100
# Characters of an entry in the menu.
_MAX_LABEL = 90


class QueuePageButton(
    PersistentButton,
    template=r"queue:(?P<owner>\d{1,20}):(?P<side>back|same|on):(?P<page>\d{1,2})",
):
    """Shows a page of the queue, read again; a user who is not its owner gets their own queue.

    `side` keeps the custom_ids of the three buttons apart: their pages can be the same.
    """

    def __init__(
        self, owner: str, side: str, page: str, emoji: str = "", *, label: str | None = None
    ) -> None:
        self.owner = int(owner)
        self.page = int(page)
        custom_id = f"queue:{owner}:{side}:{page}"
        super().__init__(ui.Button(emoji=emoji or None, label=label, custom_id=custom_id))


class JumpSelect(PersistentSelect, template=r"queue:jump:(?P<owner>\d{1,20})"):
    """Skips to the selected entry of the owner's queue."""

    def __init__(self, owner: str, options: list[discord.SelectOption]) -> None:
        self.owner = int(owner)
        super().__init__(
            ui.Select(
                custom_id=f"queue:jump:{owner}",
                options=options,
                placeholder="Skip to… (one Spotify request for each skip)",
            )
        )

    @property
    def selected(self) -> PlayerAction:
        skips, _, uri = self.value.partition(":")
        kind, _, item_id = uri.partition(":")
        return jump_action(int(skips), Uri(Kind(kind), item_id))


def queue_card(queue: Queue, page: int, owner: int, status: str = "") -> ui.LayoutView:
    """What plays, and one page of what comes next, counted from 0.

    `status` is markdown without a full stop: what a press has done.
    """
    upcoming = queue.upcoming
    last = min(_MAX_PAGES, max(1, -(-len(upcoming) // PAGE_SIZE))) - 1
    page = min(page, last)
    current: ui.TextDisplay[Any] = ui.TextDisplay(f"### Now\n{_now(queue)}")
    parts: list[ui.Item[Any] | str] = [cards.with_cover(current, queue.current)]
    parts.append(_next(upcoming, page, _is_idle(queue)))
    parts += [f"-# {status}"] if status else []
    if options := _jump_options(queue):
        parts.append(ui.ActionRow[Any](JumpSelect(str(owner), options)))
    buttons = [*_page_buttons(str(owner), page, last), *go_to_buttons(queue.current)]
    return cards.container(*parts, ui.ActionRow[Any](*buttons))


def jumped_card(outcome: Outcome, queue: Queue | None, owner: int) -> ui.LayoutView:
    """The queue after a jump; the outcome alone if the queue could not be read."""
    if queue is None:
        row: cards.Row = ui.ActionRow(QueuePageButton(str(owner), "same", "0", "🔄"))
        return cards.container(f"{outcome_line(outcome)}.", row)
    return queue_card(queue, 0, owner, outcome_line(outcome))


def _is_idle(queue: Queue) -> bool:
    return queue.current_or_unknown is None and not queue.upcoming


def _now(queue: Queue) -> str:
    if item := queue.current:
        album = f" · *{name}*" if (name := album_name(item)) else ""
        length = f"\n-# {format_duration(item.duration_ms)}" if item.duration_ms else ""
        return f"**{title(item)}**\n{byline(item)}{album}{length}"
    return _NO_CURRENT if queue.current_or_unknown is None else _HIDDEN_CURRENT


def _next(upcoming: Entries[Playable], page: int, is_idle: bool) -> str:
    """One page of what comes next, or how to fill the queue."""
    first = page * PAGE_SIZE
    shown = upcoming[first : first + PAGE_SIZE]
    lines = ["### Next"]
    lines += [f"{number}. {_line(item)}" for number, item in enumerate(shown, start=first + 1)]
    if not upcoming:
        lines.append(upcoming.why_empty(_FILL_IDLE if is_idle else _FILL))
    elif upcoming.unreadable:
        lines.append(f"-# And {upcoming.unreadable} that I couldn’t read")
    has_pages = len(upcoming) > PAGE_SIZE
    note = f"{first + 1}–{first + len(shown)} of {len(upcoming)} · " if has_pages else ""
    # Spotify does not say how many more there are.
    is_full = len(upcoming) + upcoming.unreadable >= MAX_SKIPS
    more = ", which shows only the next 20 or so" if is_full else ""
    return "\n".join([*lines, f"-# {note}On Spotify{more}"])


def _jump_options(queue: Queue) -> list[discord.SelectOption]:
    """The entries that skipping leads to; each item once, and not the one that plays.

    Entries that could not be read have no number in the list, but need a skip all the same.
    """
    options: dict[str, discord.SelectOption] = {}
    number = 0
    for skips, entry in enumerate((queue.entries or [])[:MAX_SKIPS], start=1):
        item = playable(entry)
        number += item is not None
        if item is None or item.uri is None or (queue.current and item.uri == queue.current.uri):
            continue
        options.setdefault(
            str(item.uri),
            discord.SelectOption(
                label=single_line(f"{number}. {single_line(item.name) or 'Untitled'}", _MAX_LABEL),
                value=f"{skips}:{item.uri.kind}:{item.uri.id}",
                description=f"{count(skips, 'skip')} · {creator(item)}",
            ),
        )
    return list(options.values())


def _page_buttons(owner: str, page: int, last: int) -> list[QueuePageButton]:
    """Only those that lead to another page, and one that reads the queue again."""
    buttons = [QueuePageButton(owner, "same", str(page), "🔄")]
    if page > 0:
        buttons.insert(0, QueuePageButton(owner, "back", str(page - 1), label=f"◀ Page {page}"))
    if page < last:
        buttons.append(QueuePageButton(owner, "on", str(page + 1), label=f"Page {page + 2} ▶"))
    return buttons


def _line(item: Playable) -> str:
    parts = [title(item), byline(item)]
    parts += [format_duration(item.duration_ms)] if item.duration_ms else []
    return " · ".join(parts)
