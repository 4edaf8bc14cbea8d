"""Commands to the pretend player: who may give them, to which device, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.spotify import Device

from .spotify_caller import Answer, Caller, calling


@pytest.fixture(name="ada")
async def _ada() -> AsyncIterator[Caller]:
    async with calling() as ada:
        yield ada


async def now(ada: Caller) -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", "me/player")).json
    return state


def device(ada: Caller, name: str) -> Device:
    return next(one for one in ada.player.devices if one.name == name)


def refused(answer: Answer, status: int, message: str, reason: str) -> bool:
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
async def test_every_command_needs_premium_and_a_device(ada: Caller, call: str) -> None:
    method, _, path = call.format(track=ada.spotify.catalogue.stock[0].uri).partition(" ")
    free = await ada(method, path, account="linus")
    assert refused(free, 403, "Premium required", "PREMIUM_REQUIRED")
    ada.player.device = None
    asleep = await ada(method, path)
    assert refused(asleep, 404, "No active device found", "NO_ACTIVE_DEVICE")
    url = path + ("&" if "?" in path else "?") + "device_id="
    gone = await ada(method, url + "gone")
    assert (gone.status, gone.message) == (404, "Device not found")
    tv = await ada(method, url + str(device(ada, "Hallway TV").id))
    assert refused(tv, 403, "Restriction violated", "DEVICE_NOT_CONTROLLABLE")


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("PUT me/player/play", "PUT me/player/play"),
        ("", "PUT me/player/pause"),
        ("POST me/player/previous", "POST me/player/previous"),
    ],
)
async def test_what_is_already_so_is_a_restriction(ada: Caller, before: str, call: str) -> None:
    if before:
        assert (await ada(*before.split())).status in (200, 202, 204)
    answer = await ada(*call.split())
    assert refused(answer, 403, "Restriction violated", "UNKNOWN")


async def test_there_is_no_next_after_the_last(ada: Caller) -> None:
    ada.player.start(ada.spotify.catalogue.stock[0].uri)
    assert (await now(ada))["actions"]["disallows"]["skipping_next"] is True
    assert (await ada("POST", "me/player/next")).status == 403


async def test_what_is_withdrawn_does_not_play(ada: Caller) -> None:
    gone = next(t for t in ada.spotify.catalogue.tracks.values() if not t.playable)
    assert (await ada("PUT", "me/player/play", {"uris": [gone.uri]})).status == 403
    assert (await ada("POST", f"me/player/queue?uri={gone.uri}")).status == 403


async def test_playing_elsewhere_wakes_that_device(ada: Caller) -> None:
    speaker = device(ada, "Kitchen Speaker")
    ada.player.device = None
    await ada("PUT", f"me/player/play?device_id={speaker.id}")
    state = await now(ada)
    assert (state["device"]["name"], state["is_playing"]) == ("Kitchen Speaker", True)
    asleep = device(ada, "Ada's Laptop")
    answer = await ada("PUT", f"me/player/pause?device_id={asleep.id}")
    assert refused(answer, 404, "No active device found", "NO_ACTIVE_DEVICE")


@pytest.mark.parametrize("play", [True, False, None])
async def test_transfer(ada: Caller, play: bool | None) -> None:
    speaker = device(ada, "Kitchen Speaker")
    wish = {"device_ids": [speaker.id]} | ({} if play is None else {"play": play})
    assert (await ada("PUT", "me/player", wish)).status in (200, 202, 204)
    state = await now(ada)
    assert (state["device"]["name"], state["is_playing"]) == ("Kitchen Speaker", bool(play))


async def test_volume_is_the_devices_own_affair(ada: Caller) -> None:
    await ada("PUT", "me/player/volume?volume_percent=12")
    assert (await now(ada))["device"]["volume_percent"] == 12
    ada.player.device = device(ada, "Ada's Phone")
    answer = await ada("PUT", "me/player/volume?volume_percent=12")
    assert refused(answer, 403, "volume", "VOLUME_CONTROL_DISALLOW")


async def test_seeking_beyond_the_end_is_the_next_track(ada: Caller) -> None:
    first, second, *_ = ada.spotify.catalogue.stock
    ada.player.start(first.uri, second.uri)
    await ada("PUT", "me/player/seek?position_ms=30000")
    assert 30_000 <= (await now(ada))["progress_ms"] < 31_000
    await ada("PUT", "me/player/seek?position_ms=99999999")
    assert (await now(ada))["item"]["name"] == second.name


async def test_success_is_a_status_and_the_body_means_nothing(ada: Caller) -> None:
    answers = [await ada("PUT", f"me/player/volume?volume_percent={n}") for n in range(40)]
    assert {answer.status for answer in answers} == {200, 202, 204}
    assert len({answer.body for answer in answers}) > 10
    assert any(b"<!DOCTYPE" in answer.body for answer in answers)
    async with calling() as again:
        same = [await again("PUT", f"me/player/volume?volume_percent={n}") for n in range(40)]
    assert [answer.body for answer in same] == [answer.body for answer in answers]


async def test_devices(ada: Caller) -> None:
    devices = {one["name"]: one for one in (await ada("GET", "me/player/devices")).json["devices"]}
    assert [name for name, one in devices.items() if one["is_active"]] == ["Ada's Laptop"]
    assert devices["Hallway TV"]["is_restricted"] is True
    assert devices["The Van"]["id"] is None
    assert devices["Ada's Phone"]["supports_volume"] is False
    assert devices["Ada's Phone"]["volume_percent"] is None
