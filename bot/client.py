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

from bot import notifications
from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.accounts.reminders import Reminders
from bot.accounts.sessions import Sessions
from bot.autocomplete.options import Autocomplete
from bot.errors.spotify import DeviceChoiceNeeded
from bot.interactions.command_sync import sync_commands
from bot.interactions.double_press import DoublePressGuard
from bot.interactions.explain import explain
from bot.interactions.reply_visibility import ReplyVisibility
from bot.interactions.responses import CANNOT_SEND, UNEDITABLE, reply_privately
from bot.login.flow import LoginFlow
from bot.login.results import AccountLinked, LoginFinished
from bot.panel.panels import Panels
from bot.player.friends import FriendPlayback
from bot.player.player import Player
from bot.store import Store
from bot.views import device_buttons

_log = logging.getLogger(__name__)

COGS = (
    "cogs.account",
    "cogs.browse",
    "cogs.listening",
    "cogs.playback",
    "cogs.controls",
    "cogs.queue",
    "cogs.panel",
    "cogs.message_menus",
    "cogs.library",
    "cogs.settings",
    "cogs.help",
    "cogs.operator",
)

# Discord's codes for a reply that nobody can be given any more: the interaction was answered too
# late, the reply was dismissed, or it is over fifteen minutes old and direct messages are off.
UNDELIVERABLE = (10062, CANNOT_SEND, *UNEDITABLE)

# Interactions by which a second delivery is known.
_MAX_SEEN = 1000
# Seconds that commands under way are given when the bot stops.
SHUTDOWN_GRACE = 3.0

Interaction = discord.Interaction["Tonearm"]

# It has no voice, and needs no advice about the libraries for it.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Tonearm(commands.AutoShardedBot):
    """The bot. AutoShardedBot, since it keeps trying when the first connection fails."""

    def __init__(
        self,
        store: Store,
        accounts: Sessions,
        links: LoginFlow,
        replies: ReplyVisibility,
        reminders: Reminders,
        quota: Quota,
        metrics: Metrics,
        completion: Autocomplete,
        theirs: FriendPlayback,
        remote: Player,
        panels: Panels,
        presses: DoublePressGuard,
        *,
        operator: str,
        setup_page: str,
        grace: float = SHUTDOWN_GRACE,
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
        self.sessions = accounts
        self.login_flow = links
        self.reply_visibility = replies
        self.reminders = reminders
        self.quota = quota
        self.metrics = metrics
        self.autocomplete = completion
        self.friends = theirs
        self.player = remote
        self.panels = panels
        self.double_press = presses
        self.operator = operator
        self.setup_page = setup_page
        self._grace = grace
        self._templates: list[re.Pattern[str]] = []
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._active: dict[int, Interaction] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def add_dynamic_items(self, *items: type[discord.ui.DynamicItem[Any]]) -> None:
        super().add_dynamic_items(*items)
        self._templates += [item.__discord_ui_compiled_template__ for item in items]

    async def setup_hook(self) -> None:
        # After a session that cannot be resumed, discord.py 2.7.1 connects to this attribute and
        # not to the address it was given.
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        self.login_flow.application_id = self.application_id or 0
        self.add_dynamic_items(notifications.StartLogin, notifications.EnterCode)
        for cog in COGS:
            await self.load_extension(cog)
        await sync_commands(self.tree, self.store)
        self._maintenance.start()

    async def close(self) -> None:
        if (rounds := self._maintenance.get_task()) is not None:
            self._maintenance.cancel()
            await asyncio.gather(rounds, return_exceptions=True)
        if not self.is_closed():
            await self._drain()
        await self.panels.close()
        await super().close()

    @tasks.loop(minutes=1)
    async def _maintenance(self) -> None:
        try:
            await self.run_maintenance()
        except Exception:
            _log.exception("the round failed")

    async def run_maintenance(self) -> None:
        """What is done without being asked: erase what is over, count, remind of ends."""
        await self.login_flow.delete_expired()
        self.sessions.expire_cache()
        self.autocomplete.expire()
        self.friends.expire()
        await self.quota.save()
        for reminder in await self.reminders.due():
            button = notifications.start_login_view()
            await notifications.send_direct_message(
                self, reminder.discord_id, reminder.text, button
            )

    async def metrics_text(self) -> bytes:
        """What /metrics shows."""
        links = await self.store.accounts.count()
        return self.metrics.render(
            linked_accounts=links, latency=self.latency, usage=self.quota.report()
        )

    def forget(self, user_id: int) -> None:
        """Nothing that belongs to this person's account stays in memory."""
        for room in (self.autocomplete, self.panels, self.player):
            room.forget(user_id)

    async def announce_login(self, finished: LoginFinished) -> None:
        """Say in Discord how a login in the browser ended."""
        if isinstance(finished.result, AccountLinked):
            self.forget(finished.discord_id)  # what there is may be of another account
        await notifications.announce_login(self, self.login_flow, finished)

    async def on_ready(self) -> None:
        _log.info("ready as %s in %d servers", self.user, len(self.guilds))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a button or form that nobody claims any more; discord.py would stay silent."""
        custom_id = _custom_id(interaction)
        if interaction.type is discord.InteractionType.modal_submit:
            known = custom_id in self._connection._view_store._modals
        else:
            known = any(template.fullmatch(custom_id) for template in self._templates)
        if custom_id and not known and self.begin_interaction(interaction):
            try:
                await reply_privately(interaction, "That has expired. Use the command again.")
            except Exception as error:
                await self.handle_error(interaction, error)
            self.finish_interaction(interaction)

    def begin_interaction(self, interaction: Interaction) -> bool:
        """Whether to act on it. Not twice: Discord may deliver an interaction more than once."""
        if interaction.id in self._seen:
            return False
        self._seen[interaction.id] = None
        if len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)
        self._active[interaction.id] = interaction
        self._idle.clear()
        return True

    def finish_interaction(self, interaction: Interaction, outcome: str = "done") -> None:
        """It has been answered, one way or the other."""
        if self._active.pop(interaction.id, None) is not None:
            self.metrics.record_command(self._metric_name(interaction), outcome)
        if not self._active:
            self._idle.set()

    def _metric_name(self, interaction: Interaction) -> str:
        """Its name, for the figures; one for all that nobody claims, so that they stay few."""
        custom_id = _custom_id(interaction)
        claimed = any(template.fullmatch(custom_id) for template in self._templates)
        form = interaction.type is discord.InteractionType.modal_submit
        return (
            _interaction_name(interaction)
            if interaction.command or claimed or form
            else "button expired"
        )

    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        self.finish_interaction(interaction)

    async def handle_error(self, interaction: Interaction, error: Exception) -> None:
        """Where every exception of a command, button, menu or form ends: in words."""
        if self.is_closed() or interaction.id not in self._active:
            return  # told already that the bot is stopping
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        if isinstance(error, discord.HTTPException) and error.code in UNDELIVERABLE:
            self.finish_interaction(interaction, "lost")
            _log.warning("%s: the reply is gone: %s", _interaction_name(interaction), error.code)
            return
        told = explain(error, self.operator)
        if told.reference:
            _log.error(
                "%s: reference %s", _interaction_name(interaction), told.reference, exc_info=error
            )
        else:
            _log.info("%s: %s: %s", _interaction_name(interaction), type(error).__name__, error)
        more = {"view": notifications.start_login_view()} if told.needs_login else {}
        if isinstance(error, DeviceChoiceNeeded):
            more = {"view": device_buttons.device_question(error)}
        try:
            await reply_privately(interaction, told.message, **more)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
            _log.warning(
                "%s: could not say so: %s", _interaction_name(interaction), type(lost).__name__
            )
        self.finish_interaction(interaction, "bug" if told.reference else type(error).__name__)

    async def _drain(self) -> None:
        """Let commands under way end, for a moment; tell the others that they will not."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), self._grace)
        left, self._active = list(self._active.values()), {}
        says = (
            "Tonearm is restarting, and cannot say whether that was done. Look before you repeat "
            "it, in a minute."
        )
        await asyncio.gather(
            *(reply_privately(interaction, says) for interaction in left),
            return_exceptions=True,
        )


class _Tree(app_commands.CommandTree[Tonearm]):
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        # What is offered while somebody types changes nothing, and needs no word at a restart.
        typing = interaction.type is discord.InteractionType.autocomplete
        return typing or interaction.client.begin_interaction(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await interaction.client.handle_error(interaction, error)


def _interaction_name(interaction: Interaction) -> str:
    """The command or button, for the log: never what the user typed."""
    if isinstance(interaction.command, app_commands.ContextMenu):
        return f"menu {interaction.command.name}"
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"button {_custom_id(interaction).partition(':')[0]}"


def _custom_id(interaction: Interaction) -> str:
    data: Mapping[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", ""))
