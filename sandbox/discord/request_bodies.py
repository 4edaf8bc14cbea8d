"""Reads JSON and multipart request bodies, and writes JSON responses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.multipart import content_disposition_filename, parse_content_disposition

from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.message_validation import MAX_FILES


@dataclass(frozen=True)
class Upload:
    """An uploaded file; `index` is the n of its part `files[n]`."""

    index: int
    filename: str
    content: bytes
    content_type: str


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a request and its files.

    Raises ApiError for another content type or invalid JSON.
    """
    body = await request.read()
    if request.content_type == "multipart/form-data":
        return _parse_multipart(body, request.headers["Content-Type"])
    if request.headers.get("Content-Type", "") != "application/json":
        errors = ErrorCollector()
        message = 'Expected "Content-Type" header to be one of application/json, multipart.'
        errors.add(("_misc",), "CONTENT_TYPE_INVALID", message)
        errors.raise_if_any()
    return _parse_json(body), []


def json_response(payload: Any, status: int = 200) -> web.Response:
    """A JSON response. Its type has no charset, which discord.py does not accept."""
    body = json.dumps(payload).encode()
    return web.Response(status=status, body=body, content_type="application/json")


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_reject_constant)
    except ValueError:  # UnicodeDecodeError too
        raise ApiError(50109) from None


def _reject_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _parse_multipart(body: bytes, content_type: str) -> tuple[Any, list[Upload]]:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    mark = b"--" + (boundary[1].encode() if boundary else b"")
    pieces = body.split(mark)
    if boundary is None or len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ApiError(50035)
    payload: Any = None
    uploads: dict[int, Upload] = {}
    errors = ErrorCollector()
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(re.findall(r"(?m)^([\w-]+): *(.*?)\r?$", head.decode()))
        by_name = {name.lower(): value for name, value in headers.items()}
        _, params = parse_content_disposition(by_name.get("content-disposition"))
        name = str(params.get("name"))
        if name == "payload_json":
            payload = _parse_json(content)
        elif (part := re.fullmatch(r"files\[(\d)\]", name)) and int(part[1]) not in uploads:
            kind = by_name.get("content-type", "application/octet-stream")
            filename = content_disposition_filename(params) or "unknown"
            uploads[int(part[1])] = Upload(int(part[1]), filename, content, kind)
        else:
            errors.add((name,), "UNKNOWN_PART", "Only payload_json and files[0] to files[9].")
    if len(uploads) > MAX_FILES:
        errors.add(("files",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")
    errors.raise_if_any()
    return payload if payload is not None else {}, list(uploads.values())
