"""The simulated Spotify injects faults, and records what it answered."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from yarl import URL

from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify, error_responses
from tests.simulators.spotify.api_caller import ApiCaller, api_caller


async def test_a_call_can_take_effect_and_then_go_wrong(ada: ApiCaller) -> None:
    album = next(iter(ada.spotify.catalogue.albums.values()))
    ada.player.play(context=album.uri)
    ada.spotify.faults.add(Fault("POST /v1/me/player/next", runs_first=True))
    assert (await ada("POST", "me/player/next")).status == 502
    assert ada.player.item == album.tracks[1].uri
    ada.spotify.faults.add(Fault("POST /v1/me/player/next"))
    assert (await ada("POST", "me/player/next")).status == 502
    assert ada.player.item == album.tracks[1].uri
    calls = ada.spotify.calls_to("POST", "me/player/next")
    assert [(call.status, call.executed) for call in calls] == [(502, True), (502, False)]
    assert len(ada.spotify.traffic.exchanges) == 1


async def test_a_dropped_call_has_no_status(ada: ApiCaller) -> None:
    ada.spotify.faults.add(Fault("GET /v1/me", "reset", runs_first=True, times=None))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await ada("GET", "me")
    await ada.spotify.changes.wait_until(lambda: bool(ada.spotify.calls), "the call")
    assert {(call.status, call.executed) for call in ada.spotify.calls} == {(0, True)}


async def test_a_stalled_call_ends_with_its_caller(ada: ApiCaller) -> None:
    ada.spotify.faults.add(Fault("GET /v1/me", "stall"))
    with pytest.raises(TimeoutError):
        await ada("GET", "me", timeout=aiohttp.ClientTimeout(total=0.05))
    await ada.spotify.changes.wait_until(lambda: bool(ada.spotify.calls), "the call")
    assert [call.status for call in ada.spotify.calls] == [0]


async def test_calls_tell_who_asked_what(ada: ApiCaller) -> None:
    await ada("GET", "me/tracks?limit=3")
    await ada("GET", "me", account="linus")
    await ada("GET", "search?q=a&type=track", account=None)
    await ada("GET", "me", headers={"Authorization": ""})
    told = [(call.path, call.query, call.account, call.status) for call in ada.spotify.calls]
    assert told == [
        ("me/tracks", {"limit": "3"}, "ada", 200),
        ("me", {}, "linus", 200),
        ("search", {"q": "a", "type": "track"}, None, 200),
        ("me", {}, None, 401),
    ]


@pytest.mark.parametrize("glitch", error_responses.SPURIOUS_ERRORS)
async def test_temporary_fault_ends(ada: ApiCaller, glitch: error_responses.ErrorResponse) -> None:
    ada.spotify.faults.add(glitch.as_fault())
    answer = await ada("GET", "me")
    assert (answer.status, answer.message) == (glitch.status, glitch.message)
    assert (await ada("GET", "me")).status == 200


async def test_login_can_fail_too(ada: ApiCaller) -> None:
    ada.spotify.accounts_faults.add(Fault("POST /api/token", status=503, body="<h1>Down</h1>"))
    async with ada.http.post(f"{ada.spotify.accounts_url}/api/token") as response:
        assert response.status == 503
    assert not ada.spotify.accounts_traffic.exchanges


async def test_changes_are_noted(ada: ApiCaller) -> None:
    version = ada.spotify.changes.version
    ada.player.device = None
    assert await ada.spotify.changes.wait_for_change(version, 0.1)
    version = ada.spotify.changes.version
    ada.account.like(ada.spotify.catalogue.regular_tracks[0].uri)
    assert await ada.spotify.changes.wait_for_change(version, 0.1)
    waiting = asyncio.ensure_future(
        ada.spotify.changes.wait_for_change(ada.spotify.changes.version, 1)
    )
    await ada("GET", "me")
    assert await waiting


async def test_a_port_that_is_taken_leaves_nothing_open(ada: ApiCaller) -> None:
    taken = URL(ada.spotify.accounts_url).port or 0
    with pytest.raises(OSError, match="in use"):
        async with Spotify(Clock(), accounts_port=taken):
            pytest.fail("two cannot have one port")


async def test_bugs_of_the_simulator_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.RaisesGroup(KeyError):
        await _call_into_a_broken_world()
    assert "KeyError" in caplog.text


async def _call_into_a_broken_world() -> None:
    async with api_caller() as ada:
        ada.spotify.accounts.clear()
        assert (await ada("GET", "me")).status == 500


async def test_view_has_what_the_page_shows(ada: ApiCaller) -> None:
    await ada("PUT", "me/player/play")
    view = ada.spotify.page_view("ada")
    assert view["accounts"] == ["ada", "grace", "linus", "mallory"]
    assert [device["name"] for device in view["devices"] if device["active"]] == ["Ada's Laptop"]
    assert view["playing"]["name"] == "The Last Lantern in Quillmouth"
    assert view["playing"]["artists"] == ["Lantern Mile"]
    assert view["playing"]["image"].startswith(ada.spotify.api_url.replace("v1", "image/"))
    assert len(view["liked"]) == 50
    assert view["liked_total"] == len(ada.account.liked)
    assert view["calls"][-1].startswith("PUT me/player/play → 20")
    ada.player.device = None
    assert ada.spotify.page_view("ada")["playing"] is None
    assert ada.spotify.page_view("linus")["premium"] is False
