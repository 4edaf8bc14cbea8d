"""A thousand panels leave no objects behind, in the bot or in discord.py."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import Interaction, app_commands, ui

from bot.panel.live_panel import EDIT_WINDOW
from bot.views.panel_controls import PanelButton
from sandbox.clock import Clock
from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness, run_harness
from tests.panel_message import (
    PanelMessage,
    button_action,
    count_panels,
    open_panel,
    wait_for_redraws,
)
from tests.simulators.discord_bot import SmallBot, run_bot

pytestmark = pytest.mark.slow

PANEL_COUNT = 1000
# A leaked panel leaks objects of all these types.
TRACKED_TYPES = (
    ui.View,
    ui.LayoutView,
    ui.Item,
    discord.Interaction,
    discord.Message,
    discord.Webhook,
)
# Allows for interactions in flight and for objects that the garbage collector has not reached.
MAX_GROWTH = 60


def _live_objects() -> Counter[str]:
    """The number of live tracked objects by class name."""
    gc.collect()
    return Counter(
        type(item).__name__ for item in gc.get_objects() if isinstance(item, TRACKED_TYPES)
    )


def _growth(before: Counter[str]) -> Counter[str]:
    return _live_objects() - before


def _view_store(bot: discord.Client) -> Any:
    """The views that discord.py dispatches interactions to."""
    return bot._connection._view_store


@pytest.fixture(name="harness")
async def _harness() -> AsyncIterator[Harness]:
    """With room for a day's calls of each user."""
    async with run_harness(SPOTIFY_DAILY_CALLS="100000") as harness:
        yield harness


async def test_thousand_panels_leave_no_objects(harness: Harness) -> None:
    assert harness.bot is not None
    users = [await harness.link_account(name) for name in ("ada", "grace", "linus")]
    panels = [await open_panel(harness, user, "share:true") for user in users]
    before = _live_objects()
    for number in range(PANEL_COUNT):
        position = number % len(users)
        user = users[position]
        if number % 10:
            panels[position] = PanelMessage(harness, user, await user.run("/now share:true"))
        else:
            await panels[position].press("🔄")
        if number % 100 == 0:
            await users[position - 1].press(panels[position].message, "🔄")
    await wait_for_redraws(harness)
    assert count_panels(harness) == len(users), "only the latest panel of each user"
    assert len(harness.bot.services.panels._timers) == len(users)
    assert _growth(before).total() < MAX_GROWTH, _growth(before)
    assert not _view_store(harness.bot)._views
    assert not _view_store(harness.bot)._synced_message_views
    assert not _view_store(harness.bot)._modals
    for _ in range(4):
        await panels[0].advance(EDIT_WINDOW / 3)
    assert count_panels(harness) == 0
    assert not harness.bot.services.panels._timers
    assert not harness.bot.services.panels._locks
    assert _growth(before).total() < MAX_GROWTH, _growth(before)
    await panels[0].press("🔄")
    assert panels[0].track_title() in panels[0].text, "the oldest buttons still work"


class _OrdinaryView(ui.View):
    """A view that discord.py keeps forever, unlike a panel."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(emoji="⏭️", custom_id="ordinary:next")
    async def skip(self, interaction: Interaction, button: ui.Button[_OrdinaryView]) -> None:
        await interaction.response.defer()


class _PersistentView(ui.DynamicItem[ui.Button[Any]], template="persistent:next"):
    def __init__(self) -> None:
        super().__init__(ui.Button(emoji="⏭️", custom_id="persistent:next"))


@app_commands.command(name="ordinary")
async def send_ordinary(interaction: Interaction) -> None:
    """Show an ordinary button."""
    await interaction.response.send_message("Playing", view=_OrdinaryView())


@app_commands.command(name="persistent")
async def send_persistent(interaction: Interaction) -> None:
    """Show a button whose state is read from its custom_id."""
    view = ui.View(timeout=None)
    view.add_item(_PersistentView())
    await interaction.response.send_message("Playing", view=view)


class _Bot(SmallBot):
    async def setup_hook(self) -> None:
        self.tree.add_command(send_ordinary)
        self.tree.add_command(send_persistent)
        await super().setup_hook()


async def test_leak_with_ordinary_views_is_detected() -> None:
    async with Discord(Clock()) as discord_server, run_bot(discord_server, _Bot()) as bot:
        ada = discord_server.user_client("ada", "music")
        for command, leaks in (("/persistent", False), ("/ordinary", True)):
            before, views = _live_objects(), len(_view_store(bot)._views)
            for _ in range(2 * MAX_GROWTH):
                await ada.run(command)
            assert (_growth(before).total() > 2 * MAX_GROWTH) is leaks
            assert len(_view_store(bot)._views) - views == (2 * MAX_GROWTH if leaks else 0)


async def test_panel_is_restored_from_custom_ids(harness: Harness, linked_user: UserClient) -> None:
    panel = await open_panel(harness, linked_user)
    owner = harness.discord.state.users["ada"].id
    for emoji in ("⏮️", "⏸️", "⏭️", "🤍", "🔀", "🔁", "🔉", "🔊", "🔄"):
        assert PanelButton.__discord_ui_compiled_template__.fullmatch(
            f"panel:{owner}:{button_action(panel.message, emoji)}"
        )
