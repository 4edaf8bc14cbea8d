"""Getting somebody to the login page and back: buttons, a form, and who is told of the end."""

from __future__ import annotations

import logging
from typing import Any

import discord
import msgspec
from discord import ui

from bot.endings import Finished, Held
from bot.links import Links
from bot.ui import login
from bot.ui.answer import answer
from bot.ui.lasting import Lasting

_log = logging.getLogger(__name__)

_FORM_TIMEOUT = 15 * 60

Interaction = discord.Interaction[Any]


class _Notice(msgspec.Struct):
    """Where a login was offered: the private reply, and the direct message if there is one."""

    token: str
    reply: int
    channel: int | None = None
    message: int | None = None

    def __repr__(self) -> str:
        return "_Notice(…)"


async def invite(interaction: Interaction, links: Links, *, client_id: str | None = None) -> None:
    """Offer a login by direct message, or in the private reply where that cannot be.

    Raises TooManyLogins, WrongClientId.
    """
    user = interaction.user
    linked = await interaction.client.accounts.linked(user.id)
    offer = await links.offer(user.id, str(user), client_id)
    says = login.invitation(
        str(user), by_code=links.by_code, linked_to=linked.name if linked else None
    )
    sent = None
    if not interaction.context.dm_channel:
        sent = await send(interaction.client, user.id, says, _buttons(offer.url, links))
    if sent is None:
        reply = await answer(interaction, says, view=_buttons(offer.url, links))
        notice = _Notice(interaction.token, reply.id)
    else:
        reply = await answer(interaction, login.LOOK_IN_DMS)
        notice = _Notice(interaction.token, reply.id, sent.channel.id, sent.id)
    await links.announce_at(user.id, offer, msgspec.json.encode(notice).decode())


async def tell(client: Any, links: Links, finished: Finished) -> None:
    """Say in the messages where a login was offered how it ended.

    The browser's page says it too, so what cannot be said here (a private reply can be edited for
    fifteen minutes only, Discord may be away) is logged and no more.
    """
    if finished.owner is not None:
        await send(client, finished.owner, login.WARNING)
    if (where := links.notice(finished)) is None:
        return
    notice = msgspec.json.decode(where, type=_Notice)
    says = login.ending(finished.ending, client.operator)
    view = _code_button() if isinstance(finished.ending, Held) else None
    try:
        reply = discord.Webhook.partial(links.application_id, notice.token, client=client)
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


async def send(
    client: discord.Client, discord_id: int, says: str, view: ui.View | None = None
) -> discord.Message | None:
    """A direct message; None where it cannot be sent: many people take none from bots."""
    try:
        channel = await client.create_dm(discord.Object(discord_id))
        return await (channel.send(says, view=view) if view else channel.send(says))
    except Exception as refused:
        _log.info("no direct message: %s", type(refused).__name__)
        return None


def start_button() -> ui.View:
    """For a reply that asks for a login."""
    view = ui.View(timeout=None)
    view.add_item(StartLogin())
    return view


def _buttons(url: str, links: Links) -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Link Spotify", url=url, emoji="🔗"))
    if links.by_code:
        view.add_item(EnterCode())
    return view


def _code_button() -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(EnterCode())
    return view


class StartLogin(Lasting[ui.Button[Any]], template="login:start"):
    """Offers a login, as /link does."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Link Spotify", style=style, custom_id="login:start"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await invite(interaction, interaction.client.links)


class EnterCode(Lasting[ui.Button[Any]], template="login:code"):
    """Opens the form for the code that the browser shows."""

    twice = True

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Enter code", custom_id="login:code"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.client.links.expects_code(interaction.user.id)
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
        return bool(interaction.client.admit(interaction))

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        links: Links = interaction.client.links
        assert isinstance(self.code.component, ui.TextInput)
        finished = await links.confirm(interaction.user.id, self.code.component.value)
        await tell(interaction.client, links, finished)
        interaction.client.done(interaction)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        await interaction.client.fail(interaction, error)
