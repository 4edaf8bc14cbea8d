"""Doing something and waiting until there is something to see."""

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

FOLLOW_UP_TIMEOUT = 1.0  # seconds that a message may take after "thinking…" was taken away


class NoResponse(Exception):
    """The application did not respond within three seconds."""


async def interact_and_wait(
    discord: Platform, kind: int, user: User, channel: Channel, data: Json, **about: Any
) -> Interaction:
    """Do something; returns once a message, an edit or a form has come of it.

    `about` is what else `Platform.interact` takes. Raises NoAnswer after three seconds without
    a first answer, TimeoutError if what was promised then does not come, BotDied at once.
    """
    if kind != MODAL_SUBMIT:
        close_modal(discord, user, channel)
    pressed: Message | None = about.get("source_message")
    twin = pressed and _pending_duplicate(discord, user, pressed, data)
    interaction = await discord.interact(kind, user, channel, data, **about)
    if pressed is not None:
        pressed.watchers.append(interaction.changes)
    try:
        await wait_for_response(discord, interaction)
        what = f"the answer to {interaction.command or interaction!r}"
        if interaction.response_type == DEFERRED_UPDATE and twin:
            await discord.changes.wait_until(
                lambda: _is_deferral_resolved(interaction) or _is_complete(twin), what
            )
        elif interaction.response_type in (DEFERRED_MESSAGE, DEFERRED_UPDATE):
            await interaction.changes.wait_until(lambda: _is_deferral_resolved(interaction), what)
        if interaction.response_type == DEFERRED_MESSAGE and not _has_message(interaction):
            with suppress(TimeoutError):
                await interaction.changes.wait_until(
                    lambda: _has_message(interaction), what, FOLLOW_UP_TIMEOUT
                )
    finally:
        if pressed is not None:
            pressed.watchers.remove(interaction.changes)
    close_modal(discord, user, channel)
    if interaction.response_type == MODAL:
        discord.open_modals[user.name, channel.id] = interaction
        discord.changes.notify()
    return interaction


async def wait_for_response(discord: Platform, interaction: Interaction) -> None:
    """Wait for the first answer, by the stage's clock. Raises NoAnswer or BotDied."""
    while interaction.response_type is None:
        version = interaction.changes.version
        left = interaction.created_at + RESPONSE_DEADLINE - discord.clock()
        if left <= 0:
            discord.show_timeout(interaction)
            raise NoResponse("The application did not respond")
        with suppress(TimeoutError):
            await interaction.changes.wait_for_change(version, timeout=left)


def close_modal(discord: Platform, user: User, channel: Channel) -> None:
    """Close the form that this user has open there, if any; the app hears nothing of it."""
    if discord.open_modals.pop((user.name, channel.id), None):
        discord.changes.notify()


def _pending_duplicate(
    discord: Platform, user: User, pressed: Message, data: Json
) -> Interaction | None:
    """The same press by the same person, if it was not answered yet.

    One half of a double press may be acknowledged without anything to see.
    """
    for other in reversed(discord.interactions.all()):
        if other.user is user and other.source_message is pressed and other.data == data:
            return None if _is_complete(other) else other
    return None


def _is_complete(interaction: Interaction) -> bool:
    """Whether all has come of it that was promised."""
    if interaction.response_type in (DEFERRED_MESSAGE, DEFERRED_UPDATE):
        return _is_deferral_resolved(interaction)
    return interaction.response_type is not None


def _has_message(interaction: Interaction) -> bool:
    """Whether there is a message to read."""
    return any(not post.deleted for post in interaction.messages)


def _is_deferral_resolved(interaction: Interaction) -> bool:
    """Whether a deferred answer has come."""
    pressed, original = interaction.source_message, interaction.original_response
    if interaction.response_type == DEFERRED_MESSAGE:
        return original is None or original.deleted or not original.flags & LOADING
    changed = pressed is not None and (
        pressed.deleted or pressed.edit_count > interaction.source_edits_before
    )
    return changed or bool(interaction.messages)
