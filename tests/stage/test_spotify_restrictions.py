"""What the pretend player does not let be done: by itself, on order, and by its devices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest

from sandbox.spotify import Device
from sandbox.spotify.actions import Action

from .spotify_caller import Answer, Caller, calling

DONE = (200, 202, 204)
WITH_EPISODES = "me/player?additional_types=track,episode"


@pytest.fixture(name="ada")
async def _ada() -> AsyncIterator[Caller]:
    async with calling() as ada:
        yield ada


async def now(ada: Caller) -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", WITH_EPISODES)).json
    return state


async def disallowed(ada: Caller) -> set[str]:
    shown = (await now(ada))["actions"]["disallows"]
    assert set(shown.values()) <= {True}
    return set(shown)


def violates(answer: Answer) -> bool:
    error = answer.json["error"]
    return (answer.status, error["reason"]) == (403, "UNKNOWN") and "Restriction" in str(error)


# ---- on order

# what each action forbids, and what it leaves; the player plays and repeats its context
FORBIDS: dict[Action, tuple[str, str]] = {
    "pausing": ("PUT pause", "POST next"),
    "resuming": ("PUT play", "POST next"),
    "seeking": ("PUT seek?position_ms=1", "PUT pause"),
    "skipping_next": ("POST next", "POST previous"),
    "skipping_prev": ("POST previous", "POST next"),
    "toggling_repeat_context": ("PUT repeat?state=off", "PUT shuffle?state=true"),
    "toggling_repeat_track": ("PUT repeat?state=track", "PUT repeat?state=off"),
    "toggling_shuffle": ("PUT shuffle?state=true", "PUT repeat?state=off"),
}


@pytest.mark.parametrize("action", FORBIDS)
async def test_any_action_can_be_forbidden(ada: Caller, action: Action) -> None:
    first, second, *_ = ada.spotify.catalogue.stock
    ada.player.start(first.uri, second.uri)
    ada.player.set_repeat("context")
    if action == "resuming":
        ada.player.pause()
    ada.player.forbid(action)
    assert action in await disallowed(ada)
    refused, done = FORBIDS[action]
    before = ada.player.item, ada.player.repeat, ada.player.shuffle, ada.player.is_playing
    answer = await ada(*refused.replace(" ", " me/player/").split())
    assert violates(answer)
    after = ada.player.item, ada.player.repeat, ada.player.shuffle, ada.player.is_playing
    assert before == after
    assert (await ada(*done.replace(" ", " me/player/").split())).status in DONE
    ada.player.forbid()
    assert (await ada(*refused.replace(" ", " me/player/").split())).status in DONE


async def test_nothing_else_may_be_played_instead(ada: Caller) -> None:
    uri = ada.spotify.catalogue.stock[9].uri
    ada.player.forbid("interrupting_playback")
    assert violates(await ada("PUT", "me/player/play", {"uris": [uri]}))
    assert (await ada("PUT", "me/player/play")).status in DONE
    assert ada.player.item != uri


async def test_it_must_stay_where_it_is(ada: Caller) -> None:
    wish = {"device_ids": [device(ada, "Kitchen Speaker").id], "play": True}
    for action in ("transferring_playback", "resuming"):
        ada.player.forbid(action)
        assert violates(await ada("PUT", "me/player", wish))
        assert (await now(ada))["device"]["name"] == "Ada's Laptop"
        assert not ada.player.is_playing
    assert (await ada("PUT", "me/player", wish | {"play": False})).status in DONE


def test_the_words_are_those_of_spotify() -> None:
    assert len(get_args(Action)) == 10


async def test_what_is_no_action_cannot_be_forbidden(ada: Caller) -> None:
    with pytest.raises(ValueError, match="volume"):
        ada.player.forbid("volume")  # type: ignore[arg-type]


# ---- by itself


async def test_an_ad_lets_nothing_be_moved(ada: Caller) -> None:
    ada.player.start(*(track.uri for track in ada.spotify.catalogue.stock[:3]))
    ada.player.interlude = "ad"
    moving = {"pausing", "resuming", "seeking", "skipping_next", "skipping_prev"}
    assert await disallowed(ada) == moving
    for call in ("PUT pause", "PUT play", "POST next", "POST previous", "PUT seek?position_ms=1"):
        assert violates(await ada(*call.replace(" ", " me/player/").split())), call


async def test_a_paused_ad_is_not_resumed(ada: Caller) -> None:
    ada.player.interlude = "ad"
    assert not ada.player.is_playing
    assert violates(await ada("PUT", "me/player/play"))


async def test_where_nothing_was_chosen_there_is_nothing_to_do(ada: Caller) -> None:
    assert ada.spotify.accounts["grace"].player.item is None
    for call in ("PUT play", "PUT pause", "POST next", "POST previous", "PUT seek?position_ms=1"):
        method, _, path = call.partition(" ")
        assert violates(await ada(method, f"me/player/{path}", account="grace")), call


async def test_there_is_nothing_before_the_first_unless_it_goes_round(ada: Caller) -> None:
    first, second, *_ = ada.spotify.catalogue.stock
    ada.player.start(first.uri, second.uri)
    assert "skipping_prev" in await disallowed(ada)
    assert violates(await ada("POST", "me/player/previous"))
    await ada("PUT", "me/player/repeat?state=context")
    assert "skipping_prev" not in await disallowed(ada)
    assert (await ada("POST", "me/player/previous")).status in DONE
    assert ada.player.item == second.uri


async def test_seeking_beyond_the_end_of_the_last_stops_at_the_first(ada: Caller) -> None:
    first, second, *_ = ada.spotify.catalogue.stock
    ada.player.start(first.uri, second.uri, at=1)
    assert (await ada("PUT", f"me/player/seek?position_ms={second.duration}")).status in DONE
    state = await now(ada)
    assert (state["item"]["uri"], state["is_playing"], state["progress_ms"]) == (
        first.uri,
        False,
        0,
    )


# ---- what is played


async def test_what_is_withdrawn_is_left_out_of_a_list(ada: Caller) -> None:
    gone = next(t for t in ada.spotify.catalogue.tracks.values() if not t.playable).uri
    first, second, *_ = (track.uri for track in ada.spotify.catalogue.stock)
    wish: dict[str, Any] = {"uris": [first, gone, second], "offset": {"position": 1}}
    assert (await ada("PUT", "me/player/play", wish)).status in DONE
    assert ada.player.item == second
    wish = {"uris": [gone, first, second], "offset": {"uri": second}, "position_ms": 2000}
    assert (await ada("PUT", "me/player/play", wish)).status in DONE
    assert (ada.player.item, ada.player.progress // 1000) == (second, 2)
    assert violates(
        await ada("PUT", "me/player/play", {"uris": [first, gone], "offset": {"position": 1}})
    )
    assert (await ada("PUT", "me/player/play", wish | {"offset": {"position": 3}})).status == 400


@pytest.mark.parametrize("kind", ["artists", "shows", "audiobooks"])
async def test_only_an_album_or_a_playlist_has_an_offset(ada: Caller, kind: str) -> None:
    context = next(iter(getattr(ada.spotify.catalogue, kind).values())).uri
    wish = {"context_uri": context, "offset": {"position": 0}}
    answer = await ada("PUT", "me/player/play", wish)
    assert answer.status == 400
    assert answer.message == f"Can't have offset for context type: {kind[:-1].upper()}"


@pytest.mark.parametrize("kind", ["albums", "artists", "shows", "audiobooks", "playlists"])
async def test_only_what_sounds_can_be_queued(ada: Caller, kind: str) -> None:
    shelf = ada.spotify.playlists if kind == "playlists" else getattr(ada.spotify.catalogue, kind)
    answer = await ada("POST", f"me/player/queue?uri={next(iter(shelf.values())).uri}")
    assert answer.status == 400
    assert ada.player.queue == []


async def test_a_chapter_of_a_book_is_of_no_known_kind(ada: Caller) -> None:
    book = next(iter(ada.spotify.catalogue.audiobooks.values()))
    assert (await ada("PUT", "me/player/play", {"context_uri": book.uri})).status in DONE
    state = await now(ada)
    assert (state["item"], state["currently_playing_type"]) == (None, "unknown")
    assert state["is_playing"] is True
    assert state["context"]["type"] == "audiobook"
    assert state["progress_ms"] is not None


# ---- devices


def device(ada: Caller, name: str) -> Device:
    return next(one for one in ada.player.devices if one.name == name)


async def test_a_device_falls_asleep_and_wakes(ada: Caller) -> None:
    ada.player.resume()
    laptop = ada.player.fall_asleep()
    assert (await ada("GET", "me/player")).status == 204
    listed = (await ada("GET", "me/player/devices")).json["devices"]
    assert laptop.name not in [one["name"] for one in listed]
    assert not any(one["is_active"] for one in listed)
    assert (await ada("PUT", "me/player/pause")).json["error"]["reason"] == "NO_ACTIVE_DEVICE"
    answer = await ada("PUT", f"me/player/play?device_id={laptop.id}")
    assert (answer.status, answer.message) == (404, "Device not found")
    with pytest.raises(LookupError):
        ada.player.fall_asleep()
    ada.player.devices.append(laptop)
    assert (await ada("GET", "me/player")).status == 204
    assert (await ada("PUT", f"me/player/play?device_id={laptop.id}")).status in DONE
    assert (await now(ada))["is_playing"] is True


async def test_a_device_gets_another_id(ada: Caller) -> None:
    speaker = device(ada, "Kitchen Speaker")
    old, speaker.id = speaker.id, "5" * 40
    answer = await ada("PUT", "me/player", {"device_ids": [old]})
    assert (answer.status, answer.message) == (404, "Device not found")
    assert (await ada("PUT", "me/player", {"device_ids": [speaker.id]})).status in DONE


async def test_an_active_device_that_takes_no_command(ada: Caller) -> None:
    ada.player.resume(device(ada, "Hallway TV"))
    assert (await now(ada))["device"]["is_restricted"] is True
    track = ada.spotify.catalogue.stock[0].uri
    calls = ("PUT pause", "POST next", "PUT play", "PUT seek?position_ms=1",
             "PUT repeat?state=off", "PUT shuffle?state=true", "PUT volume?volume_percent=1",
             f"POST queue?uri={track}")  # fmt: skip
    for call in calls:
        answer = await ada(*call.replace(" ", " me/player/").split())
        assert answer.json["error"]["reason"] == "DEVICE_NOT_CONTROLLABLE", call
    laptop = device(ada, "Ada's Laptop").id
    assert (await ada("PUT", "me/player", {"device_ids": [laptop]})).status in DONE
    assert (await now(ada))["is_playing"] is True


@pytest.mark.parametrize(
    ("ids", "status"), [([None], 400), ([7], 400), ([""], 404), (["gone"], 404), ("gone", 400)]
)
async def test_places_to_which_nothing_is_transferred(ada: Caller, ids: Any, status: int) -> None:
    assert (await ada("PUT", "me/player", {"device_ids": ids})).status == status
    assert (await now(ada))["device"]["name"] == "Ada's Laptop"


async def test_a_restricted_device_is_no_place_to_go_on(ada: Caller) -> None:
    answer = await ada("PUT", "me/player", {"device_ids": [device(ada, "Hallway TV").id]})
    assert answer.json["error"]["reason"] == "DEVICE_NOT_CONTROLLABLE"
    assert (await now(ada))["device"]["name"] == "Ada's Laptop"


async def test_a_private_session_and_an_unknown_volume_are_told(ada: Caller) -> None:
    laptop = device(ada, "Ada's Laptop")
    laptop.is_private_session, laptop.volume = True, None
    shown = (await now(ada))["device"]
    assert (shown["is_private_session"], shown["volume_percent"]) == (True, None)
    assert shown["supports_volume"] is True
    assert (await ada("PUT", "me/player/volume?volume_percent=7")).status in DONE
    assert (await now(ada))["device"]["volume_percent"] == 7
