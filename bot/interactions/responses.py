"""Sends all replies to interactions, within Discord's limits and in bounded time.

The first response of each interaction comes before any work. If it fails, its error ends the
command: the user has seen no response, and will repeat the command.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands, ui

from bot.interactions.discord_errors import (
    ACKNOWLEDGED,
    DISCORD_ERRORS,
    UNDELIVERABLE,
    code_of,
)
from bot.interactions.payloads import (
    View,
    message_payload,
    prepare_view,
    send_payload,
    to_edit,
)

_log = logging.getLogger(__name__)

# Seconds for Discord to accept the first response of an interaction, which it refuses after three
# seconds; and for a message, including the repetitions of discord.py.
FIRST_RESPONSE_TIMEOUT = 3.0
REPLY_TIMEOUT = 10.0

# Keys in an interaction's extras: the deferred reply is public; Discord accepted the first response
# although its request failed; the seconds that replace REPLY_TIMEOUT; the reply, or the explanation
# of an error, replaces the message with the component.
_PUBLIC, _ACCEPTED, _TIMEOUT, _REPLACES = "public", "accepted", "timeout", "replaces"

_DEFERRED_REPLY = discord.InteractionResponseType.deferred_channel_message
_CHOICES = discord.InteractionResponseType.autocomplete_result

Interaction = discord.Interaction[Any]
Message = discord.InteractionMessage | discord.WebhookMessage


@dataclass(frozen=True)
class Reply:
    """The content of a reply. `private`: it asks a question, so only its user may see it."""

    content: str | None = None
    view: View | None = None
    private: bool = False


def is_own_message(interaction: Interaction) -> bool:
    """Whether the message with the component is the reply to the user who uses it."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata is not None and metadata.user.id == interaction.user.id


# ---- the first response


async def defer(interaction: Interaction, *, public: bool = False) -> None:
    """Announce a reply. This fixes who will see it."""
    interaction.extras[_PUBLIC] = public
    async with _first_response(interaction):
        await interaction.response.defer(ephemeral=not public, thinking=True)


async def defer_edit(interaction: Interaction) -> None:
    """Announce an edit of the message with the component."""
    async with _first_response(interaction):
        await interaction.response.defer()


async def edit_at_once(interaction: Interaction, view: View | None) -> None:
    """Replace the components of the message with the component; a layout replaces its text, too."""
    payload: dict[str, Any] = {"view": prepare_view(interaction, view) if view else None}
    if isinstance(view, ui.LayoutView):
        payload |= {"content": None, "embeds": [], "attachments": []}
    async with _first_response(interaction):
        await send_payload(interaction, interaction.response.edit_message, payload)


async def defer_answer(interaction: Interaction, *, once: bool = False) -> None:
    """Announce that the reply replaces the question which the message asks.

    So does the explanation of an error; the components stay below it unless the command may have
    been executed. A message of another user, or with a layout, gets an ordinary reply instead.

    once  remove the components at once: what they do must not be done twice
    """
    message = interaction.message
    if not is_own_message(interaction) or (message and message.flags.components_v2):
        await (edit_at_once(interaction, None) if once else defer(interaction))
        return
    interaction.extras[_REPLACES] = True
    await (edit_at_once(interaction, None) if once else defer_edit(interaction))


async def open_form(interaction: Interaction, form: ui.Modal) -> None:
    """Open a form."""
    async with _first_response(interaction):
        await interaction.response.send_modal(form)


async def send_choices(interaction: Interaction, choices: list[app_commands.Choice[str]]) -> None:
    """Offer choices for the option that is being typed."""
    try:
        async with _first_response(interaction):
            await interaction.response.autocomplete(choices)
    finally:
        # discord.py 2.7.1 sends the choices again unless this marks them as sent.
        interaction.response._response_type = _CHOICES


def mark_accepted(interaction: Interaction) -> None:
    """Record that Discord accepted the first response although its request failed."""
    interaction.extras[_ACCEPTED] = True


def set_reply_timeout(interaction: Interaction, seconds: float) -> None:
    """Let each reply to the interaction take this many seconds instead of REPLY_TIMEOUT."""
    interaction.extras[_TIMEOUT] = seconds


def _first_response(interaction: Interaction) -> asyncio.Timeout:
    return asyncio.timeout(min(FIRST_RESPONSE_TIMEOUT, _seconds(interaction)))


def _seconds(interaction: Interaction) -> float:
    return float(interaction.extras.get(_TIMEOUT, REPLY_TIMEOUT))


async def defer_in_place(interaction: Interaction) -> None:
    """Announce an edit of the message if it is the user's own, and else a private reply."""
    await (defer_edit if is_own_message(interaction) else defer)(interaction)


# ---- after the first response


async def reply(interaction: Interaction, content: Reply | View | str) -> Message:
    """Send the reply to a deferred interaction; a private one replaces a public deferral."""
    if isinstance(content, str):
        content = Reply(content)
    elif not isinstance(content, Reply):
        content = Reply(view=content)
    if content.private or interaction.extras.get(_REPLACES):
        return await reply_privately(interaction, content.content, view=content.view)
    async with asyncio.timeout(_seconds(interaction)):
        payload = message_payload(interaction, content.content, content.view)
        payload["wait"] = True
        return await send_payload(interaction, interaction.followup.send, payload)


async def edit_reply(
    interaction: Interaction,
    content: str | None = None,
    *,
    view: View | None = None,
    keeps_files: bool = True,
) -> Message:
    """Edit the reply, or the message with the component. Without a view, its view is removed.

    keeps_files  whether its files still belong to what it says
    """
    payload = to_edit(message_payload(interaction, content, view))
    if not keeps_files:
        payload["attachments"] = []
    if view is None:
        payload["view"] = None
    async with asyncio.timeout(_seconds(interaction)):
        return await send_payload(interaction, interaction.edit_original_response, payload)


async def reply_in_place(interaction: Interaction, view: View) -> None:
    """Edit the message if it is the user's own, and else reply."""
    if is_own_message(interaction):
        await edit_reply(interaction, view=view)
    else:
        await reply(interaction, view)


async def reply_privately(
    interaction: Interaction,
    text: str | None = None,
    *,
    view: View | None = None,
    keeps_components: bool = False,
) -> Message:
    """Reply to an interaction in any state. It replaces a deferred reply and its progress.

    keeps_components  if it replaces a question (see `defer_answer`), and without a view
    """
    await _ensure_first_response(interaction)
    payload = message_payload(interaction, text, view)
    async with asyncio.timeout(_seconds(interaction)):
        if interaction.extras.get(_REPLACES):
            if view is None and not keeps_components:
                payload["view"] = None
            edit = to_edit(payload)
            return await send_payload(interaction, interaction.edit_original_response, edit)
        if interaction.response.type is _DEFERRED_REPLY:
            if not interaction.extras.get(_PUBLIC):
                payload.setdefault("view", None)  # the button of its progress is of no use
                edit = to_edit(payload)
                return await send_payload(interaction, interaction.edit_original_response, edit)
            await _delete_deferred_reply(interaction)
        payload |= {"ephemeral": True, "wait": True}
        return await send_payload(interaction, interaction.followup.send, payload)


async def report(
    interaction: Interaction,
    text: str,
    last_resort: str,
    make_view: Callable[[], ui.View] | None = None,
    *,
    is_repeatable: bool = False,
) -> bool:
    """Tell the user how the command ended; whether Discord accepted that.

    is_repeatable  a question that it replaces keeps its components

    A failed reply is repeated once. Then `last_resort`, a short text, is sent in another way, so
    that "Thinking…" does not stay.
    """
    for _ in range(2):
        try:
            view = make_view() if make_view else None
            await reply_privately(interaction, text, view=view, keeps_components=is_repeatable)
            return True
        except DISCORD_ERRORS as error:
            if code_of(error) in UNDELIVERABLE:
                return False
            _log.info("Discord did not accept a reply: %s", _describe(error))
        except Exception:
            _log.exception("a reply could not be made")
            break
    payload = message_payload(interaction, last_resort, None)
    try:
        async with asyncio.timeout(_seconds(interaction)):
            if interaction.response.type is _DEFERRED_REPLY and interaction.extras.get(_PUBLIC):
                await interaction.edit_original_response(**payload)
            else:
                await interaction.followup.send(ephemeral=True, **payload)
    except DISCORD_ERRORS as error:
        _log.warning("Discord accepts no reply: %s", _describe(error))
        return False
    except Exception:  # discord.py cannot read what Discord answers
        _log.exception("a short reply could not be made")
        return False
    return True


async def _ensure_first_response(interaction: Interaction) -> None:
    """Acknowledge the interaction, unless Discord has accepted an earlier attempt."""
    if interaction.response.is_done() or interaction.extras.get(_ACCEPTED):
        return
    try:
        await defer(interaction)
    except discord.HTTPException as error:
        if error.code != ACKNOWLEDGED:
            raise
        mark_accepted(interaction)


async def _delete_deferred_reply(interaction: Interaction) -> None:
    """Delete the public deferred reply, since the next follow-up would be public as well."""
    try:
        await interaction.delete_original_response()
    except DISCORD_ERRORS as error:
        _log.info("a public reply could not be withdrawn: %s", _describe(error))


def _describe(error: BaseException) -> str:
    """The class and Discord's code, for the log."""
    return f"{type(error).__name__} {code_of(error) or ''}".rstrip()
