"""Validates values against the schemas of an OpenAPI file, as JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = dict[str, Any]
Problem = tuple[str, str]
"""A JSON pointer, and what is wrong there."""

SCHEMA_REF_PREFIX = "#/components/schemas/"
SCHEMA_DOCUMENT_URI = "urn:openapi"  # as which the file's schemas know one another
KEYWORDS = {"type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum",
              "maximum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
              "required"}  # fmt: skip


def _is_date_time(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _is_uri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and parts.netloc)


# Format → the type that it is about, and whether a value of this type has it
FORMATS: dict[str, tuple[type, Callable[[Any], bool]]] = {
    "int32": (int, lambda number: -(2**31) <= number < 2**31),
    "int64": (int, lambda number: -(2**63) <= number < 2**63),
    "snowflake": (str, lambda text: int(text) < 2**64),
    "date-time": (str, _is_date_time),
    "uri": (str, _is_uri),
}
UNCHECKED_FORMATS = {"float", "double", "nonce", "base64"}


def _format_check(format_: str) -> Callable[[object], bool]:
    kind, holds = FORMATS[format_]
    return lambda value: not isinstance(value, kind) or holds(value)


class Schemas:
    """The named schemas of one file, read so strictly that what it does not name is a problem."""

    def __init__(self, named: Json) -> None:
        self._named = named
        self._formats = FormatChecker(formats=())
        for name in FORMATS:
            self._formats.checks(name, raises=ValueError)(_format_check(name))
        plain = {name: self.to_json_schema(schema) for name, schema in named.items()}
        contents = {"components": {"schemas": plain}}
        self._registry = Registry().with_resource(
            SCHEMA_DOCUMENT_URI, DRAFT202012.create_resource(contents)
        )

    def problems(self, schema: Json, value: object) -> Iterator[Problem]:
        """What is wrong with a value; `schema` comes from `plain`."""
        validator = Draft202012Validator(
            schema, registry=self._registry, format_checker=self._formats
        )
        for error in validator.iter_errors(value):
            for leaf in _leaf_errors(error):
                yield from _describe_error(leaf)

    def to_json_schema(self, schema: Json) -> Json:
        """An OpenAPI schema, of 3.0 or 3.1, as JSON Schema that declares all there may be."""
        if "$ref" in schema:
            return {"$ref": SCHEMA_DOCUMENT_URI + schema["$ref"]}
        if schema.get("nullable"):
            named = {keyword: value for keyword, value in schema.items() if keyword != "nullable"}
            return {"anyOf": [self.to_json_schema(named), {"type": "null"}]}
        members = schema.get("allOf", [])
        if len(members) == 1 and not schema.keys() & {"enum", "required", "properties"}:
            return self.to_json_schema(members[0])
        whole = self._merge_all_of(schema)
        # An enum is quicker, and its errors are shorter.
        if all("const" in choice for choice in whole.get("oneOf", [{}])):
            choices = [choice["const"] for choice in whole["oneOf"]]
            whole = {"enum": choices} | whole | {"oneOf": []}
        made = {keyword: whole[keyword] for keyword in KEYWORDS & whole.keys()}
        for keyword in ("oneOf", "anyOf"):
            if whole.get(keyword):
                made[keyword] = [self.to_json_schema(part) for part in whole[keyword]]
        if "items" in whole:
            made["items"] = self.to_json_schema(whole["items"])
        others = whole.get("additionalProperties")
        if isinstance(others, dict):
            made["additionalProperties"] = self.to_json_schema(others)
        if "properties" in whole:
            inside = whole["properties"]
            made["properties"] = {
                name: self.to_json_schema(inner) for name, inner in inside.items()
            }
            made.setdefault("additionalProperties", False)
        if "enum" in made:
            made.pop("type", None)  # said by the enum, and once is enough
        if made.get("format", "uri") not in FORMATS.keys() | UNCHECKED_FORMATS:
            raise LookupError(f"nobody has said what the format {made['format']} means")
        return made

    def _merge_all_of(self, schema: Json) -> Json:
        """A schema into which the members of its allOf are merged."""
        if "$ref" in schema:
            schema = self.resolve_ref(schema["$ref"])
        whole = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
        for member in map(self._merge_all_of, schema.get("allOf", ())):
            for keyword, value in member.items():
                if keyword == "properties":
                    whole[keyword] = {**value, **whole.get(keyword, {})}
                elif keyword == "required":
                    whole[keyword] = [*whole.get(keyword, ()), *value]
                else:
                    whole.setdefault(keyword, value)
        return whole

    def resolve_ref(self, reference: str) -> Json:
        """The schema as it stands in the file. Raises KeyError where there is none."""
        found: Json = self._named[reference.removeprefix(SCHEMA_REF_PREFIX)]
        return found


def _leaf_errors(error: ValidationError) -> Iterator[ValidationError]:
    """What is really wrong where none of several schemas fits: what the likeliest one says."""
    if not error.context:
        yield error
        return
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    for inner in min(branches.values(), key=_branch_rank):
        yield from _leaf_errors(inner)


def _branch_rank(branch: Iterable[ValidationError]) -> tuple[bool, bool, bool, int, int]:
    """Sorts last what is for null, for another type, or for an object with another `type`."""
    errors = list(branch)
    other = [error for error in errors if not error.relative_path and error.validator == "type"]
    return (
        any(error.validator_value == "null" for error in other),
        bool(other),
        any(list(error.relative_path) == ["type"] for error in errors),
        len(errors),
        -max(len(error.relative_path) for error in errors),
    )


def _describe_error(error: ValidationError) -> Iterator[Problem]:
    """An error in few words. A value is told only where there is little to choose from."""
    here = "".join(f"/{step}" for step in error.absolute_path)
    schema: Any = error.schema
    rule: Any = error.validator_value
    value: Any = error.instance
    match error.validator:
        case "required":
            yield from ((f"{here}/{name}", "is missing") for name in rule if name not in value)
        case "additionalProperties":
            extra = value.keys() - schema["properties"].keys()
            yield from ((f"{here}/{name}", "is not declared") for name in extra)
        case "type":
            yield here, f"is {JSON_TYPE_NAMES[type(value)]} instead of {rule}"
        case "enum" | "const":
            yield here, f"is {json.dumps(value)[:40]} instead of {json.dumps(rule)}"
        case keyword:
            yield here, f"breaks {keyword} {json.dumps(rule)[:40]}"


JSON_TYPE_NAMES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def generalise_pointer(pointer: str) -> str:
    """The pointer to any member of a list, "/items/#/name", instead of one of them."""
    return re.sub(r"/\d+(?=/|$)", "/#", pointer)
