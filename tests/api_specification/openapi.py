"""Reads an OpenAPI file: the server's base path and the operations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tests.api_specification.schemas import SCHEMA_REF_PREFIX, Json, Schemas

HTTP_METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """Of the path or the query; `repeats` where a list is given by naming it several times."""

    name: str
    location: str
    required: bool
    repeatable: bool
    schema: Json


@dataclass(frozen=True)
class Operation:
    """`body` and `answers` hold schemas by content type, `answers` by status ("204", "4XX")."""

    label: str
    method: str
    path: re.Pattern[str]
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Json]
    body_required: bool
    responses: Mapping[str, Mapping[str, Json]]

    def response_content(self, status: int) -> Mapping[str, Json] | None:
        """The content types of an answer; None where the status is not declared."""
        for declared in (str(status), f"{status // 100}XX", "default"):
            if declared in self.responses:
                return self.responses[declared]
        return None


class Specification:
    """What one service promises. `error` is the schema of an error nobody declared, if any."""

    def __init__(self, path: Path) -> None:
        text = path.read_text()
        loaded: Json = (
            json.loads(text)
            if path.suffix == ".json"
            else yaml.load(text, yaml.CSafeLoader)  # the C one, since the other takes seconds
        )
        self._file = loaded
        self.schemas = Schemas(loaded["components"]["schemas"])
        self.base_path = urlsplit(loaded["servers"][0]["url"]).path
        self.operations = [
            self._operation(method, address, shared)
            for address, shared in loaded["paths"].items()
            for method in HTTP_METHODS
            if method in shared
        ]
        # Where two addresses fit, the one with fewer gaps is meant: /messages/@original.
        self.operations.sort(key=lambda operation: operation.label.count("{"))

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """The operation that a call means, and the values in its path."""
        for operation in self.operations:
            if operation.method == method and (found := operation.path.fullmatch(path)):
                return operation, found.groupdict()
        return None

    def response_schemas(self, response: str) -> Mapping[str, Json]:
        """What one of the named responses holds, by content type."""
        return self._content(self._file["components"]["responses"][response])

    def oauth_flow(self) -> Json:
        """The authorization code flow: `authorizationUrl`, `tokenUrl` and the `scopes`."""
        [scheme] = self._file["components"]["securitySchemes"].values()
        flow: Json = scheme["flows"]["authorizationCode"]
        return flow

    def _operation(self, method: str, address: str, shared: Json) -> Operation:
        told = shared[method]
        gaps = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.base_path + address))
        body = self._resolve(told.get("requestBody", {}))
        return Operation(
            label=f"{method.upper()} {address}",
            method=method.upper(),
            path=re.compile(gaps),
            parameters=tuple(
                self._parameter(self._resolve(parameter))
                for parameter in (*shared.get("parameters", ()), *told.get("parameters", ()))
            ),
            body=self._content(body),
            body_required=bool(body.get("required")),
            responses={
                status: self._content(self._resolve(answer))
                for status, answer in told["responses"].items()
            },
        )

    def _parameter(self, definition: Json) -> Parameter:
        schema = definition["schema"]
        if "$ref" in schema:
            schema = self.schemas.resolve_ref(schema["$ref"])
        return Parameter(
            name=definition["name"],
            location=definition["in"],
            required=bool(definition.get("required")),
            repeatable=schema.get("type") == "array" and bool(definition.get("explode", True)),
            schema=self.schemas.to_json_schema(schema),
        )

    def _content(self, definition: Json) -> Mapping[str, Json]:
        return {
            kind: self.schemas.to_json_schema(content["schema"])
            for kind, content in definition.get("content", {}).items()
        }

    def _resolve(self, definition: Json) -> Json:
        """What stands at the end of a $ref to something that is no schema."""
        while "$ref" in definition:
            assert not definition["$ref"].startswith(SCHEMA_REF_PREFIX)
            found: Json = self._file
            for step in definition["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            definition = found
        return definition
