"""Getting somebody to the login page and back: buttons, a form, and who is told of the end."""

from __future__ import annotations

import logging
from typing import Any

import discord
import msgspec
from discord import ui

from bot.interactions.persistent import PersistentItem
from bot.interactions.responses import reply_privately
from bot.login.flow import LoginFlow
from bot.login.results import AwaitingCode, LoginFinished
from bot.views import login

_log = logging.getLogger(__name__)

_FORM_TIMEOUT = 15 * 60

Interaction = discord.Interaction[Any]


class _MessageRef(msgspec.Struct):
    """Where a login was offered: the private reply, and the direct message if there is one."""

    token: str
    reply: int
    channel: int | None = None
    message: int | None = None

    def __repr__(self) -> str:
        return "_MessageRef(…)"


async def send_login_link(
    interaction: Interaction, flow: LoginFlow, *, client_id: str | None = None
) -> None:
    """Offer a login by direct message, or in the private reply where that cannot be.

    Raises TooManyLogins, WrongClientId.
    """
    user = interaction.user
    linked = await interaction.client.sessions.linked_account(user.id)
    offer = await flow.create_link(user.id, str(user), client_id)
    says = login.login_link_message(
        str(user), by_code=flow.needs_code, linked_to=linked.name if linked else None
    )
    sent = None
    if not interaction.context.dm_channel:
        sent = await send_direct_message(
            interaction.client, user.id, says, _login_link_view(offer.url, flow)
        )
    if sent is None:
        reply = await reply_privately(interaction, says, view=_login_link_view(offer.url, flow))
        notice = _MessageRef(interaction.token, reply.id)
    else:
        reply = await reply_privately(interaction, login.LOOK_IN_DMS)
        notice = _MessageRef(interaction.token, reply.id, sent.channel.id, sent.id)
    await flow.remember_messages(user.id, offer, msgspec.json.encode(notice).decode())


async def announce_login(client: Any, flow: LoginFlow, finished: LoginFinished) -> None:
    """Say in the messages where a login was offered how it ended.

    The browser's page says it too, so what cannot be said here (a private reply can be edited for
    fifteen minutes only, Discord may be away) is logged and no more.
    """
    if finished.owner is not None:
        await send_direct_message(client, finished.owner, login.ALREADY_LINKED_WARNING)
    if (where := flow.remembered_messages(finished)) is None:
        return
    notice = msgspec.json.decode(where, type=_MessageRef)
    says = login.result_message(finished.result, client.operator)
    view = _enter_code_view() if isinstance(finished.result, AwaitingCode) else None
    try:
        reply = discord.Webhook.partial(flow.application_id, notice.token, client=client)
        await reply.edit_message(notice.reply, content=says, view=view)
    except Exception as lost:
        _log.info("could not say in the reply how a login ended: %s", type(lost).__name__)
    if notice.channel is None or notice.message is None:
        return
    try:
        channel = client.get_partial_messageable(notice.channel)
        await channel.get_partial_message(notice.message).edit(content=says, view=view)
    except Exception as lost:
        _log.info("could not say in the direct message how a login ended: %s", type(lost).__name__)


async def send_direct_message(
    client: discord.Client, discord_id: int, text: str, view: ui.View | None = None
) -> discord.Message | None:
    """A direct message; None where it cannot be sent: many people take none from bots."""
    try:
        channel = await client.create_dm(discord.Object(discord_id))
        return await (channel.send(text, view=view) if view else channel.send(text))
    except Exception as refused:
        _log.info("no direct message: %s", type(refused).__name__)
        return None


def start_login_view() -> ui.View:
    """For a reply that asks for a login."""
    view = ui.View(timeout=None)
    view.add_item(StartLogin())
    return view


def _login_link_view(url: str, flow: LoginFlow) -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Link Spotify", url=url, emoji="🔗"))
    if flow.needs_code:
        view.add_item(EnterCode())
    return view


def _enter_code_view() -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(EnterCode())
    return view


class StartLogin(PersistentItem[ui.Button[Any]], template="login:start"):
    """Offers a login, as /link does."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Link Spotify", style=style, custom_id="login:start"))

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await send_login_link(interaction, interaction.client.login_flow)


class EnterCode(PersistentItem[ui.Button[Any]], template="login:code"):
    """Opens the form for the code that the browser shows."""

    allow_double = True

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Enter code", custom_id="login:code"))

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.client.login_flow.require_pending_code(interaction.user.id)
        await interaction.response.send_modal(CodeForm())


class CodeForm(ui.Modal, title="Enter the code from your browser"):
    """Eight letters and digits. After a restart of the bot the form is void, its button is not."""

    code: ui.Label[Any] = ui.Label(
        text="Code",
        description="It looks like 7KQ2-M0XA.",
        component=ui.TextInput(custom_id="code", min_length=1, max_length=20),
    )

    def __init__(self) -> None:
        super().__init__(timeout=_FORM_TIMEOUT, custom_id="login:form")

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        return bool(interaction.client.begin_interaction(interaction))

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        links: LoginFlow = interaction.client.login_flow
        assert isinstance(self.code.component, ui.TextInput)
        finished = await links.confirm_code(interaction.user.id, self.code.component.value)
        await announce_login(interaction.client, links, finished)
        interaction.client.finish_interaction(interaction)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        await interaction.client.handle_error(interaction, error)
