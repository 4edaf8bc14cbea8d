"""Sends login links and reminders by direct message, and edits the messages with a login link."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import discord
import msgspec
from discord import ui

from bot.accounts.reminders import Reminder
from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.storage import StorageError
from bot.interactions.limits import fit_content
from bot.interactions.mentions import CommandMentions
from bot.interactions.payloads import mentions_of
from bot.interactions.responses import reply_privately
from bot.login.flow import LoginFlow
from bot.login.results import LoginOpened, LoginResult, LoginUpdate
from bot.views import login

_log = logging.getLogger(__name__)

# Seconds for Discord to accept a message, while a user or a browser waits.
_TIMEOUT = 5.0

_DEFERRED_EDIT = discord.InteractionResponseType.deferred_message_update

Interaction = discord.Interaction[Any]


class _MessageRef(msgspec.Struct):
    """The messages with a login link: the private reply, and the direct message if there is one.

    The store holds it as JSON. `in_place`: the token is of a button or form in the reply, so the
    reply is the original response that the token can edit.
    """

    token: str
    reply: int
    channel: int | None = None
    message: int | None = None
    in_place: bool = False

    def __repr__(self) -> str:
        return "_MessageRef(…)"


async def send_login_link(
    interaction: Interaction, sessions: Sessions, flow: LoginFlow, *, client_id: str | None = None
) -> None:
    """Send a login link in the private reply and by direct message, where it is found later.

    The reply replaces the message of a button if the interaction is deferred as an answer there.

    Messages with a login link that no longer works because of this one are edited.

    Raises TooManyLogins, WrongClientId.
    """
    user, client = interaction.user, interaction.client
    account = await sessions.linked_account(user.id)
    link = await flow.create_link(user.id, str(user), client_id)
    text = login.login_link_message(
        by_code=flow.needs_code, linked_to=account.name if account else None
    )

    def view() -> ui.View:
        return login.login_link_view(link.url, needs_code=flow.needs_code)

    reply = await reply_privately(interaction, text, view=view())
    in_place = interaction.response.type is _DEFERRED_EDIT
    messages = _MessageRef(interaction.token, reply.id, in_place=in_place)
    if not interaction.context.dm_channel:
        sent = await send_direct_message(client, user.id, text, mentions_of(interaction), view())
        if sent is not None:
            messages.channel, messages.message = sent.channel.id, sent.id
    update = None
    with suppress(StorageError):  # the link works without it
        message_ref = msgspec.json.encode(messages).decode()
        update = await flow.updates.remember_messages(user.id, link, message_ref)
    if update is not None:
        await client.announce_login(update)
    if link.replaced is not None:
        await client.announce_login(link.replaced)


class LoginMessages:
    """Edits the messages with a login link to say how the login stands.

    The edits of one login follow each other, and an outdated one is left out: two requests of a
    browser can be in progress, and the earlier one may be slower.
    """

    def __init__(
        self, client: discord.Client, flow: LoginFlow, operator: str, mentions: CommandMentions
    ) -> None:
        self._client = client
        self._flow = flow
        self._operator = operator
        self._mentions = mentions
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def edit(self, update: LoginUpdate, interaction: Interaction | None = None) -> bool:
        """Edit both messages; whether any was edited.

        A failed edit is logged and ignored: private replies can be edited for fifteen minutes
        only, people delete messages, and Discord may be down. An `interaction` with the private
        reply is newer, so that can be edited in any case.
        """
        if update.owner is not None:
            warning = login.ALREADY_LINKED_WARNING
            await send_direct_message(self._client, update.owner, warning, self._mentions)
        try:
            message_ref = await self._flow.updates.find_messages(update)
        except BotError as error:
            _log.info("could not say how a login stands: %s", type(error).__name__)
            return False
        if message_ref is None:
            return False
        async with self._locks.setdefault(message_ref, asyncio.Lock()):
            with suppress(BotError):  # without the store, the update is all that is known
                if not await self._flow.updates.is_current(update):
                    return False
            messages = msgspec.json.decode(message_ref, type=_MessageRef)
            if interaction and interaction.message and interaction.message.id == messages.reply:
                messages.token, messages.in_place = interaction.token, True
            return any(await asyncio.gather(*self._edits(messages, update.result)))

    def _edits(
        self, messages: _MessageRef, result: LoginResult | LoginOpened
    ) -> Iterator[Coroutine[Any, Any, bool]]:
        """An edit of each message; each returns whether Discord accepts it."""
        text = fit_content(login.result_message(result, self._operator), self._mentions)
        needs_code = self._flow.needs_code

        def view() -> ui.View | None:
            return login.result_view(result, needs_code=needs_code)

        webhook = discord.Webhook.partial(
            self._flow.application_id, messages.token, client=self._client
        )
        reply: Any = "@original" if messages.in_place else messages.reply
        yield _is_done(webhook.edit_message(reply, content=text, view=view()))
        if messages.channel is not None and messages.message is not None:
            channel = self._client.get_partial_messageable(messages.channel)
            message = channel.get_partial_message(messages.message)
            yield _is_done(message.edit(content=text, view=view()))


async def _is_done(edit: Coroutine[Any, Any, object]) -> bool:
    """Whether Discord accepts an edit in time."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            await edit
    except Exception as error:
        _log.info("could not say in a message how a login stands: %s", type(error).__name__)
        return False
    return True


async def send_reminder(
    client: discord.Client, reminder: Reminder, mentions: CommandMentions
) -> None:
    """Send a reminder with the button that starts a login."""
    view = login.start_login_view()
    await send_direct_message(client, reminder.discord_id, reminder.text, mentions, view)


async def send_to_owner(client: discord.Client, text: str, mentions: CommandMentions) -> None:
    """Send a direct message to the owner of the application, or of its team."""
    if (application := client.application) is not None:
        owner = application.team.owner_id if application.team else application.owner.id
        if owner is not None:
            await send_direct_message(client, owner, text, mentions)


async def send_direct_message(
    client: discord.Client,
    discord_id: int,
    text: str,
    mentions: CommandMentions,
    view: ui.View | None = None,
) -> discord.Message | None:
    """A direct message; None if it cannot be sent: many people accept none from bots."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            channel = await client.create_dm(discord.Object(discord_id))
            text = fit_content(text, mentions)
            return await (channel.send(text, view=view) if view else channel.send(text))
    except Exception as error:
        _log.info("no direct message: %s", type(error).__name__)
        return None
