"""Where it plays: the devices to choose from, and the question that they are the answer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.errors import DeviceNeeded
from bot.remote.deeds import PATTERN, THESE, Deed
from bot.remote.devices import default_among, usable
from bot.store import Favourite
from bot.ui import devices, queue, replies
from bot.ui.answer import defer
from bot.ui.lasting import Lasting

# The most choices of a select menu.
_MOST = 25
# The deed of the menu below the list.
_MOVE = "move"

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
    here = [devices.option(device, chosen=device.is_active) for device in takes]
    favourites = [devices.option(device, chosen=device is held) for device in takes]
    says = devices.default(default, awake=held is not None)
    return devices.listed(devices.text(found), says, *_rows(here, favourites))


def _rows(
    here: list[discord.SelectOption], favourites: list[discord.SelectOption]
) -> Iterator[ui.ActionRow[Any]]:
    """The menus, where there is anything to choose, and the button."""
    if here:
        yield ui.ActionRow(Here(_MOVE, here, "Play there"))
        yield ui.ActionRow(Default(favourites))
    yield ui.ActionRow(Again())


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


class Here(Lasting[ui.Select[Any]], template=rf"here:(?P<deed>{PATTERN})"):
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


class TryAgain(Lasting[ui.Button[Any]], template=rf"again:(?P<deed>{PATTERN})"):
    """Does the very thing that was asked for, once a device is awake."""

    def __init__(self, deed: str) -> None:
        self.deed = Deed.parse(deed)
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Try again", style=style, custom_id=f"again:{deed}"))

    async def pressed(self, interaction: Interaction) -> None:
        await _again(interaction, self.deed)


async def _again(interaction: Interaction, deed: Deed, *, on: str | None = None) -> None:
    """The very thing that was asked for. What nothing takes back cannot be asked for twice."""
    if deed.verb == "queue":
        await interaction.response.edit_message(view=None)
    else:
        await defer(interaction)
    remote, user = interaction.client.remote, interaction.user.id
    if deed.what == THESE:
        uris = queue.links(interaction.message)
        done = await remote.queue_these(user, uris, on=on, now=deed.now)
    else:
        done = await remote.do(user, deed, on=on)
    await interaction.followup.send(ephemeral=True, **replies.done(done))


class Default(Lasting[ui.Select[Any]], template=r"device:default"):
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

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        for option in self.item.options:
            option.default = option.value == self.item.values[0]
        chosen = next(Favourite(one.value, one.label) for one in self.item.options if one.default)
        preferences = interaction.client.store.preferences
        await preferences.choose_device(interaction.user.id, chosen)
        message = interaction.message
        says = devices.default(chosen, awake=True)
        rows = _rows(_moves(message), self.item.options)
        view = devices.listed(devices.list_of(message), says, *rows)
        await interaction.edit_original_response(view=view)


def _moves(message: discord.Message | None) -> list[discord.SelectOption]:
    """The devices to play on, as the menu in a message has them."""
    parts = ui.LayoutView.from_message(message, timeout=None).walk_children() if message else ()
    menus = (part for part in parts if isinstance(part, ui.Select))
    return next((menu.options for menu in menus if menu.custom_id == f"here:{_MOVE}"), [])


class Again(Lasting[ui.Button[Any]], template=r"device:list"):
    """Looks for devices again."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Look again", emoji="🔄", custom_id="device:list"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(view=await _view(interaction))


ITEMS = (Here, TryAgain, Default, Again)
