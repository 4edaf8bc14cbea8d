"""What a person's choice comes to: the `data` that Discord's client sends for it."""

from __future__ import annotations

from typing import Any

from sandbox.discord import components as c
from sandbox.discord.command_line import ClientValidationError, ParsedCommand
from sandbox.discord.input_values import InputValues, find_by_name
from sandbox.discord.state import Json, Message
from sandbox.discord.visible_text import Modal, find_buttons, find_selects


def slash_command_data(values: InputValues, command: ParsedCommand) -> Json:
    """A slash command with its options. Raises Refused where one is missing or does not fit."""
    for option in command.options:
        if option.get("required") and not command.option_texts.get(option["name"]):
            raise ClientValidationError(f"/{command.name} needs {option['name']}")
    given = [option for option in command.options if command.option_texts.get(option["name"])]
    data = command.interaction_data(
        [values.option_value(option, command.option_texts[option["name"]]) for option in given]
    )
    return data | ({"resolved": values.resolved} if values.resolved else {})


def find_context_menu(commands: list[Json], kind: int, name: str) -> Json:
    """The entry of this name in the menu of a user or of a message."""
    for command in commands:
        if command["name"] == name and command["type"] == kind:
            return command
    raise ClientValidationError(f"there is no entry {name!r} in this menu")


def message_menu_data(values: InputValues, command: Json, message: Message) -> Json:
    return _context_menu_data(command, values.message_id(message.data), values)


def user_menu_data(values: InputValues, command: Json, user: str) -> Json:
    return _context_menu_data(command, values.user_id(user), values)


def _context_menu_data(command: Json, target: str, values: InputValues) -> Json:
    about = {name: command[name] for name in ("id", "name", "type")}
    return about | {"target_id": target, "resolved": values.resolved}


def button_data(message: Message, name: str) -> Json:
    """A button by its label (exact, else a part of it), emoji or custom_id."""
    found = find_by_name(name, find_buttons(message.data), _button_names)
    if found.get("disabled"):
        raise ClientValidationError(f"the button {name!r} is disabled")
    if "custom_id" not in found:
        raise ClientValidationError(
            f"the button {name!r} opens {found.get('url')}; the bot hears nothing"
        )
    return {"custom_id": found["custom_id"], "component_type": c.BUTTON, "id": found["id"]}


def select_data(values: InputValues, message: Message, names: list[str], select: int) -> Json:
    """Options of a select menu, by label (exact, else a part of it) or value."""
    menus = find_selects(message.data)
    if select >= len(menus):
        raise ClientValidationError(f"there are {len(menus)} menus here")
    menu = menus[select]
    if menu.get("disabled"):
        raise ClientValidationError("the menu is disabled")
    data: Json = {
        "custom_id": menu["custom_id"],
        "component_type": menu["type"],
        "id": menu["id"],
        "values": values.selected_values(menu, names),
    }
    return data if menu["type"] == c.SELECT else data | {"resolved": values.resolved}


def modal_data(inputs: InputValues, modal: Modal, values: dict[str, Any]) -> Json:
    """A form, filled in by custom_id or label."""
    components = inputs.modal_components(modal, values)
    return {"custom_id": modal.custom_id, "components": components, "resolved": inputs.resolved}


def _button_names(button: Json) -> list[str]:
    names = [button.get("label"), (button.get("emoji") or {}).get("name"), button.get("custom_id")]
    return [name for name in names if name]
