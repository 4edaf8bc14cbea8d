"""One song or several into the queue, in order, each once, and skipped to where that is wanted."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import audible, link, refusing, spent

QUEUE = "me/player/queue"


@pytest.mark.parametrize("form", ["lantern weather", "{link}", "{uri}"])
async def test_one_song_is_queued(
    spotify: Spotify, player: Player, linked: Seat, form: str
) -> None:
    song = spotify.catalogue.stock[0]
    reply = await linked.run(f"/queue add what:{form.format(link=link(song.uri), uri=song.uri)}")
    assert player.queue == [song.uri]
    assert reply.text.startswith(f"-# Queued\n**[{song.name}]({link(song.uri)})**")
    assert reply.ephemeral


async def test_an_episode_is_queued(spotify: Spotify, player: Player, linked: Seat) -> None:
    episode = next(one for one in spotify.catalogue.episodes.values() if one.playable)
    await linked.run(f"/queue add what:{link(episode.uri)}")
    assert player.queue == [episode.uri]


@pytest.mark.parametrize("kind", ["artist", "show", "audiobook"])
async def test_what_holds_no_songs_of_its_own_cannot_be_queued(
    spotify: Spotify, player: Player, linked: Seat, kind: str
) -> None:
    uri = next(iter(getattr(spotify.catalogue, f"{kind}s").values())).uri
    reply = await linked.run(f"/queue add what:{link(uri)}")
    assert reply.text.startswith("There is nothing in that to queue.")
    assert player.queue == []


async def test_a_withdrawn_song_is_said_to_be_one_perhaps(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    gone = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    reply = await linked.run(f"/queue add what:{link(gone.uri)}")
    assert "it may have been withdrawn" in reply.text
    assert player.queue == []


async def test_nothing_to_queue_behind(stage: Stage, spotify: Spotify) -> None:
    grace = await stage.link("grace")
    reply = await grace.run("/queue add what:lantern")
    assert reply.text.startswith("There is nothing to queue behind.")


async def test_it_is_queued_on_the_device_that_is_named(player: Player, linked: Seat) -> None:
    reply = await linked.run("/queue add what:lantern on:kitchen")
    assert reply.text.startswith("-# Queued on Kitchen Speaker\n")
    assert player.device is player.devices[1]
    assert len(player.queue) == 1


async def test_without_premium_nothing_is_queued(stage: Stage) -> None:
    linus = await stage.link("linus")
    assert "for Premium accounts only" in (await linus.run("/queue add what:lantern")).text


# ---- now


async def test_now_skips_to_it(spotify: Spotify, player: Player, linked: Seat) -> None:
    song = spotify.catalogue.stock[0]
    since = len(spotify.calls)
    reply = await linked.run(f"/queue add what:{link(song.uri)} now:true")
    assert player.item == song.uri
    assert player.queue == []
    assert "Playing on Ada's Laptop" in reply.text.splitlines()[0]
    assert song.name in reply.text
    assert spent(spotify, since) == [
        f"GET tracks/{song.id}",
        f"POST {QUEUE}",
        f"GET {QUEUE}",
        "POST me/player/next",
        "GET me/player",
    ]


@pytest.mark.parametrize(("others", "says"), [(1, "1 other comes"), (3, "3 others come")])
async def test_now_loses_nothing_that_was_queued_before(
    spotify: Spotify, player: Player, linked: Seat, others: int, says: str
) -> None:
    song, *rest = audible(spotify, 99)
    for uri in rest[:others]:
        player.enqueue(uri)
    playing = player.item
    reply = await linked.run(f"/queue add what:{link(song)} now:true")
    assert reply.text.startswith(f"-# Queued. {says} first, so nothing was skipped.\n")
    assert player.item == playing
    assert player.queue == [*rest[:others], song]


@pytest.mark.parametrize("late", [True, False])
async def test_now_skips_nothing_where_nobody_knows_what_comes_first(
    spotify: Spotify, player: Player, linked: Seat, late: bool
) -> None:
    song = spotify.catalogue.stock[-1]
    playing = player.item
    if late:
        spotify.late(2)
    else:
        spotify.rate_limit(48_925, times=None, quota=True, match=f"GET /v1/{QUEUE}")
    reply = await linked.run(f"/queue add what:{link(song.uri)} now:true")
    assert reply.text.startswith(
        "-# Queued. Spotify does not show yet where, so nothing was skipped.\n"
    )
    assert player.item == playing
    assert player.queue == [song.uri]


async def test_now_says_that_it_is_queued_where_the_skip_is_refused(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    spotify.faults.add(Fault("POST .*/next", act="reset", executed=True))
    reply = await linked.run("/queue add what:lantern now:true")
    assert reply.text.startswith("Queued. Spotify did not say whether that worked. Playing now")
    assert len(spotify.calls_of("POST", QUEUE)) == 1
    spotify.faults.add(refusing("POST .*/next"))
    reply = await linked.run("/queue add what:kitchen now:true")
    assert reply.text.startswith("Queued. Spotify does not allow that right now.")


async def test_now_with_several_plays_the_first(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    songs = audible(spotify, 3)
    what = " ".join(link(uri) for uri in songs)
    reply = await linked.run(f"/queue add what:{what} now:true")
    assert player.item == songs[0]
    assert player.queue == songs[1:]
    assert reply.text.startswith("-# Queued 3 songs, in order")
    assert "Playing on Ada's Laptop" in reply.text
    reply = await linked.run(f"/queue add what:{what} now:true")
    assert "2 others come first, so nothing was skipped" in reply.text


# ---- several


async def test_several_links_in_the_order_given_each_once(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    uris = [track.uri for track in reversed(spotify.catalogue.stock[:6]) if track.playable]
    what = " then ".join(link(uri) for uri in [*uris, uris[0]])
    reply = await linked.run(f"/queue add what:{what}")
    assert player.queue == uris
    assert reply.text == f"Queued {len(uris)} songs, in order."


async def test_of_more_than_ten_links_the_rest_is_left_out_and_that_is_said(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    uris = audible(spotify, 13)
    reply = await linked.run(f"/queue add what:{' '.join(map(link, uris))}")
    assert player.queue == uris[:10]
    assert reply.text == (
        "Queued 10 songs, in order. 3 more links were left out: it takes 10 at once."
    )


async def test_an_unknown_link_among_them_stops_it_before_anything_is_queued(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    song = link(spotify.catalogue.stock[0].uri)
    reply = await linked.run(f"/queue add what:{song} spotify:track:{'0' * 22}")
    assert "Spotify has nothing there" in reply.text
    assert player.queue == []


async def test_what_spotify_refuses_among_several_is_passed_over(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    songs = audible(spotify, 3)
    gone = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    what = " ".join(link(uri) for uri in (gone.uri, *songs))
    reply = await linked.run(f"/queue add what:{what}")
    assert player.queue == songs
    assert reply.text == "Queued 3 songs, in order; Spotify refused 1."


async def test_where_it_refuses_one_after_the_other_it_is_left_alone(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    songs = audible(spotify, 8)
    refused = refusing(f"POST .*/{QUEUE}", times=None)
    spotify.interrupt(f"POST /v1/{QUEUE}", lambda: spotify.faults.add(refused), after=1)
    reply = await linked.run(f"/queue add what:{' '.join(map(link, songs))}")
    assert reply.text.startswith("2 of 8 are queued, in order. ")
    assert player.queue == songs[:2]
    assert len(spotify.calls_of("POST", QUEUE)) == 5
