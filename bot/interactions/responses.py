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
    UNEDITABLE,
    UNKNOWN_MESSAGE,
    code_of,
)
from bot.interactions.icons import Icons
from bot.interactions.limits import fit_content, fit_view
from bot.interactions.mentions import CommandMentions

_log = logging.getLogger(__name__)

# Seconds for Discord to accept the first response of an interaction, which it refuses after three
# seconds; and for a message, including the repetitions of discord.py. A file may take longer.
FIRST_RESPONSE_TIMEOUT = 3.0
REPLY_TIMEOUT = 10.0
_FILE_FACTOR = 6.0

# Keys in an interaction's extras: the deferred reply is public; Discord accepted the first response
# although its request failed; the seconds that replace REPLY_TIMEOUT; the icons of its buttons; the
# mentions of commands.
_PUBLIC, _ACCEPTED, _TIMEOUT = "public", "accepted", "timeout"
_ICONS, _MENTIONS = "icons", "mentions"

_DEFERRED_REPLY = discord.InteractionResponseType.deferred_channel_message
_CHOICES = discord.InteractionResponseType.autocomplete_result

Interaction = discord.Interaction[Any]
Message = discord.InteractionMessage | discord.WebhookMessage
View = ui.View | ui.LayoutView


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
    payload: dict[str, Any] = {"view": _prepare(interaction, view) if view else None}
    if isinstance(view, ui.LayoutView):
        payload["content"] = None
    async with _first_response(interaction):
        await interaction.response.edit_message(**payload)


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


def set_mentions(interaction: Interaction, mentions: CommandMentions) -> None:
    """Let all replies to the interaction mention the commands that they name."""
    interaction.extras[_MENTIONS] = mentions


def mentions_of(interaction: Interaction) -> CommandMentions:
    """The mentions for messages that are no reply to the interaction, but belong to it."""
    mentions: CommandMentions = interaction.extras.get(_MENTIONS) or CommandMentions()
    return mentions


def set_reply_timeout(interaction: Interaction, seconds: float) -> None:
    """Let each reply to the interaction take this many seconds instead of REPLY_TIMEOUT."""
    interaction.extras[_TIMEOUT] = seconds


def use_icons(interaction: Interaction, icons: Icons) -> None:
    """Show these icons on the buttons of all replies to the interaction."""
    interaction.extras[_ICONS] = icons


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
    if content.private:
        return await reply_privately(interaction, content.content, view=content.view)
    async with asyncio.timeout(_seconds(interaction)):
        payload = _payload(interaction, content.content, content.view)
        return await interaction.followup.send(wait=True, **payload)


async def edit_reply(
    interaction: Interaction, content: str | None = None, *, view: View | None = None
) -> Message:
    """Edit the reply, or the message with the component. Without a view, its view is removed."""
    payload = _to_edit(_payload(interaction, content, view))
    if view is None:
        payload["view"] = None
    async with asyncio.timeout(_seconds(interaction)):
        return await interaction.edit_original_response(**payload)


async def reply_in_place(interaction: Interaction, view: View) -> None:
    """Edit the message if it is the user's own, and else reply."""
    if is_own_message(interaction):
        await edit_reply(interaction, view=view)
    else:
        await reply(interaction, view)


async def send_file(interaction: Interaction, text: str, file: discord.File) -> None:
    """Put a file into the deferred reply; send it again if that was dismissed or is too old."""
    text = fit_content(text, mentions_of(interaction))
    async with asyncio.timeout(_FILE_FACTOR * _seconds(interaction)):
        try:
            await interaction.edit_original_response(content=text, attachments=[file])
        except discord.HTTPException as error:
            if error.code not in UNEDITABLE:
                raise
            file.reset()
            if error.code == UNKNOWN_MESSAGE:
                await interaction.followup.send(text, file=file, ephemeral=True)
            else:
                await interaction.user.send(text, file=file)


async def reply_privately(
    interaction: Interaction, text: str | None = None, *, view: View | None = None
) -> Message:
    """Reply to an interaction in any state. It replaces a deferred reply and its progress."""
    await _ensure_first_response(interaction)
    payload = _payload(interaction, text, view)
    async with asyncio.timeout(_seconds(interaction)):
        if interaction.response.type is _DEFERRED_REPLY:
            if not interaction.extras.get(_PUBLIC):
                return await interaction.edit_original_response(**_to_edit(payload))
            await _delete_deferred_reply(interaction)
        return await interaction.followup.send(ephemeral=True, wait=True, **payload)


async def report(
    interaction: Interaction,
    text: str,
    last_resort: str,
    make_view: Callable[[], ui.View] | None = None,
) -> bool:
    """Tell the user how the command ended; whether Discord accepted that.

    A failed reply is repeated once. Then `last_resort`, a short text, is sent in another way, so
    that "Thinking…" does not stay.
    """
    for _ in range(2):
        try:
            await reply_privately(interaction, text, view=make_view() if make_view else None)
            return True
        except DISCORD_ERRORS as error:
            if code_of(error) in UNDELIVERABLE:
                return False
            _log.info("Discord did not accept a reply: %s", _describe(error))
        except Exception:
            _log.exception("a reply could not be made")
            break
    payload = _payload(interaction, last_resort, None)
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


def _payload(interaction: Interaction, text: str | None, view: View | None) -> dict[str, Any]:
    """The arguments of discord.py for a message, within Discord's limits."""
    mentions = mentions_of(interaction)
    payload: dict[str, Any] = {} if text is None else {"content": fit_content(text, mentions)}
    return payload | ({} if view is None else {"view": _prepare(interaction, view)})


def _to_edit(payload: dict[str, Any]) -> dict[str, Any]:
    """The arguments for an edit: a layout replaces a text, such as that of the progress."""
    is_layout = isinstance(payload.get("view"), ui.LayoutView)
    return {"content": None, **payload} if is_layout else payload


def _prepare(interaction: Interaction, view: View) -> View:
    """The view within Discord's limits, with the bot's icons and mentions of commands."""
    icons: Icons | None = interaction.extras.get(_ICONS)
    if icons is not None:
        icons.show_on(view)
    return fit_view(view, mentions_of(interaction))


def _describe(error: BaseException) -> str:
    """The class and Discord's code, for the log."""
    return f"{type(error).__name__} {code_of(error) or ''}".rstrip()
