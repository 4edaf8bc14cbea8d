"""Answers of the simulated Web API that a seed or a function gives another shape."""

from __future__ import annotations

import json
import random

from sandbox.spotify.odd_shapes import DROPPED, distort, paths, replaced, to_json
from sandbox.spotify.rules import Changed, OddShapes
from tests.simulators.spotify.api_caller import ApiCaller


async def test_seed_distorts_answers_reproducibly(ada: ApiCaller) -> None:
    distorted = []
    for seed in (*range(20), *range(20)):
        ada.spotify.rules.clear()
        ada.spotify.on("GET /v1/me$", OddShapes(seed))
        answer = await ada("GET", "me")
        distorted.append((answer.status, answer.body))
    assert distorted[:20] == distorted[20:]
    assert len(set(distorted)) > 10
    assert (await ada("GET", "me")).json["id"] == ada.account.id


async def test_a_function_changes_an_answer(ada: ApiCaller) -> None:
    ada.spotify.on("GET /v1/me$", Changed(lambda answer: {**answer, "id": "\ud800"}))
    assert (await ada("GET", "me")).json["id"] == "\ud800"


def test_one_value_at_any_depth_is_replaced_or_dropped() -> None:
    answer = {"a": [{"b": 1}, 2], "c": None}
    assert list(paths(answer)) == [("a",), ("a", 0), ("a", 0, "b"), ("a", 1), ("c",)]
    assert replaced(answer, ("a", 0, "b"), "odd") == {"a": [{"b": "odd"}, 2], "c": None}
    assert replaced(answer, ("a", 0), DROPPED) == {"a": [2], "c": None}
    assert answer == {"a": [{"b": 1}, 2], "c": None}


def test_distorted_answers_have_surrogates_and_invalid_bytes() -> None:
    assert to_json(["\ud83d", "\udcff"]) == b'["\\ud83d", "\xff"]'
    answers = [distort(json.dumps({"a": {"b": 1}}).encode(), random.Random(n)) for n in range(400)]
    assert {status for status, _ in answers} == {200, 204}
    for part in (b"\xff", b"\\ud83d", b"2345.0", b"null", b"[]", b"{}"):
        assert any(part in body for _, body in answers), part
