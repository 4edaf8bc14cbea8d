"""The cards of items that were saved, or shared with a channel."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind
from bot.text.escape import safe
from bot.text.items import byline, count, title
from bot.views import cards
from bot.views.item_buttons import SHARED_ACTIONS, go_to_buttons, item_buttons, saved_message

SHARING = "Sharing…"
SHARED = "Shared with everybody here."
NOT_SHARED = "Nobody else can see it here. Share it in another channel or server."


def saved_card(items: Sequence[Item]) -> ui.LayoutView:
    """What was saved: a card of one item, or a list of several."""
    if len(items) == 1:
        return cards.card(
            items[0], *_go_to_row(items[0]), heading=f"-# {saved_message(items[0].kind)}"
        )
    lines = [f"- {title(item)} · {byline(item)}" for item in items]
    return cards.list_card("\n".join(["### Saved", *lines, "-# On Spotify"]))


def saved_line(items: Sequence[Item]) -> str:
    """What was saved, in one line."""
    if len(items) == 1:
        return f"{title(items[0])} · {saved_message(items[0].kind)}"
    kinds = {item.kind for item in items}
    kind = kinds.pop() if len(kinds) == 1 else "item"
    return f"Saved {count(len(items), 'song' if kind == Kind.TRACK else kind)}"


def shared_card(item: Item, user_name: str) -> ui.LayoutView:
    """An item for everybody in the channel, with buttons that act for the user who presses."""
    noun = "song" if item.kind == Kind.TRACK else item.kind
    article = "an" if noun[0] in "aeiou" else "a"
    row: cards.Row = ui.ActionRow(*item_buttons(item, *SHARED_ACTIONS[item.kind]))
    heading = f"-# {safe(user_name)} shared {article} {noun}"
    return cards.card(item, row, *_go_to_row(item), heading=heading)


def _go_to_row(item: Item) -> list[cards.Row]:
    buttons = go_to_buttons(item)
    return [ui.ActionRow(*buttons)] if buttons else []
