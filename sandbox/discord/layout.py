"""Whether a message's components, or a modal, stand as Discord lets them stand."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.discord import components as c
from sandbox.discord.api_error import Form, Path
from sandbox.discord.emoji import is_emoji
from sandbox.discord.shapes import Anything, ListOf, OneOf, Shape, Text, Whole, check
from sandbox.discord.world import Json

MAX_ROWS = 5
MAX_COMPONENTS = 40
MAX_TEXT = 4000
MODAL = Shape(
    {
        "title": Text(1, 45, required=True),
        "custom_id": c.CUSTOM_ID,
        "components": ListOf(Anything(), 1, 5, required=True),
    },
    required=True,
)


def check_layout(form: Form, path: Path, components: list[object], v2: bool) -> None:
    """The components of a message; with the Components V2 flag they may be a layout."""
    if not v2 and len(components) > MAX_ROWS:
        form.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_ROWS} in length.")
    for index, component in enumerate(components):
        _check(form, (*path, index), component, c.IN_LAYOUT if v2 else (c.ROW,))
    everything = list(c.walk(components))
    _check_ids(form, path, everything)
    if len(everything) > MAX_COMPONENTS:
        limit = f"The total number of components must be {MAX_COMPONENTS} or fewer."
        form.wrong(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", limit)
    texts = (str(part.get("content")) for part in everything if part["type"] == c.TEXT)
    if sum(map(len, texts)) > MAX_TEXT:
        limit = f"The total text must be {MAX_TEXT} or fewer in length."
        form.wrong(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", limit)


def check_modal(form: Form, data: object) -> None:
    """The `data` of a modal."""
    path: Path = ("data", "components")
    if not check(form, ("data",), MODAL, data) or not isinstance(data, dict):
        return
    parts = data.get("components")
    for index, component in enumerate(parts if isinstance(parts, list) else []):
        _check(form, (*path, index), component, c.IN_MODAL, in_modal=True)
    _check_ids(form, path, list(c.walk(parts)))


def _check(
    form: Form, path: Path, component: object, allowed: tuple[int, ...], in_modal: bool = False
) -> None:
    shape = Shape({"type": OneOf(allowed, required=True), "id": Whole(0, 2**31 - 1)})
    if not check(form, path, shape, component) or not isinstance(component, dict):
        return
    kind = component.get("type")
    if isinstance(kind, bool) or kind not in allowed:
        return
    check(form, path, Shape(c.FIELDS[kind]), component)
    if rule := RULES.get(kind):
        rule(form, path, component, in_modal)
    inside = (c.TEXT_INPUT,) if in_modal else c.CHILDREN.get(kind, ())
    children = component.get("components") if kind in c.CHILDREN else None
    for index, child in enumerate(children if isinstance(children, list) else []):
        _check(form, (*path, "components", index), child, inside, in_modal)
    slot, fitting = c.SLOTS.get(kind, ("", ()))
    if component.get(slot) is not None:
        _check(form, (*path, slot), component[slot], fitting, in_modal)


def _check_ids(form: Form, path: Path, everything: list[Json]) -> None:
    for name in ("custom_id", "id"):
        ids = [str(component[name]) for component in everything if component.get(name)]
        if len(set(ids)) < len(ids):
            code = f"COMPONENT_{name.upper()}_DUPLICATED"
            form.wrong(path, code, f"Component {name} cannot be duplicated")


def _row(form: Form, path: Path, row: Json, in_modal: bool) -> None:
    children = row.get("components")
    if not isinstance(children, list):
        return
    wide = len(children) > 1 and any(_kind(child) != c.BUTTON for child in children)
    if wide:  # a select or a text input fills its row
        form.wrong((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")
    if in_modal:
        for index, child in enumerate(children):
            if isinstance(child, dict) and not child.get("label"):
                where = (*path, "components", index, "label")
                form.wrong(where, "BASE_TYPE_REQUIRED", "This field is required")


def _button(form: Form, path: Path, button: Json, in_modal: bool) -> None:
    style = button.get("style")
    has = {name for name in ("custom_id", "url", "sku_id") if button.get(name) is not None}
    needs = {c.LINK: "url", c.PREMIUM: "sku_id"}.get(style if type(style) is int else 0)
    if has != {needs or "custom_id"}:
        message = f"A button of style {style} needs {needs or 'custom_id'} and nothing else."
        form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", message)
    shown = str(button.get("label") or "").strip() or button.get("emoji")
    if style == c.PREMIUM and shown:
        form.wrong(path, "BUTTON_COMPONENT_PREMIUM_LABEL", "A premium button shows only its SKU.")
    if style != c.PREMIUM and not shown:
        form.wrong(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "Either label or emoji is required.")
    _emoji(form, path, button)


def _select(form: Form, path: Path, select: Json, in_modal: bool) -> None:
    _bounds(form, path, select)
    if in_modal and select.get("disabled"):
        form.wrong((*path, "disabled"), "COMPONENT_DISABLED", "Not in a modal.")
    options = select.get("options")
    for index, option in enumerate(options if isinstance(options, list) else []):
        if isinstance(option, dict):
            _emoji(form, (*path, "options", index), option)
    defaults = select.get("default_values")
    if isinstance(defaults, list) and len(defaults) > _whole(select, "max_values", 1):
        form.wrong((*path, "default_values"), "BASE_TYPE_MAX_LENGTH", "More than max_values.")
    if isinstance(defaults, list) and 0 < len(defaults) < _whole(select, "min_values", 1):
        form.wrong((*path, "default_values"), "BASE_TYPE_MIN_LENGTH", "Less than min_values.")


def _bounds(form: Form, path: Path, select: Json, in_modal: bool = True) -> None:
    """What holds for everything from which one picks: selects, groups and uploads."""
    low, high = _whole(select, "min_values", 1), _whole(select, "max_values", 1)
    if low > high:
        form.wrong((*path, "min_values"), "NUMBER_TYPE_MAX", f"Must be {high} or less.")
    if in_modal and select.get("required") and select.get("min_values") == 0:
        form.wrong((*path, "min_values"), "NUMBER_TYPE_MIN", "Must be 1 or more where required.")
    options = select.get("options")
    if not isinstance(options, list):
        return
    if max(low, high) > len(options):
        message = f"Must be between {max(low, high)} and 25 in length."
        form.wrong((*path, "options"), "BASE_TYPE_BAD_LENGTH", message)
    chosen = [option for option in options if isinstance(option, dict)]
    values = [str(option.get("value")) for option in chosen]
    if len(set(values)) < len(values):
        message = "The specified option value is already used"
        form.wrong((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    if sum(bool(option.get("default")) for option in chosen) > high:
        message = f"More than {high} options are chosen by default."
        form.wrong((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", message)


def _text_input(form: Form, path: Path, field: Json, in_modal: bool) -> None:
    low, high = _whole(field, "min_length", 0), _whole(field, "max_length", 4000)
    if low > high:
        form.wrong((*path, "min_length"), "NUMBER_TYPE_MAX", f"Must be {high} or less.")
    if field.get("value") and not low <= len(str(field["value"])) <= high:
        message = f"Must be between {low} and {high} in length."
        form.wrong((*path, "value"), "BASE_TYPE_BAD_LENGTH", message)


def _label(form: Form, path: Path, label: Json, in_modal: bool) -> None:
    inner = label.get("component")
    if isinstance(inner, dict) and inner.get("label"):
        message = "A text input in a label has no label of its own."
        form.wrong((*path, "component", "label"), "BASE_TYPE_BAD", message)


def _emoji(form: Form, path: Path, holder: Json) -> None:
    emoji = holder.get("emoji")
    if not isinstance(emoji, dict):
        return
    # the stand-in's application owns no emoji of its own, so one with an id is nobody's
    if emoji.get("id") is not None or not is_emoji(str(emoji.get("name"))):
        form.wrong((*path, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _kind(component: object) -> object:
    return component.get("type") if isinstance(component, dict) else None


def _whole(component: Json, name: str, otherwise: int) -> int:
    value = component.get(name)
    return value if isinstance(value, int) else otherwise


RULES: dict[int, Callable[[Form, Path, Json, bool], None]] = {
    c.ROW: _row,
    c.BUTTON: _button,
    **dict.fromkeys(c.SELECTS, _select),
    c.UPLOAD: _bounds,
    c.RADIO: _bounds,
    c.CHECKBOXES: _bounds,
    c.TEXT_INPUT: _text_input,
    c.LABEL: _label,
}
