"""A page of a list: its text, the menu of its entries, and buttons for pages and the entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import discord
from discord import ui

from bot.browse.pages import ListPage
from bot.browse.paths import PATTERN, ListKind, ListPath, artist_path, child_path, identities
from bot.interactions.components import PersistentButton, PersistentSelect
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind
from bot.views import cards, list_text, status_line
from bot.views.item_buttons import (
    ACTIONS,
    OPEN_LABELS,
    ItemActionButton,
    item_buttons,
    whole_list_buttons,
)

# Discord allows a row this many buttons.
_BUTTONS_PER_ROW = 5

# The kinds to search for, in two rows of which one is shown.
_SEARCH_ROWS = (
    (Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST),
    (Kind.SHOW, Kind.EPISODE, Kind.AUDIOBOOK),
)
_TOP_LABELS = {"short": "4 weeks", "medium": "6 months", "long": "1 year"}
_TOP_KINDS = {Kind.TRACK: "Songs", Kind.ARTIST: "Artists"}


class ItemSelect(PersistentSelect, template=f"list:pick:(?P<path>{PATTERN})"):
    """Selects another entry of the list."""

    def __init__(self, path: str, options: list[discord.SelectOption]) -> None:
        self.path = ListPath.parse(path)
        super().__init__(
            ui.Select(custom_id=f"list:pick:{path}", options=options, placeholder="Choose another")
        )


class NavigateButton(PersistentButton, template=f"list:go:(?P<path>{PATTERN})"):
    """Shows another page, or another list, in the same message."""

    def __init__(
        self, path: str, label: str = "Go", disabled: bool = False, *, current: bool = False
    ) -> None:
        """`current`: it stands for what the message shows already."""
        self.path = ListPath.parse(path)
        style = discord.ButtonStyle.primary if current else discord.ButtonStyle.secondary
        custom_id = f"list:go:{path}"
        super().__init__(
            ui.Button(label=label, custom_id=custom_id, disabled=disabled or current, style=style)
        )


@dataclass(frozen=True)
class ListMessage:
    """What the message of a list holds besides the selected entry.

    query     of the search that the list began with; empty if there is none, or if a link to it is
              too long
    has_more  whether there may be another page
    """

    path: ListPath
    text: str
    options: list[discord.SelectOption]
    query: str
    has_more: bool

    @classmethod
    def from_message(cls, menu: ItemSelect, message: discord.Message | None) -> Self:
        """From the message of a menu."""
        next_page = f"list:go:{menu.path.with_page_offset(1)}"
        has_more = any(
            button.custom_id == next_page and not button.disabled for button in _buttons(message)
        )
        return cls(
            menu.path, cards.read_list_text(message), menu.options, query_of(message), has_more
        )

    def for_other_user(self) -> Self:
        """The same list for a user who did not ask for it; personal lists have one page there."""
        has_more = self.has_more and self.path.kind not in (ListKind.RECENT, ListKind.TOP)
        return replace(self, path=self.path.for_other_user(), has_more=has_more)


def list_view(
    page: ListPage,
    query: str = "",
    *,
    selected: str = "",
    owner_name: str = "",
    note: str = "",
) -> ui.LayoutView:
    """A page with one of its entries selected.

    query       of the search that the list began with
    selected    the ID of the entry to select, or of an item that leads to it; else the first
    owner_name  whose plays a personal list has
    note        a sentence for the small print
    """
    path, entries, head = page.path, page.entries, page.head
    has_link = bool(list_text.search_link(query))
    cannot_page = path.kind == ListKind.SEARCH and not has_link
    message = ListMessage(
        path,
        list_text.render_list(
            list_text.heading(path.kind, path.argument, query, head, path.page, owner_name),
            entries,
            path.offset + 1,
            *list_text.notes(path.kind, entries, path.page, cannot_page=cannot_page),
            note,
        ),
        list_text.item_options(entries, path.offset + 1),
        query if has_link else "",
        page.more and not cannot_page,
    )
    items = [item for entry in entries if (item := entry.selectable)]
    if not items:
        return render(message, head)
    index = next((n for n, item in enumerate(items) if selected in identities(item)), 0)
    return render(message, items[index], message.options[index].value)


def render(message: ListMessage, item: Item | None, selected: str = "") -> ui.LayoutView:
    """The list above, the selected entry or the head of the list below, and all buttons.

    `selected` is the value of the entry's option; empty if `item` is the head.
    """
    rows: list[cards.Row] = []
    if message.options:
        for option in message.options:
            option.default = False  # earlier versions selected it in the menu, too
        rows.append(ui.ActionRow(ItemSelect(str(message.path), message.options)))
    navigation = _navigation(message)
    if item is not None and item.uri is not None:
        without_back = message.path.kind == ListKind.SEARCH and not message.query
        child = child_path(message.path, item, alone=without_back) if selected else None
        open_button = [NavigateButton(str(child), OPEN_LABELS[item.kind])] if child else []
        actions = item_buttons(item, *ACTIONS[item.kind])
        row_is_full = len(actions) == _BUTTONS_PER_ROW
        rows.append(ui.ActionRow(*([] if row_is_full else open_button), *actions))
        navigation += open_button if row_is_full else []
        if selected and not without_back and (artist := artist_path(message.path, item)):
            navigation.append(NavigateButton(str(artist), "Go to artist"))
        if selected and (head := message.path.head_uri):
            rows.append(ui.ActionRow(*whole_list_buttons(head)))
    navigation += _exits(message)
    rows += [
        ui.ActionRow(*navigation[start : start + _BUTTONS_PER_ROW])
        for start in range(0, len(navigation), _BUTTONS_PER_ROW)
    ]
    if switches := _switches(message):
        rows.append(ui.ActionRow(*switches))
    text = list_text.mark_entry(message.text, selected)
    if item is not None:
        return cards.card(item, *rows, above=text)
    return cards.list_card(text, *rows)


def is_list(message: discord.Message | None) -> bool:
    """Whether the message shows a list with a selected entry."""
    components = cards.custom_ids(message.components if message else ())
    return any(custom_id.startswith("list:pick:") for custom_id in components)


def with_status(message: discord.Message, status: str, *buttons: ui.Item[Any]) -> ui.LayoutView:
    """The list with a line that says what a press on it has done."""
    components = (ItemSelect, NavigateButton, ItemActionButton)
    return status_line.with_status(message, status, *buttons, components=components)


def visitor_note(path: ListPath, message: discord.Message | None) -> str:
    """For a user who turns the pages of another user's plays, and gets their own plays instead."""
    if path.kind not in (ListKind.RECENT, ListKind.TOP):
        return ""
    metadata = message.interaction_metadata if message else None
    return list_text.own_plays_note(metadata.user.display_name if metadata else "")


def query_of(message: discord.Message | None) -> str:
    """The query of the search that the list in a message began with."""
    return list_text.query_in(_buttons(message))


def opened_item_id(message: discord.Message | None, path: ListPath) -> str:
    """The ID of the item whose list the message shows, if `path` is where it was opened from."""
    for menu in cards.layout_of(message).walk_children():
        custom_id = menu.custom_id if isinstance(menu, ui.Select) else ""
        if custom_id.endswith(f"/{path}"):
            return ListPath.parse(custom_id.removeprefix("list:pick:")).argument
    return ""


def _navigation(message: ListMessage) -> list[ui.Item[Any]]:
    """Buttons for the previous and the next page, and for an artist's other list."""
    path = message.path
    buttons: list[ui.Item[Any]] = []
    if message.has_more or path.page > 1:
        previous, following = path.with_page_offset(-1), path.with_page_offset(1)
        label = f"◀ Page {previous.page}" if previous.page else "◀"
        buttons.append(NavigateButton(str(previous), label, path.page == 1))
        buttons.append(
            NavigateButton(str(following), f"Page {following.page} ▶", not message.has_more)
        )
    if path.kind == ListKind.ARTIST:
        albums = ListPath(ListKind.ALBUMS, path.argument, back=path.back)
        buttons.append(NavigateButton(str(albums), "Albums"))
    if path.kind == ListKind.ALBUMS:
        songs = ListPath(ListKind.ARTIST, path.argument, back=path.back)
        buttons.append(NavigateButton(str(songs), "Songs"))
    return buttons


def _switches(message: ListMessage) -> list[NavigateButton]:
    """Buttons for a search's other kinds, and for the other periods and kind of the top lists."""
    path = message.path
    buttons: list[NavigateButton] = []

    def add(argument: str, label: str) -> None:
        current = argument == path.argument
        target = path if current else ListPath(path.kind, argument, back=path.back)
        buttons.append(NavigateButton(str(target), label, current=current))

    if path.kind == ListKind.SEARCH and message.query:
        row = next(row for row in _SEARCH_ROWS if path.argument in row)
        for kind in row:
            add(kind, list_text.KIND_HEADINGS[kind])
        first_of_other = next(kinds[0] for kinds in _SEARCH_ROWS if kinds != row)
        is_second_row = first_of_other == Kind.SHOW
        add(first_of_other, "More" if is_second_row else list_text.KIND_HEADINGS[first_of_other])
    elif path.kind == ListKind.TOP:
        current, _, period = path.argument.partition(".")
        for name, label in _TOP_LABELS.items():
            add(f"{current}.{name}", label)
        for top_kind, label in _TOP_KINDS.items():
            if top_kind.value != current:
                add(f"{top_kind}.{period}", label)
    return buttons


def _exits(message: ListMessage) -> Iterator[ui.Item[Any]]:
    """Back to the list before, and to Spotify."""
    if message.path.back is not None:
        yield NavigateButton(str(message.path.back), "Back")
    if message.query:
        label = "Open in Spotify" if message.path.kind == ListKind.SEARCH else "Search in Spotify"
        yield ui.Button(label=label, url=list_text.search_link(message.query))


def _buttons(message: discord.Message | None) -> Iterator[ui.Button[Any]]:
    for component in cards.layout_of(message).walk_children():
        if isinstance(component, ui.Button):
            yield component
