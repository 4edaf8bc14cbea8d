"""Where it plays: the devices to choose from, and the question that they are the answer to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.errors import DeviceNeeded
from bot.remote.deeds import THESE, Deed
from bot.remote.devices import default_among, usable
from bot.store import Favourite
from bot.ui import devices, queue, replies
from bot.ui.answer import defer
from bot.ui.lasting import Lasting

_DEED = r"[a-z]+(?: [0-9A-Za-z:+%-]{1,40}){0,2}"
# The most choices of a select menu.
_MOST = 25

Interaction = discord.Interaction[Any]


async def send(interaction: Interaction) -> None:
    """Answer a deferred interaction with its user's devices, to choose from."""
    await interaction.followup.send(view=await _view(interaction))


async def _view(interaction: Interaction) -> ui.LayoutView:
    bot, user = interaction.client, interaction.user.id
    spotify = await bot.accounts.session(user)
    found = await spotify.player.devices()
    default = (await bot.store.preferences.of(user)).device
    held = default_among(found, default)
    takes = usable(found)[:_MOST]
    rows: list[ui.ActionRow[Any]] = []
    if takes:
        choices = [devices.option(device, chosen=device.is_active) for device in takes]
        rows.append(ui.ActionRow(Here("move", choices, "Play there")))
        choices = [devices.option(device, chosen=device is held) for device in takes]
        rows.append(ui.ActionRow(Default(choices)))
    rows.append(ui.ActionRow(Again()))
    return devices.listed(found, default, held, *rows)


def question(needed: DeviceNeeded) -> ui.View:
    """Below a fault's words: the devices, where there are any, else a way to wake one."""
    view = ui.View(timeout=None)
    if needed.devices:
        choices = [devices.choice(*device) for device in needed.devices[:_MOST]]
        view.add_item(Here(needed.deed, choices, "Play here"))
        return view
    view.add_item(ui.Button(label="Open Spotify", url="https://open.spotify.com"))
    view.add_item(TryAgain(needed.deed))
    return view


class Here(Lasting[ui.Select[Any]], template=rf"here:(?P<deed>{_DEED})"):
    """Does the very thing that was asked for, on the device that is chosen."""

    def __init__(
        self, deed: str, choices: Sequence[discord.SelectOption], placeholder: str
    ) -> None:
        self.deed = Deed.parse(deed)
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

    async def pressed(self, interaction: Interaction) -> None:
        await _again(interaction, self.deed, on=self.item.values[0])


class TryAgain(Lasting[ui.Button[Any]], template=rf"again:(?P<deed>{_DEED})"):
    """Does the very thing that was asked for, once a device is awake."""

    def __init__(self, deed: str) -> None:
        self.deed = Deed.parse(deed)
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Try again", style=style, custom_id=f"again:{deed}"))

    async def pressed(self, interaction: Interaction) -> None:
        await _again(interaction, self.deed)


async def _again(interaction: Interaction, deed: Deed, *, on: str | None = None) -> None:
    """The very thing that was asked for."""
    await defer(interaction)
    remote, user = interaction.client.remote, interaction.user.id
    if deed.what == THESE:
        uris = queue.links(interaction.message)
        done = await remote.queue_these(user, uris, on=on, now=deed.now)
    else:
        done = await remote.do(user, deed, on=on)
    await interaction.followup.send(**replies.done(done))


class Default(Lasting[ui.Select[Any]], template=r"device:default"):
    """Chooses the device that is used where none is playing."""

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

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        chosen = self.item.values[0]
        name = next(option.label for option in self.item.options if option.value == chosen)
        preferences = interaction.client.store.preferences
        await preferences.choose_device(interaction.user.id, Favourite(chosen, name))
        await interaction.edit_original_response(view=await _view(interaction))


class Again(Lasting[ui.Button[Any]], template=r"device:list"):
    """Looks for devices again."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Look again", emoji="🔄", custom_id="device:list"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(view=await _view(interaction))


ITEMS = (Here, TryAgain, Default, Again)
