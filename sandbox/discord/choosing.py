"""What a person's choice comes to: the `data` that Discord's client sends for it."""

from __future__ import annotations

from typing import Any

from sandbox.discord import components as c
from sandbox.discord.filling import Filling, one_of
from sandbox.discord.line import Refused, Typed
from sandbox.discord.reading import Modal, buttons, selects
from sandbox.discord.world import Json, Post


def slash(fill: Filling, typed: Typed) -> Json:
    """A slash command with its options. Raises Refused where one is missing or does not fit."""
    for option in typed.options:
        if option.get("required") and not typed.texts.get(option["name"]):
            raise Refused(f"/{typed.name} needs {option['name']}")
    given = [option for option in typed.options if typed.texts.get(option["name"])]
    data = typed.data([fill.option(option, typed.texts[option["name"]]) for option in given])
    return data | ({"resolved": fill.resolved} if fill.resolved else {})


def entry(commands: list[Json], kind: int, name: str) -> Json:
    """The entry of this name in the menu of a user or of a message."""
    for command in commands:
        if command["name"] == name and command["type"] == kind:
            return command
    raise Refused(f"there is no entry {name!r} in this menu")


def on_message(fill: Filling, command: Json, post: Post) -> Json:
    return _on(command, fill.message(post.data), fill)


def on_user(fill: Filling, command: Json, user: str) -> Json:
    return _on(command, fill.user(user), fill)


def _on(command: Json, target: str, fill: Filling) -> Json:
    about = {name: command[name] for name in ("id", "name", "type")}
    return about | {"target_id": target, "resolved": fill.resolved}


def button(post: Post, name: str) -> Json:
    """A button by its label (exact, else a part of it), emoji or custom_id."""
    found = one_of(name, buttons(post.data), _button_names)
    if found.get("disabled"):
        raise Refused(f"the button {name!r} is disabled")
    if "custom_id" not in found:
        raise Refused(f"the button {name!r} opens {found.get('url')}; the bot hears nothing")
    return {"custom_id": found["custom_id"], "component_type": c.BUTTON, "id": found["id"]}


def options(fill: Filling, post: Post, names: list[str], select: int) -> Json:
    """Options of a select menu, by label (exact, else a part of it) or value."""
    menus = selects(post.data)
    if select >= len(menus):
        raise Refused(f"there are {len(menus)} menus here")
    menu = menus[select]
    if menu.get("disabled"):
        raise Refused("the menu is disabled")
    data: Json = {
        "custom_id": menu["custom_id"],
        "component_type": menu["type"],
        "id": menu["id"],
        "values": fill.picked(menu, names),
    }
    return data if menu["type"] == c.SELECT else data | {"resolved": fill.resolved}


def form(fill: Filling, modal: Modal, values: dict[str, Any]) -> Json:
    """A form, filled in by custom_id or label."""
    components = fill.modal(modal, values)
    return {"custom_id": modal.custom_id, "components": components, "resolved": fill.resolved}


def _button_names(button: Json) -> list[str]:
    names = [button.get("label"), (button.get("emoji") or {}).get("name"), button.get("custom_id")]
    return [name for name in names if name]
