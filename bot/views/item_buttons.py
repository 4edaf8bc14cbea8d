"""The buttons below an item: what can be done with each kind, and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import discord
from discord import ui

from bot.browse.paths import artist_uri, parent_uri
from bot.interactions.components import PersistentButton
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, Uri
from bot.text.items import format_duration


class ItemAction(StrEnum):
    """What a button does with its item; part of the custom_id."""

    PLAY = "play"
    QUEUE = "queue"
    SAVE = "save"
    ADD = "add"
    OPEN = "open"
    SHARE = "share"
    UNSAVE = "unsave"


PLAY, QUEUE, SAVE, ADD, OPEN, SHARE, UNSAVE = ItemAction

_CONTAINER_ACTIONS = (PLAY, SAVE, SHARE)
# The actions for each kind, in the order of their buttons.
ACTIONS: dict[Kind, tuple[ItemAction, ...]] = dict.fromkeys(Kind, _CONTAINER_ACTIONS) | {
    Kind.TRACK: (PLAY, QUEUE, SAVE, ADD, SHARE),
    Kind.EPISODE: (PLAY, QUEUE, SAVE, ADD, SHARE),
    Kind.ALBUM: (PLAY, QUEUE, SAVE, ADD, SHARE),
    Kind.PLAYLIST: (PLAY, QUEUE, SAVE, SHARE),
}
# The actions for an item that a user shared with the channel.
SHARED_ACTIONS: dict[Kind, tuple[ItemAction, ...]] = dict.fromkeys(Kind, (OPEN, PLAY, SAVE)) | {
    Kind.TRACK: (PLAY, QUEUE, SAVE, ADD),
    Kind.EPISODE: (PLAY, QUEUE, SAVE, ADD),
}
# The labels for opening what an item belongs to.
GO_TO_LABELS: dict[Kind, str] = {
    kind: f"Go to {kind}" for kind in (Kind.ALBUM, Kind.ARTIST, Kind.SHOW)
}
# The labels for opening an item: they show its contents, or its album or show.
OPEN_LABELS: dict[Kind, str] = dict.fromkeys(Kind, "Show songs") | {
    Kind.TRACK: GO_TO_LABELS[Kind.ALBUM],
    Kind.EPISODE: GO_TO_LABELS[Kind.SHOW],
    Kind.SHOW: "Show episodes",
    Kind.AUDIOBOOK: "Show chapters",
}
# The actions for the opened album, artist, playlist, show or audiobook as a whole.
WHOLE_ACTIONS: dict[Kind, tuple[ItemAction, ...]] = {
    Kind.ALBUM: (PLAY, QUEUE, SAVE),
    Kind.PLAYLIST: (PLAY, QUEUE, SAVE),
    Kind.ARTIST: (PLAY, SAVE),
    Kind.SHOW: (PLAY, SAVE),
    Kind.AUDIOBOOK: (PLAY, SAVE),
}

_ARTIST_LABELS = {SAVE: "Follow", UNSAVE: "Unfollow"}
_LABELS = {action: action.capitalize() for action in ItemAction} | {ADD: "Add to playlist"}
# Unsaving a user's own playlist would delete it, so there is no button for that.
UNSAVABLE_KINDS = frozenset(Kind) - {Kind.PLAYLIST}


class ItemActionButton(
    PersistentButton,
    template=rf"item:(?P<action>{'|'.join(ItemAction)}):(?P<kind>{'|'.join(Kind)}):"
    r"(?P<item_id>[0-9A-Za-z]{22})(?::(?P<start>\d{1,6}))?",
):
    """Does one thing with one item, for every user who presses it."""

    def __init__(
        self,
        action: str,
        kind: Kind,
        item_id: str,
        start: str | None = None,
        *,
        whole: bool = False,
        label: str | None = None,
    ) -> None:
        """`whole`: the label names the kind, to distinguish it from the buttons for an entry.

        start  where to play it from, in seconds
        label  instead of the label for that action
        """
        self.action = ItemAction(action)
        self.uri = Uri(kind, item_id, int(start or 0) * 1000)
        label = label or _label(self.action, Kind(kind))
        label = f"{label} {kind}" if whole else label
        style = discord.ButtonStyle.success if action == PLAY else discord.ButtonStyle.secondary
        custom_id = f"item:{action}:{kind}:{item_id}" + (f":{start}" if start else "")
        super().__init__(ui.Button(label=label, style=style, custom_id=custom_id))

    def show_saved(self, saved: bool) -> None:
        """Turn a save button into an unsave button, or back."""
        if self.action in (SAVE, UNSAVE) and self.uri.kind in UNSAVABLE_KINDS:
            uri, action = self.uri, UNSAVE if saved else SAVE
            whole = (self.item.label or "").endswith(uri.kind)
            self.item = ItemActionButton(action, uri.kind, uri.id, whole=whole).item


def _label(action: ItemAction, kind: Kind) -> str:
    if action == OPEN:
        return OPEN_LABELS[kind]
    return (_ARTIST_LABELS.get(action) if kind == Kind.ARTIST else None) or _LABELS[action]


def item_buttons(
    item: Item | Uri, *actions: ItemAction, saved: bool = False, start_ms: int = 0
) -> list[ItemActionButton]:
    """One button for each of the actions; a `saved` item can be unsaved instead of saved.

    start_ms  where to play it from
    """
    uri = item if isinstance(item, Uri) else item.require_uri()
    shown = _toggled(actions, uri, saved)
    buttons = [ItemActionButton(action, uri.kind, uri.id) for action in shown]
    if start_ms and PLAY in actions:
        start, label = str(start_ms // 1000), f"Play from {format_duration(start_ms)}"
        play = ItemActionButton(PLAY, uri.kind, uri.id, start, label=label)
        buttons[shown.index(PLAY)] = play
    return buttons


def go_to_buttons(item: Item | None) -> list[ItemActionButton]:
    """Buttons that open the album and the first artist of an item, or its show."""
    uris = dict.fromkeys((parent_uri(item), artist_uri(item))) if item else {}
    return [
        ItemActionButton(OPEN, uri.kind, uri.id, label=GO_TO_LABELS[uri.kind])
        for uri in uris
        if uri and item and uri != item.uri
    ]


def whole_list_buttons(uri: Uri, *, saved: bool = False) -> list[ItemActionButton]:
    """The buttons for the opened item as a whole."""
    return [
        ItemActionButton(action, uri.kind, uri.id, whole=True)
        for action in _toggled(WHOLE_ACTIONS[uri.kind], uri, saved)
    ]


def _toggled(actions: Sequence[ItemAction], uri: Uri, saved: bool) -> Sequence[ItemAction]:
    """The actions with UNSAVE instead of SAVE if the item is saved; a playlist has neither then."""
    if not saved:
        return actions
    if uri.kind not in UNSAVABLE_KINDS:
        return [action for action in actions if action != SAVE]
    return [UNSAVE if action == SAVE else action for action in actions]
