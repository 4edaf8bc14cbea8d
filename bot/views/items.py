"""The cards of items that were shared with a channel."""

from __future__ import annotations

from discord import ui

from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind
from bot.text.escape import safe
from bot.views import cards
from bot.views.item_buttons import SHARED_ACTIONS, go_to_buttons, item_buttons

SHARING = "Sharing…"
SHARED = "Shared with everyone here."
NOT_SHARED = "Nobody else can see it here. Share it in another channel or server."


def shared_card(item: Item, user_name: str) -> ui.LayoutView:
    """An item for everybody in the channel, with buttons that act for the user who presses."""
    noun = "song" if item.kind == Kind.TRACK else item.kind
    article = "an" if noun[0] in "aeiou" else "a"
    row: cards.Row = ui.ActionRow(*item_buttons(item, *SHARED_ACTIONS[item.kind]))
    heading = f"-# {safe(user_name)} shared {article} {noun}"
    return cards.card(item, row, *go_to_row(item), heading=heading)


def go_to_row(item: Item) -> list[cards.Row]:
    buttons = go_to_buttons(item)
    return [ui.ActionRow(*buttons)] if buttons else []
