"""The Discord client: loads the cogs, hands interactions to them, and explains their errors."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors.bot_error import BotError
from bot.interactions.components import Component, PersistentItem, component_handlers
from bot.interactions.connection import Connection
from bot.interactions.discord_errors import (
    ACKNOWLEDGED,
    UNDELIVERABLE,
    code_of,
    text_for_log,
)
from bot.interactions.explain import explain
from bot.interactions.in_flight import InFlight
from bot.interactions.message_text import extract_message
from bot.interactions.names import custom_id_of, name_of
from bot.interactions.outside_cogs import answer_outside_of_cogs
from bot.interactions.payloads import set_mentions, use_icons
from bot.interactions.responses import (
    defer_edit,
    mark_accepted,
    reply_privately,
    report,
    set_reply_timeout,
)
from bot.interactions.user_writes import WriteRecord
from bot.login.results import AccountLinked, LoginUpdate
from bot.notifications.jobs import JobMessages
from bot.notifications.logins import LoginMessages, send_reminder, send_to_owner
from bot.services import Services

_log = logging.getLogger(__name__)

COGS = (
    "cogs.account",
    "cogs.browse",
    "cogs.items",
    "cogs.playback",
    "cogs.controls",
    "cogs.queue",
    "cogs.panel",
    "cogs.devices",
    "cogs.message_menus",
    "cogs.library",
    "cogs.export",
    "cogs.imports",
    "cogs.import_questions",
    "cogs.jobs",
    "cogs.backup",
    "cogs.playlists",
    "cogs.playlist_buttons",
    "cogs.pins",
    "cogs.playlist_items",
    "cogs.playlist_item_buttons",
    "cogs.settings",
    "cogs.sleep",
    "cogs.help",
    "cogs.operator",
)

# Seconds between two runs of the maintenance.
MAINTENANCE_INTERVAL = 60.0
# Seconds that interactions in progress, and the maintenance, get when the bot stops.
SHUTDOWN_GRACE, MAINTENANCE_GRACE = 3.0, 0.5

Interaction = discord.Interaction["Tonearm"]
ComponentHandler = Callable[[Interaction, Any], Awaitable[None]]
ErrorView = Callable[[Any], discord.ui.View]
"""Makes the buttons with which a user can resolve an error."""


class Tonearm(Connection):
    """The bot.

    error_views        makes the buttons below the explanation of an error, by the error's class
    first_maintenance  is set when the maintenance has run once
    """

    def __init__(self, services: Services) -> None:
        super().__init__(_Tree, services.sharding)
        self.services = services
        self.error_views: dict[type[BotError], ErrorView] = {}
        self._component_handlers: dict[type[Component], ComponentHandler] = {}
        self._templates: list[re.Pattern[str]] = []
        self._in_flight = InFlight(services.writes, self._count)
        self._login_messages = LoginMessages(
            self, services.login_flow, services.operator, services.mentions
        )
        self._job_messages = JobMessages(
            self,
            services.jobs,
            services.operator,
            services.mentions,
            self.error_views,
            services.downloads,
            services.reply_timeout,
        )
        self._maintenance: asyncio.Task[None] | None = None
        self.first_maintenance = asyncio.Event()
        answer_outside_of_cogs(self, services.access.refusal)

    async def setup_hook(self) -> None:
        await super().setup_hook()
        self.services.login_flow.application_id = self.application_id or 0
        for name in COGS:
            await import_module(name).setup(self)
        await self.services.command_sync.start(self.tree)
        self.services.icons.start(self)
        await self.services.jobs.start(self._job_messages.open)
        self._maintenance = asyncio.create_task(self._maintain())

    async def add_cog(self, cog: commands.Cog, /, **options: Any) -> None:
        """Also register the components that the cog's methods handle: see `on_component`.

        Cogs of one `group_name` share this group.
        """
        group = cog.app_command
        earlier = self.tree.get_command(group.name) if group else None
        if group and isinstance(earlier, app_commands.Group):
            for command in earlier.commands:
                group.add_command(command)
        await super().add_cog(cog, override=earlier is not None, **options)
        for component, handler in component_handlers(cog):
            self._component_handlers[component] = handler
            if issubclass(component, PersistentItem):
                self.add_dynamic_items(component)

    def add_dynamic_items(self, *items: type[discord.ui.DynamicItem[Any]]) -> None:
        super().add_dynamic_items(*items)
        self._templates += [item.__discord_ui_compiled_template__ for item in items]

    async def close(self) -> None:
        """Finish what is in progress, in bounded time even if a service does not answer."""
        if self._maintenance is not None:
            self._maintenance.cancel()
            await asyncio.wait({self._maintenance}, timeout=MAINTENANCE_GRACE)
        if not self.is_closed():
            await self._in_flight.drain(self.services.shutdown_grace)
        await self.services.jobs.close()
        await self.services.panels.close()
        await super().close()

    async def _maintain(self) -> None:
        """Unlike discord.py's tasks.loop, it does not stop if the clock is set back."""
        while True:
            try:
                await self.run_maintenance()
            except Exception:
                _log.exception("the maintenance failed")
            self.first_maintenance.set()
            await asyncio.sleep(MAINTENANCE_INTERVAL)

    async def run_maintenance(self) -> None:
        """Erase what has expired, save the counts of API calls, and send reminders."""
        ended_logins = [*await self.services.erase_blocked(), *await self.services.expire()]
        await self.services.quota.save()
        for ended in ended_logins:
            await self.announce_login(ended)
        await self.services.backups.begin_due()
        for reminder in await self.services.reminders.due():
            await send_reminder(self, reminder, self.services.mentions)
        for text in await self.services.owner_alerts.due():
            await send_to_owner(self, text, self.services.mentions)

    async def announce_login(
        self, update: LoginUpdate, interaction: Interaction | None = None
    ) -> bool:
        """Say how a login stands in the messages with its link. False if none can be edited.

        `interaction` is deferred as an edit of one of these messages, if that is what changed it.
        """
        if isinstance(update.result, AccountLinked):
            # The memory may be about another account, which was linked before.
            self.services.forget_user(update.discord_id, settings=False)
        return await self._login_messages.edit(update, interaction)

    async def on_ready(self) -> None:
        _log.info("ready as %s", self.user)

    # ---- interactions

    def begin_interaction(self, interaction: Interaction) -> bool:
        """Whether to handle the interaction; False for one that was delivered before."""
        set_reply_timeout(interaction, self.services.reply_timeout)
        use_icons(interaction, self.services.icons)
        set_mentions(interaction, self.services.mentions)
        return self._in_flight.begin(interaction)

    async def handle_component(self, interaction: Interaction, component: Component) -> None:
        """Let the cog handle a press or a submitted form, once for each."""
        if not self.begin_interaction(interaction):
            return
        try:
            with ExitStack() as press:
                is_first = True
                if isinstance(component, PersistentItem):
                    guard = self.services.double_press.guard(component.press_key(interaction))
                    is_first = press.enter_context(guard) or component.allow_double
                    if component.repeatable:
                        press.close()
                if is_first:
                    self._in_flight.overtake(interaction)
                    await self._component_handlers[type(component)](interaction, component)
                else:
                    await defer_edit(interaction)
        except Exception as error:
            await self.handle_error(interaction, error)
        self._in_flight.finish(interaction)

    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        self._in_flight.finish(interaction)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a component that no cog handles any more; the library would stay silent."""
        if not (custom_id := custom_id_of(interaction)):
            return  # a command
        if interaction.type is discord.InteractionType.modal_submit:
            known = custom_id in self._connection._view_store._modals
        else:
            known = self._is_known(custom_id)
        if not known and self.begin_interaction(interaction):
            try:
                await reply_privately(interaction, "That has expired. Use the command again.")
            except Exception as error:
                await self.handle_error(interaction, error)
            self._in_flight.finish(interaction)

    async def handle_error(self, interaction: Interaction, error: Exception) -> None:
        """Explain an exception of a command, component or form to its user, and log it."""
        if self.is_closed() or interaction not in self._in_flight:
            return  # the user was told that the bot is stopping
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        name, code = name_of(interaction), code_of(error)
        if code == ACKNOWLEDGED and interaction in self.unconfirmed:
            mark_accepted(interaction)
        elif code == ACKNOWLEDGED or code in UNDELIVERABLE:
            # Another process answers it, or the reply can no longer be seen: do nothing.
            self._in_flight.finish(interaction, "lost")
            _log.info("%s: the reply is gone: %s", name, code)
            return
        # The command did not begin without a first response: see `bot.interactions.responses`.
        began = interaction.response.is_done()
        writes = self._in_flight.writes(interaction) if began else WriteRecord()
        explanation = explain(error, self.services.operator, writes)
        if explanation.reference:
            _log.error("%s: reference %s", name, explanation.reference, exc_info=error)
        else:
            _log.info("%s: %s: %s", name, type(error).__name__, text_for_log(error))
        views = (make for kind, make in self.error_views.items() if isinstance(error, kind))
        make_view = partial(make, error) if (make := next(views, None)) else None
        message, last_resort = explanation.message, explanation.last_resort
        repeatable = writes.is_repeatable_after(error)
        await report(interaction, message, last_resort, make_view, is_repeatable=repeatable)
        outcome = "bug" if explanation.reference else type(error).__name__
        self._in_flight.finish(interaction, outcome)

    def _count(self, interaction: Interaction, outcome: str) -> None:
        """Count it by its name; all components that no cog handles share one, to keep them few."""
        is_form = interaction.type is discord.InteractionType.modal_submit
        known = interaction.command or is_form or self._is_known(custom_id_of(interaction))
        name = name_of(interaction) if known else "button expired"
        self.services.metrics.record_command(name, outcome)

    def _is_known(self, custom_id: str) -> bool:
        return any(template.fullmatch(custom_id) for template in self._templates)


class _Tree(app_commands.CommandTree[Tonearm]):
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        # Autocomplete changes nothing, so a restart need not wait for it.
        typing = interaction.type is discord.InteractionType.autocomplete
        extract_message(interaction)
        return typing or interaction.client.begin_interaction(interaction)

    async def _call(self, interaction: Interaction) -> None:
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise  # the library calls on_error
        except Exception as error:
            # discord.py could not parse the command's arguments, and would send no reply.
            await interaction.client.handle_error(interaction, error)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await interaction.client.handle_error(interaction, error)
