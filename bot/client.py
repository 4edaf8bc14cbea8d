"""The Discord side: the bot, command sync when commands changed, and the one error funnel."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands, tasks
from discord.gateway import DiscordWebSocket

from bot import devices, invitation
from bot.accounts import Accounts
from bot.completion import Completion
from bot.endings import Finished, Linked
from bot.errors import DeviceNeeded
from bot.links import Links
from bot.metrics import Metrics
from bot.panel import Panels
from bot.presses import Presses
from bot.quota import Quota
from bot.registering import register
from bot.reminders import Reminders
from bot.remote import Remote
from bot.remote.theirs import Theirs
from bot.replies import Replies
from bot.store import Store
from bot.ui.answer import CANNOT_SEND, GONE, answer
from bot.ui.explain import explain

_log = logging.getLogger(__name__)

COGS = (
    "cogs.linking",
    "cogs.search",
    "cogs.listening",
    "cogs.playback",
    "cogs.controls",
    "cogs.queue",
    "cogs.now",
    "cogs.menus",
    "cogs.library",
    "cogs.settings",
    "cogs.help",
    "cogs.operating",
)

# Discord's codes for a reply that nobody can be given any more: the interaction was answered too
# late, the reply was dismissed, or it is over fifteen minutes old and direct messages are off.
LOST = (10062, CANNOT_SEND, *GONE)

# Interactions by which a second delivery is known.
_REMEMBERED = 1000
# Seconds that commands under way are given when the bot stops.
GRACE = 3.0

Interaction = discord.Interaction["Tonearm"]

# It has no voice, and needs no advice about the libraries for it.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Tonearm(commands.AutoShardedBot):
    """The bot. AutoShardedBot, since it keeps trying when the first connection fails."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        links: Links,
        replies: Replies,
        reminders: Reminders,
        quota: Quota,
        metrics: Metrics,
        completion: Completion,
        theirs: Theirs,
        remote: Remote,
        panels: Panels,
        presses: Presses,
        *,
        operator: str,
        setup_page: str,
        grace: float = GRACE,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=_Tree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        self.store = store
        self.accounts = accounts
        self.links = links
        self.replies = replies
        self.reminders = reminders
        self.quota = quota
        self.metrics = metrics
        self.completion = completion
        self.theirs = theirs
        self.remote = remote
        self.panels = panels
        self.presses = presses
        self.operator = operator
        self.setup_page = setup_page
        self._grace = grace
        self._claimed: list[re.Pattern[str]] = []
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._under_way: dict[int, Interaction] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def add_dynamic_items(self, *items: type[discord.ui.DynamicItem[Any]]) -> None:
        super().add_dynamic_items(*items)
        self._claimed += [item.__discord_ui_compiled_template__ for item in items]

    async def setup_hook(self) -> None:
        # After a session that cannot be resumed, discord.py 2.7.1 connects to this attribute and
        # not to the address it was given.
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        self.links.application_id = self.application_id or 0
        self.add_dynamic_items(invitation.StartLogin, invitation.EnterCode)
        for cog in COGS:
            await self.load_extension(cog)
        await register(self.tree, self.store)
        self._rounds.start()

    async def close(self) -> None:
        if (rounds := self._rounds.get_task()) is not None:
            self._rounds.cancel()
            await asyncio.gather(rounds, return_exceptions=True)
        if not self.is_closed():
            await self._see_out()
        await self.panels.close()
        await super().close()

    @tasks.loop(minutes=1)
    async def _rounds(self) -> None:
        try:
            await self.go_round()
        except Exception:
            _log.exception("the round failed")

    async def go_round(self) -> None:
        """What is done without being asked: erase what is over, count, remind of ends."""
        await self.links.expire()
        self.accounts.tidy()
        self.completion.expire()
        self.theirs.expire()
        await self.quota.save()
        for reminder in await self.reminders.due():
            button = invitation.start_button()
            await invitation.send(self, reminder.discord_id, reminder.says, button)

    async def figures(self) -> bytes:
        """What /metrics shows."""
        links = await self.store.links.count()
        return self.metrics.text(links=links, latency=self.latency, spending=self.quota.spending())

    def forget(self, user_id: int) -> None:
        """Nothing that belongs to this person's account stays in memory."""
        for room in (self.completion, self.panels, self.remote):
            room.forget(user_id)

    async def tell(self, finished: Finished) -> None:
        """Say in Discord how a login in the browser ended."""
        if isinstance(finished.ending, Linked):
            self.forget(finished.discord_id)  # what there is may be of another account
        await invitation.tell(self, self.links, finished)

    async def on_ready(self) -> None:
        _log.info("ready as %s in %d servers", self.user, len(self.guilds))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a button or form that nobody claims any more; discord.py would stay silent."""
        custom_id = _custom_id(interaction)
        if interaction.type is discord.InteractionType.modal_submit:
            known = custom_id in self._connection._view_store._modals
        else:
            known = any(template.fullmatch(custom_id) for template in self._claimed)
        if custom_id and not known and self.admit(interaction):
            try:
                await answer(interaction, "That has expired. Use the command again.")
            except Exception as error:
                await self.fail(interaction, error)
            self.done(interaction)

    def admit(self, interaction: Interaction) -> bool:
        """Whether to act on it. Not twice: Discord may deliver an interaction more than once."""
        if interaction.id in self._seen:
            return False
        self._seen[interaction.id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        self._under_way[interaction.id] = interaction
        self._idle.clear()
        return True

    def done(self, interaction: Interaction, outcome: str = "done") -> None:
        """It has been answered, one way or the other."""
        if self._under_way.pop(interaction.id, None) is not None:
            self.metrics.answered(self._known_name(interaction), outcome)
        if not self._under_way:
            self._idle.set()

    def _known_name(self, interaction: Interaction) -> str:
        """Its name, for the figures; one for all that nobody claims, so that they stay few."""
        custom_id = _custom_id(interaction)
        claimed = any(template.fullmatch(custom_id) for template in self._claimed)
        form = interaction.type is discord.InteractionType.modal_submit
        return _name(interaction) if interaction.command or claimed or form else "button expired"

    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        self.done(interaction)

    async def fail(self, interaction: Interaction, error: Exception) -> None:
        """Where every exception of a command, button, menu or form ends: in words."""
        if self.is_closed() or interaction.id not in self._under_way:
            return  # told already that the bot is stopping
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        if isinstance(error, discord.HTTPException) and error.code in LOST:
            self.done(interaction, "lost")
            _log.warning("%s: the reply is gone: %s", _name(interaction), error.code)
            return
        told = explain(error, self.operator)
        if told.reference:
            _log.error("%s: reference %s", _name(interaction), told.reference, exc_info=error)
        else:
            _log.info("%s: %s: %s", _name(interaction), type(error).__name__, error)
        more = {"view": invitation.start_button()} if told.login else {}
        if isinstance(error, DeviceNeeded):
            more = {"view": devices.question(error)}
        try:
            await answer(interaction, told.says, **more)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
            _log.warning("%s: could not say so: %s", _name(interaction), type(lost).__name__)
        self.done(interaction, "bug" if told.reference else type(error).__name__)

    async def _see_out(self) -> None:
        """Let commands under way end, for a moment; tell the others that they will not."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), self._grace)
        left, self._under_way = list(self._under_way.values()), {}
        says = (
            "Tonearm is restarting, and cannot say whether that was done. Look before you repeat "
            "it, in a minute."
        )
        await asyncio.gather(
            *(answer(interaction, says) for interaction in left),
            return_exceptions=True,
        )


class _Tree(app_commands.CommandTree[Tonearm]):
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        # What is offered while somebody types changes nothing, and needs no word at a restart.
        typing = interaction.type is discord.InteractionType.autocomplete
        return typing or interaction.client.admit(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await interaction.client.fail(interaction, error)


def _name(interaction: Interaction) -> str:
    """The command or button, for the log: never what the user typed."""
    if isinstance(interaction.command, app_commands.ContextMenu):
        return f"menu {interaction.command.name}"
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"button {_custom_id(interaction).partition(':')[0]}"


def _custom_id(interaction: Interaction) -> str:
    data: Mapping[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", ""))
