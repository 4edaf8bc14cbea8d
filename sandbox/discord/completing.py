"""Completing an option while it is being typed."""

from __future__ import annotations

from contextlib import suppress

from sandbox.discord.acting import first_answer
from sandbox.discord.filling import Filling
from sandbox.discord.interactions import AUTOCOMPLETE
from sandbox.discord.line import Refused, Typed
from sandbox.discord.platform import Platform
from sandbox.discord.world import Channel, Json, User


async def complete(discord: Platform, user: User, channel: Channel, typed: Typed) -> list[Json]:
    """The choices for the last option of the line, each with `name` and `value`.

    Raises Refused where nothing can be offered, NoAnswer after three seconds, or BotDied.
    """
    if not typed.options:
        raise Refused(f"/{typed.name} has no options")
    name = list(typed.texts)[-1] if typed.texts else typed.options[0]["name"]
    focused = next(option for option in typed.options if option["name"] == name)
    so_far = typed.texts.get(name, "")
    if choices := focused.get("choices"):
        return [choice for choice in choices if so_far.lower() in choice["name"].lower()]
    if not focused.get("autocomplete"):
        raise Refused(f"nothing is offered for {name}")
    fill = Filling(discord, user, channel)
    values = []
    for option in typed.options:
        if option is not focused and typed.texts.get(option["name"]):
            with suppress(Refused):  # what is not right yet is not sent along
                values.append(fill.option(option, typed.texts[option["name"]]))
    values.append({"name": name, "type": focused["type"], "value": so_far, "focused": True})
    interaction = await discord.interact(
        AUTOCOMPLETE,
        user,
        channel,
        typed.data(values),
        types=typed.command["integration_types"],
        focused_type=focused["type"],
    )
    await first_answer(discord, interaction)
    return interaction.choices
