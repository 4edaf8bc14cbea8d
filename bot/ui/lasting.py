"""Buttons and menus that survive a restart: all they know is in their message."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
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

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.client.admit(interaction):
            return
        try:
            with interaction.client.presses.once(_button(interaction)) as first:
                act = first or self.twice
                await (self.pressed(interaction) if act else interaction.response.defer())
        except Exception as error:
            await interaction.client.fail(interaction, error)
        interaction.client.done(interaction)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        raise NotImplementedError


def _button(interaction: discord.Interaction[Any]) -> Hashable:
    """Whose press of which button or choice it is."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    message = interaction.message.id if interaction.message else 0
    return interaction.user.id, message, data.get("custom_id"), tuple(data.get("values", ()))
