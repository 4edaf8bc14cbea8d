"""Queueing an album or playlist asks for confirmation, and queues exactly what it announced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.message_text import controls
from sandbox.spotify import Player, Spotify, WrongTotals
from sandbox.spotify.catalogue import Album
from tests.bulk_queue import confirm_queue, create_playlist, playable_album
from tests.command_assertions import final_reply, spotify_url


async def test_album_is_queued_in_order_after_confirmation(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = playable_album(spotify)
    tracks = [track.uri for track in album.tracks]
    reply = await linked_user.run(f"/queue add what:{spotify_url(album.uri)}")
    count = len(tracks)
    assert (
        f"That’s {count} songs. Once queued they can’t be removed, and this uses {count + 1} of"
        in reply.text
    )
    assert album.name in reply.text
    assert player.queue == []
    since = len(spotify.calls)
    result = await confirm_queue(reply)
    assert player.queue == tracks
    assert f"\nQueued {count} songs, in order.\n" in result.text
    assert not controls(result.message), "the buttons are removed"
    assert len(spotify.calls) - since == count + 1


@pytest.mark.parametrize("now", [True, False])
async def test_confirmation_survives_a_restart(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient, now: bool
) -> None:
    album = playable_album(spotify)
    reply = await linked_user.run(
        f"/queue add what:{spotify_url(album.uri)} now:{str(now).lower()}"
    )
    await harness.restart()
    result = await confirm_queue(reply)
    first, *rest = [track.uri for track in album.tracks]
    assert player.queue == (rest if now else [first, *rest])
    assert (player.item == first) is now
    assert f"Queued {len(rest) + 1} songs, in order" in result.text


@pytest.mark.parametrize(
    ("track_count", "queued_count"), [(1, 1), (50, 50), (60, 60), (100, 100), (130, 100)]
)
async def test_playlist_makes_announced_number_of_calls(
    spotify: Spotify, player: Player, linked_user: UserClient, track_count: int, queued_count: int
) -> None:
    reply = await linked_user.run(
        f"/queue add what:{create_playlist(spotify, 'Long', track_count)}"
    )
    announcement = f"That’s {queued_count} song{'s' if queued_count > 1 else ''}"
    if track_count > queued_count:
        announcement = f"That’s the first {queued_count} of {track_count} songs"
    assert announcement in reply.text
    calls = int(reply.text.split("this uses ")[1].split(" ")[0])
    since = len(spotify.calls)
    result = await confirm_queue(reply)
    assert len(player.queue) == queued_count
    assert (
        "Queued" if queued_count == 1 else f"Queued {queued_count} songs, in order"
    ) in result.text
    assert abs(len(spotify.calls) - since - calls) <= 1


async def test_own_playlist_by_name_asks_for_confirmation(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/queue add what:Harbour Evenings")
    assert "Harbour Evenings" in reply.text
    await confirm_queue(reply)
    assert len(player.queue) == 44


async def test_unqueueable_playlist_items_are_skipped(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """The playlist contains a null, a local file, an episode and withdrawn tracks."""
    reply = await confirm_queue(await linked_user.run("/queue add what:Hard to Print"))
    assert "\nQueued " in reply.text
    playlist = next(
        candidate
        for candidate in spotify.state.playlists.values()
        if candidate.name == "Hard to Print"
    )
    uris = [item.uri for item in playlist.items if item.uri and ":local:" not in item.uri]
    assert player.queue == [uri for uri in uris if spotify.state.is_playable(uri)]


async def test_empty_playlist_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    playlist = spotify.state.add_playlist("Empty", "ada")
    reply = await linked_user.run(f"/queue add what:{spotify_url(playlist.uri)}")
    assert reply.text.startswith("There is nothing in that to queue")


async def test_playlist_that_counts_no_songs_is_looked_into(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for track_count, announcement in ((12, "That’s 12 songs"), (70, "up to 100 songs")):
        player.queue.clear()
        link = create_playlist(spotify, "Long", track_count)
        for pattern in ("GET .*/playlists/[^/]*$", "GET .*/playlists/[^/]*/items$"):
            spotify.on(pattern, WrongTotals([0]), times=None)
        reply = await linked_user.run(f"/queue add what:{link}")
        assert announcement in reply.text
        await confirm_queue(reply)
        assert len(player.queue) == track_count


async def test_confirmation_is_private_with_shared_replies(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    await harness.bot.services.reply_visibility.share(
        int(harness.discord.state.users["ada"].id), True
    )
    reply = await linked_user.run(f"/queue add what:{spotify_url(playable_album(spotify).uri)}")
    assert reply.ephemeral
    assert len(reply.messages) == 1
    assert (await confirm_queue(reply)).ephemeral
    assert not (await linked_user.run("/queue add what:lantern")).ephemeral


async def test_confirmation_without_device_asks_for_device(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = playable_album(spotify)
    confirmation = await linked_user.run(f"/queue add what:{spotify_url(album.uri)} now:true")
    player.device = None
    question = await confirm_queue(confirmation)
    assert "Which device should I use" in question.text
    assert album.name in question.text
    result = await final_reply(await question.pick("Kitchen Speaker"))
    first, *rest = [track.uri for track in album.tracks]
    assert (player.item, player.queue) == (first, rest)
    assert f"Queued {len(album.tracks)} songs, in order" in result.text


async def test_omitted_links_are_reported_with_confirmation(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = [album.uri for album in list(spotify.catalogue.albums.values())[:12]]
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert "2 more links were left out" in reply.text


# ---- hostile names, which the bot parses back from its message


def _create_hostile_album(spotify: Spotify, number: int, name: str) -> Album:
    """An album of two tracks that all have this name; `number` makes their IDs unique."""
    template = spotify.catalogue.regular_tracks[50]
    id_ = f"1hostile{number:013}"
    album = replace(playable_album(spotify), id=f"{id_}0", name=name, tracks=[])
    for position in (1, 2):
        track = replace(template, id=f"{id_}{position}", name=name, album=album, number=position)
        album.tracks.append(track)
        spotify.catalogue.tracks[track.id] = track
    spotify.catalogue.albums[album.id] = album
    return album


HOSTILE_NAMES = [
    "spotify:track:{id}",
    "https://open.spotify.com/track/{id}",
    "a](https://open.spotify.com/track/{id})",
    "](https://open.spotify.com/track/{id})[b",
    "\\](https://open.spotify.com/track/{id})",
    "**@everyone** <@1> discord.gg/x",
    "\u202eabc\u200b",
    "[[[[((((" * 20,
]


def _hostile_albums(spotify: Spotify) -> list[Album]:
    id_ = spotify.catalogue.regular_tracks[30].id
    return [
        _create_hostile_album(spotify, number, name.format(id=id_))
        for number, name in enumerate(HOSTILE_NAMES)
    ]


async def test_hostile_name_is_not_parsed_as_item(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uri = spotify.catalogue.regular_tracks[2].uri
    for album in _hostile_albums(spotify):
        reply = await linked_user.run(
            f"/queue add what:{spotify_url(uri)} {spotify_url(album.uri)}"
        )
        assert "@everyone" not in reply.text
        await confirm_queue(reply)
        assert player.queue == [uri, *(track.uri for track in album.tracks)], album.name
        player.queue.clear()


async def test_hostile_name_is_not_parsed_as_item_in_device_question(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for album in _hostile_albums(spotify):
        uris = [album.tracks[0].uri, spotify.catalogue.regular_tracks[2].uri]
        player.device = None
        reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
        assert "Which device should I use" in reply.text
        assert "@everyone" not in reply.text
        await final_reply(await reply.pick("Kitchen Speaker"))
        assert player.queue == uris, album.name
        player.queue.clear()


async def test_ten_long_names_fit_device_question(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for number in range(10):
        track = replace(
            spotify.catalogue.regular_tracks[50],
            id=f"1hostile{number:014}",
            name="*" * 200,
            artists=(replace(spotify.catalogue.regular_tracks[0].artists[0], name="@" * 200),),
        )
        spotify.catalogue.tracks[track.id] = track
    uris = [f"spotify:track:1hostile{number:014}" for number in range(10)]
    player.device = None
    reply = await linked_user.run(f"/queue add what:{' '.join(uris)}")
    await final_reply(await reply.pick("Kitchen Speaker"))
    assert player.queue == uris
