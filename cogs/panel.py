"""/now, and the buttons of the panel that it shows."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply, reply
from bot.panel.presses import PanelPresses
from bot.player.actions import play_action
from bot.services import Services
from bot.views.friends import OWN_PLAYBACK, PlayAlongButton, uri_to_play
from bot.views.outcome import outcome_line
from bot.views.panel import visitor_card
from bot.views.panel_controls import PanelButton
from bot.views.panel_state import PanelState
from bot.views.pins import PanelPinSelect
from bot.views.status_line import is_in_place, result_view


class Panel(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.friends = services.friends
        self.panels = services.panels
        self.player = services.player
        self.presses = PanelPresses(
            services.panels, services.player, services.sessions, services.saved_items
        )
        self.replies = services.reply_visibility

    @app_commands.command()
    @app_commands.describe(share="Show it to everyone here; only you can press its buttons")
    async def now(self, interaction: Interaction, share: bool | None = None) -> None:
        """Show what’s playing, with controls."""
        shared = not self.replies.is_private(interaction.user.id) if share is None else share
        await self.replies.defer(interaction, share=shared)
        state = _empty_state(interaction, shared=shared)
        async with self.panels.lock(state.owner):
            await self.panels.draw(interaction, await self.panels.read(state))

    @on_component(PanelButton)
    async def press(self, interaction: Interaction, button: PanelButton) -> None:
        """Act for the owner; give other users buttons of their own."""
        if interaction.user.id != button.owner:
            await defer(interaction)
            await reply(interaction, visitor_card(interaction.message))
            return
        await defer_edit(interaction)
        message = interaction.message
        shared = message is not None and not message.flags.ephemeral
        state = _empty_state(interaction, shared=shared)
        await self.presses.press(interaction, state, button.action)

    @on_component(PanelPinSelect)
    async def play_pin(self, interaction: Interaction, menu: PanelPinSelect) -> None:
        """The panel with the menu is private, so that its owner alone can use it."""
        await defer_edit(interaction)
        state = _empty_state(interaction, shared=False)
        await self.presses.press(interaction, state, str(play_action(menu.uri)))

    @on_component(PlayAlongButton)
    async def play_along(self, interaction: Interaction, button: PlayAlongButton) -> None:
        """Others may play along while the owner shares a panel; else the owner must allow it.

        The owner's player is read, since the panel does not hear of a skip in Spotify's own app.
        """
        in_place = is_in_place(interaction) and interaction.user.id != button.owner
        await (defer_edit if in_place else defer)(interaction)
        if interaction.user.id == button.owner:
            await reply(interaction, OWN_PLAYBACK)
            return
        name = f"<@{button.owner}>"
        shared = self.panels.is_shared(button.owner)
        asker = interaction.user.id
        state = await self.friends.now_playing(button.owner, name, asker=asker, shared=shared)
        uri = uri_to_play(state, name)
        outcome = await self.player.perform(interaction.user.id, play_action(uri))
        view = result_view(interaction, outcome_line(outcome), in_place=in_place, item=outcome.item)
        await (edit_reply(interaction, view=view) if in_place else reply(interaction, view))


def _empty_state(interaction: Interaction, *, shared: bool) -> PanelState:
    user = interaction.user
    return PanelState(user.id, user.display_name if shared else None)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Panel(bot.services))
