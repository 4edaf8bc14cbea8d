"""The simulated player advances with the clock, through everything that it can play."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.spotify.api_caller import ApiCaller

PLAYER_WITH_EPISODES = "me/player?additional_types=track,episode"


async def playback_state(ada: ApiCaller) -> dict[str, Any]:
    state: dict[str, Any] = (await ada("GET", PLAYER_WITH_EPISODES)).json
    return state


async def item_name(ada: ApiCaller) -> str:
    return str((await playback_state(ada))["item"]["name"])


# ---- time


async def test_at_the_start_ada_has_something_paused_on_her_laptop(ada: ApiCaller) -> None:
    state = await playback_state(ada)
    assert state["is_playing"] is False
    assert state["progress_ms"] == 48_000
    assert state["device"]["name"] == "Ada's Laptop"
    assert state["item"]["name"] == "The Last Lantern in Quillmouth"
    assert state["context"]["type"] == "album"
    assert state["actions"] == {"disallows": {"pausing": True}}


async def test_the_clock_moves_what_is_playing(ada: ApiCaller) -> None:
    await ada("PUT", "me/player/play")
    ada.spotify.clock.advance(10)
    state = await playback_state(ada)
    assert state["is_playing"] is True
    assert 58_000 <= state["progress_ms"] < 59_000
    await ada("PUT", "me/player/pause")
    ada.spotify.clock.advance(1000)
    assert 58_000 <= (await playback_state(ada))["progress_ms"] < 59_000


async def test_after_a_track_comes_the_queue_and_then_the_context(ada: ApiCaller) -> None:
    first, second, queued, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    await ada("POST", f"me/player/queue?uri={queued.uri}")
    queue = (await ada("GET", "me/player/queue")).json
    assert queue["currently_playing"]["name"] == first.name
    assert [item["name"] for item in queue["queue"]] == [queued.name, second.name]
    for before, after in ((first, queued), (queued, second)):
        ada.spotify.clock.advance(before.duration / 1000)
        assert await item_name(ada) == after.name


async def test_at_the_end_it_goes_back_to_the_start_and_stops(ada: ApiCaller) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    ada.spotify.clock.advance(10_000)
    state = await playback_state(ada)
    assert (state["item"]["name"], state["is_playing"], state["progress_ms"]) == (
        first.name,
        False,
        0,
    )


async def test_repeat(ada: ApiCaller) -> None:
    first, second, *_ = ada.spotify.catalogue.regular_tracks
    ada.player.play(first.uri, second.uri)
    await ada("PUT", "me/player/repeat?state=track")
    ada.spotify.clock.advance(2 * first.duration / 1000 + 1)
    assert await item_name(ada) == first.name
    await ada("PUT", "me/player/repeat?state=context")
    ada.spotify.clock.advance((first.duration + second.duration) / 1000)
    state = await playback_state(ada)
    assert (state["item"]["name"], state["repeat_state"]) == (first.name, "context")
    assert state["is_playing"] is True


async def test_shuffle_keeps_what_is_playing_and_returns_to_the_order(ada: ApiCaller) -> None:
    album = next(iter(ada.spotify.catalogue.albums.values()))
    ada.player.play(context=album.uri, index=3)
    straight = ada.player.upcoming()
    await ada("PUT", "me/player/shuffle?state=true")
    assert await item_name(ada) == album.tracks[3].name
    assert ada.player.upcoming() != straight
    assert len(ada.player.upcoming()) == len(album.tracks) - 1
    await ada("PUT", "me/player/shuffle?state=false")
    assert ada.player.upcoming() == straight


async def test_played_items_are_remembered(ada: ApiCaller) -> None:
    heard, skipped, last, *_ = ada.spotify.catalogue.regular_tracks[60:]
    ada.player.play(heard.uri, skipped.uri, last.uri)
    ada.spotify.clock.advance(31)
    ada.player.next()
    ada.player.next()
    whole = (await ada("GET", "me/player/recently-played?limit=50")).json
    names = [item["track"]["name"] for item in whole["items"]]
    assert names[0] == heard.name
    assert skipped.name not in names
    assert whole["next"] is None
    page = (await ada("GET", "me/player/recently-played?limit=2")).json
    rest = (await ada("GET", page["next"])).json
    assert [item["track"]["name"] for item in page["items"] + rest["items"]] == names[:4]
    newer = (await ada("GET", f"me/player/recently-played?after={page['cursors']['before']}")).json
    assert [item["track"]["name"] for item in newer["items"]] == [heard.name]


# ---- contexts and items


@pytest.mark.parametrize("kind", ["albums", "artists", "shows"])
async def test_a_context_plays_what_it_holds(ada: ApiCaller, kind: str) -> None:
    context = next(iter(getattr(ada.spotify.catalogue, kind).values()))
    answer = await ada("PUT", "me/player/play", {"context_uri": context.uri})
    assert answer.status in (200, 202, 204)
    state = await playback_state(ada)
    assert state["context"]["uri"] == context.uri
    assert state["is_playing"] is True


async def test_a_playlist_plays_without_what_is_gone(ada: ApiCaller) -> None:
    playlist = next(p for p in ada.spotify.playlists.values() if p.name == "Hard to Print")
    await ada("PUT", "me/player/play", {"context_uri": playlist.uri})
    assert await item_name(ada) == "@everyone"
    assert None not in ada.player.upcoming()


@pytest.mark.parametrize("by", ["position", "uri"])
async def test_offset_selects_the_first_item(ada: ApiCaller, by: str) -> None:
    album = next(iter(ada.spotify.catalogue.albums.values()))
    offset = {"position": {"position": 2}, "uri": {"uri": album.tracks[2].uri}}[by]
    await ada(
        "PUT", "me/player/play", {"context_uri": album.uri, "offset": offset, "position_ms": 5000}
    )
    state = await playback_state(ada)
    assert state["item"]["name"] == album.tracks[2].name
    assert 5000 <= state["progress_ms"] < 6000


@pytest.mark.parametrize(
    ("kind", "offset"),
    [
        ("artists", {"position": 0}),
        ("albums", {"position": 99}),
        ("albums", {"position": -1}),
        ("albums", {"position": True}),
        ("albums", {"uri": "spotify:track:0000000000000000000000"}),
        ("albums", {}),
        ("albums", {"position": 0, "uri": "spotify:track:0000000000000000000000"}),
    ],
)
async def test_invalid_offsets_are_refused(ada: ApiCaller, kind: str, offset: object) -> None:
    context = next(iter(getattr(ada.spotify.catalogue, kind).values()))
    answer = await ada("PUT", "me/player/play", {"context_uri": context.uri, "offset": offset})
    assert answer.status == 400


async def test_two_hundred_uris_still_play(ada: ApiCaller) -> None:
    uris = [ada.spotify.catalogue.regular_tracks[0].uri] * 200
    assert (await ada("PUT", "me/player/play", {"uris": uris})).status in (200, 202, 204)


async def test_episodes_need_to_be_asked_for(ada: ApiCaller) -> None:
    episode = next(iter(ada.spotify.catalogue.episodes.values()))
    ada.player.play(episode.uri)
    assert (await playback_state(ada))["item"]["show"]["name"] == episode.show.name
    plain = (await ada("GET", "me/player")).json
    assert (plain["item"], plain["currently_playing_type"]) == (None, "episode")


async def test_a_local_file_has_no_id(ada: ApiCaller) -> None:
    ada.player.play(next(iter(ada.spotify.catalogue.local)))
    item = (await playback_state(ada))["item"]
    assert (item["id"], item["is_local"], item["album"]["id"]) == (None, True, None)
    assert item["uri"].startswith("spotify:local:")


async def test_during_an_ad_there_is_no_item_and_no_skipping(ada: ApiCaller) -> None:
    ada.player.play(ada.spotify.catalogue.regular_tracks[0].uri)
    ada.player.interlude = "ad"
    state = await playback_state(ada)
    assert (state["item"], state["progress_ms"]) == (None, None)
    assert state["currently_playing_type"] == "ad"
    assert (await ada("POST", "me/player/next")).status == 403
    ada.spotify.clock.advance(1000)
    ada.player.interlude = None
    assert (await playback_state(ada))["progress_ms"] < 1000


async def test_nothing_active_is_204(ada: ApiCaller) -> None:
    ada.player.device = None
    for path in ("me/player", "me/player/currently-playing"):
        answer = await ada("GET", path)
        assert (answer.status, answer.body) == (204, b"")
    assert (await ada("GET", "me/player/queue")).json == {"currently_playing": None, "queue": []}
