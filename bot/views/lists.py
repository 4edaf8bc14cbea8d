"""A page of a list: its text, the menu of its entries, and buttons for pages and the entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.browse.pages import ListPage
from bot.browse.paths import (
    OWN_LISTS,
    PATTERN,
    ListKind,
    ListPath,
    artist_path,
    child_path,
    identities,
)
from bot.interactions.components import PersistentSelect
from bot.interactions.responses import Reply
from bot.library.recent_changes import RecentChanges
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, Uri
from bot.views import cards, list_text
from bot.views.covers import covers
from bot.views.item_buttons import (
    ACTIONS,
    GO_TO_LABELS,
    OPEN_LABELS,
    UNSAVABLE_KINDS,
    ItemAction,
    ItemActionButton,
    item_buttons,
    whole_list_buttons,
)
from bot.views.list_navigation import (
    NavigateButton,
    back_and_search_buttons,
    further_path,
    navigation,
    switches,
)

# Discord allows a row this many buttons.
_BUTTONS_PER_ROW = 5


class ItemSelect(PersistentSelect, template=f"list:pick:(?P<path>{PATTERN})"):
    """Selects another entry of the list."""

    def __init__(self, path: str, options: list[discord.SelectOption]) -> None:
        self.path = ListPath.parse(path)
        super().__init__(
            ui.Select(custom_id=f"list:pick:{path}", options=options, placeholder="Choose another")
        )


@dataclass(frozen=True)
class ListMessage:
    """The contents of a list's message, besides the selected entry.

    query       of the search that the list began with; empty if there is none, or if a link to it
                is too long
    has_more    whether there may be another page
    head_saved  whether the opened album, artist, show or audiobook is saved
    covers      of the entries, above them
    rest        whether a filtered list of the library can be continued
    """

    path: ListPath
    text: str
    options: list[discord.SelectOption]
    query: str
    has_more: bool
    head_saved: bool = False
    covers: tuple[discord.MediaGalleryItem, ...] = ()
    rest: bool = False

    @classmethod
    def from_message(cls, menu: ItemSelect, message: discord.Message | None) -> Self:
        """From the message of a menu."""
        next_page = f"list:go:{menu.path.with_page_offset(1)}"
        further = f"list:go:{further_path(menu.path)}"
        has_more = any(
            button.custom_id == next_page and not button.disabled for button in _buttons(message)
        )
        return cls(
            menu.path,
            cards.read_list_text(message),
            menu.options,
            query_of(message),
            has_more,
            _is_head_saved(menu.path, message),
            cards.read_covers(message),
            any(button.custom_id == further for button in _buttons(message)),
        )

    def for_other_user(self) -> Self:
        """The same list for a user who did not ask for it; personal lists have one page there."""
        has_more = self.has_more and self.path.kind not in OWN_LISTS
        return replace(
            self,
            path=self.path.for_other_user(),
            text=list_text.without_hearts(self.text),
            has_more=has_more,
            head_saved=False,
            rest=False,
        )


def list_reply(
    page: ListPage, query: str = "", *, owner_name: str = "", saved: Collection[Uri] = ()
) -> Reply:
    """The reply to a command that lists something. That there is nothing is told privately."""
    view = list_view(page, query, owner_name=owner_name, saved=saved)
    return Reply(view=view, private=not page.entries and page.head is None)


def list_view(
    page: ListPage,
    query: str = "",
    *,
    selected: str = "",
    owner_name: str = "",
    note: str = "",
    saved: Collection[Uri] = (),
) -> ui.LayoutView:
    """A page with one of its entries selected.

    query       of the search that the list began with
    selected    the ID of the entry to select, or of an item that leads to it; else the first
    owner_name  whose plays a personal list has
    note        a sentence for the small print
    saved       those of the entries and the opened item that the user has saved
    """
    path, entries, head = page.path, page.entries, page.head
    has_link = bool(list_text.search_link(query))
    cannot_page = path.kind == ListKind.SEARCH and not has_link
    message = ListMessage(
        path,
        list_text.render_list(
            page, query, note, owner_name=owner_name, cannot_page=cannot_page, saved=saved
        ),
        list_text.item_options(entries, path.offset + 1),
        query if has_link else "",
        page.more and not cannot_page,
        path.head_uri in saved,
        covers(page),
        page.rest,
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
            option.default = False  # earlier versions also selected it in the menu
        rows.append(ui.ActionRow(ItemSelect(str(message.path), message.options)))
    buttons = navigation(message.path, has_more=message.has_more, rest=message.rest)
    if item is not None and item.uri is not None:
        without_back = message.path.kind == ListKind.SEARCH and not message.query
        child = child_path(message.path, item, alone=without_back) if selected else None
        open_button = [NavigateButton(str(child), OPEN_LABELS[item.kind])] if child else []
        saved = list_text.is_saved(message.text, selected) if selected else message.head_saved
        start_ms = message.path.start_ms
        actions = item_buttons(item, *ACTIONS[item.kind], saved=saved, start_ms=start_ms)
        row_is_full = len(actions) == _BUTTONS_PER_ROW
        rows.append(ui.ActionRow(*([] if row_is_full else open_button), *actions))
        buttons += open_button if row_is_full else []
        if selected and not without_back and (artist := artist_path(message.path, item)):
            buttons.append(NavigateButton(str(artist), GO_TO_LABELS[Kind.ARTIST]))
        if selected and (head := message.path.head_uri):
            rows.append(ui.ActionRow(*whole_list_buttons(head, saved=message.head_saved)))
    buttons += back_and_search_buttons(message.path, message.query)
    rows += [
        ui.ActionRow(*buttons[start : start + _BUTTONS_PER_ROW])
        for start in range(0, len(buttons), _BUTTONS_PER_ROW)
    ]
    if others := switches(message.path, message.query):
        rows.append(ui.ActionRow(*others))
    text = list_text.mark_entry(message.text, selected)
    if item is not None:
        return cards.card(item, *rows, above=text, covers=message.covers)
    return cards.list_card(text, *rows)


def show_saved(view: ui.LayoutView, uri: Uri, *, saved: bool) -> None:
    """Mark the item as saved, or as not saved, in the list and on its buttons."""
    for component in view.walk_children():
        if isinstance(component, ItemActionButton) and component.uri == uri:
            component.show_saved(saved)
        elif isinstance(component, ItemSelect):
            for option in component.options:
                if list_text.parse_option(option.value) == uri:
                    mark = partial(list_text.mark_saved, selected=option.value, saved=saved)
                    cards.edit_list_text(view, mark)


def show_changes(
    view: ui.LayoutView, message: discord.Message | None, changes: RecentChanges
) -> None:
    """Correct what has changed since a private message was made or edited, in a view of it."""
    if message is None or not message.flags.ephemeral or message.interaction_metadata is None:
        return
    user_id = message.interaction_metadata.user.id
    since = message.edited_at or message.created_at
    for uri, saved in changes.since(user_id, since).items():
        show_saved(view, uri, saved=saved)


def head_title(message: discord.Message | None, uri: Uri) -> str:
    """The title of the opened item in its list's heading; empty if the card shows `uri` itself."""
    ids = cards.custom_ids(message.components if message else ())
    if not any(each.startswith("list:pick:") for each in ids):
        return ""
    return list_text.head_in(cards.read_list_text(message), uri)


def _is_head_saved(path: ListPath, message: discord.Message | None) -> bool:
    uri = path.head_uri
    ids = cards.custom_ids(message.components if message else ())
    if uri is None or uri.kind in UNSAVABLE_KINDS:
        return uri is not None and f"item:{ItemAction.UNSAVE}:{uri.kind}:{uri.id}" in ids
    return f"item:{ItemAction.SAVE}:{uri.kind}:{uri.id}" not in ids


def visitor_note(path: ListPath, message: discord.Message | None) -> str:
    """A note for a user who turns the pages of another user's plays and gets their own plays."""
    if path.kind not in OWN_LISTS:
        return ""
    metadata = message.interaction_metadata if message else None
    return list_text.own_plays_note(metadata.user.display_name if metadata else "")


def query_of(message: discord.Message | None) -> str:
    """The query of the search that the list in a message began with."""
    return list_text.query_in(cards.read_list_text(message), _buttons(message))


def opened_item_id(message: discord.Message | None, path: ListPath) -> str:
    """The ID of the item whose list the message shows, if `path` is where it was opened from."""
    for menu in cards.layout_of(message).walk_children():
        custom_id = menu.custom_id if isinstance(menu, ui.Select) else ""
        if custom_id.endswith(f"/{path}"):
            return ListPath.parse(custom_id.removeprefix("list:pick:")).argument
    return ""


def _buttons(message: discord.Message | None) -> Iterator[ui.Button[Any]]:
    for component in cards.layout_of(message).walk_children():
        if isinstance(component, ui.Button):
            yield component
