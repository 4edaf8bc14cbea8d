"""Looking through lists: their menu and buttons, and what can be done with one entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import discord
from discord import ui

from bot import adding, queue
from bot.remote import lists
from bot.remote.deeds import playing
from bot.remote.lists import Path
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import KINDS, Kind, Uri
from bot.ui import cards, listing, replies
from bot.ui.answer import defer
from bot.ui.items import LABELS, OPENS, SHARED, VERBS, Verb, saved
from bot.ui.lasting import Lasting
from bot.ui.text import safe

Interaction = discord.Interaction[Any]
Button = Lasting[ui.Button[Any]]

# The most buttons of a row.
_ROW = 5

_NOT_SHARED = "Discord lets nobody else here see it. Share it in another channel or server."


async def view(
    spotify: Spotify, path: Path, words: str = "", came: str = "", *, whose: str = ""
) -> ui.LayoutView:
    """A page of a list, drawn. Raises Faults, as `lists.read` does.

    words  those of a search
    came   the id to choose
    whose  the name of the person whose session it is, for lists of what they play
    """
    listed = await lists.read(spotify, path, words)
    entries, head = listed.entries, listed.head
    linked = bool(listing.search_link(words))
    unturnable = path.what == "search" and not linked
    page = _Page(
        path,
        listing.text(
            listing.heading(path.what, path.about, words, head, path.page, whose),
            entries,
            path.offset + 1,
            *listing.notes(path.what, entries, path.page, unturnable=unturnable),
        ),
        listing.options(entries, path.offset + 1),
        words if linked else "",
        listed.more and not unturnable,
    )
    items = [item for entry in entries if (item := entry.choosable)]
    if not items:
        return _drawn(page, head)
    place = next((n for n, item in enumerate(items) if came in lists.ids(item)), 0)
    return _drawn(page, items[place], page.options[place].value)


@dataclass(frozen=True)
class _Page:
    """All that the message of a list knows.

    words  of the search it began with; empty where there is none, or no link to it fits
    more   whether there may be another page
    """

    path: Path
    text: str
    options: list[discord.SelectOption]
    words: str
    more: bool

    @classmethod
    def of(cls, path: Path, message: discord.Message | None, menu: ui.Select[Any]) -> Self:
        """As the message shows it."""
        onward = f"list:go:{path.turned(1)}"
        buttons = list(_buttons(message))
        more = any(one.custom_id == onward and not one.disabled for one in buttons)
        words = listing.words_in(buttons)
        return cls(path, cards.list_of(message), menu.options, words, more)

    def of_another(self) -> Self:
        """The same for somebody else: what is told of one person has no other pages for them."""
        more = self.more and self.path.what not in ("recent", "top")
        return replace(self, path=self.path.of_another(), more=more)


def _drawn(page: _Page, item: Item | None, chosen: str = "") -> ui.LayoutView:
    """The list above, one of its entries or what holds them below, and the buttons for both."""
    rows: list[cards.Row] = []
    if page.options:
        for option in page.options:
            option.default = option.value == chosen
        rows.append(ui.ActionRow(Pick(str(page.path), page.options)))
    ways = _ways(page)
    if item is not None and item.uri is not None:
        alone = page.path.what == "search" and not page.words
        inside = lists.inside(page.path, item, alone=alone) if chosen else None
        deeper = [Go(str(inside), OPENS.get(item.kind, "Open"))] if inside else []
        does = actions(item, *VERBS[item.kind])
        full = len(does) == _ROW
        rows.append(ui.ActionRow(*([] if full else deeper), *does))
        ways += deeper if full else []
    ways += _out(page)
    rows += [ui.ActionRow(*ways[at : at + _ROW]) for at in range(0, len(ways), _ROW)]
    if item is not None:
        return cards.card(item, *rows, above=page.text)
    return cards.alone(page.text, *rows)


def _ways(page: _Page) -> list[ui.Item[Any]]:
    """To the pages before and behind, to what else there is of an artist."""
    path = page.path
    ways: list[ui.Item[Any]] = []
    if page.more or path.page > 1:
        back, onward = path.turned(-1), path.turned(1)
        ways.append(Go(str(back), f"◀ Page {back.page}" if back.page else "◀", path.page == 1))
        ways.append(Go(str(onward), f"Page {onward.page} ▶", not page.more))
    if path.what == "artist":
        ways.append(Go(str(Path("albums", path.about, back=path.back)), "Their albums"))
    if path.what == "albums":
        ways.append(Go(str(Path("artist", path.about, back=path.back)), "Their songs"))
    return ways


def _out(page: _Page) -> Iterator[ui.Item[Any]]:
    """Back, and to Spotify."""
    if page.path.back is not None:
        yield Go(str(page.path.back), "Back")
    if page.words:
        label = "Open in Spotify" if page.path.what == "search" else "Search in Spotify"
        yield ui.Button(label=label, url=listing.search_link(page.words))


def _buttons(message: discord.Message | None) -> Iterator[ui.Button[Any]]:
    if message is not None:
        parts = ui.LayoutView.from_message(message, timeout=None).walk_children()
        yield from (part for part in parts if isinstance(part, ui.Button))


def _mine(interaction: Interaction) -> bool:
    """Whether the message is the answer to whoever pressed; others get one of their own."""
    about = interaction.message.interaction_metadata if interaction.message else None
    return about is not None and about.user.id == interaction.user.id


async def _begin(interaction: Interaction) -> None:
    if _mine(interaction):
        await interaction.response.defer()
    else:
        await defer(interaction)


async def _show(interaction: Interaction, drawn: ui.LayoutView) -> None:
    if _mine(interaction):
        await interaction.edit_original_response(view=drawn)
    else:
        await interaction.followup.send(view=drawn)


class Pick(Lasting[ui.Select[Any]], template=f"list:pick:(?P<path>{lists.PATTERN})"):
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

    async def pressed(self, interaction: Interaction) -> None:
        await _begin(interaction)
        value = self.item.values[0]
        spotify = await interaction.client.accounts.reader(interaction.user.id)
        item = await spotify.catalogue.item(listing.chosen(value))
        page = _Page.of(Path.parse(self.path), interaction.message, self.item)
        if not _mine(interaction):
            page = page.of_another()
        await _show(interaction, _drawn(page, item, value))


class Go(Lasting[ui.Button[Any]], template=f"list:go:(?P<path>{lists.PATTERN})"):
    """Shows another page, or another list, in the same message."""

    def __init__(self, path: str, label: str = "Go", disabled: bool = False) -> None:
        self.path = path
        super().__init__(ui.Button(label=label, custom_id=f"list:go:{path}", disabled=disabled))

    async def pressed(self, interaction: Interaction) -> None:
        await _begin(interaction)
        path = Path.parse(self.path)
        if not _mine(interaction):
            path = path.of_another()
        words = listing.words_in(_buttons(interaction.message))
        came = _left(interaction.message, path)
        await _show(interaction, await _read(interaction, path, words, came))


async def _read(
    interaction: Interaction, path: Path, words: str = "", came: str = ""
) -> ui.LayoutView:
    accounts = interaction.client.accounts
    enter = accounts.session if path.personal else accounts.reader
    spotify = await enter(interaction.user.id)
    return await view(spotify, path, words, came, whose=interaction.user.display_name)


def _left(message: discord.Message | None, path: Path) -> str:
    """The id of what is left by going back to `path`; empty where one does not go back."""
    menus = ui.LayoutView.from_message(message, timeout=None).walk_children() if message else ()
    for menu in menus:
        here = menu.custom_id if isinstance(menu, ui.Select) else ""
        if here.endswith(f"/{path}"):
            return Path.parse(here.removeprefix("list:pick:")).about
    return ""


class Action(
    Lasting[ui.Button[Any]],
    template=rf"item:(?P<verb>{'|'.join(LABELS)}):(?P<kind>{'|'.join(KINDS)}):"
    r"(?P<item_id>[0-9A-Za-z]{22})",
):
    """Does one thing with one item, for whoever presses it."""

    def __init__(self, verb: Verb, kind: Kind, item_id: str) -> None:
        self.verb = verb
        self.uri = Uri(kind, item_id)
        label = "Follow" if (verb, kind) == ("save", "artist") else LABELS[verb]
        style = discord.ButtonStyle.success if verb == "play" else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(label=label, style=style, custom_id=f"item:{verb}:{kind}:{item_id}")
        )

    async def pressed(self, interaction: Interaction) -> None:
        await defer(interaction)
        match self.verb:
            case "play":
                done = await interaction.client.remote.do(interaction.user.id, playing(self.uri))
                await interaction.followup.send(**replies.done(done))
            case "queue":
                await queue.add(interaction, str(self.uri))
            case "save":
                await self._save(interaction)
            case "add":
                await adding.offer(interaction, self.uri)
            case "share":
                await self._share(interaction)
            case "open":
                opened = await _read(interaction, lists.opened(self.uri))
                await interaction.followup.send(view=opened)

    async def _save(self, interaction: Interaction) -> None:
        spotify = await interaction.client.accounts.session(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        await spotify.library.save(self.uri)
        interaction.client.panels.saved(interaction.user.id, self.uri)
        view = cards.card(item, heading=f"-# {saved(self.uri.kind)}")
        await interaction.followup.send(view=view)

    async def _share(self, interaction: Interaction) -> None:
        spotify = await interaction.client.accounts.reader(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        buttons: cards.Row = ui.ActionRow(*actions(item, *SHARED[self.uri.kind]))
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


def actions(item: Item | Uri, *verbs: Verb) -> list[Button]:
    """Buttons that do these things with an item, for whoever presses them."""
    uri = item if isinstance(item, Uri) else item.uri
    assert uri is not None, "what is on its owner's machine alone has no buttons"
    return [Action(verb, uri.kind, uri.id) for verb in verbs]


ITEMS = (Pick, Go, Action)
