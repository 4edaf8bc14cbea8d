"""/sleep."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.content import NoSleepTimer
from bot.interactions.responses import reply
from bot.player.parsing import parse_sleep
from bot.services import Services
from bot.views import sleep

_SUGGESTIONS = ("15m", "30m", "45m", "1h", "after this one", "after 3", "off")


class Sleep(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.replies = services.reply_visibility
        self.sessions = services.sessions
        self.timers = services.sleep_timers

    @app_commands.command()
    @app_commands.describe(
        when="30m, 1h30, after this one, after 3, or off; empty to see the timer"
    )
    async def sleep(self, interaction: Interaction, when: str | None = None) -> None:
        """Pause later: in 30 minutes, or after this track."""
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        if when is None:
            timer = await self.timers.get(user_id)
            if timer is None:
                await self.sessions.require_account(user_id)
                raise NoSleepTimer
        elif request := parse_sleep(when):
            timer = await self.timers.start(user_id, request)
        else:
            await self.timers.cancel(user_id)
            await reply(interaction, sleep.STOPPED)
            return
        is_doubtful = self.timers.is_doubtful(user_id)
        await reply(interaction, sleep.timer_reply(timer, is_doubtful=is_doubtful))

    @sleep.autocomplete("when")
    async def complete_when(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=text, value=text)
            for text in _SUGGESTIONS
            if typed.lower() in text
        ]


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Sleep(bot.services))
