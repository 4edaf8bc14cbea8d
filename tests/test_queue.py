"""/queue add: one or several items, in order and without duplicates, and skipping to them."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since, playable_uris, player_error, spotify_url

QUEUE_ENDPOINT = "me/player/queue"


@pytest.mark.parametrize("form", ["lantern weather", "{link}", "{uri}"])
async def test_track_is_queued(
    spotify: Spotify, player: Player, linked_user: UserClient, form: str
) -> None:
    track = spotify.catalogue.regular_tracks[0]
    reply = await linked_user.run(
        f"/queue add what:{form.format(link=spotify_url(track.uri), uri=track.uri)}"
    )
    assert player.queue == [track.uri]
    assert reply.text.startswith(f"-# Queued\n**[{track.name}]({spotify_url(track.uri)})**")
    assert reply.ephemeral


async def test_episode_is_queued(spotify: Spotify, player: Player, linked_user: UserClient) -> None:
    episode = next(
        candidate for candidate in spotify.catalogue.episodes.values() if candidate.playable
    )
    await linked_user.run(f"/queue add what:{spotify_url(episode.uri)}")
    assert player.queue == [episode.uri]


async def test_withdrawn_track_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    track = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    reply = await linked_user.run(f"/queue add what:{spotify_url(track.uri)}")
    assert "It may be gone" in reply.text
    assert player.queue == []


async def test_queue_without_active_playback_is_reported(
    harness: Harness, spotify: Spotify
) -> None:
    grace = await harness.link_account("grace")
    reply = await grace.run("/queue add what:lantern")
    assert reply.text.startswith("Nothing is playing to queue after.")


async def test_track_is_queued_on_named_device(player: Player, linked_user: UserClient) -> None:
    reply = await linked_user.run("/queue add what:lantern on:kitchen")
    assert reply.text.startswith("-# Queued on Kitchen Speaker\n")
    assert player.device is player.devices[1]
    assert len(player.queue) == 1


async def test_without_premium_nothing_is_queued(harness: Harness) -> None:
    linus = await harness.link_account("linus")
    assert "Playing needs Spotify Premium" in (await linus.run("/queue add what:lantern")).text


# ---- with now:true


async def test_now_skips_to_queued_track(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    track = spotify.catalogue.regular_tracks[0]
    since = len(spotify.calls)
    reply = await linked_user.run(f"/queue add what:{spotify_url(track.uri)} now:true")
    assert player.item == track.uri
    assert player.queue == []
    assert "Playing on Ada's Laptop" in reply.text.splitlines()[0]
    assert track.name in reply.text
    assert api_calls_since(spotify, since) == [
        f"GET tracks/{track.id}",
        f"POST {QUEUE_ENDPOINT}",
        f"GET {QUEUE_ENDPOINT}",
        "POST me/player/next",
        "GET me/player",
    ]


@pytest.mark.parametrize(("others", "expected"), [(1, "another one comes"), (3, "3 others come")])
async def test_now_keeps_earlier_queue(
    spotify: Spotify, player: Player, linked_user: UserClient, others: int, expected: str
) -> None:
    song, *rest = playable_uris(spotify, 99)
    for uri in rest[:others]:
        player.enqueue(uri)
    playing = player.item
    reply = await linked_user.run(f"/queue add what:{spotify_url(song)} now:true")
    assert reply.text.startswith(f"-# Queued, but {expected} first, so I didn’t skip\n")
    assert player.item == playing
    assert player.queue == [*rest[:others], song]


@pytest.mark.parametrize("stale", [True, False])
async def test_now_does_not_skip_with_unknown_queue(
    spotify: Spotify, player: Player, linked_user: UserClient, stale: bool
) -> None:
    track = spotify.catalogue.regular_tracks[-1]
    item = player.item
    if stale:
        spotify.serve_stale_state(2)
    else:
        spotify.add_rate_limit(48_925, times=None, quota=True, pattern=f"GET /v1/{QUEUE_ENDPOINT}")
    reply = await linked_user.run(f"/queue add what:{spotify_url(track.uri)} now:true")
    assert reply.text.startswith(
        "-# Queued. Spotify doesn’t show where in the queue yet, so I didn’t skip.\n"
    )
    assert player.item == item
    assert player.queue == [track.uri]


async def test_now_with_refused_skip_reports_queued(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    spotify.faults.add(Fault("POST .*/next", action="reset", runs_first=True))
    reply = await linked_user.run("/queue add what:lantern now:true")
    assert reply.text.startswith(
        "Queued. Not sure that worked: Spotify didn’t confirm. Playing now"
    )
    assert len(spotify.calls_to("POST", QUEUE_ENDPOINT)) == 1
    spotify.faults.add(player_error("POST .*/next"))
    reply = await linked_user.run("/queue add what:kitchen now:true")
    assert reply.text.startswith("Queued. Spotify won’t allow that right now.")


async def test_now_with_several_plays_the_first(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 3)
    what = " ".join(spotify_url(uri) for uri in uris)
    reply = await linked_user.run(f"/queue add what:{what} now:true")
    assert player.item == uris[0]
    assert player.queue == uris[1:]
    assert reply.text.startswith("-# Queued 3 songs, in order")
    assert "Playing on Ada's Laptop" in reply.text
    reply = await linked_user.run(f"/queue add what:{what} now:true")
    assert "2 others come first, so I didn’t skip" in reply.text


# ---- several items


async def test_several_links_are_queued_in_order_without_duplicates(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = [track.uri for track in reversed(spotify.catalogue.regular_tracks[:6]) if track.playable]
    what = " then ".join(spotify_url(uri) for uri in [*uris, uris[0]])
    reply = await linked_user.run(f"/queue add what:{what}")
    assert player.queue == uris
    assert reply.text == f"Queued {len(uris)} songs, in order."


async def test_more_than_ten_links_are_cut_and_reported(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 13)
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert player.queue == uris[:10]
    assert reply.text == ("Queued 10 songs, in order. 3 more links were left out (10 at a time).")


async def test_unknown_link_stops_before_queueing(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    url = spotify_url(spotify.catalogue.regular_tracks[0].uri)
    reply = await linked_user.run(f"/queue add what:{url} spotify:track:{'0' * 22}")
    assert "Spotify can’t find that" in reply.text
    assert player.queue == []


async def test_refused_track_among_several_is_skipped(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 3)
    withdrawn = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    what = " ".join(spotify_url(uri) for uri in (withdrawn.uri, *uris))
    reply = await linked_user.run(f"/queue add what:{what}")
    assert player.queue == uris
    assert reply.text == "Queued 3 songs, in order; Spotify refused 1."


async def test_repeated_refusals_stop_queueing(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 8)
    refusal = player_error(f"POST .*/{QUEUE_ENDPOINT}", times=None)
    spotify.on(f"POST /v1/{QUEUE_ENDPOINT}", lambda: spotify.faults.add(refusal), after=1)
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert reply.text.startswith("2 of 8 are queued, in order. ")
    assert player.queue == uris[:2]
    assert len(spotify.calls_to("POST", QUEUE_ENDPOINT)) == 5
