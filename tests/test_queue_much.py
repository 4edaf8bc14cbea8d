"""A whole album or playlist is asked about first, and what was asked about is what is queued."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.discord import Seat
from sandbox.readable import controls
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Album
from sandbox.stage import Stage
from tests.commands import link, settled
from tests.heaps import big, confirmed, record


async def test_an_album_is_asked_about_and_then_queued_in_order(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    album = record(spotify)
    tracks = [track.uri for track in album.tracks]
    reply = await linked.run(f"/queue add what:{link(album.uri)}")
    count = len(tracks)
    assert f"That is {count} songs, and {count + 1} calls to Spotify" in reply.text
    assert album.name in reply.text
    assert player.queue == []
    since = len(spotify.calls)
    done = await confirmed(reply)
    assert player.queue == tracks
    assert f"\nQueued {count} songs, in order.\n" in done.text
    assert not controls(done.message), "it cannot be pressed twice"
    assert len(spotify.calls) - since == count + 1


@pytest.mark.parametrize("now", [True, False])
async def test_the_answer_may_come_after_a_restart(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat, now: bool
) -> None:
    album = record(spotify)
    reply = await linked.run(f"/queue add what:{link(album.uri)} now:{str(now).lower()}")
    await stage.stop()
    await stage.start()
    done = await confirmed(reply)
    first, *rest = [track.uri for track in album.tracks]
    assert player.queue == (rest if now else [first, *rest])
    assert (player.item == first) is now
    assert f"Queued {len(rest) + 1} songs, in order" in done.text


@pytest.mark.parametrize(("songs", "asked"), [(1, 1), (50, 50), (60, 60), (100, 100), (130, 100)])
async def test_a_playlist_costs_what_was_said(
    spotify: Spotify, player: Player, linked: Seat, songs: int, asked: int
) -> None:
    reply = await linked.run(f"/queue add what:{big(spotify, 'Long', songs)}")
    said = f"That is {asked} song{'s' if asked > 1 else ''}"
    if songs > asked:
        said = f"That is the first {asked} of {songs} songs"
    assert said in reply.text
    calls = int(reply.text.split(f"{said}, and ")[1].split(" ")[0])
    since = len(spotify.calls)
    done = await confirmed(reply)
    assert len(player.queue) == asked
    assert ("Queued" if asked == 1 else f"Queued {asked} songs, in order") in done.text
    assert abs(len(spotify.calls) - since - calls) <= 1


async def test_ones_own_playlist_by_name_is_asked_about(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    reply = await linked.run("/queue add what:Harbour Evenings")
    assert "Harbour Evenings" in reply.text
    await confirmed(reply)
    assert len(player.queue) == 44


async def test_what_cannot_be_queued_of_a_playlist_is_passed_over(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    """It holds a null, a local file, an episode, and withdrawn songs perhaps."""
    reply = await confirmed(await linked.run("/queue add what:Hard to Print"))
    assert "\nQueued " in reply.text
    playlist = next(one for one in spotify.world.playlists.values() if one.name == "Hard to Print")
    uris = [one.uri for one in playlist.items if one.uri and ":local:" not in one.uri]
    assert player.queue == [uri for uri in uris if spotify.world.sounds(uri)]


async def test_a_playlist_that_cannot_be_read_is_not_asked_about(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    theirs = spotify.world.add_playlist("Mine alone", "grace", spotify.catalogue.stock[0].uri)
    reply = await linked.run(f"/queue add what:{link(theirs.uri)}")
    assert "it must be your own" in reply.text


async def test_an_empty_playlist_is_nothing_to_queue(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    empty = spotify.world.add_playlist("Empty", "ada")
    reply = await linked.run(f"/queue add what:{link(empty.uri)}")
    assert reply.text.startswith("There is nothing in that to queue.")


async def test_the_question_is_private_where_replies_are_shared(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    assert stage.bot is not None
    await stage.bot.replies.share(int(stage.discord.world.users["ada"].id), True)
    reply = await linked.run(f"/queue add what:{link(record(spotify).uri)}")
    assert reply.ephemeral
    assert len(reply.messages) == 1
    assert (await confirmed(reply)).ephemeral
    assert not (await linked.run("/queue add what:lantern")).ephemeral


async def test_where_no_device_is_awake_the_answer_leads_to_that_question(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    album = record(spotify)
    asked = await linked.run(f"/queue add what:{link(album.uri)} now:true")
    player.device = None
    reply = await confirmed(asked)
    assert "Choose where to do that" in reply.text
    assert album.name in reply.text
    done = await settled(await reply.pick("Kitchen Speaker"))
    first, *rest = [track.uri for track in album.tracks]
    assert (player.item, player.queue) == (first, rest)
    assert f"Queued {len(album.tracks)} songs, in order" in done.text


async def test_links_left_out_are_told_with_the_question(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    uris = [one.uri for one in list(spotify.catalogue.albums.values())[:12]]
    reply = await linked.run(f"/queue add what:{' '.join(map(link, uris))}")
    assert "2 more links were left out" in reply.text


# ---- names that are made to be read back


def _hostile(spotify: Spotify, name: str) -> Album:
    """An album of this name, whose songs have it, too."""
    other = spotify.catalogue.stock[50]
    album = replace(record(spotify), id="1hostile" + "0" * 14, name=name, tracks=[])
    for number in range(2):
        song = replace(
            other, id=f"1hostile{number + 1:014}", name=name, album=album, number=number + 1
        )
        album.tracks.append(song)
        spotify.catalogue.tracks[song.id] = song  # type: ignore[index]
    spotify.catalogue.albums[album.id] = album  # type: ignore[index]
    return album


HOSTILE = [
    "spotify:track:{id}",
    "https://open.spotify.com/track/{id}",
    "a](https://open.spotify.com/track/{id})",
    "](https://open.spotify.com/track/{id})[b",
    "\\](https://open.spotify.com/track/{id})",
    "**@everyone** <@1> discord.gg/x",
    "\u202eabc\u200b",
    "[[[[((((" * 20,
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_name_is_taken_for_what_is_to_be_queued(
    spotify: Spotify, player: Player, linked: Seat, name: str
) -> None:
    album = _hostile(spotify, name.format(id=spotify.catalogue.stock[30].id))
    song = spotify.catalogue.stock[2]
    reply = await linked.run(f"/queue add what:{link(song.uri)} {link(album.uri)}")
    assert "@everyone" not in reply.text
    await confirmed(reply)
    assert player.queue == [song.uri, *(track.uri for track in album.tracks)]


@pytest.mark.parametrize("name", HOSTILE)
async def test_nor_where_a_device_is_asked_for(
    spotify: Spotify, player: Player, linked: Seat, name: str
) -> None:
    album = _hostile(spotify, name.format(id=spotify.catalogue.stock[30].id))
    songs = [album.tracks[0].uri, spotify.catalogue.stock[2].uri]
    player.device = None
    reply = await linked.run(f"/queue add what:{' '.join(map(link, songs))}")
    assert "Choose where to do that" in reply.text
    assert "@everyone" not in reply.text
    await settled(await reply.pick("Kitchen Speaker"))
    assert player.queue == songs


async def test_ten_long_names_fit_where_a_device_is_asked_for(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    for number in range(10):
        song = replace(
            spotify.catalogue.stock[50],
            id=f"1hostile{number:014}",
            name="*" * 200,
            artists=(replace(spotify.catalogue.stock[0].artists[0], name="@" * 200),),
        )
        spotify.catalogue.tracks[song.id] = song  # type: ignore[index]
    songs = [f"spotify:track:1hostile{number:014}" for number in range(10)]
    player.device = None
    reply = await linked.run(f"/queue add what:{' '.join(songs)}")
    await settled(await reply.pick("Kitchen Speaker"))
    assert player.queue == songs
