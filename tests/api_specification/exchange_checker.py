"""Checks one exchange against a specification, and reports every difference."""

from __future__ import annotations

import email
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.traffic_log import Exchange
from tests.api_specification.openapi import Operation, Parameter, Specification
from tests.api_specification.schemas import Json, Problem, generalise_pointer

JSON = "application/json"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Finding:
    """`where` is such as "path id", "query limit", "request /uris/#", "answer 200 /items/#/id"."""

    operation: str
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.where} {self.problem}"


class ExchangeChecker:
    """Holds exchanges against one specification.

    `undeclared` is the schema for refusals (4xx) whose status an operation does not declare.
    """

    def __init__(self, specification: Specification, undeclared: Json | None = None) -> None:
        self.specification = specification
        self._undeclared = undeclared
        self._problems_by_body: dict[
            tuple[int, bytes], list[Problem]
        ] = {}  # what is said twice is read once

    def check(self, exchange: Exchange) -> list[Finding]:
        """All findings about the exchange."""
        found = self.specification.find(exchange.method, exchange.path)
        if found is None:
            return [Finding(f"{exchange.method} {exchange.path}", "path", "is not declared")]
        operation, values = found
        return [
            Finding(operation.label, generalise_pointer(where), what)
            for where, what in (
                *self._check_path(operation, values),
                *self._check_query(operation, exchange.query),
                *self._check_request(operation, exchange),
                *self._check_response(operation, exchange),
            )
        ]

    def observed_operations(self, exchange: Exchange) -> set[str]:
        """What the exchange was: {"PUT /me/player/pause 204", "PUT /me/player/pause 2XX"}."""
        found = self.specification.find(exchange.method, exchange.path)
        label = found[0].label if found else f"{exchange.method} {exchange.path}"
        return {f"{label} {exchange.status}", f"{label} {exchange.status // 100}XX"}

    # ---- what was asked

    def _check_path(
        self, operation: Operation, values: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        for parameter in operation.parameters:
            if parameter.location == "path":
                yield from self._check_value(parameter, [values[parameter.name]])

    def _check_query(
        self, operation: Operation, query: tuple[tuple[str, str], ...]
    ) -> Iterator[tuple[str, str]]:
        known = {
            parameter.name: parameter
            for parameter in operation.parameters
            if parameter.location == "query"
        }
        given = Counter(name for name, _ in query)
        for name, times in given.items():
            if name not in known:
                yield f"query {name}", "is not declared"
            elif times > 1 and not known[name].repeatable:
                yield f"query {name}", "is given more than once"
            else:
                yield from self._check_value(
                    known[name], [value for key, value in query if key == name]
                )
        for name, parameter in known.items():
            if parameter.required and name not in given:
                yield f"query {name}", "is missing"

    def _check_value(self, parameter: Parameter, given: list[str]) -> Iterator[tuple[str, str]]:
        for pointer, what in self.specification.schemas.problems(
            parameter.schema, _parse_value(parameter, given)
        ):
            yield f"{parameter.location} {parameter.name}{pointer}", what

    def _check_request(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str]]:
        kind, body = exchange.request_type, exchange.request_body
        if not body:
            if operation.body_required:
                yield "request", "has no body"
            return
        if kind not in operation.body:
            yield "request", f"is {kind}; declared is {', '.join(operation.body) or 'nothing'}"
            return
        if kind == MULTIPART:
            parts = _parse_multipart(body)
            body = parts.pop("payload_json", b"{}")
            for name in parts:
                if not re.fullmatch(r"files\[\d\]", name):
                    yield f"request {name}", "is not declared"
            kind = JSON
        yield from self._check_body("request", operation.body[kind], body)

    # ---- what was answered

    def _check_response(
        self, operation: Operation, exchange: Exchange
    ) -> Iterator[tuple[str, str]]:
        where, kind = f"answer {exchange.status}", exchange.response_type
        declared = operation.response_content(exchange.status)
        if declared is None and self._undeclared and 400 <= exchange.status < 500:
            declared = {JSON: self._undeclared}
        if declared is None:
            yield where, "is not declared"
        elif not exchange.response_body:
            if declared:
                yield where, "has no body"
        elif kind not in declared:
            yield where, f"is {kind}; declared is {', '.join(declared) or 'nothing'}"
        else:
            yield from self._check_body(where, declared[kind], exchange.response_body)

    def _check_body(self, where: str, schema: Json, body: bytes) -> Iterator[tuple[str, str]]:
        key = id(schema), body
        if key not in self._problems_by_body:
            try:
                self._problems_by_body[key] = list(
                    self.specification.schemas.problems(schema, json.loads(body))
                )
            except ValueError:
                self._problems_by_body[key] = [("", "is not JSON")]
        for pointer, what in self._problems_by_body[key]:
            yield f"{where} {pointer}".rstrip(), what


def _parse_value(parameter: Parameter, given: list[str]) -> object:
    """A parameter's text as the value that it means; as it stands where it means none."""
    match parameter.schema.get("type"):
        case "array" if parameter.repeatable:
            return given
        case "array":
            return given[0].split(",")
        case "integer" if re.fullmatch(r"-?\d+", given[0]):
            return int(given[0])
        case "boolean":
            return {"true": True, "false": False}.get(given[0], given[0])
    return given[0]


def _parse_multipart(body: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by name."""
    boundary = body[2 : body.index(b"\r\n")].decode()
    head = f'Content-Type: {MULTIPART}; boundary="{boundary}"\r\n\r\n'
    whole = email.message_from_bytes(head.encode() + body)
    parts = {part.get_param("name", header="content-disposition"): part for part in whole.walk()}
    contents = {str(name): part.get_payload(decode=True) for name, part in parts.items()}
    return {name: content for name, content in contents.items() if isinstance(content, bytes)}
