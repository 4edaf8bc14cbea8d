"""Turns what a user picked in a menu or typed into a modal into the values that Discord sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.discord import components as c
from sandbox.discord.command_line import ClientValidationError
from sandbox.discord.state import Json
from sandbox.discord.visible_text import Modal

Upload = Callable[[str, bytes], Json]


def find_by_name(name: str, things: list[Json], names: Callable[[Json], list[str]]) -> Json:
    """The thing with exactly this name, else the first with a name that contains it.

    Raises ClientValidationError if there is none.
    """
    for thing in things:
        if name in names(thing):
            return thing
    for thing in things:
        if any(name.casefold() in known.casefold() for known in names(thing)):
            return thing
    known = ", ".join(repr(names(thing)[0]) for thing in things)
    raise ClientValidationError(f"there is no {name!r} here; there is: {known or 'nothing'}")


def selected_values(menu: Json, names: list[str]) -> list[str]:
    """The values of the picked options. Raises ClientValidationError for too few or too many."""
    low, high = menu.get("min_values"), menu.get("max_values")
    low, high = 1 if low is None else low, 1 if high is None else high
    if not low <= len(names) <= high:
        raise ClientValidationError(f"pick {low} to {high} options, not {len(names)}")
    values = [find_by_name(name, menu["options"], _option_names)["value"] for name in names]
    if len(set(values)) < len(values):
        raise ClientValidationError("the same option was picked twice")
    return values


def modal_data(modal: Modal, values: dict[str, Any], upload: Upload) -> Json:
    """The `data` of a modal that was filled in by custom_id or label.

    `upload` stores a file and returns its attachment object. Raises ClientValidationError.
    """
    attachments: Json = {}
    remaining = dict(values)

    def field_value(field: Json, label: str) -> Json:
        given = remaining.pop(field["custom_id"], None)
        given = remaining.pop(label, None) if given is None else given
        sent = {name: field.get(name) or 0 for name in ("type", "id", "custom_id")}
        if field["type"] == c.TEXT_INPUT:
            return sent | {"value": _text_value(field, label, given)}
        if field["type"] == c.FILE_UPLOAD:
            uploaded = [upload(*file) for file in _checked_files(field, label, given).items()]
            attachments.update({file["id"]: file | {"ephemeral": True} for file in uploaded})
            return sent | {"values": [file["id"] for file in uploaded]}
        names = _selected_names(field, given)
        optional = not names and not _is_required(field)
        return sent | {"values": [] if optional else selected_values(field, names)}

    def component_value(part: Json) -> Json:
        sent = {"type": part["type"], "id": part.get("id") or 0}
        if part["type"] == c.LABEL:
            return sent | {"component": field_value(part["component"], part["label"])}
        if part["type"] == c.ACTION_ROW:
            fields = part["components"]
            return sent | {"components": [field_value(field, field["label"]) for field in fields]}
        return sent

    components = [component_value(part) for part in modal.components]
    if remaining:
        raise ClientValidationError(f"there is no field {', '.join(remaining)} in this form")
    resolved = {"attachments": attachments} if attachments else {}
    return {"custom_id": modal.custom_id, "components": components, "resolved": resolved}


def _selected_names(field: Json, given: Any) -> list[str]:
    """The picked options; an untouched menu sends its default options."""
    if given is None:
        return [option["value"] for option in field["options"] if option.get("default")]
    return [given] if isinstance(given, str) else list(given)


def _text_value(field: Json, label: str, given: Any) -> str:
    text = str((field.get("value") or "") if given is None else given)
    low, high = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and not _is_required(field):
        return ""
    if not max(low, 1) <= len(text) <= high:
        raise ClientValidationError(f"{label} takes {max(low, 1)} to {high} characters")
    return text


def _checked_files(field: Json, label: str, given: Any) -> dict[str, bytes]:
    files = dict(given or {})
    low, high = field.get("min_values"), field.get("max_values") or 1
    low = (1 if low is None else low) if _is_required(field) else 0
    if not low <= len(files) <= high:
        raise ClientValidationError(f"{label} takes {low} to {high} files")
    return files


def _is_required(field: Json) -> bool:
    return field.get("required") is not False  # Discord's default is true


def _option_names(option: Json) -> list[str]:
    return [str(option["label"]), str(option["value"])]
