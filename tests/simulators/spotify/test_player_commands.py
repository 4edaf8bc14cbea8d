"""Commands to the simulated player: which it accepts, from whom, and for which device."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.spotify import Device
from tests.simulators.spotify.api_caller import ApiCaller, HttpResponse, api_caller


async def playback_state(ada: ApiCaller) -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", "me/player")).json
    return state


def find_device(ada: ApiCaller, name: str) -> Device:
    return next(device for device in ada.player.devices if device.name == name)


def is_error(answer: HttpResponse, status: int, message: str, reason: str) -> bool:
    error = answer.json["error"]
    return (answer.status, error["reason"]) == (status, reason) and message in error["message"]


@pytest.mark.parametrize(
    "call",
    [
        "PUT me/player/play",
        "PUT me/player/pause",
        "POST me/player/next",
        "POST me/player/previous",
        "PUT me/player/seek?position_ms=1",
        "PUT me/player/repeat?state=off",
        "PUT me/player/shuffle?state=true",
        "PUT me/player/volume?volume_percent=5",
        "POST me/player/queue?uri={track}",
    ],
)
async def test_every_command_needs_premium_and_a_device(ada: ApiCaller, call: str) -> None:
    method, _, path = call.format(track=ada.spotify.catalogue.regular_tracks[0].uri).partition(" ")
    free = await ada(method, path, account="linus")
    assert is_error(free, 403, "Premium required", "PREMIUM_REQUIRED")
    ada.player.device = None
    asleep = await ada(method, path)
    assert is_error(asleep, 404, "No active device found", "NO_ACTIVE_DEVICE")
    url = path + ("&" if "?" in path else "?") + "device_id="
    gone = await ada(method, url + "gone")
    assert (gone.status, gone.message) == (404, "Device not found")
    tv = await ada(method, url + str(find_device(ada, "Hallway TV").id))
    assert (tv.status, tv.message) == (403, "Restricted device")


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("PUT me/player/play", "PUT me/player/play"),
        ("", "PUT me/player/pause"),
        ("POST me/player/previous", "POST me/player/previous"),
    ],
)
async def test_repeated_state_is_a_restriction(ada: ApiCaller, before: str, call: str) -> None:
    if before:
        assert (await ada(*before.split())).status in (200, 202, 204)
    answer = await ada(*call.split())
    assert is_error(answer, 403, "Restriction violated", "UNKNOWN")


async def test_there_is_no_next_after_the_last(ada: ApiCaller) -> None:
    ada.player.play(ada.spotify.catalogue.regular_tracks[0].uri)
    assert (await playback_state(ada))["actions"]["disallows"]["skipping_next"] is True
    assert (await ada("POST", "me/player/next")).status == 403


async def test_what_is_withdrawn_does_not_play(ada: ApiCaller) -> None:
    gone = next(t for t in ada.spotify.catalogue.tracks.values() if not t.playable)
    assert (await ada("PUT", "me/player/play", {"uris": [gone.uri]})).status == 403
    assert (await ada("POST", f"me/player/queue?uri={gone.uri}")).status == 403


async def test_playing_elsewhere_wakes_that_device(ada: ApiCaller) -> None:
    speaker = find_device(ada, "Kitchen Speaker")
    ada.player.device = None
    await ada("PUT", f"me/player/play?device_id={speaker.id}")
    state = await playback_state(ada)
    assert (state["device"]["name"], state["is_playing"]) == ("Kitchen Speaker", True)
    asleep = find_device(ada, "Ada's Laptop")
    answer = await ada("PUT", f"me/player/pause?device_id={asleep.id}")
    assert is_error(answer, 404, "No active device found", "NO_ACTIVE_DEVICE")


@pytest.mark.parametrize("play", [True, False, None])
async def test_transfer(ada: ApiCaller, play: bool | None) -> None:
    speaker = find_device(ada, "Kitchen Speaker")
    wish = {"device_ids": [speaker.id]} | ({} if play is None else {"play": play})
    assert (await ada("PUT", "me/player", wish)).status in (200, 202, 204)
    state = await playback_state(ada)
    assert (state["device"]["name"], state["is_playing"]) == ("Kitchen Speaker", bool(play))


async def test_device_may_not_support_volume(ada: ApiCaller) -> None:
    await ada("PUT", "me/player/volume?volume_percent=12")
    assert (await playback_state(ada))["device"]["volume_percent"] == 12
    ada.player.device = find_device(ada, "Ada's Phone")
    answer = await ada("PUT", "me/player/volume?volume_percent=12")
    assert is_error(answer, 403, "volume", "VOLUME_CONTROL_DISALLOW")


async def test_seeking_beyond_the_end_is_the_next_track(ada: ApiCaller) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    await ada("PUT", "me/player/seek?position_ms=30000")
    assert 30_000 <= (await playback_state(ada))["progress_ms"] < 31_000
    await ada("PUT", "me/player/seek?position_ms=99999999")
    assert (await playback_state(ada))["item"]["name"] == second.name


async def test_only_the_status_shows_success(ada: ApiCaller) -> None:
    answers = [await ada("PUT", f"me/player/volume?volume_percent={n}") for n in range(40)]
    assert {answer.status for answer in answers} == {200, 202, 204}
    assert len({answer.body for answer in answers}) > 10
    assert any(b"<!DOCTYPE" in answer.body for answer in answers)
    async with api_caller() as again:
        same = [await again("PUT", f"me/player/volume?volume_percent={n}") for n in range(40)]
    assert [answer.body for answer in same] == [answer.body for answer in answers]


async def test_devices(ada: ApiCaller) -> None:
    devices = {
        device["name"]: device for device in (await ada("GET", "me/player/devices")).json["devices"]
    }
    assert [name for name, device in devices.items() if device["is_active"]] == ["Ada's Laptop"]
    assert devices["Hallway TV"]["is_restricted"] is True
    assert devices["The Van"]["id"] is None
    assert devices["Ada's Phone"]["supports_volume"] is False
    assert devices["Ada's Phone"]["volume_percent"] is None
