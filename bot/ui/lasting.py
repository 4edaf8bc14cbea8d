"""Buttons and menus that survive a restart: all they know is in their message."""

from __future__ import annotations

import re
from typing import Any, Generic, Self, TypeVar

import discord
from discord import ui

Part = TypeVar("Part", bound="ui.Button[Any] | ui.Select[Any]")


class Lasting(ui.DynamicItem[Part], Generic[Part], template=r"(?!)"):
    """A DynamicItem whose exceptions end in the error funnel; discord.py keeps them to itself.

    Made again from the groups of its template at each press. Prefixes of templates are disjoint:
    two that match would both run.
    """

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(**match.groupdict())  # type: ignore[arg-type]  # a subclass names its groups

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.client.admit(interaction):
            return
        try:
            await self.pressed(interaction)
        except Exception as error:
            await interaction.client.fail(interaction, error)
        interaction.client.done(interaction)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        raise NotImplementedError
