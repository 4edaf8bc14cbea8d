"""Decodes JSON into structs: strictly if possible, else field by field."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T")

Reader = Callable[[object], Any]
"""Reads a parsed JSON value; raises Unreadable if the value has another shape."""

# The errors of strict decoding; deep nesting raises RecursionError.
_STRICT_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Longer integers are read as this one, which is out of every field's bounds.
_MAX_DIGITS, _TOO_LARGE = 18, 10**18


class Unreadable(ValueError):
    """A JSON value does not have the shape of the model."""


def decode(body: bytes, model: type[T]) -> T:
    """The struct or list of a JSON body. Raises Unreadable if the body is something else.

    A body that does not match exactly is read field by field:

    - A field of another shape counts as absent. Entries of a list are read one by one; an
      unreadable one is None if the list may contain nulls, and left out if it may not.
    - Numbers may be written as floats or strings, booleans as "true" and "false". Fractions are
      cut.
    - A number out of its bounds becomes `Meta.extra["below"]` or ["above"], or counts as absent. A
      text that is too long is cut if `Meta.extra` has "cut", and otherwise counts as absent.
    - Invalid UTF-8 and lone surrogates become U+FFFD.

    A struct may have two class methods. `resolve` gets the parsed value and returns the mapping to
    read the fields from. `accepts` says whether a value of a union is this struct. A ValueError in
    `__post_init__` makes the value unreadable.
    """
    try:
        return _strict_decoder(model).decode(body)  # type: ignore[no-any-return, arg-type]
    except _STRICT_ERRORS:
        pass
    return _reader(model)(parse_json(body))  # type: ignore[no-any-return]


@cache
def _strict_decoder(model: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(model)


def parse_json(body: bytes) -> object:
    """The value of a JSON body, perhaps with lone surrogates. Raises Unreadable."""
    text = body.decode("utf-8-sig", "replace")
    try:
        # The parser of the standard library accepts lone surrogates; that of msgspec refuses them.
        return json.loads(text, parse_int=_parse_int, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None


def _parse_int(digits: str) -> int:
    if len(digits) <= _MAX_DIGITS:
        return int(digits)
    return -_TOO_LARGE if digits.startswith("-") else _TOO_LARGE


class _Field(NamedTuple):
    name: str
    key: str
    read: Reader


@cache
def _fields(model: Any) -> tuple[_Field, ...]:
    return tuple(
        _Field(field.name, field.encode_name, _reader(field.type))
        for field in msgspec.structs.fields(model)
    )


def _reader(annotation: Any) -> Reader:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return partial(_read_bounded, _reader(arguments[0]), arguments[1])
    if origin in (Union, UnionType):
        options = [option for option in arguments if option is not NoneType]
        if len(options) == 1:
            return partial(_read_optional, _reader(options[0]))
        return partial(_read_union, options, NoneType in arguments)
    if origin is list:
        may_be_null = NoneType in get_args(arguments[0])
        return partial(_read_list, _reader(arguments[0]), may_be_null)
    if origin is dict:
        return partial(_read_values, _reader(arguments[1]))
    return _SCALARS.get(annotation) or partial(_read_struct, annotation)


def _read_struct(model: Any, value: object) -> Any:
    resolve = getattr(model, "resolve", None)
    value = resolve(value) if resolve else value
    if not isinstance(value, Mapping):
        raise Unreadable("no object")
    values = {}
    for field in _fields(model):
        if field.key in value:
            try:
                values[field.name] = field.read(value[field.key])
            except Unreadable:
                continue
    try:
        return model(**values)
    except (TypeError, ValueError):  # a required field is missing, or __post_init__ refuses
        raise Unreadable("an object without its fields") from None


def _read_optional(read: Reader, value: object) -> Any:
    return None if value is None else read(value)


def _read_union(models: list[Any], may_be_null: bool, value: object) -> Any:
    """The value as the first of these structs that accepts it."""
    if value is None and may_be_null:
        return None
    for model in models:
        if model.accepts(value):
            return _read_struct(model, value)
    raise Unreadable("of no known kind")


def _read_list(read: Reader, may_be_null: bool, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("no list")
    entries = []
    for entry in value:
        try:
            entries.append(read(entry))
        except Unreadable:
            if may_be_null:
                entries.append(None)
    return entries


def _read_values(read: Reader, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Unreadable("no object")
    values = {}
    for key, entry in value.items():
        try:
            values[_read_text(key)] = read(entry)
        except Unreadable:
            continue
    return values


def _read_bounded(read: Reader, bounds: msgspec.Meta, value: object) -> Any:
    result, extra = read(value), bounds.extra or {}
    if isinstance(result, str):
        if bounds.pattern is not None and not re.search(bounds.pattern, result):
            raise Unreadable("of another form")
        if bounds.max_length is None or len(result) <= bounds.max_length:
            return result
        if "cut" in extra:
            return result[: bounds.max_length]
        raise Unreadable("too long")
    side = ""
    if bounds.ge is not None and result < bounds.ge:
        side = "below"
    elif bounds.le is not None and result > bounds.le:
        side = "above"
    if side and side not in extra:
        raise Unreadable("out of bounds")
    return extra[side] if side else result


def _read_integer(value: object) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unreadable("no number")


def _read_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Unreadable("no boolean")


def _read_text(value: object) -> str:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    raise Unreadable("no text")


_SCALARS: dict[type, Reader] = {int: _read_integer, bool: _read_boolean, str: _read_text}
