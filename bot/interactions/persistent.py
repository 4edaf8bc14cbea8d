"""Buttons and menus that survive a restart: all they know is in their message."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar, Generic, Self, TypeVar

import discord
from discord import ui

ItemT = TypeVar("ItemT", bound="ui.Button[Any] | ui.Select[Any]")


class PersistentItem(ui.DynamicItem[ItemT], Generic[ItemT], template=r"(?!)"):
    """A DynamicItem whose exceptions end in the error funnel; discord.py keeps them to itself.

    The second half of a double press is acknowledged, and nothing else.

    Made again from the groups of its template at each press. Prefixes of templates are disjoint:
    two that match would both run.
    """

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(**match.groupdict())  # type: ignore[arg-type]  # a subclass names its groups

    # Whether the second half of a double press acts as well: where it opens a form.
    allow_double: ClassVar[bool] = False

    # What a press is one half of, where the first press makes another button of this one.
    debounce_key: Hashable = None
    # Whether it can be pressed again while it is still at work: each press goes a step further.
    repeatable: bool = False

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.client.begin_interaction(interaction):
            return
        try:
            with ExitStack() as press:
                once = interaction.client.double_press.guard(self._press_key(interaction))
                act = press.enter_context(once) or self.allow_double
                if self.repeatable:
                    press.close()
                await (self.on_press(interaction) if act else interaction.response.defer())
        except Exception as error:
            await interaction.client.handle_error(interaction, error)
        interaction.client.finish_interaction(interaction)

    async def on_press(self, interaction: discord.Interaction[Any]) -> None:
        raise NotImplementedError

    def _press_key(self, interaction: discord.Interaction[Any]) -> Hashable:
        """Whose press of which button or choice it is."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        message = interaction.message.id if interaction.message else 0
        button = self.debounce_key or data.get("custom_id")
        return interaction.user.id, message, button, tuple(data.get("values", ()))
