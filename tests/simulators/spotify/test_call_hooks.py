"""Hooks on calls of the simulated Web API: changes during a read, and used-up quotas."""

from __future__ import annotations

import pytest

from tests.simulators.spotify.api_caller import ApiCaller, api_caller


async def test_a_library_changes_while_it_is_read(ada: ApiCaller) -> None:
    liked = [uri for uri, _ in ada.account.liked]
    new = ada.spotify.catalogue.regular_tracks[0].uri
    ada.spotify.on("GET /v1/me/tracks$", lambda: ada.account.like(new), after=2)
    items = await ada.all_items("me/tracks?limit=10")
    # the last entry of the second page moved to the third page
    expected = [*liked[:20], *liked[19:]]
    assert [item["track"]["uri"] for item in items] == expected
    assert ada.account.liked[0][0] == new


async def test_hook_runs_as_often_as_requested(ada: ApiCaller) -> None:
    seen: list[int] = []
    ada.spotify.on("GET /v1/me$", lambda: seen.append(len(ada.spotify.calls)), after=1, times=2)
    for path in ("me", "me/tracks", "me", "me", "me"):
        await ada("GET", path)
    assert seen == [2, 3]
    ada.spotify.on("", lambda: seen.append(9), times=9)
    ada.spotify.rules.clear()
    await ada("GET", "me")
    assert seen == [2, 3]


async def test_errors_in_a_hook_are_raised(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.RaisesGroup(ZeroDivisionError):
        async with api_caller() as ada:
            ada.spotify.on("", lambda: 1 // 0)
            assert (await ada("GET", "me")).status == 500
    assert "ZeroDivisionError" in caplog.text


async def test_a_quota_is_used_up_and_comes_back(ada: ApiCaller) -> None:
    ada.spotify.add_quota("GET /v1/search", calls=2, retry_after=48_925)
    search = "search?q=a&type=track"
    assert [(await ada("GET", search)).status for _ in range(3)] == [200, 200, 429]
    ada.spotify.clock.advance(40_000)
    spent = await ada("GET", search)
    assert spent.json["error"]["reason"] == "QUOTA_EXCEEDED"
    assert 8_920 <= int(spent.headers["Retry-After"]) <= 8_925
    assert (await ada("GET", "me")).status == 200
    ada.spotify.clock.advance(8_925)
    assert [(await ada("GET", search)).status for _ in range(4)] == [200] * 4


async def test_a_quota_can_be_taken_back(ada: ApiCaller) -> None:
    ada.spotify.add_quota("", calls=0, retry_after=10)
    assert (await ada("GET", "me")).headers["Retry-After"] == "10"
    ada.spotify.rules.clear()
    assert (await ada("GET", "me")).status == 200
