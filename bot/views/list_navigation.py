"""The buttons that lead from a list to its other pages, to other lists, and to Spotify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.browse.paths import PATTERN, READ_MORE, ListKind, ListPath
from bot.interactions.components import PersistentButton
from bot.spotify.uris import Kind
from bot.views import list_text

# The kinds to search for, or those of the library, in two rows of which one is shown.
_KIND_ROWS = (
    (Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST),
    (Kind.SHOW, Kind.EPISODE, Kind.AUDIOBOOK),
)
_TOP_LABELS = {"short": "4 weeks", "medium": "6 months", "long": "1 year"}
_TOP_KINDS = {Kind.TRACK: "Songs", Kind.ARTIST: "Artists"}


class NavigateButton(PersistentButton, template=f"list:go:(?P<path>{PATTERN})"):
    """Shows another page, or another list, in the same message."""

    def __init__(self, path: str, label: str = "Go", *, current: bool = False) -> None:
        """`current`: the message already shows this list."""
        self.path = ListPath.parse(path)
        style = discord.ButtonStyle.primary if current else discord.ButtonStyle.secondary
        custom_id = f"list:go:{path}"
        super().__init__(ui.Button(label=label, custom_id=custom_id, disabled=current, style=style))


def navigation(path: ListPath, *, has_more: bool, rest: bool = False) -> list[ui.Item[Any]]:
    """Buttons for the previous and the next page, and for an artist's other list.

    rest  a filtered list of the library can be continued with entries that were not read yet
    """
    buttons: list[ui.Item[Any]] = []
    if path.page > 1:
        previous = path.with_page_offset(-1)
        buttons.append(NavigateButton(str(previous), f"◀ Page {previous.page}"))
    if has_more:
        following = path.with_page_offset(1)
        buttons.append(NavigateButton(str(following), f"Page {following.page} ▶"))
    if rest:
        buttons.append(NavigateButton(str(further_path(path)), "Look further"))
    if path.kind == ListKind.ARTIST:
        albums = ListPath(ListKind.ALBUMS, path.argument, back=path.back)
        buttons.append(NavigateButton(str(albums), "Albums"))
    if path.kind == ListKind.ALBUMS:
        songs = ListPath(ListKind.ARTIST, path.argument, back=path.back)
        buttons.append(NavigateButton(str(songs), "Songs"))
    return buttons


def further_path(path: ListPath) -> ListPath:
    """The same filtered list of the library, after one more page of it was read."""
    return replace(path, argument=f"{path.argument}.{READ_MORE}")


def switches(path: ListPath, query: str) -> list[NavigateButton]:
    """Buttons for the other kinds of a search or a library, or the other periods of a top list."""
    buttons: list[NavigateButton] = []

    def add(argument: str, label: str) -> None:
        current = argument == path.argument
        target = path if current else ListPath(path.kind, argument, back=path.back)
        buttons.append(NavigateButton(str(target), label, current=current))

    if path.kind == ListKind.SAVED or (path.kind == ListKind.SEARCH and query):
        row = next(row for row in _KIND_ROWS if path.argument in row)
        for kind in row:
            add(kind, list_text.KIND_HEADINGS[kind])
        first_of_other = next(kinds[0] for kinds in _KIND_ROWS if kinds != row)
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


def back_and_search_buttons(path: ListPath, query: str) -> Iterator[ui.Item[Any]]:
    """Buttons back to the previous list, and to the search in Spotify."""
    if path.back is not None:
        yield NavigateButton(str(path.back), "Back")
    if query and path.kind == ListKind.SEARCH:
        yield ui.Button(label="Open in Spotify", url=list_text.search_link(query))
