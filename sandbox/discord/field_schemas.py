"""Schemas for the fields of a request body, and validation against them with Discord's errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sandbox.discord.api_error import ErrorCollector, ErrorPath

WEB_SCHEMES = ("http", "https")
MEDIA_SCHEMES = ("http", "https", "attachment")

FieldError = tuple[str, str]  # Discord's error code and message


@dataclass(frozen=True, kw_only=True)
class Schema:
    """What a field accepts."""

    required: bool = False

    def error(self, value: object) -> FieldError | None:
        """What is wrong with a value that is not null, apart from its inner fields."""
        return None


class AnyValue(Schema):
    """A value of any type; other code checks it."""


@dataclass(frozen=True)
class Text(Schema):
    """A string of `low` to `high` characters; if `low` is not 0, more than blanks."""

    low: int = 0
    high: int = 152_133

    def error(self, value: object) -> FieldError | None:
        if not isinstance(value, str):
            return _not_a_string(value)
        blank = self.low > 0 and not value.strip()
        return _length_error(0 if blank else len(value), self.low, self.high)


@dataclass(frozen=True)
class Url(Schema):
    """A URL with one of these schemes."""

    schemes: tuple[str, ...] = WEB_SCHEMES
    high: int = 2048

    def error(self, value: object) -> FieldError | None:
        if not isinstance(value, str):
            return _not_a_string(value)
        if len(value) > self.high:
            return _length_error(len(value), 0, self.high)
        try:
            parts = urlsplit(value)
            well_formed = bool(parts.hostname) and not re.search(r"\s", value)
        except ValueError:
            return "URL_TYPE_INVALID_URL", "Not a well formed URL."
        if parts.scheme not in self.schemes:
            known = f"Scheme must be one of {self.schemes}."
            return "URL_TYPE_INVALID_SCHEME", f"Scheme {parts.scheme!r} is not supported. {known}"
        return None if well_formed else ("URL_TYPE_INVALID_URL", "Not a well formed URL.")


@dataclass(frozen=True)
class Integer(Schema):
    """An integer from `low` to `high`, but not a boolean."""

    low: int = -(2**53)
    high: int = 2**53

    def error(self, value: object) -> FieldError | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "NUMBER_TYPE_COERCE", f"Value {value!r} is not int."
        if value < self.low:
            return "NUMBER_TYPE_MIN", f"int value should be {self.low} or more."
        if value > self.high:
            return "NUMBER_TYPE_MAX", f"int value should be {self.high} or less."
        return None


@dataclass(frozen=True)
class Number(Schema):
    def error(self, value: object) -> FieldError | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "NUMBER_TYPE_COERCE", f"Value {value!r} is not a number."
        return None


@dataclass(frozen=True)
class OneOf(Schema):
    values: tuple[object, ...]

    def error(self, value: object) -> FieldError | None:
        if isinstance(value, bool) or value not in self.values:
            return "BASE_TYPE_CHOICES", f"Value must be one of {self.values}."
        return None


@dataclass(frozen=True)
class Boolean(Schema):
    def error(self, value: object) -> FieldError | None:
        if not isinstance(value, bool):
            return "BOOLEAN_TYPE_CONVERT", "Must be either true or false."
        return None


@dataclass(frozen=True)
class Snowflake(Schema):
    """A snowflake: digits, as a string or a number."""

    def error(self, value: object) -> FieldError | None:
        if not re.fullmatch(r"0|[1-9]\d{0,19}", str(value)):
            return "NUMBER_TYPE_COERCE", f"Value {value!r} is not snowflake."
        return None


@dataclass(frozen=True)
class Timestamp(Schema):
    """A time in ISO 8601."""

    def error(self, value: object) -> FieldError | None:
        try:
            datetime.fromisoformat(str(value))
        except ValueError:
            return "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601."
        return None


@dataclass(frozen=True)
class ListOf(Schema):
    """A list of `low` to `high` items, without duplicates if `unique`."""

    item: Schema
    low: int = 0
    high: int = 10_000
    unique: bool = False

    def error(self, value: object) -> FieldError | None:
        if not isinstance(value, list):
            return "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
        if self.unique and len({repr(item) for item in value}) < len(value):
            return "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"
        return _length_error(len(value), self.low, self.high)


@dataclass(frozen=True)
class ObjectOf(Schema):
    """An object with these fields. Discord ignores other fields, and so does this."""

    fields: Mapping[str, Schema] = field(default_factory=dict)

    def error(self, value: object) -> FieldError | None:
        if not isinstance(value, dict):
            return "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"
        return None


def validate(errors: ErrorCollector, path: ErrorPath, schema: Schema, value: object) -> bool:
    """Add the errors of a value and of its inner fields. Null counts as absent.

    Returns whether there is a value and its own type and size are right.
    """
    if value is None:
        if schema.required:
            errors.add_missing(path)
        return False
    if (error := schema.error(value)) is not None:
        errors.add(path, *error)
        return False
    if isinstance(schema, ObjectOf) and isinstance(value, dict):
        for name, inner in schema.fields.items():
            validate(errors, (*path, name), inner, value.get(name))
    if isinstance(schema, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            if item is None:
                errors.add_missing((*path, index))
            validate(errors, (*path, index), schema.item, item)
    return True


def _not_a_string(value: object) -> FieldError:
    return "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string."


def _length_error(length: int, low: int, high: int) -> FieldError | None:
    if low <= length <= high:
        return None
    if length == 0:
        return "BASE_TYPE_REQUIRED", "This field is required"
    if low == 0:
        return "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length."
    return "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length."
