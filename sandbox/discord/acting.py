"""Doing something and waiting until there is something to see."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sandbox.discord.interactions import (
    FIRST_ANSWER,
    LATER,
    MODAL,
    MODAL_SUBMIT,
    THINKING,
    Interaction,
)
from sandbox.discord.platform import Platform
from sandbox.discord.world import LOADING, Channel, Json, User


class NoAnswer(Exception):
    """The application did not respond within three seconds."""


async def act(
    discord: Platform, kind: int, user: User, channel: Channel, data: Json, **about: Any
) -> Interaction:
    """Do something; returns once a message, an edit or a form has come of it.

    `about` is what else `Platform.interact` takes. Raises NoAnswer after three seconds without
    a first answer, TimeoutError if what was promised then does not come, BotDied at once.
    """
    if kind != MODAL_SUBMIT:
        close_form(discord, user, channel)
    interaction = await discord.interact(kind, user, channel, data, **about)
    pressed = interaction.pressed
    if pressed is not None:
        pressed.watchers.append(interaction.changes)
    try:
        await first_answer(discord, interaction)
        if interaction.answer in (THINKING, LATER):
            what = f"the answer to {interaction.command or interaction!r}"
            await interaction.changes.until(lambda: _visible(interaction), what)
    finally:
        if pressed is not None:
            pressed.watchers.remove(interaction.changes)
    close_form(discord, user, channel)
    if interaction.answer == MODAL:
        discord.modals[user.name, channel.id] = interaction
        discord.changes.note()
    return interaction


async def first_answer(discord: Platform, interaction: Interaction) -> None:
    """Wait for the first answer, by the stage's clock. Raises NoAnswer or BotDied."""
    while interaction.answer is None:
        version = interaction.changes.version
        left = interaction.created + FIRST_ANSWER - discord.clock()
        if left <= 0:
            discord.give_up(interaction)
            raise NoAnswer("The application did not respond")
        with suppress(TimeoutError):
            await interaction.changes.after(version, timeout=left)


def close_form(discord: Platform, user: User, channel: Channel) -> None:
    """Close the form that this user has open there, if any; the app hears nothing of it."""
    if discord.modals.pop((user.name, channel.id), None):
        discord.changes.note()


def _visible(interaction: Interaction) -> bool:
    """Whether a deferred answer has come."""
    pressed, original = interaction.pressed, interaction.original
    if interaction.answer == THINKING:
        return original is None or original.gone or not original.flags & LOADING
    changed = pressed is not None and (pressed.gone or pressed.edits > interaction.edits_before)
    return changed or bool(interaction.posts)
