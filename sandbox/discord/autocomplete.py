"""Completing an option while it is being typed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sandbox.discord.awaiting_reply import NoResponse, wait_for_response
from sandbox.discord.command_line import ClientValidationError, ParsedCommand, option_value
from sandbox.discord.interactions import AUTOCOMPLETE, Interaction
from sandbox.discord.platform import Platform
from sandbox.discord.state import Channel, Json, User


@dataclass(frozen=True)
class AutocompleteResult:
    """What came of one keystroke. `choices` is None where nothing came within three seconds.

    took  seconds of the clock until the answer came, or until it was given up
    """

    choices: list[Json] | None
    elapsed: float


async def fetch_choices(
    discord: Platform, user: User, channel: Channel, command: ParsedCommand
) -> list[Json]:
    """The choices for the last option of the line, each with `name` and `value`.

    Raises Refused where nothing can be offered, NoAnswer after three seconds, or BotDied.
    """
    focused = _focused_option(command)
    if choices := focused.get("choices"):
        so_far = command.option_texts.get(focused["name"], "").lower()
        return [choice for choice in choices if so_far in choice["name"].lower()]
    interaction = await _send_autocomplete(discord, user, channel, command, focused)
    await wait_for_response(discord, interaction)
    return interaction.choices


async def fetch_choices_concurrently(
    discord: Platform, user: User, channel: Channel, lines: list[ParsedCommand]
) -> list[AutocompleteResult]:
    """What is offered for each of these lines, which are typed without waiting for answers."""
    asked = [
        await _send_autocomplete(discord, user, channel, typed, _focused_option(typed))
        for typed in lines
    ]
    return list(await asyncio.gather(*(_result_of(discord, interaction) for interaction in asked)))


def line_before_value(text: str, command: ParsedCommand) -> str:
    """The line without the value that is being typed, up to the colon behind its option."""
    name = _focused_option(command)["name"]
    before = text.strip().removesuffix(command.option_texts.get(name, "")).rstrip()
    return before if before.endswith(f" {name}:") else f"{before} {name}:"


async def _result_of(discord: Platform, interaction: Interaction) -> AutocompleteResult:
    try:
        await wait_for_response(discord, interaction)
    except NoResponse:
        return AutocompleteResult(None, discord.clock() - interaction.created_at)
    return AutocompleteResult(interaction.choices, discord.clock() - interaction.created_at)


def _focused_option(command: ParsedCommand) -> Json:
    """The option that is being typed, the last one of the line."""
    if not command.options:
        raise ClientValidationError(f"/{command.name} has no options")
    name = list(command.option_texts)[-1] if command.option_texts else command.options[0]["name"]
    return next(option for option in command.options if option["name"] == name)


async def _send_autocomplete(
    discord: Platform, user: User, channel: Channel, command: ParsedCommand, focused: Json
) -> Interaction:
    """Ask the app for choices."""
    name = focused["name"]
    if not focused.get("autocomplete"):
        raise ClientValidationError(f"nothing is offered for {name}")
    values = []
    for option in command.options:
        if option is not focused and command.option_texts.get(option["name"]):
            with suppress(ClientValidationError):  # what is not right yet is not sent along
                values.append(option_value(option, command.option_texts[option["name"]]))
    so_far = command.option_texts.get(name, "")
    values.append({"name": name, "type": focused["type"], "value": so_far, "focused": True})
    return await discord.interact(
        AUTOCOMPLETE,
        user,
        channel,
        command.interaction_data(values),
        types=command.command["integration_types"],
        focused_type=focused["type"],
    )
