"""Why all buttons of the bot are persistent: discord.py unregisters those in mixed views."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import Interaction, app_commands, ui

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.awaiting_reply import NoResponse
from tests.simulators.discord_bot import SmallBot, run_bot

Json = dict[str, Any]
MODAL_RESPONSE = 9  # the type of a response that opens a modal


class _PersistentButton(ui.DynamicItem[ui.Button[Any]], template=r"persistent:(?P<number>\d)"):
    def __init__(self, number: str) -> None:
        super().__init__(ui.Button(label=f"Persistent {number}", custom_id=f"persistent:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: Any
    ) -> _PersistentButton:
        return cls(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.send_message("Still registered")


class _MixedView(ui.View):
    """A view that mixes one persistent button with one that stops the view."""

    @ui.button(label="Stop")
    async def end(self, interaction: Interaction, button: ui.Button[_MixedView]) -> None:
        self.stop()
        await interaction.response.send_message("Stopped")


@app_commands.command(name="alone")
async def send_persistent(interaction: Interaction) -> None:
    """Show a persistent button alone."""
    view = ui.View(timeout=None)
    view.add_item(_PersistentButton("1"))
    await interaction.response.send_message("Alone", view=view)
    view.stop()


@app_commands.command(name="mixed")
async def send_mixed(interaction: Interaction) -> None:
    """Show a persistent button beside an ordinary one."""
    view = _MixedView()
    view.add_item(_PersistentButton("2"))
    await interaction.response.send_message("Mixed", view=view)


@app_commands.command(name="again")
async def send_again(interaction: Interaction) -> None:
    """Show a persistent button, then edit it out of the message."""
    view = ui.View(timeout=None)
    view.add_item(button := _PersistentButton("3"))
    await interaction.response.send_message("First", view=view)
    view.remove_item(button)
    view.add_item(ui.Button(label="Website", url="https://example.org/"))
    view.add_item(ui.Button(label="Ordinary", custom_id="ordinary"))
    await interaction.edit_original_response(content="Then", view=view)


class _Bot(SmallBot):
    async def setup_hook(self) -> None:
        commands: list[app_commands.Command[Any, ..., Any]] = [
            send_persistent,
            send_mixed,
            send_again,
        ]
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(_PersistentButton)
        await super().setup_hook()


@pytest.mark.parametrize("removal", ["stopped", "sent again"])
async def test_library_unregisters_persistent_items_in_mixed_views(removal: str) -> None:
    """If this fails, discord.py has changed, and mixed views may be allowed."""
    clock = Clock()
    async with Discord(clock) as discord_server, run_bot(discord_server, _Bot()) as bot:
        ada = discord_server.user_client("ada", "music")
        first = await ada.run("/alone")
        assert (await first.press("Persistent 1")).text == "Still registered", (
            "a button alone stays registered"
        )
        if removal == "stopped":
            await (await ada.run("/mixed")).press("Stop")
        else:
            await (await ada.run("/again")).wait_for("Then")
        assert _PersistentButton.__discord_ui_compiled_template__ not in _registered_items(bot)
        press = asyncio.create_task(first.press("Persistent 1"))
        await asyncio.wait([press], timeout=0.2)
        clock.advance(3)
        with pytest.raises(NoResponse):
            await press


def _registered_items(bot: discord.Client) -> dict[Any, type[Any]]:
    return dict(bot._connection._view_store._dynamic_items)
