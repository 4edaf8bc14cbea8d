"""The simulated player can report the state from before the last command for a while."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.spotify.api_caller import ApiCaller


@pytest.fixture(name="ada")
def _ada(ada: ApiCaller) -> ApiCaller:
    ada.player.play(*(track.uri for track in ada.spotify.catalogue.regular_tracks[:3]))
    return ada


async def read_state(ada: ApiCaller, path: str = "") -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", f"me/player{path}")).json
    return state


async def test_state_is_current_by_default(ada: ApiCaller) -> None:
    await ada("PUT", "me/player/pause")
    assert (await read_state(ada))["is_playing"] is False


@pytest.mark.parametrize("path", ["", "/currently-playing"])
async def test_given_number_of_reads_show_the_old_state(ada: ApiCaller, path: str) -> None:
    ada.spotify.serve_stale_state(reads=2)
    before = ada.player.item
    await ada("POST", "me/player/next")
    assert ada.player.item != before  # it was done; only the report is late
    shown = [(await read_state(ada, path))["item"]["uri"] for _ in range(3)]
    assert shown == [before, before, ada.player.item]


async def test_the_queue_is_late_too(ada: ApiCaller) -> None:
    ada.spotify.serve_stale_state()
    await ada("POST", f"me/player/queue?uri={ada.spotify.catalogue.regular_tracks[9].uri}")
    assert len((await read_state(ada, "/queue"))["queue"]) == 2
    assert len((await read_state(ada, "/queue"))["queue"]) == 3


async def test_each_command_shows_the_state_before_it(ada: ApiCaller) -> None:
    ada.spotify.serve_stale_state(reads=2)
    await ada("PUT", "me/player/pause")
    await ada("PUT", "me/player/shuffle?state=true")
    shown = [await read_state(ada) for _ in range(3)]
    assert [state["is_playing"] for state in shown] == [False, False, False]
    assert [state["shuffle_state"] for state in shown] == [False, False, True]


async def test_the_volume_and_the_device_are_as_they_were(ada: ApiCaller) -> None:
    ada.spotify.serve_stale_state()
    await ada("PUT", "me/player/volume?volume_percent=3")
    assert [(await read_state(ada))["device"]["volume_percent"] for _ in range(2)] == [60, 3]
    speaker = next(device for device in ada.player.devices if device.name == "Kitchen Speaker")
    await ada("PUT", "me/player", {"device_ids": [speaker.id]})
    shown = [(await read_state(ada))["device"] for _ in range(2)]
    assert [device["name"] for device in shown] == ["Ada's Laptop", "Kitchen Speaker"]
    assert [device["is_active"] for device in shown] == [True, True]


async def test_a_device_that_was_woken_still_sleeps(ada: ApiCaller) -> None:
    laptop = ada.player.deactivate_device()
    ada.player.devices.append(laptop)
    ada.spotify.serve_stale_state()
    await ada("PUT", f"me/player/play?device_id={laptop.id}")
    assert (await ada("GET", "me/player")).status == 204
    assert (await read_state(ada))["is_playing"] is True


async def test_what_played_before_plays_on_meanwhile(ada: ApiCaller) -> None:
    ada.player.seek(60_000)
    ada.spotify.serve_stale_state()
    await ada("PUT", "me/player/seek?position_ms=0")
    ada.spotify.clock.advance(5)
    assert (await read_state(ada))["progress_ms"] >= 65_000
    assert (await read_state(ada))["progress_ms"] < 6000


async def test_a_command_that_was_refused_changes_nothing(ada: ApiCaller) -> None:
    ada.spotify.serve_stale_state()
    assert (await ada("PUT", "me/player/play")).status == 403
    ada.player.pause()
    assert (await read_state(ada))["is_playing"] is False


async def test_stale_state_is_per_account_and_can_end(ada: ApiCaller) -> None:
    ada.spotify.serve_stale_state(reads=9)
    await ada("PUT", "me/player/pause")
    assert (await ada("GET", "me/player", account="grace")).json["is_playing"] is False
    assert (await read_state(ada))["is_playing"] is True
    ada.spotify.serve_stale_state(0)
    assert (await read_state(ada))["is_playing"] is False
    await ada("PUT", "me/player/play")
    assert (await read_state(ada))["is_playing"] is True
