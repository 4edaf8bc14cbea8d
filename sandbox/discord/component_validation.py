"""Validates the components of a message or a modal as Discord does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from sandbox.discord import components as c
from sandbox.discord.api_error import ErrorCollector, ErrorPath
from sandbox.discord.emoji import is_emoji
from sandbox.discord.field_schemas import AnyValue, Integer, ListOf, ObjectOf, OneOf, Text, validate
from sandbox.discord.state import Json

_FIELDS = {kind: ObjectOf(fields) for kind, fields in c.COMPONENT_FIELDS.items()}
MAX_ROWS = 5
MAX_COMPONENTS = 40
MAX_TEXT_LENGTH = 4000
MODAL_SCHEMA = ObjectOf(
    {
        "title": Text(1, 45, required=True),
        "custom_id": c.CUSTOM_ID_SCHEMA,
        "components": ListOf(AnyValue(), 1, 5, required=True),
    },
    required=True,
)


def check_components(
    errors: ErrorCollector,
    path: ErrorPath,
    components: list[object],
    v2: bool,
    emoji_ids: Collection[str] = (),
) -> None:
    """Add the errors of a message's components. With `v2` they may form a layout.

    emoji_ids  the emoji of the application
    """
    if not v2 and len(components) > MAX_ROWS:
        errors.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_ROWS} in length.")
    for index, component in enumerate(components):
        _check_component(errors, (*path, index), component, c.IN_LAYOUT if v2 else (c.ACTION_ROW,))
    everything = list(c.walk_components(components))
    _check_ids(errors, path, everything)
    _check_custom_emoji(errors, path, components, emoji_ids)
    if len(everything) > MAX_COMPONENTS:
        limit = f"The total number of components must be {MAX_COMPONENTS} or fewer."
        errors.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", limit)
    texts = (str(part.get("content")) for part in everything if part["type"] == c.TEXT_DISPLAY)
    if sum(map(len, texts)) > MAX_TEXT_LENGTH:
        limit = f"The total text must be {MAX_TEXT_LENGTH} or fewer in length."
        errors.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", limit)


def check_modal(errors: ErrorCollector, data: object) -> None:
    """Add the errors of a modal, the `data` of a response."""
    path: ErrorPath = ("data", "components")
    if not validate(errors, ("data",), MODAL_SCHEMA, data) or not isinstance(data, dict):
        return
    parts = data.get("components")
    for index, component in enumerate(parts if isinstance(parts, list) else []):
        _check_component(errors, (*path, index), component, c.IN_MODAL, in_modal=True)
    _check_ids(errors, path, list(c.walk_components(parts)))


@cache
def _shape(allowed: tuple[int, ...]) -> ObjectOf:
    return ObjectOf({"type": OneOf(allowed, required=True), "id": Integer(0, 2**31 - 1)})


def _check_component(
    errors: ErrorCollector,
    path: ErrorPath,
    component: object,
    allowed: tuple[int, ...],
    in_modal: bool = False,
) -> None:
    if not validate(errors, path, _shape(allowed), component) or not isinstance(component, dict):
        return
    kind = component.get("type")
    if isinstance(kind, bool) or kind not in allowed:
        return
    validate(errors, path, _FIELDS[kind], component)
    if rule := COMPONENT_CHECKS.get(kind):
        rule(errors, path, component, in_modal)
    inside = (c.TEXT_INPUT,) if in_modal else c.CHILD_TYPES.get(kind, ())
    children = component.get("components") if kind in c.CHILD_TYPES else None
    for index, child in enumerate(children if isinstance(children, list) else []):
        _check_component(errors, (*path, "components", index), child, inside, in_modal)
    slot, fitting = c.SLOT_TYPES.get(kind, ("", ()))
    if component.get(slot) is not None:
        _check_component(errors, (*path, slot), component[slot], fitting, in_modal)


def _check_ids(errors: ErrorCollector, path: ErrorPath, everything: list[Json]) -> None:
    for name in ("custom_id", "id"):
        ids = [str(component[name]) for component in everything if component.get(name)]
        if len(set(ids)) < len(ids):
            code = f"COMPONENT_{name.upper()}_DUPLICATED"
            errors.add(path, code, f"Component {name} cannot be duplicated")


def _check_row(errors: ErrorCollector, path: ErrorPath, row: Json, in_modal: bool) -> None:
    children = row.get("components")
    if not isinstance(children, list):
        return
    wide = len(children) > 1 and any(_component_type(child) != c.BUTTON for child in children)
    if wide:  # a select or a text input takes a whole row
        errors.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")
    if in_modal:
        for index, child in enumerate(children):
            if isinstance(child, dict) and not child.get("label"):
                where = (*path, "components", index, "label")
                errors.add_missing(where)


def _check_button(errors: ErrorCollector, path: ErrorPath, button: Json, in_modal: bool) -> None:
    style = button.get("style")
    has = {name for name in ("custom_id", "url", "sku_id") if button.get(name) is not None}
    needs = {c.LINK_STYLE: "url", c.PREMIUM_STYLE: "sku_id"}.get(style if type(style) is int else 0)
    if has != {needs or "custom_id"}:
        message = f"A button of style {style} needs {needs or 'custom_id'} and nothing else."
        errors.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", message)
    shown = str(button.get("label") or "").strip() or button.get("emoji")
    if style == c.PREMIUM_STYLE and shown:
        errors.add(path, "BUTTON_COMPONENT_PREMIUM_LABEL", "A premium button shows only its SKU.")
    if style != c.PREMIUM_STYLE and not shown:
        errors.add(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "Either label or emoji is required.")
    _check_emoji(errors, path, button)


def _check_select(errors: ErrorCollector, path: ErrorPath, select: Json, in_modal: bool) -> None:
    _check_selection_bounds(errors, path, select)
    if in_modal and select.get("disabled"):
        errors.add((*path, "disabled"), "COMPONENT_DISABLED", "Not in a modal.")
    options = select.get("options")
    for index, option in enumerate(options if isinstance(options, list) else []):
        if isinstance(option, dict):
            _check_emoji(errors, (*path, "options", index), option)


def _check_selection_bounds(
    errors: ErrorCollector, path: ErrorPath, select: Json, in_modal: bool = True
) -> None:
    """Check min_values, max_values and the options of a select or a file upload."""
    low, high = _integer_or(select, "min_values", 1), _integer_or(select, "max_values", 1)
    if low > high:
        errors.add((*path, "min_values"), "NUMBER_TYPE_MAX", f"Must be {high} or less.")
    if in_modal and select.get("required") and select.get("min_values") == 0:
        errors.add((*path, "min_values"), "NUMBER_TYPE_MIN", "Must be 1 or more where required.")
    options = select.get("options")
    if not isinstance(options, list):
        return
    if max(low, high) > len(options):
        message = f"Must be between {max(low, high)} and 25 in length."
        errors.add((*path, "options"), "BASE_TYPE_BAD_LENGTH", message)
    chosen = [option for option in options if isinstance(option, dict)]
    values = [str(option.get("value")) for option in chosen]
    if len(set(values)) < len(values):
        message = "The specified option value is already used"
        errors.add((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    if sum(bool(option.get("default")) for option in chosen) > high:
        message = f"More than {high} options are selected by default."
        errors.add((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", message)


def _check_text_input(errors: ErrorCollector, path: ErrorPath, field: Json, in_modal: bool) -> None:
    low, high = _integer_or(field, "min_length", 0), _integer_or(field, "max_length", 4000)
    if low > high:
        errors.add((*path, "min_length"), "NUMBER_TYPE_MAX", f"Must be {high} or less.")
    if field.get("value") and not low <= len(str(field["value"])) <= high:
        message = f"Must be between {low} and {high} in length."
        errors.add((*path, "value"), "BASE_TYPE_BAD_LENGTH", message)


def _check_label(errors: ErrorCollector, path: ErrorPath, label: Json, in_modal: bool) -> None:
    inner = label.get("component")
    if isinstance(inner, dict) and inner.get("label"):
        message = "A text input in a label has no label of its own."
        errors.add((*path, "component", "label"), "BASE_TYPE_BAD", message)


def _check_emoji(errors: ErrorCollector, path: ErrorPath, holder: Json) -> None:
    emoji = holder.get("emoji")
    if not isinstance(emoji, dict):
        return
    if emoji.get("id") is None and not is_emoji(str(emoji.get("name"))):
        errors.add((*path, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _check_custom_emoji(
    errors: ErrorCollector, path: ErrorPath, components: object, known: Collection[str]
) -> None:
    """Check that each custom emoji of a button or an option is one of the application's."""
    for index, part in enumerate(components if isinstance(components, list) else []):
        if not isinstance(part, dict):
            continue
        where = (*path, index)
        emoji = part.get("emoji")
        emoji_id = emoji.get("id") if isinstance(emoji, dict) else None
        if emoji_id is not None and str(emoji_id) not in known:
            errors.add((*where, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")
        for name in ("components", "options"):
            _check_custom_emoji(errors, (*where, name), part.get(name), known)


def _component_type(component: object) -> object:
    return component.get("type") if isinstance(component, dict) else None


def _integer_or(component: Json, name: str, default: int) -> int:
    value = component.get(name)
    return value if isinstance(value, int) else default


COMPONENT_CHECKS: dict[int, Callable[[ErrorCollector, ErrorPath, Json, bool], None]] = {
    c.ACTION_ROW: _check_row,
    c.BUTTON: _check_button,
    c.SELECT: _check_select,
    c.FILE_UPLOAD: _check_selection_bounds,
    c.TEXT_INPUT: _check_text_input,
    c.LABEL: _check_label,
}
