"""Completing an option while it is being typed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sandbox.discord.acting import NoAnswer, first_answer
from sandbox.discord.filling import Filling
from sandbox.discord.interactions import AUTOCOMPLETE, Interaction
from sandbox.discord.line import Refused, Typed
from sandbox.discord.platform import Platform
from sandbox.discord.world import Channel, Json, User


@dataclass(frozen=True)
class Offered:
    """What came of one keystroke. `choices` is None where nothing came within three seconds.

    took  seconds of the clock until the answer came, or until it was given up
    """

    choices: list[Json] | None
    took: float


async def complete(discord: Platform, user: User, channel: Channel, typed: Typed) -> list[Json]:
    """The choices for the last option of the line, each with `name` and `value`.

    Raises Refused where nothing can be offered, NoAnswer after three seconds, or BotDied.
    """
    focused = _focused(typed)
    if choices := focused.get("choices"):
        so_far = typed.texts.get(focused["name"], "").lower()
        return [choice for choice in choices if so_far in choice["name"].lower()]
    interaction = await _ask(discord, user, channel, typed, focused)
    await first_answer(discord, interaction)
    return interaction.choices


async def offered(
    discord: Platform, user: User, channel: Channel, lines: list[Typed]
) -> list[Offered]:
    """What is offered for each of these lines, which are typed without waiting for answers."""
    asked = [await _ask(discord, user, channel, typed, _focused(typed)) for typed in lines]
    return list(await asyncio.gather(*(_offer(discord, interaction) for interaction in asked)))


def so_far(text: str, typed: Typed) -> str:
    """The line without the value that is being typed, up to the colon behind its option."""
    name = _focused(typed)["name"]
    before = text.strip().removesuffix(typed.texts.get(name, "")).rstrip()
    return before if before.endswith(f" {name}:") else f"{before} {name}:"


async def _offer(discord: Platform, interaction: Interaction) -> Offered:
    try:
        await first_answer(discord, interaction)
    except NoAnswer:
        return Offered(None, discord.clock() - interaction.created)
    return Offered(interaction.choices, discord.clock() - interaction.created)


def _focused(typed: Typed) -> Json:
    """The option that is being typed, the last one of the line."""
    if not typed.options:
        raise Refused(f"/{typed.name} has no options")
    name = list(typed.texts)[-1] if typed.texts else typed.options[0]["name"]
    return next(option for option in typed.options if option["name"] == name)


async def _ask(
    discord: Platform, user: User, channel: Channel, typed: Typed, focused: Json
) -> Interaction:
    """Ask the app for choices."""
    name = focused["name"]
    if not focused.get("autocomplete"):
        raise Refused(f"nothing is offered for {name}")
    fill = Filling(discord, user, channel)
    values = []
    for option in typed.options:
        if option is not focused and typed.texts.get(option["name"]):
            with suppress(Refused):  # what is not right yet is not sent along
                values.append(fill.option(option, typed.texts[option["name"]]))
    so_far = typed.texts.get(name, "")
    values.append({"name": name, "type": focused["type"], "value": so_far, "focused": True})
    return await discord.interact(
        AUTOCOMPLETE,
        user,
        channel,
        typed.data(values),
        types=typed.command["integration_types"],
        focused_type=focused["type"],
    )
