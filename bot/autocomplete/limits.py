"""Keeps the choices of autocomplete within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from discord import app_commands

from bot.text.choices import MAX_CHOICE, Choice

MAX_CHOICES = 25

Choices = list[app_commands.Choice[str]]


def to_choices(choices: Iterable[Choice]) -> Choices:
    """The first MAX_CHOICES choices, each value once, without those that are too long."""
    unique: dict[str, Choice] = {}
    for choice in choices:
        if 0 < len(choice.value) <= MAX_CHOICE:
            unique.setdefault(choice.value, choice)
    return [
        app_commands.Choice(name=choice.name, value=choice.value)
        for choice in islice(unique.values(), MAX_CHOICES)
    ]
