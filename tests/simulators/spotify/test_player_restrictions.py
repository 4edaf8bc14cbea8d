"""What the simulated player forbids: by its state, by a test's order, and by its devices."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from sandbox.spotify import Device
from sandbox.spotify.actions import Action
from tests.simulators.spotify.api_caller import ApiCaller, HttpResponse

SUCCESS_STATUSES = (200, 202, 204)
PLAYER_WITH_EPISODES = "me/player?additional_types=track,episode"


async def playback_state(ada: ApiCaller) -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", PLAYER_WITH_EPISODES)).json
    return state


async def disallowed(ada: ApiCaller) -> set[str]:
    shown = (await playback_state(ada))["actions"]["disallows"]
    assert set(shown.values()) <= {True}
    return set(shown)


def is_restriction_violation(answer: HttpResponse) -> bool:
    error = answer.json["error"]
    return (answer.status, error["reason"]) == (403, "UNKNOWN") and "Restriction" in str(error)


# ---- by a test's order

# for each forbidden action: calls that fail and calls that still work
CALLS_BY_ACTION: dict[Action, tuple[str, str]] = {
    "pausing": ("PUT pause", "POST next"),
    "resuming": ("PUT play", "POST next"),
    "seeking": ("PUT seek?position_ms=1", "PUT pause"),
    "skipping_next": ("POST next", "POST previous"),
    "skipping_prev": ("POST previous", "POST next"),
    "toggling_repeat_context": ("PUT repeat?state=off", "PUT shuffle?state=true"),
    "toggling_repeat_track": ("PUT repeat?state=track", "PUT repeat?state=off"),
    "toggling_shuffle": ("PUT shuffle?state=true", "PUT repeat?state=off"),
}


@pytest.mark.parametrize("action", CALLS_BY_ACTION)
async def test_any_action_can_be_forbidden(ada: ApiCaller, action: Action) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    ada.player.set_repeat("context")
    if action == "resuming":
        ada.player.pause()
    ada.player.disallow(action)
    assert action in await disallowed(ada)
    refused, done = CALLS_BY_ACTION[action]
    before = ada.player.item, ada.player.repeat, ada.player.shuffle, ada.player.is_playing
    answer = await ada(*refused.replace(" ", " me/player/").split())
    assert is_restriction_violation(answer)
    after = ada.player.item, ada.player.repeat, ada.player.shuffle, ada.player.is_playing
    assert before == after
    assert (await ada(*done.replace(" ", " me/player/").split())).status in SUCCESS_STATUSES
    ada.player.disallow()
    assert (await ada(*refused.replace(" ", " me/player/").split())).status in SUCCESS_STATUSES


async def test_nothing_else_may_be_played_instead(ada: ApiCaller) -> None:
    uri = ada.spotify.catalogue.regular_tracks[9].uri
    ada.player.disallow("interrupting_playback")
    assert is_restriction_violation(await ada("PUT", "me/player/play", {"uris": [uri]}))
    assert (await ada("PUT", "me/player/play")).status in SUCCESS_STATUSES
    assert ada.player.item != uri


async def test_it_must_stay_where_it_is(ada: ApiCaller) -> None:
    wish = {"device_ids": [find_device(ada, "Kitchen Speaker").id], "play": True}
    for action in ("transferring_playback", "resuming"):
        ada.player.disallow(action)
        assert is_restriction_violation(await ada("PUT", "me/player", wish))
        assert (await playback_state(ada))["device"]["name"] == "Ada's Laptop"
        assert not ada.player.is_playing
    assert (await ada("PUT", "me/player", wish | {"play": False})).status in SUCCESS_STATUSES


def test_names_of_actions_are_those_of_spotify() -> None:
    assert len(get_args(Action)) == 10


async def test_what_is_no_action_cannot_be_forbidden(ada: ApiCaller) -> None:
    with pytest.raises(ValueError, match="volume"):
        ada.player.disallow("volume")  # type: ignore[arg-type]


# ---- by the player's state


async def test_ad_disallows_playback_commands(ada: ApiCaller) -> None:
    ada.player.play(*(track.uri for track in ada.spotify.catalogue.regular_tracks[:3]))
    ada.player.interlude = "ad"
    moving = {"pausing", "resuming", "seeking", "skipping_next", "skipping_prev"}
    assert await disallowed(ada) == moving
    for call in ("PUT pause", "PUT play", "POST next", "POST previous", "PUT seek?position_ms=1"):
        assert is_restriction_violation(await ada(*call.replace(" ", " me/player/").split())), call


async def test_a_paused_ad_is_not_resumed(ada: ApiCaller) -> None:
    ada.player.interlude = "ad"
    assert not ada.player.is_playing
    assert is_restriction_violation(await ada("PUT", "me/player/play"))


async def test_empty_player_disallows_commands(ada: ApiCaller) -> None:
    assert ada.spotify.accounts["grace"].player.item is None
    for call in ("PUT play", "PUT pause", "POST next", "POST previous", "PUT seek?position_ms=1"):
        method, _, path = call.partition(" ")
        assert is_restriction_violation(await ada(method, f"me/player/{path}", account="grace")), (
            call
        )


async def test_first_item_has_no_previous_one_without_repeat(ada: ApiCaller) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    assert "skipping_prev" in await disallowed(ada)
    assert is_restriction_violation(await ada("POST", "me/player/previous"))
    await ada("PUT", "me/player/repeat?state=context")
    assert "skipping_prev" not in await disallowed(ada)
    assert (await ada("POST", "me/player/previous")).status in SUCCESS_STATUSES
    assert ada.player.item == second.uri


async def test_seeking_beyond_the_end_of_the_last_stops_at_the_first(ada: ApiCaller) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri, index=1)
    assert (
        await ada("PUT", f"me/player/seek?position_ms={second.duration}")
    ).status in SUCCESS_STATUSES
    state = await playback_state(ada)
    assert (state["item"]["uri"], state["is_playing"], state["progress_ms"]) == (
        first.uri,
        False,
        0,
    )


# ---- by what is played


async def test_what_is_withdrawn_is_left_out_of_a_list(ada: ApiCaller) -> None:
    gone = next(t for t in ada.spotify.catalogue.tracks.values() if not t.playable).uri
    first, second, *_ = (track.uri for track in ada.spotify.catalogue.regular_tracks)
    wish: dict[str, Any] = {"uris": [first, gone, second], "offset": {"position": 1}}
    assert (await ada("PUT", "me/player/play", wish)).status in SUCCESS_STATUSES
    assert ada.player.item == second
    wish = {"uris": [gone, first, second], "offset": {"uri": second}, "position_ms": 2000}
    assert (await ada("PUT", "me/player/play", wish)).status in SUCCESS_STATUSES
    assert (ada.player.item, ada.player.progress // 1000) == (second, 2)
    assert is_restriction_violation(
        await ada("PUT", "me/player/play", {"uris": [first, gone], "offset": {"position": 1}})
    )
    assert (await ada("PUT", "me/player/play", wish | {"offset": {"position": 3}})).status == 400


@pytest.mark.parametrize("kind", ["artists", "shows", "audiobooks"])
async def test_only_an_album_or_a_playlist_has_an_offset(ada: ApiCaller, kind: str) -> None:
    context = next(iter(getattr(ada.spotify.catalogue, kind).values())).uri
    wish = {"context_uri": context, "offset": {"position": 0}}
    answer = await ada("PUT", "me/player/play", wish)
    assert answer.status == 400
    assert answer.message == f"Can't have offset for context type: {kind[:-1].upper()}"


@pytest.mark.parametrize("kind", ["albums", "artists", "shows", "audiobooks", "playlists"])
async def test_only_tracks_and_episodes_can_be_queued(ada: ApiCaller, kind: str) -> None:
    shelf = ada.spotify.playlists if kind == "playlists" else getattr(ada.spotify.catalogue, kind)
    answer = await ada("POST", f"me/player/queue?uri={next(iter(shelf.values())).uri}")
    assert answer.status == 400
    assert ada.player.queue == []


async def test_a_chapter_of_a_book_is_of_no_known_kind(ada: ApiCaller) -> None:
    book = next(iter(ada.spotify.catalogue.audiobooks.values()))
    assert (
        await ada("PUT", "me/player/play", {"context_uri": book.uri})
    ).status in SUCCESS_STATUSES
    state = await playback_state(ada)
    assert (state["item"], state["currently_playing_type"]) == (None, "unknown")
    assert state["is_playing"] is True
    assert state["context"]["type"] == "audiobook"
    assert state["progress_ms"] is not None


# ---- devices


def find_device(ada: ApiCaller, name: str) -> Device:
    return next(device for device in ada.player.devices if device.name == name)


async def test_a_device_falls_asleep_and_wakes(ada: ApiCaller) -> None:
    ada.player.resume()
    laptop = ada.player.deactivate_device()
    assert (await ada("GET", "me/player")).status == 204
    listed = (await ada("GET", "me/player/devices")).json["devices"]
    assert laptop.name not in [device["name"] for device in listed]
    assert not any(device["is_active"] for device in listed)
    assert (await ada("PUT", "me/player/pause")).json["error"]["reason"] == "NO_ACTIVE_DEVICE"
    answer = await ada("PUT", f"me/player/play?device_id={laptop.id}")
    assert (answer.status, answer.message) == (404, "Device not found")
    with pytest.raises(LookupError):
        ada.player.deactivate_device()
    ada.player.devices.append(laptop)
    assert (await ada("GET", "me/player")).status == 204
    assert (await ada("PUT", f"me/player/play?device_id={laptop.id}")).status in SUCCESS_STATUSES
    assert (await playback_state(ada))["is_playing"] is True


async def test_a_device_gets_another_id(ada: ApiCaller) -> None:
    speaker = find_device(ada, "Kitchen Speaker")
    old, speaker.id = speaker.id, "5" * 40
    answer = await ada("PUT", "me/player", {"device_ids": [old]})
    assert (answer.status, answer.message) == (404, "Device not found")
    assert (await ada("PUT", "me/player", {"device_ids": [speaker.id]})).status in SUCCESS_STATUSES


async def test_an_active_device_that_takes_no_command(ada: ApiCaller) -> None:
    ada.player.resume(find_device(ada, "Hallway TV"))
    assert (await playback_state(ada))["device"]["is_restricted"] is True
    track = ada.spotify.catalogue.regular_tracks[0].uri
    calls = ("PUT pause", "POST next", "PUT play", "PUT seek?position_ms=1",
             "PUT repeat?state=off", "PUT shuffle?state=true", "PUT volume?volume_percent=1",
             f"POST queue?uri={track}")  # fmt: skip
    for call in calls:
        answer = await ada(*call.replace(" ", " me/player/").split())
        assert (answer.status, answer.message) == (403, "Restricted device"), call
    laptop = find_device(ada, "Ada's Laptop").id
    assert (await ada("PUT", "me/player", {"device_ids": [laptop]})).status in SUCCESS_STATUSES
    assert (await playback_state(ada))["is_playing"] is True


@pytest.mark.parametrize(
    ("ids", "status"), [([None], 400), ([7], 400), ([""], 404), (["gone"], 404), ("gone", 400)]
)
async def test_invalid_transfer_targets(ada: ApiCaller, ids: Any, status: int) -> None:
    assert (await ada("PUT", "me/player", {"device_ids": ids})).status == status
    assert (await playback_state(ada))["device"]["name"] == "Ada's Laptop"


async def test_restricted_device_cannot_take_over(ada: ApiCaller) -> None:
    answer = await ada("PUT", "me/player", {"device_ids": [find_device(ada, "Hallway TV").id]})
    assert (answer.status, answer.message) == (403, "Restricted device")
    assert (await playback_state(ada))["device"]["name"] == "Ada's Laptop"


async def test_a_private_session_and_an_unknown_volume_are_told(ada: ApiCaller) -> None:
    laptop = find_device(ada, "Ada's Laptop")
    laptop.is_private_session, laptop.volume = True, None
    shown = (await playback_state(ada))["device"]
    assert (shown["is_private_session"], shown["volume_percent"]) == (True, None)
    assert shown["supports_volume"] is True
    assert (await ada("PUT", "me/player/volume?volume_percent=7")).status in SUCCESS_STATUSES
    assert (await playback_state(ada))["device"]["volume_percent"] == 7
