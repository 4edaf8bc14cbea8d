"""The menu of the Spotify links in a message, if there are several."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import discord
from discord import ui

from bot.interactions.components import PersistentSelect
from bot.interactions.responses import Reply
from bot.player.message_links import MAX_LINKS, LinkedItem
from bot.text.choices import select_option
from bot.views import cards


class MessageAction(StrEnum):
    """What is done with the links of a message; part of the custom_id."""

    PLAY = "play"
    QUEUE = "queue"
    SAVE = "save"


class LinkSelect(PersistentSelect, template=rf"menu:(?P<action>{'|'.join(MessageAction)})"):
    """Selects among a message's links: one to play, or several to queue or save."""

    def __init__(self, action: str, options: list[discord.SelectOption]) -> None:
        self.action = MessageAction(action)
        most = 1 if self.action is MessageAction.PLAY else len(options)
        super().__init__(ui.Select(custom_id=f"menu:{action}", options=options, max_values=most))

    @property
    def selected(self) -> list[str]:
        """The links of the selected items, in the order of the message."""
        return [option.value for option in self.options if option.value in self.item.values]


def link_menu(action: MessageAction, found: Sequence[LinkedItem], left_out: int) -> Reply:
    """The question which link to use; `left_out` links of the message were not read."""
    text = "That message has several Spotify links."
    if left_out:
        text = (
            f"That message has {MAX_LINKS + left_out} Spotify links. "
            f"Here are the first {MAX_LINKS}."
        )
    number = "one" if action is MessageAction.PLAY else "one or more"
    menu = LinkSelect(action, [_option(linked) for linked in found])
    row: cards.Row = ui.ActionRow(menu)
    return Reply(view=cards.container(f"{text} Choose {number} to {action}.", row), private=True)


def _option(linked: LinkedItem) -> discord.SelectOption:
    """The value is a link, so that `find_links` reads it back."""
    if linked.item is None:
        return discord.SelectOption(label="Liked songs", value="spotify:collection")
    option = select_option(linked.item)
    option.value += f"#t={linked.start_ms // 1000}" if linked.start_ms else ""
    return option
