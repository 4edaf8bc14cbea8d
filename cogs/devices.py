"""/devices, its menus, and the question which device an action is for."""

from __future__ import annotations

from functools import partial

from discord import app_commands, ui
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.spotify import DeviceChoiceNeeded
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_answer, defer_edit, edit_reply, reply
from bot.player.actions import LISTED_ITEMS, PlayerAction
from bot.player.queue_progress import queue_with_progress
from bot.services import Services
from bot.views.devices import (
    DefaultDeviceSelect,
    DeviceSelect,
    RefreshButton,
    RetryButton,
    device_card,
    device_question,
    moved_card,
    with_default,
)
from bot.views.outcome import outcome_line, outcome_reply
from bot.views.panel import visitor_card
from bot.views.panel_controls import DevicesButton
from bot.views.queue_question import listed_uris, progress_card
from bot.views.status_line import is_in_place


class Devices(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.sessions = services.sessions
        self.player = services.player
        self.preferences = services.store.preferences
        self.running_work = services.running_work

    @app_commands.command()
    async def devices(self, interaction: Interaction) -> None:
        """List your devices, switch, or set a default."""
        await defer(interaction)
        await reply(interaction, await self._card(interaction.user.id))

    @on_component(DevicesButton)
    async def show_from_panel(self, interaction: Interaction, button: DevicesButton) -> None:
        await defer(interaction)
        is_owner = interaction.user.id == button.owner
        view = await self._card(button.owner) if is_owner else visitor_card(interaction.message)
        await reply(interaction, view)

    @on_component(RefreshButton)
    async def refresh(self, interaction: Interaction, _: RefreshButton) -> None:
        await defer_edit(interaction)
        await edit_reply(interaction, view=await self._card(interaction.user.id))

    @on_component(DefaultDeviceSelect)
    async def set_default(self, interaction: Interaction, menu: DefaultDeviceSelect) -> None:
        """Store the default device; no call to Spotify."""
        await defer_edit(interaction)
        default, view = with_default(interaction.message, menu)
        await self.preferences.set_device(interaction.user.id, default)
        await edit_reply(interaction, view=view)

    @on_component(DeviceSelect)
    async def perform_on_device(self, interaction: Interaction, menu: DeviceSelect) -> None:
        if not is_in_place(interaction):
            await self._perform(interaction, menu.action, on=menu.value)
            return
        await defer_edit(interaction)
        outcome = await self.player.perform(interaction.user.id, menu.action, on=menu.value)
        view = moved_card(interaction.message, menu, outcome_line(outcome, named=True))
        await edit_reply(interaction, view=view)

    @on_component(RetryButton)
    async def retry(self, interaction: Interaction, button: RetryButton) -> None:
        await self._perform(interaction, button.action)

    async def _perform(
        self, interaction: Interaction, action: PlayerAction, *, on: str | None = None
    ) -> None:
        """Perform the action that the message asks about, on the device `on` if one is named."""
        user_id = interaction.user.id
        if action.argument == LISTED_ITEMS:
            await self._perform_listed(interaction, action, on)
            return
        # A queued song cannot be removed again.
        await defer_answer(interaction, once=action.verb == "queue")
        outcome = await self.player.perform(user_id, action, on=on)
        controls_of = user_id if action.verb in ("play", "resume") else None
        await reply(interaction, outcome_reply(outcome, private=True, controls_of=controls_of))

    async def _perform_listed(
        self, interaction: Interaction, action: PlayerAction, on: str | None
    ) -> None:
        """Play or queue the items that the message lists."""
        uris = listed_uris(interaction.message)
        if action.verb == "play":
            await defer_answer(interaction)
            user_id = interaction.user.id
            outcome = await self.player.play_items(user_id, uris, on=on)
            await reply(interaction, outcome_reply(outcome, private=True, controls_of=user_id))
            return
        card = partial(progress_card, interaction.message, interaction.id)
        await queue_with_progress(
            interaction, self.player, self.running_work, uris, card, on=on, now=action.now
        )

    async def _card(self, user_id: int) -> ui.LayoutView:
        spotify = await self.sessions.session(user_id)
        found = await spotify.player.devices()
        default = (await self.preferences.get(user_id)).device
        return device_card(found, default)


async def setup(bot: Tonearm) -> None:
    bot.error_views[DeviceChoiceNeeded] = device_question
    await bot.add_cog(Devices(bot.services))
