"""Direct messages and edits of earlier messages: login links, how a login ended, reminders."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import discord
import msgspec
from discord import ui

from bot.accounts.reminders import Reminder
from bot.accounts.sessions import Sessions
from bot.errors.storage import StorageError
from bot.interactions.limits import fit_content
from bot.interactions.responses import reply_privately
from bot.login.flow import LoginFlow
from bot.login.results import AwaitingCode, LoginFinished
from bot.views import login

_log = logging.getLogger(__name__)

# Seconds for Discord to accept a message, while a user or a browser waits.
_TIMEOUT = 5.0

Interaction = discord.Interaction[Any]


class _MessageRef(msgspec.Struct):
    """The messages with a login link: the private reply, and the direct message if there is one.

    The store holds it as JSON.
    """

    token: str
    reply: int
    channel: int | None = None
    message: int | None = None

    def __repr__(self) -> str:
        return "_MessageRef(…)"


async def send_login_link(
    interaction: Interaction, sessions: Sessions, flow: LoginFlow, *, client_id: str | None = None
) -> None:
    """Send a login link by direct message, or in the private reply if that is impossible.

    Messages with a login link that no longer works because of this one are edited.

    Raises TooManyLogins, WrongClientId.
    """
    user = interaction.user
    account = await sessions.linked_account(user.id)
    link = await flow.create_link(user.id, str(user), client_id)
    text = login.login_link_message(
        by_code=flow.needs_code, linked_to=account.name if account else None
    )

    def view() -> ui.View:
        return login.login_link_view(link.url, needs_code=flow.needs_code)

    sent = None
    if not interaction.context.dm_channel:
        sent = await send_direct_message(interaction.client, user.id, text, view())
    if sent is None:
        reply = await reply_privately(interaction, text, view=view())
        messages = _MessageRef(interaction.token, reply.id)
    else:
        reply = await reply_privately(interaction, login.LOOK_IN_DMS)
        messages = _MessageRef(interaction.token, reply.id, sent.channel.id, sent.id)
    with suppress(StorageError):  # the link works without it
        await flow.remember_messages(user.id, link, msgspec.json.encode(messages).decode())
    if link.replaced is not None:
        await interaction.client.announce_login(link.replaced)


async def announce_login(
    client: discord.Client, flow: LoginFlow, finished: LoginFinished, operator: str
) -> bool:
    """Edit the messages with the login link to say how the login ended; whether any was edited.

    A failed edit is logged and ignored: private replies can be edited for fifteen minutes only,
    people delete messages, and Discord may be down.
    """
    if finished.owner is not None:
        await send_direct_message(client, finished.owner, login.ALREADY_LINKED_WARNING)
    if finished.message_ref is None:
        return False
    messages = msgspec.json.decode(finished.message_ref, type=_MessageRef)
    text = fit_content(login.result_message(finished.result, operator))
    view = login.enter_code_view() if isinstance(finished.result, AwaitingCode) else None
    webhook = discord.Webhook.partial(flow.application_id, messages.token, client=client)
    edited = await _is_done(webhook.edit_message(messages.reply, content=text, view=view))
    if messages.channel is not None and messages.message is not None:
        channel = client.get_partial_messageable(messages.channel)
        message = channel.get_partial_message(messages.message)
        edited = await _is_done(message.edit(content=text, view=view)) or edited
    return edited


async def _is_done(edit: Coroutine[Any, Any, object]) -> bool:
    """Whether Discord accepts an edit in time."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            await edit
    except Exception as error:
        _log.info("could not say in a message how a login ended: %s", type(error).__name__)
        return False
    return True


async def send_reminder(client: discord.Client, reminder: Reminder) -> None:
    """Send a reminder with the button that starts a login."""
    await send_direct_message(client, reminder.discord_id, reminder.text, login.start_login_view())


async def send_direct_message(
    client: discord.Client, discord_id: int, text: str, view: ui.View | None = None
) -> discord.Message | None:
    """A direct message; None if it cannot be sent: many people accept none from bots."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            channel = await client.create_dm(discord.Object(discord_id))
            text = fit_content(text)
            return await (channel.send(text, view=view) if view else channel.send(text))
    except Exception as error:
        _log.info("no direct message: %s", type(error).__name__)
        return None
