"""The `data` that Discord's client sends for a command, a context menu, a button or a select."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.discord import command_validation as kinds
from sandbox.discord import components as c
from sandbox.discord.command_line import ClientValidationError, ParsedCommand, option_value
from sandbox.discord.input_values import Upload, find_by_name, selected_values
from sandbox.discord.payloads import partial_member
from sandbox.discord.state import Channel, Json, Message, User
from sandbox.discord.visible_text import find_buttons, find_selects


def slash_command_data(command: ParsedCommand, files: Mapping[str, bytes], upload: Upload) -> Json:
    """A slash command with its options.

    files   the contents of the files that the line names in its attachment options
    upload  stores a file and returns its attachment object

    Raises ClientValidationError if a required option is missing or a value does not fit.
    """
    values, attachments = [], {}
    for option in command.options:
        text = command.option_texts.get(option["name"])
        if text and option["type"] == kinds.ATTACHMENT:
            if text not in files:
                raise ClientValidationError(f"{option['name']} is a file, and {text!r} is none")
            file = upload(text, files[text])
            attachments[file["id"]] = file | {"ephemeral": True}
            value = {"name": option["name"], "type": option["type"], "value": file["id"]}
            values.append(value)
        elif text:
            values.append(option_value(option, text))
        elif option.get("required"):
            raise ClientValidationError(f"/{command.name} needs {option['name']}")
    resolved = {"resolved": {"attachments": attachments}} if attachments else {}
    return command.interaction_data(values) | resolved


def find_context_menu(commands: list[Json], kind: int, name: str) -> Json:
    """The context menu command of this kind and name. Raises ClientValidationError."""
    for command in commands:
        if command["name"] == name and command["type"] == kind:
            return command
    raise ClientValidationError(f"there is no entry {name!r} in this menu")


def message_menu_data(command: Json, message: Message) -> Json:
    return _context_menu_data(command, message.id, {"messages": {message.id: message.data}})


def user_menu_data(command: Json, channel: Channel, bot: User, name: str) -> Json:
    """A context menu on a user of the channel. Raises ClientValidationError."""
    members = [*channel.members, bot]
    named = [m for m in members if name.lower() in (m.name.lower(), m.display_name.lower())]
    if not named:
        raise ClientValidationError(f"there is no user {name!r} here")
    user = named[0]
    resolved: Json = {"users": {user.id: user.payload()}}
    if channel.guild is not None:
        resolved["members"] = {user.id: partial_member(channel.guild, user)}
    return _context_menu_data(command, user.id, resolved)


def _context_menu_data(command: Json, target_id: str, resolved: Json) -> Json:
    return {
        "id": command["id"],
        "name": command["name"],
        "type": command["type"],
        "target_id": target_id,
        "resolved": resolved,
    }


def button_data(message: Message, name: str) -> Json:
    """A button by its label (or a part of it), emoji or custom_id.

    Raises ClientValidationError if the user cannot press it or the app does not get the press.
    """
    button = find_by_name(name, find_buttons(message.data), _button_names)
    if button.get("disabled"):
        raise ClientValidationError(f"the button {name!r} is disabled")
    if "custom_id" not in button:
        raise ClientValidationError(f"the button {name!r} opens {button.get('url')}")
    return {"custom_id": button["custom_id"], "component_type": c.BUTTON, "id": button["id"]}


def select_data(message: Message, names: list[str], select: int) -> Json:
    """Options of select menu number `select`, by label (or a part of it) or value.

    Raises ClientValidationError.
    """
    menus = find_selects(message.data)
    if select >= len(menus):
        raise ClientValidationError(f"there are {len(menus)} menus here")
    menu = menus[select]
    if menu.get("disabled"):
        raise ClientValidationError("the menu is disabled")
    return {
        "custom_id": menu["custom_id"],
        "component_type": c.SELECT,
        "id": menu["id"],
        "values": selected_values(menu, names),
    }


def _button_names(button: Json) -> list[str]:
    names = [button.get("label"), (button.get("emoji") or {}).get("name"), button.get("custom_id")]
    return [name for name in names if name]
