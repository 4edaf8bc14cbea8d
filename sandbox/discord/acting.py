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
from sandbox.discord.world import LOADING, Channel, Json, Post, User

AFTERTHOUGHT = 1.0  # seconds that a message may take after "thinking…" was taken away


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
    pressed: Post | None = about.get("pressed")
    twin = pressed and _same_press(discord, user, pressed, data)
    interaction = await discord.interact(kind, user, channel, data, **about)
    if pressed is not None:
        pressed.watchers.append(interaction.changes)
    try:
        await first_answer(discord, interaction)
        what = f"the answer to {interaction.command or interaction!r}"
        if interaction.answer == LATER and twin:
            await discord.changes.until(lambda: _visible(interaction) or _settled(twin), what)
        elif interaction.answer in (THINKING, LATER):
            await interaction.changes.until(lambda: _visible(interaction), what)
        if interaction.answer == THINKING and not _shown(interaction):
            with suppress(TimeoutError):
                await interaction.changes.until(lambda: _shown(interaction), what, AFTERTHOUGHT)
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


def _same_press(discord: Platform, user: User, pressed: Post, data: Json) -> Interaction | None:
    """The same press by the same person, if it was not answered yet.

    One half of a double press may be acknowledged without anything to see.
    """
    for other in reversed(discord.interactions.all()):
        if other.user is user and other.pressed is pressed and other.data == data:
            return None if _settled(other) else other
    return None


def _settled(interaction: Interaction) -> bool:
    """Whether all has come of it that was promised."""
    if interaction.answer in (THINKING, LATER):
        return _visible(interaction)
    return interaction.answer is not None


def _shown(interaction: Interaction) -> bool:
    """Whether there is a message to read."""
    return any(not post.gone for post in interaction.posts)


def _visible(interaction: Interaction) -> bool:
    """Whether a deferred answer has come."""
    pressed, original = interaction.pressed, interaction.original
    if interaction.answer == THINKING:
        return original is None or original.gone or not original.flags & LOADING
    changed = pressed is not None and (pressed.gone or pressed.edits > interaction.edits_before)
    return changed or bool(interaction.posts)
