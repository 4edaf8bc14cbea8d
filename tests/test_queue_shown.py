"""Where queueing stops on the way, that is said; and what is queued can be seen."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, Reply, Seat
from sandbox.faults import Fault
from sandbox.readable import BUTTON, walk
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Track
from sandbox.stage import Stage
from tests.commands import audible, link, spent
from tests.heaps import confirmed, record

QUEUE = "me/player/queue"


# ---- where it stops


async def test_a_device_that_falls_asleep_on_the_way(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    songs = audible(spotify, 5)
    spotify.interrupt(f"POST /v1/{QUEUE}", player.fall_asleep, after=2)
    reply = await linked.run(f"/queue add what:{' '.join(map(link, songs))}")
    assert reply.text.startswith("2 of 5 are queued, in order. ")
    assert not [part for part in walk(reply.message) if part["type"] == BUTTON]
    assert player.queue == songs[:2]
    assert reply.ephemeral


async def test_a_quota_that_is_used_up_on_the_way(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    album = record(spotify)
    spotify.quota("POST /v1/me/player", 3, 3600)
    asked = await linked.run(f"/queue add what:{link(album.uri)}")
    reply = await confirmed(asked)
    assert f"3 of {len(album.tracks)} are queued, in order. This app has" in reply.text
    assert "in 1 hour" in reply.text
    assert player.queue == [track.uri for track in album.tracks[:3]]


@pytest.mark.parametrize("executed", [True, False])
@pytest.mark.parametrize("act", ["answer", "reset"])
async def test_an_outcome_that_is_unknown_on_the_way(
    spotify: Spotify, player: Player, linked: Seat, executed: bool, act: str
) -> None:
    songs = audible(spotify, 5)
    doubt = Fault(f"POST .*/{QUEUE}", act=act, executed=executed)  # type: ignore[arg-type]
    spotify.interrupt(f"POST /v1/{QUEUE}", lambda: spotify.faults.add(doubt))
    reply = await linked.run(f"/queue add what:{' '.join(map(link, songs))}")
    assert reply.text.startswith("1 of 5 is queued, in order. Spotify did not say whether that")
    assert "/queue show" in reply.text
    assert player.queue == songs[: 2 if executed else 1]


async def test_a_rate_limit_on_the_way_is_waited_out(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    songs = audible(spotify, 3)
    spotify.interrupt(f"POST /v1/{QUEUE}", lambda: spotify.rate_limit(1, match=QUEUE))
    reply = await linked.run(f"/queue add what:{' '.join(map(link, songs))}")
    assert reply.text == "Queued 3 songs, in order."
    assert player.queue == songs


async def test_a_double_press_queues_once(
    discord: Discord, spotify: Spotify, player: Player, linked: Seat
) -> None:
    album = record(spotify)
    reply = await linked.run(f"/queue add what:{link(album.uri)}")
    discord.duplicate_interactions = True
    one, other = await asyncio.gather(reply.press("Queue them"), reply.press("Queue them"))
    first = one if one.messages else other
    await first.until("in order")
    assert player.queue == [track.uri for track in album.tracks]


# ---- seeing it


def _numbered(reply: Reply) -> list[str]:
    return [line for line in reply.text.splitlines() if line.split(". ")[0].isdecimal()]


async def test_what_plays_and_all_that_comes_page_by_page(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.start(context=next(iter(spotify.world.playlists.values())).uri)
    coming = [spotify.catalogue.find(uri) for uri in player.coming()]
    since = len(spotify.calls)
    reply = await linked.run("/queue show")
    assert spent(spotify, since) == [f"GET {QUEUE}"]
    assert reply.text.splitlines()[0] == "### Now"
    first = _numbered(reply)
    assert len(first) == 10
    reply = await reply.press("▶️")
    lines = [*first, *_numbered(reply)]
    assert "Page 2 of 2" in reply.text
    for number, (song, line) in enumerate(zip(coming, lines, strict=True), start=1):
        assert isinstance(song, Track)
        assert line.startswith(f"{number}. [{song.name}]({link(song.uri)})")
    back = await reply.press("◀️")
    assert _numbered(back) == first
    player.enqueue(spotify.catalogue.stock[70].uri)
    assert spotify.catalogue.stock[70].name in _numbered(await back.press("🔄"))[0]


async def test_nothing_queued_and_nothing_playing(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.device = None
    reply = await linked.run("/queue show")
    assert "Nothing. Add something with /queue add." in reply.text
    assert _numbered(reply) == []


async def test_an_old_queue_shows_what_there_is_by_now(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.start(context=next(iter(spotify.world.playlists.values())).uri)
    reply = await linked.run("/queue show")
    await stage.stop()
    await stage.start()
    player.start(spotify.catalogue.stock[0].uri)
    reply = await reply.press("▶️")
    assert _numbered(reply) == []
    assert spotify.catalogue.stock[0].name in reply.text


async def test_somebody_else_who_presses_sees_their_own_alone(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    assert stage.bot is not None
    await stage.bot.replies.share(int(stage.discord.world.users["ada"].id), True)
    grace = await stage.link("grace")
    theirs = [track.uri for track in spotify.catalogue.stock[90:93]]
    spotify.accounts["grace"].player.start(*theirs)
    shown = await linked.run("/queue show")
    before = shown.text
    assert not shown.ephemeral
    reply = await grace.press(shown.message, "🔄")
    assert reply.ephemeral
    assert spotify.catalogue.stock[91].name in reply.text
    assert shown.text == before


@pytest.mark.parametrize("body", ["", "[]", '{"queue": null}', '{"queue": [null, 3, {}]}', "<p>"])
async def test_a_queue_that_makes_no_sense_is_no_bug(
    spotify: Spotify, player: Player, linked: Seat, body: str
) -> None:
    spotify.faults.add(Fault(f"GET .*/{QUEUE}$", status=200, body=body, times=None))
    assert "bug" not in (await linked.run("/queue show")).text
