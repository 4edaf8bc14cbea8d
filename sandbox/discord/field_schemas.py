"""What a field of a body may be, said as data, and the check of a body against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sandbox.discord.api_error import ErrorCollector, ErrorPath

WEB_SCHEMES = ("http", "https")
MEDIA_SCHEMES = ("http", "https", "attachment")


@dataclass(frozen=True)
class Text:
    """A string of `low` to `high` characters that is more than blanks where `low` is not 0."""

    low: int = 0
    high: int = 152_133
    required: bool = False


@dataclass(frozen=True)
class Url:
    """An address with one of these schemes."""

    schemes: tuple[str, ...] = WEB_SCHEMES
    high: int = 2048
    required: bool = False


@dataclass(frozen=True)
class Integer:
    """An integer from `low` to `high`; true and false are not integers."""

    low: int = -(2**53)
    high: int = 2**53
    required: bool = False


@dataclass(frozen=True)
class Number:
    """A number, whole or not."""

    required: bool = False


@dataclass(frozen=True)
class OneOf:
    """One of a few values."""

    values: tuple[object, ...]
    required: bool = False


@dataclass(frozen=True)
class Boolean:
    """True or false."""

    required: bool = False


@dataclass(frozen=True)
class Snowflake:
    """A snowflake: digits, as a string or as a number."""

    required: bool = False


@dataclass(frozen=True)
class Timestamp:
    """A point in time in ISO 8601."""

    required: bool = False


@dataclass(frozen=True)
class AnyValue:
    """A field that is looked at elsewhere."""

    required: bool = False


@dataclass(frozen=True)
class ListOf:
    """A list of `low` to `high` things of one kind, all different where `unique`."""

    item: Schema
    low: int = 0
    high: int = 10_000
    unique: bool = False
    required: bool = False


@dataclass(frozen=True)
class ObjectOf:
    """An object with these fields. Others are ignored, as Discord does."""

    fields: Mapping[str, Schema] = field(default_factory=dict)
    required: bool = False


Schema = (
    Text
    | Url
    | Integer
    | Number
    | OneOf
    | Boolean
    | Snowflake
    | Timestamp
    | AnyValue
    | ListOf
    | ObjectOf
)


def validate(errors: ErrorCollector, path: ErrorPath, expected: Schema, value: object) -> bool:
    """Hold `value` against what is expected; what is wrong is noted in the form.

    Null counts as absent. Returns whether there was a value and its outer form was right.
    """
    if value is None:
        if expected.required:
            errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        return False
    problem = _find_error(expected, value)
    if problem is not None:
        errors.add(path, *problem)
        return False
    if isinstance(expected, ObjectOf) and isinstance(value, dict):
        for name, inner in expected.fields.items():
            validate(errors, (*path, name), inner, value.get(name))
    if isinstance(expected, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            if item is None:
                errors.add((*path, index), "BASE_TYPE_REQUIRED", "This field is required")
            validate(errors, (*path, index), expected.item, item)
    return True


def _find_error(expected: Schema, value: object) -> tuple[str, str] | None:
    match expected:
        case Text():
            if not isinstance(value, str):
                return "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string."
            blank = expected.low > 0 and not value.strip()
            return _length_error(0 if blank else len(value), expected.low, expected.high)
        case Url():
            return _url_error(expected, value)
        case Integer():
            if isinstance(value, bool) or not isinstance(value, int):
                return "NUMBER_TYPE_COERCE", f"Value {value!r} is not int."
            if value < expected.low:
                return "NUMBER_TYPE_MIN", f"int value should be {expected.low} or more."
            if value > expected.high:
                return "NUMBER_TYPE_MAX", f"int value should be {expected.high} or less."
        case Number() if isinstance(value, bool) or not isinstance(value, int | float):
            return "NUMBER_TYPE_COERCE", f"Value {value!r} is not a number."
        case OneOf() if isinstance(value, bool) or value not in expected.values:
            return "BASE_TYPE_CHOICES", f"Value must be one of {expected.values}."
        case Boolean() if not isinstance(value, bool):
            return "BOOLEAN_TYPE_CONVERT", "Must be either true or false."
        case Snowflake() if not re.fullmatch(r"0|[1-9]\d{0,19}", str(value)):
            return "NUMBER_TYPE_COERCE", f"Value {value!r} is not snowflake."
        case Timestamp():
            return _timestamp_error(value)
        case ListOf():
            if not isinstance(value, list):
                return "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
            if expected.unique and len({repr(item) for item in value}) < len(value):
                return "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"
            return _length_error(len(value), expected.low, expected.high)
        case ObjectOf() if not isinstance(value, dict):
            return "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"
    return None


def _length_error(length: int, low: int, high: int) -> tuple[str, str] | None:
    if low <= length <= high:
        return None
    if length == 0:
        return "BASE_TYPE_REQUIRED", "This field is required"
    if low == 0:
        return "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length."
    return "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length."


def _url_error(expected: Url, value: object) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string."
    if len(value) > expected.high:
        return "BASE_TYPE_MAX_LENGTH", f"Must be {expected.high} or fewer in length."
    try:
        parts = urlsplit(value)
        well_formed = bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return "URL_TYPE_INVALID_URL", "Not a well formed URL."
    if parts.scheme not in expected.schemes:
        known = f"Scheme must be one of {expected.schemes}."
        return "URL_TYPE_INVALID_SCHEME", f"Scheme {parts.scheme!r} is not supported. {known}"
    if not well_formed:
        return "URL_TYPE_INVALID_URL", "Not a well formed URL."
    return None


def _timestamp_error(value: object) -> tuple[str, str] | None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601."
    return None
