"""Distorts JSON answers: fields, entries and whole answers get undocumented shapes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
"""The names and indices that lead to a value inside a JSON value; empty for the value itself."""


class _Dropped:
    def __repr__(self) -> str:
        return "DROPPED"


DROPPED = _Dropped()
"""Stands for a field or entry that is left out."""

# Stands for a byte of invalid UTF-8.
_INVALID_BYTE = "\udcff"

# The replacements of a value. Spotify did cut names inside an emoji, which leaves a surrogate.
ODD_VALUES: tuple[object, ...] = (
    None,
    DROPPED,
    2345.0,
    0.5,
    -1200,
    10**19,
    True,
    "",
    "2345",
    "odd",
    "\ud83d",
    _INVALID_BYTE,
    "long " * 3000,
    [],
    [None],
    ["odd", 7],
    {},
    {"of": "another shape"},
)
# Whole answers, with their status.
ODD_ANSWERS: tuple[tuple[int, bytes], ...] = (
    (204, b""),
    (200, b""),
    (200, b"[]"),
    (200, b"{}"),
    (200, b"null"),
    (200, b'"OK"'),
    (200, b"<!DOCTYPE html><title>OK</title>"),
)
_WHOLE_ANSWERS = 0.1  # the share of answers that are replaced as a whole


def paths(value: object, prefix: Path = ()) -> Iterator[Path]:
    """The paths of all fields and entries, at any depth."""
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for key, child in children:
        yield (*prefix, key)
        yield from paths(child, (*prefix, key))


def value_at(value: Any, path: Path) -> Any:
    """The value to which the path leads."""
    for key in path:
        value = value[key]
    return value


def replaced(value: object, path: Path, odd: object) -> Any:
    """A copy with `odd` at the path."""
    if not path:
        return odd
    value = copy.deepcopy(value)
    *parents, last = path
    parent = value_at(value, tuple(parents))
    if odd is DROPPED:
        del parent[last]
    else:
        parent[last] = copy.deepcopy(odd)
    return value


def to_json(value: object) -> bytes:
    """JSON as Spotify's servers could write it, also with surrogates and invalid bytes."""
    return json.dumps(value).encode().replace(b"\\udcff", b"\xff")


def distort(body: bytes, rng: random.Random) -> tuple[int, bytes]:
    """A status and another body: one value of the body is replaced, or all of it."""
    answer = json.loads(body) if body else None
    places = list(paths(answer))
    if not places or rng.random() < _WHOLE_ANSWERS:
        return rng.choice(ODD_ANSWERS)
    return 200, to_json(replaced(answer, rng.choice(places), rng.choice(ODD_VALUES)))
