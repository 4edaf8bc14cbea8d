"""Panels leave nothing behind: not in the bot, not in discord.py, not in memory."""

from __future__ import annotations

import gc
from collections import Counter
from typing import Any

import discord
from discord import Interaction, app_commands, ui

from bot.panel import EDITABLE, Press
from sandbox.clock import Clock
from sandbox.discord import Discord, Seat
from sandbox.stage import Stage
from tests.panels import Panel, act, count, opened, settled
from tests.stage.discord_bot import SmallBot, connected

PANELS = 1000
# Objects that a panel is made of; one that is kept keeps them all.
KEPT = (ui.View, ui.LayoutView, ui.Item, discord.Interaction, discord.Message, discord.Webhook)
# Some of those who are still waited for, and of what garbage collection comes to late.
SOME = 60


def _alive() -> Counter[str]:
    """How many there are of each, by the name of its class."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, KEPT))


def _grown(before: Counter[str]) -> Counter[str]:
    return _alive() - before


def _store(bot: discord.Client) -> Any:
    """Where discord.py keeps the views that it listens for."""
    return bot._connection._view_store


async def test_a_thousand_panels_of_three_people_leave_nothing(stage: Stage, linked: Seat) -> None:
    assert stage.bot is not None
    people = [linked, await stage.link("grace"), await stage.link("linus")]
    panels = [await opened(stage, person, "share:true") for person in people]
    before = _alive()
    for number in range(PANELS):
        place = number % len(people)
        seat = people[place]
        if number % 10:
            panels[place] = Panel(stage, seat, await seat.run("/now share:true"))
        else:
            await panels[place].press("🔄")
        if number % 100 == 0:
            await people[place - 1].press(panels[place].message, "🔄")
    await settled(stage)
    assert count(stage) == len(people), "the latest one of each"
    assert len(stage.bot.panels._waits) == len(people)
    assert _grown(before).total() < SOME, _grown(before)
    assert not _store(stage.bot)._views
    assert not _store(stage.bot)._synced_message_views
    assert not _store(stage.bot)._modals
    for _ in range(4):
        await panels[0].later(EDITABLE / 3)
    assert count(stage) == 0
    assert not stage.bot.panels._waits
    assert not stage.bot.panels._turns
    assert _grown(before).total() < SOME, _grown(before)
    await panels[0].press("🔄")
    assert panels[0].title() in panels[0].text, "the oldest buttons still work"


class _Ordinary(ui.View):
    """What a panel must not be: discord.py keeps it for ever."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(emoji="⏭️", custom_id="ordinary:next")
    async def skip(self, interaction: Interaction, button: ui.Button[_Ordinary]) -> None:
        await interaction.response.defer()


class _Lasting(ui.DynamicItem[ui.Button[Any]], template="lasting:next"):
    def __init__(self) -> None:
        super().__init__(ui.Button(emoji="⏭️", custom_id="lasting:next"))


@app_commands.command()
async def ordinary(interaction: Interaction) -> None:
    """Show an ordinary button."""
    await interaction.response.send_message("Playing", view=_Ordinary())


@app_commands.command()
async def lasting(interaction: Interaction) -> None:
    """Show a button that is read from its message."""
    view = ui.View(timeout=None)
    view.add_item(_Lasting())
    await interaction.response.send_message("Playing", view=view)


class _Bot(SmallBot):
    async def setup_hook(self) -> None:
        self.tree.add_command(ordinary)
        self.tree.add_command(lasting)
        await super().setup_hook()


async def test_the_same_with_ordinary_buttons_would_be_seen() -> None:
    async with Discord(Clock()) as pretend, connected(pretend, _Bot()) as bot:
        seat = pretend.seat("ada", "music")
        for command, kept in (("/lasting", False), ("/ordinary", True)):
            before, views = _alive(), len(_store(bot)._views)
            for _ in range(2 * SOME):
                await seat.run(command)
            assert (_grown(before).total() > 2 * SOME) is kept
            assert len(_store(bot)._views) - views == (2 * SOME if kept else 0)


async def test_a_panel_is_read_from_its_buttons_alone(stage: Stage, linked: Seat) -> None:
    panel = await opened(stage, linked)
    owner = stage.discord.world.users["ada"].id
    for emoji in ("⏮️", "⏸️", "⏭️", "🤍", "🔀", "🔁", "🔉", "🔊", "📱", "📜", "🔄"):
        assert Press.__discord_ui_compiled_template__.fullmatch(
            f"panel:{owner}:{act(panel.message, emoji)}"
        )
