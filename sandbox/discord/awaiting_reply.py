"""Sends an interaction and waits until the user sees its result."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sandbox.discord.interactions import (
    DEFERRED_MESSAGE,
    DEFERRED_UPDATE,
    MODAL,
    MODAL_SUBMIT,
    RESPONSE_DEADLINE,
    Interaction,
)
from sandbox.discord.platform import Platform
from sandbox.discord.state import LOADING, Channel, Json, Message, User

FOLLOW_UP_TIMEOUT = 1.0  # seconds for a message after the bot deletes "thinking…"


class NoResponse(Exception):
    """The app did not respond within three seconds."""


async def interact_and_wait(
    discord: Platform, kind: int, user: User, channel: Channel, data: Json, **extra: Any
) -> Interaction:
    """Send an interaction; returns after the resulting message, edit or modal.

    `extra` are further arguments of `Platform.interact`. Raises NoResponse after three seconds
    without a response, TimeoutError if nothing follows a deferred response, BotExited at once.
    """
    if kind != MODAL_SUBMIT:
        close_modal(discord, user, channel)
    source: Message | None = extra.get("source_message")
    duplicate = source and _pending_duplicate(discord, user, source, data)
    interaction = await discord.interact(kind, user, channel, data, **extra)
    if source is not None:
        source.watchers.append(interaction.changes)
    description = f"the answer to {interaction.command or interaction!r}"
    deferred = (DEFERRED_MESSAGE, DEFERRED_UPDATE)
    try:
        await wait_for_response(discord, interaction)
        if interaction.response_type == DEFERRED_UPDATE and duplicate:
            await discord.changes.wait_until(
                lambda: _is_deferral_resolved(interaction) or _is_complete(duplicate), description
            )
        elif interaction.response_type in deferred:
            await interaction.changes.wait_until(lambda: _is_complete(interaction), description)
        if interaction.response_type == DEFERRED_MESSAGE and not _has_message(interaction):
            with suppress(TimeoutError):
                await interaction.changes.wait_until(
                    lambda: _has_message(interaction), description, FOLLOW_UP_TIMEOUT
                )
    finally:
        if source is not None:
            source.watchers.remove(interaction.changes)
    close_modal(discord, user, channel)
    if interaction.response_type == MODAL:
        discord.open_modals[user.name, channel.id] = interaction
        discord.changes.notify()
    return interaction


async def wait_for_response(discord: Platform, interaction: Interaction) -> None:
    """Wait for the first response, by the clock. Raises NoResponse or BotExited."""
    while interaction.response_type is None:
        version = interaction.changes.version
        left = interaction.created_at + RESPONSE_DEADLINE - discord.clock()
        if left <= 0:
            discord.show_timeout(interaction)
            raise NoResponse("The application did not respond")
        with suppress(TimeoutError):
            await interaction.changes.wait_for_change(version, timeout=left)


def close_modal(discord: Platform, user: User, channel: Channel) -> None:
    """Close the modal that this user has open in the channel, without telling the app."""
    if discord.open_modals.pop((user.name, channel.id), None):
        discord.changes.notify()


def _pending_duplicate(
    discord: Platform, user: User, source: Message, data: Json
) -> Interaction | None:
    """The same press by the same user, if the app has not responded to it yet.

    The app may acknowledge one of two presses without a visible result.
    """
    for other in reversed(discord.interactions.all()):
        if other.user is user and other.source_message is source and other.data == data:
            return None if _is_complete(other) else other
    return None


def _is_complete(interaction: Interaction) -> bool:
    """Whether the app has responded, and resolved a deferred response."""
    if interaction.response_type in (DEFERRED_MESSAGE, DEFERRED_UPDATE):
        return _is_deferral_resolved(interaction)
    return interaction.response_type is not None


def _has_message(interaction: Interaction) -> bool:
    return any(not message.deleted for message in interaction.messages)


def _is_deferral_resolved(interaction: Interaction) -> bool:
    source, original = interaction.source_message, interaction.original_response
    if interaction.response_type == DEFERRED_MESSAGE:
        return original is None or original.deleted or not original.flags & LOADING
    edits_before = interaction.source_edits_before
    changed = source is not None and (source.deleted or source.edit_count > edits_before)
    return changed or bool(interaction.messages)
