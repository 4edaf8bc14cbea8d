"""Where it plays: the devices to choose from, and the question that they are the answer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.errors.spotify import DeviceChoiceNeeded
from bot.interactions.persistent import PersistentItem
from bot.interactions.responses import defer
from bot.player.actions import LISTED_ITEMS, PATTERN, PlayerAction
from bot.player.devices import controllable, find_default
from bot.store import SavedDefault
from bot.views import devices, outcome, queue

# The most choices of a select menu.
_MAX_OPTIONS = 25
# The deed of the menu below the list.
_TRANSFER = "move"

Interaction = discord.Interaction[Any]


async def send_devices(interaction: Interaction) -> None:
    """Answer a deferred interaction with its user's devices, to choose from."""
    await interaction.followup.send(view=await _device_list(interaction))


async def _device_list(interaction: Interaction) -> ui.LayoutView:
    bot, user = interaction.client, interaction.user.id
    spotify = await bot.accounts.session(user)
    found = await spotify.player.devices()
    default = (await bot.store.preferences.get(user)).device
    held = find_default(found, default)
    takes = controllable(found)[:_MAX_OPTIONS]
    here = [devices.device_option(device, chosen=device.is_active) for device in takes]
    favourites = [devices.device_option(device, chosen=device is held) for device in takes]
    says = devices.default_note(default, awake=held is not None)
    return devices.device_card(devices.device_list(found), says, *_controls(here, favourites))


def _controls(
    here: list[discord.SelectOption], favourites: list[discord.SelectOption]
) -> Iterator[ui.ActionRow[Any]]:
    """The menus, where there is anything to choose, and the button."""
    if here:
        yield ui.ActionRow(DeviceSelect(_TRANSFER, here, "Play there"))
        yield ui.ActionRow(DefaultDeviceSelect(favourites))
    yield ui.ActionRow(RefreshButton())


def device_question(needed: DeviceChoiceNeeded) -> ui.View:
    """Below a fault's words: the devices, where there are any, else a way to wake one."""
    view = ui.View(timeout=None)
    if needed.devices:
        choices = [devices.named_device_option(*device) for device in needed.devices[:_MAX_OPTIONS]]
        view.add_item(DeviceSelect(needed.action, choices, "Play here"))
        return view
    view.add_item(ui.Button(label="Open Spotify", url="https://open.spotify.com"))
    view.add_item(RetryButton(needed.action))
    return view


class DeviceSelect(PersistentItem[ui.Select[Any]], template=rf"here:(?P<deed>{PATTERN})"):
    """Does the very thing that was asked for, on the device that is chosen."""

    def __init__(
        self, deed: str, choices: Sequence[discord.SelectOption], placeholder: str
    ) -> None:
        self.action = PlayerAction.parse(deed)
        options = list(choices)
        select: ui.Select[Any] = ui.Select(
            custom_id=f"here:{deed}", options=options, placeholder=placeholder
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(match["deed"], item.options, item.placeholder or "")

    async def on_press(self, interaction: Interaction) -> None:
        await _retry(interaction, self.action, on=self.item.values[0])


class RetryButton(PersistentItem[ui.Button[Any]], template=rf"again:(?P<deed>{PATTERN})"):
    """Does the very thing that was asked for, once a device is awake."""

    def __init__(self, deed: str) -> None:
        self.action = PlayerAction.parse(deed)
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Try again", style=style, custom_id=f"again:{deed}"))

    async def on_press(self, interaction: Interaction) -> None:
        await _retry(interaction, self.action)


async def _retry(interaction: Interaction, deed: PlayerAction, *, on: str | None = None) -> None:
    """The very thing that was asked for. What nothing takes back cannot be asked for twice."""
    if deed.verb == "queue":
        await interaction.response.edit_message(view=None)
    else:
        await defer(interaction)
    player, user = interaction.client.player, interaction.user.id
    if deed.argument == LISTED_ITEMS:
        uris = queue.listed_uris(interaction.message)
        done = await player.queue_items(user, uris, on=on, now=deed.now)
    else:
        done = await player.perform(user, deed, on=on)
    await interaction.followup.send(ephemeral=True, **outcome.outcome_reply(done))


class DefaultDeviceSelect(PersistentItem[ui.Select[Any]], template=r"device:default"):
    """Chooses the device that is used where none is playing. It asks Spotify nothing."""

    def __init__(self, choices: Sequence[discord.SelectOption]) -> None:
        select: ui.Select[Any] = ui.Select(
            custom_id="device:default",
            options=list(choices),
            placeholder="Use it when nothing is playing",
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(item.options)

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        for option in self.item.options:
            option.default = option.value == self.item.values[0]
        chosen = next(
            SavedDefault(one.value, one.label) for one in self.item.options if one.default
        )
        preferences = interaction.client.store.preferences
        await preferences.set_device(interaction.user.id, chosen)
        message = interaction.message
        says = devices.default_note(chosen, awake=True)
        rows = _controls(_transfer_options(message), self.item.options)
        view = devices.device_card(devices.list_text(message), says, *rows)
        await interaction.edit_original_response(view=view)


def _transfer_options(message: discord.Message | None) -> list[discord.SelectOption]:
    """The devices to play on, as the menu in a message has them."""
    parts = ui.LayoutView.from_message(message, timeout=None).walk_children() if message else ()
    menus = (part for part in parts if isinstance(part, ui.Select))
    return next((menu.options for menu in menus if menu.custom_id == f"here:{_TRANSFER}"), [])


class RefreshButton(PersistentItem[ui.Button[Any]], template=r"device:list"):
    """Looks for devices again."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Look again", emoji="🔄", custom_id="device:list"))

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(view=await _device_list(interaction))


ITEMS = (DeviceSelect, RetryButton, DefaultDeviceSelect, RefreshButton)
