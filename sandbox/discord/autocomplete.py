"""Autocomplete: sends the interaction for the option being typed, and returns the choices."""

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
    """The result of one keystroke.

    choices  None without a response within three seconds
    elapsed  seconds of the clock until the response or the timeout
    """

    choices: list[Json] | None
    elapsed: float


async def fetch_choices(
    discord: Platform, user: User, channel: Channel, command: ParsedCommand
) -> list[Json]:
    """The choices for the last option of the line, each with `name` and `value`.

    Raises ClientValidationError for an option without autocomplete, NoResponse after three
    seconds, BotExited.
    """
    focused = _focused_option(command)
    if choices := focused.get("choices"):
        typed = command.option_texts.get(focused["name"], "").lower()
        return [choice for choice in choices if typed in choice["name"].lower()]
    interaction = await _send_autocomplete(discord, user, channel, command, focused)
    await wait_for_response(discord, interaction)
    return interaction.choices


async def fetch_choices_concurrently(
    discord: Platform, user: User, channel: Channel, lines: list[ParsedCommand]
) -> list[AutocompleteResult]:
    """The choices for each of these lines, which are typed without waiting for responses."""
    interactions = [
        await _send_autocomplete(discord, user, channel, line, _focused_option(line))
        for line in lines
    ]
    return list(await asyncio.gather(*(_result_of(discord, sent) for sent in interactions)))


def line_before_value(text: str, command: ParsedCommand) -> str:
    """The line up to the colon of the option that is being typed."""
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
    """The option that is being typed: the last one of the line."""
    if not command.options:
        raise ClientValidationError(f"/{command.name} has no options")
    name = list(command.option_texts)[-1] if command.option_texts else command.options[0]["name"]
    return next(option for option in command.options if option["name"] == name)


async def _send_autocomplete(
    discord: Platform, user: User, channel: Channel, command: ParsedCommand, focused: Json
) -> Interaction:
    name = focused["name"]
    if not focused.get("autocomplete"):
        raise ClientValidationError(f"{name} has no autocomplete")
    values = []
    for option in command.options:
        if option is not focused and command.option_texts.get(option["name"]):
            with suppress(ClientValidationError):  # a value that is not valid yet is left out
                values.append(option_value(option, command.option_texts[option["name"]]))
    typed = command.option_texts.get(name, "")
    values.append({"name": name, "type": focused["type"], "value": typed, "focused": True})
    return await discord.interact(
        AUTOCOMPLETE,
        user,
        channel,
        command.interaction_data(values),
        types=command.command["integration_types"],
        focused_type=focused["type"],
    )
