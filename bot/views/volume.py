"""The volume: a menu of levels, and buttons for a step, mute and unmute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton, PersistentSelect
from bot.player.actions import PlayerAction
from bot.player.outcome import Outcome
from bot.spotify.models import UNKNOWN_DEVICE, Device
from bot.views import cards
from bot.views.outcome import outcome_view

_STEP = 10


class VolumeSelect(PersistentSelect, template=r"volume:level"):
    """Sets the volume of the user's active device to the selected level."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(custom_id="volume:level", options=options, placeholder="Choose a volume")
        )

    @property
    def action(self) -> PlayerAction:
        return PlayerAction("volume", self.value)


class VolumeButton(
    PersistentButton, template=r"volume:(?P<argument>[+-]\d{1,3}|mute|unmute:\d{1,3})"
):
    """Changes the volume of the user's active device. `argument`: of the player action."""

    def __init__(self, argument: str, emoji: str = "", label: str | None = None) -> None:
        self.action = PlayerAction("volume", argument)
        self.repeatable = argument[0] in "+-"  # each press goes a step further
        custom_id = f"volume:{argument}"
        super().__init__(ui.Button(emoji=emoji or None, label=label, custom_id=custom_id))


def volume_card(outcome: Outcome) -> ui.LayoutView:
    """The outcome of reading or changing the volume, and what changes it further."""
    device = (outcome.state.device if outcome.state else None) or UNKNOWN_DEVICE
    return outcome_view(outcome, *_rows(device, outcome.volume_before_mute))


def _rows(device: Device, before_mute: int | None) -> Iterator[cards.Row]:
    """Only what the device takes now."""
    if device.is_restricted or device.supports_volume is False:
        return
    volume = device.volume_percent
    yield ui.ActionRow(VolumeSelect(_options(volume)))
    if buttons := list(_buttons(volume, before_mute)):
        yield ui.ActionRow[Any](*buttons)


def _options(volume: int | None) -> list[discord.SelectOption]:
    """The levels in steps, loudest first, and the current one, which is selected."""
    levels = {*range(0, 101, _STEP), *([] if volume is None else [volume])}
    return [
        discord.SelectOption(
            label=f"{level}%" if level else "Muted",
            value=str(level),
            default=level == volume,
        )
        for level in sorted(levels, reverse=True)
    ]


def _buttons(volume: int | None, before_mute: int | None) -> Iterator[VolumeButton]:
    if volume:
        yield VolumeButton(f"-{_STEP}", "🔉")
    if volume is not None and volume < 100:
        yield VolumeButton(f"+{_STEP}", "🔊")
    if volume:
        yield VolumeButton("mute", "🔇", "Mute")
    elif before_mute:
        yield VolumeButton(f"unmute:{before_mute}", "🔈", f"Unmute ({before_mute}%)")
