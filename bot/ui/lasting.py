"""Buttons and menus that survive a restart: all they know is in their message."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar, Generic, Self, TypeVar

import discord
from discord import ui

Part = TypeVar("Part", bound="ui.Button[Any] | ui.Select[Any]")


class Lasting(ui.DynamicItem[Part], Generic[Part], template=r"(?!)"):
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
    twice: ClassVar[bool] = False

    # What a press is one half of, where the first press makes another button of this one.
    half: Hashable = None
    # Whether it can be pressed again while it is still at work: each press goes a step further.
    steps: bool = False

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.client.admit(interaction):
            return
        try:
            with ExitStack() as press:
                once = interaction.client.presses.once(self._button(interaction))
                act = press.enter_context(once) or self.twice
                if self.steps:
                    press.close()
                await (self.pressed(interaction) if act else interaction.response.defer())
        except Exception as error:
            await interaction.client.fail(interaction, error)
        interaction.client.done(interaction)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        raise NotImplementedError

    def _button(self, interaction: discord.Interaction[Any]) -> Hashable:
        """Whose press of which button or choice it is."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        message = interaction.message.id if interaction.message else 0
        button = self.half or data.get("custom_id")
        return interaction.user.id, message, button, tuple(data.get("values", ()))
