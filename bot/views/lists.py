"""Looking through lists: their menu and buttons, and what can be done with one entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import discord
from discord import ui

from bot import browse
from bot.browse import ListPath
from bot.interactions.persistent import PersistentItem
from bot.interactions.responses import defer
from bot.player.actions import play_action
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import KINDS, Kind, Uri
from bot.text.escape import safe
from bot.views import cards, list_text, outcome, playlists, queue_buttons
from bot.views.item_buttons import (
    ACTIONS,
    LABELS,
    OPEN_LABELS,
    SHARED_ACTIONS,
    ItemAction,
    saved_message,
)

Interaction = discord.Interaction[Any]
ItemButton = PersistentItem[ui.Button[Any]]

# The most buttons of a row.
_BUTTONS_PER_ROW = 5

_NOT_SHARED = "Discord lets nobody else here see it. Share it in another channel or server."


async def list_view(
    spotify: Spotify, path: ListPath, words: str = "", came: str = "", *, whose: str = ""
) -> ui.LayoutView:
    """A page of a list, drawn. Raises Faults, as `lists.read` does.

    words  those of a search
    came   the id to choose
    whose  the name of the person whose session it is, for lists of what they play
    """
    listed = await browse.read(spotify, path, words)
    entries, head = listed.entries, listed.head
    linked = bool(list_text.search_link(words))
    unturnable = path.kind == "search" and not linked
    page = _RenderedPage(
        path,
        list_text.list_text(
            list_text.heading(path.kind, path.argument, words, head, path.page, whose),
            entries,
            path.offset + 1,
            *list_text.notes(path.kind, entries, path.page, cannot_page=unturnable),
        ),
        list_text.item_options(entries, path.offset + 1),
        words if linked else "",
        listed.more and not unturnable,
    )
    items = [item for entry in entries if (item := entry.selectable)]
    if not items:
        return _render(page, head)
    place = next((n for n, item in enumerate(items) if came in browse.identities(item)), 0)
    return _render(page, items[place], page.options[place].value)


@dataclass(frozen=True)
class _RenderedPage:
    """All that the message of a list knows.

    words  of the search it began with; empty where there is none, or no link to it fits
    more   whether there may be another page
    """

    path: ListPath
    text: str
    options: list[discord.SelectOption]
    words: str
    more: bool

    @classmethod
    def read_back(
        cls, path: ListPath, message: discord.Message | None, menu: ui.Select[Any]
    ) -> Self:
        """As the message shows it."""
        onward = f"list:go:{path.with_page_offset(1)}"
        buttons = list(_buttons(message))
        more = any(one.custom_id == onward and not one.disabled for one in buttons)
        words = list_text.words_in(buttons)
        return cls(path, cards.list_text(message), menu.options, words, more)

    def for_other_user(self) -> Self:
        """The same for somebody else: what is told of one person has no other pages for them."""
        more = self.more and self.path.kind not in ("recent", "top")
        return replace(self, path=self.path.for_other_user(), more=more)


def _render(page: _RenderedPage, item: Item | None, chosen: str = "") -> ui.LayoutView:
    """The list above, one of its entries or what holds them below, and the buttons for both."""
    rows: list[cards.Row] = []
    if page.options:
        for option in page.options:
            option.default = option.value == chosen
        rows.append(ui.ActionRow(ItemSelect(str(page.path), page.options)))
    ways = _navigation(page)
    if item is not None and item.uri is not None:
        alone = page.path.kind == "search" and not page.words
        inside = browse.child_path(page.path, item, alone=alone) if chosen else None
        deeper = [NavigateButton(str(inside), OPEN_LABELS.get(item.kind, "Open"))] if inside else []
        does = item_buttons(item, *ACTIONS[item.kind])
        full = len(does) == _BUTTONS_PER_ROW
        rows.append(ui.ActionRow(*([] if full else deeper), *does))
        ways += deeper if full else []
    ways += _exits(page)
    rows += [
        ui.ActionRow(*ways[at : at + _BUTTONS_PER_ROW])
        for at in range(0, len(ways), _BUTTONS_PER_ROW)
    ]
    if item is not None:
        return cards.card(item, *rows, above=page.text)
    return cards.list_card(page.text, *rows)


def _navigation(page: _RenderedPage) -> list[ui.Item[Any]]:
    """To the pages before and behind, to what else there is of an artist."""
    path = page.path
    ways: list[ui.Item[Any]] = []
    if page.more or path.page > 1:
        back, onward = path.with_page_offset(-1), path.with_page_offset(1)
        ways.append(
            NavigateButton(str(back), f"◀ Page {back.page}" if back.page else "◀", path.page == 1)
        )
        ways.append(NavigateButton(str(onward), f"Page {onward.page} ▶", not page.more))
    if path.kind == "artist":
        ways.append(
            NavigateButton(str(ListPath("albums", path.argument, back=path.back)), "Their albums")
        )
    if path.kind == "albums":
        ways.append(
            NavigateButton(str(ListPath("artist", path.argument, back=path.back)), "Their songs")
        )
    return ways


def _exits(page: _RenderedPage) -> Iterator[ui.Item[Any]]:
    """Back, and to Spotify."""
    if page.path.back is not None:
        yield NavigateButton(str(page.path.back), "Back")
    if page.words:
        label = "Open in Spotify" if page.path.kind == "search" else "Search in Spotify"
        yield ui.Button(label=label, url=list_text.search_link(page.words))


def _buttons(message: discord.Message | None) -> Iterator[ui.Button[Any]]:
    if message is not None:
        parts = ui.LayoutView.from_message(message, timeout=None).walk_children()
        yield from (part for part in parts if isinstance(part, ui.Button))


def _is_own_reply(interaction: Interaction) -> bool:
    """Whether the message is the answer to whoever pressed; others get one of their own."""
    about = interaction.message.interaction_metadata if interaction.message else None
    return about is not None and about.user.id == interaction.user.id


async def _defer(interaction: Interaction) -> None:
    if _is_own_reply(interaction):
        await interaction.response.defer()
    else:
        await defer(interaction)


async def _reply(interaction: Interaction, drawn: ui.LayoutView) -> None:
    if _is_own_reply(interaction):
        await interaction.edit_original_response(view=drawn)
    else:
        await interaction.followup.send(view=drawn)


class ItemSelect(PersistentItem[ui.Select[Any]], template=f"list:pick:(?P<path>{browse.PATTERN})"):
    """Chooses another entry of a list."""

    def __init__(self, path: str, options: list[discord.SelectOption]) -> None:
        self.path = path
        super().__init__(ui.Select(custom_id=f"list:pick:{path}", options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(match["path"], item.options)

    async def on_press(self, interaction: Interaction) -> None:
        await _defer(interaction)
        value = self.item.values[0]
        spotify = await interaction.client.sessions.catalogue_session(interaction.user.id)
        item = await spotify.catalogue.item(list_text.parse_option(value))
        page = _RenderedPage.read_back(ListPath.parse(self.path), interaction.message, self.item)
        if not _is_own_reply(interaction):
            page = page.for_other_user()
        await _reply(interaction, _render(page, item, value))


class NavigateButton(
    PersistentItem[ui.Button[Any]], template=f"list:go:(?P<path>{browse.PATTERN})"
):
    """Shows another page, or another list, in the same message."""

    def __init__(self, path: str, label: str = "Go", disabled: bool = False) -> None:
        self.path = path
        super().__init__(ui.Button(label=label, custom_id=f"list:go:{path}", disabled=disabled))

    async def on_press(self, interaction: Interaction) -> None:
        await _defer(interaction)
        path = ListPath.parse(self.path)
        if not _is_own_reply(interaction):
            path = path.for_other_user()
        words = list_text.words_in(_buttons(interaction.message))
        came = _previous_item(interaction.message, path)
        await _reply(interaction, await _list_view_for(interaction, path, words, came))


async def _list_view_for(
    interaction: Interaction, path: ListPath, words: str = "", came: str = ""
) -> ui.LayoutView:
    accounts = interaction.client.sessions
    enter = accounts.session if path.personal else accounts.catalogue_session
    spotify = await enter(interaction.user.id)
    return await list_view(spotify, path, words, came, whose=interaction.user.display_name)


def _previous_item(message: discord.Message | None, path: ListPath) -> str:
    """The id of what is left by going back to `path`; empty where one does not go back."""
    menus = ui.LayoutView.from_message(message, timeout=None).walk_children() if message else ()
    for menu in menus:
        here = menu.custom_id if isinstance(menu, ui.Select) else ""
        if here.endswith(f"/{path}"):
            return ListPath.parse(here.removeprefix("list:pick:")).argument
    return ""


class ItemActionButton(
    PersistentItem[ui.Button[Any]],
    template=rf"item:(?P<verb>{'|'.join(LABELS)}):(?P<kind>{'|'.join(KINDS)}):"
    r"(?P<item_id>[0-9A-Za-z]{22})",
):
    """Does one thing with one item, for whoever presses it."""

    def __init__(self, verb: ItemAction, kind: Kind, item_id: str) -> None:
        self.verb = verb
        self.uri = Uri(kind, item_id)
        label = "Follow" if (verb, kind) == ("save", "artist") else LABELS[verb]
        style = discord.ButtonStyle.success if verb == "play" else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(label=label, style=style, custom_id=f"item:{verb}:{kind}:{item_id}")
        )

    async def on_press(self, interaction: Interaction) -> None:
        await defer(interaction)
        match self.verb:
            case "play":
                done = await interaction.client.player.perform(
                    interaction.user.id, play_action(self.uri)
                )
                await interaction.followup.send(**outcome.outcome_reply(done))
            case "queue":
                await queue_buttons.add_to_queue(interaction, str(self.uri))
            case "save":
                await self._save(interaction)
            case "add":
                await playlists.add_or_ask(interaction, self.uri)
            case "share":
                await self._share(interaction)
            case "open":
                opened = await _list_view_for(interaction, browse.path_for_item(self.uri))
                await interaction.followup.send(view=opened)

    async def _save(self, interaction: Interaction) -> None:
        spotify = await interaction.client.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        await spotify.library.save(self.uri)
        interaction.client.panels.saved(interaction.user.id, self.uri)
        view = cards.card(item, heading=f"-# {saved_message(self.uri.kind)}")
        await interaction.followup.send(view=view)

    async def _share(self, interaction: Interaction) -> None:
        spotify = await interaction.client.sessions.catalogue_session(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        buttons: cards.Row = ui.ActionRow(*item_buttons(item, *SHARED_ACTIONS[self.uri.kind]))
        what = "song" if self.uri.kind == "track" else self.uri.kind
        article = "an" if what[0] in "aeiou" else "a"
        who = f"-# {safe(interaction.user.display_name)} shared {article} {what}"
        # The first message takes the place of the deferred one, and is as private as that.
        await interaction.edit_original_response(content="Sharing…")
        card = cards.card(item, buttons, heading=who)
        sent = await interaction.followup.send(view=card, wait=True)
        # Where an app may not speak to everybody, Discord shows it to this person alone.
        told = _NOT_SHARED if sent.flags.ephemeral else "Shared with everybody here."
        await interaction.edit_original_response(content=told)


def item_buttons(item: Item | Uri, *verbs: ItemAction) -> list[ItemButton]:
    """Buttons that do these things with an item, for whoever presses them."""
    uri = item if isinstance(item, Uri) else item.uri
    assert uri is not None, "what is on its owner's machine alone has no buttons"
    return [ItemActionButton(verb, uri.kind, uri.id) for verb in verbs]


ITEMS = (ItemSelect, NavigateButton, ItemActionButton)
