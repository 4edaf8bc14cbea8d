"""Commands with links to liked songs, a search, a song in an album, or a position."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import spotify_url
from tests.list_components import option_ids

OPEN = "https://open.spotify.com"


async def test_what_follows_the_id_does_not_matter(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    track = spotify.catalogue.regular_tracks[5]
    artist = spotify_url(track.artists[0].uri)
    for link, uri in (
        (f"{spotify_url(track.uri)}&si=x", track.uri),
        (f"{spotify_url(track.uri)}/lyrics", track.uri),
        (f"{artist}/discography/all", track.artists[0].uri),
        (f"{artist}/related。", track.artists[0].uri),
        (f"{spotify_url(track.album.uri)}?highlight={track.uri}", track.uri),
    ):
        player.play(spotify.catalogue.regular_tracks[0].uri)
        assert "Playing" in (await linked_user.run(f"/play what:{link}")).text
        assert uri in (player.item, player.context), link


async def test_link_to_liked_songs_plays_them(spotify: Spotify, linked_user: UserClient) -> None:
    account = spotify.accounts["ada"]
    for link in (f"{OPEN}/collection/tracks", f"{OPEN}/collection", "spotify:user:x:collection"):
        account.player.play(spotify.catalogue.regular_tracks[0].uri)
        reply = await linked_user.run(f"/play what:{link}")
        assert "liked songs" in reply.text
        assert account.player.item == account.liked[0][0], link
        assert (
            "can’t queue your liked songs"
            in (await linked_user.run(f"/queue add what:{link}")).text
        )
        assert "can’t list" in (await linked_user.run(f"/search query:{link}")).text


async def test_link_to_a_search_is_a_search(spotify: Spotify, linked_user: UserClient) -> None:
    shown = await linked_user.run("/search query:paper lantern")
    (link,) = [url for url in shown.link_buttons.values() if "/search/" in url]
    again = await linked_user.run(f"/search query:{link}")
    assert option_ids(again) == option_ids(shown)
    assert "Songs for “paper lantern”" in again.text
    albums = await linked_user.run(f"/search query:{OPEN}/search/lantern/albums")
    assert "Albums for “lantern”" in albums.text
    await linked_user.run(f"/play what:{link}")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{option_ids(shown)[0]}"
    nothing = await linked_user.run(f"/play what:{OPEN}/search/xyzzyplugh")
    assert "found nothing" in nothing.text


async def test_link_to_a_minute_starts_there(
    spotify: Spotify, player: Player, ada: UserClient
) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    track = spotify.catalogue.regular_tracks[5]
    for link, uri, seconds in (
        (f"{spotify_url(episode.uri)}?t=61", episode.uri, 61),
        (f"{spotify_url(episode.uri)}#1:01", episode.uri, 61),
        (f"{spotify_url(track.uri)}?si=a#0:31", track.uri, 31),
        # Spotify would go on with the next item there.
        (f"{spotify_url(track.uri)}?t=9000", track.uri, 0),
    ):
        reply = await ada.run(f"/play what:{link}")
        assert (player.item, player.progress // 1000) == (uri, seconds), link
        start = f"Playing from {seconds // 60}:{seconds % 60:02}"
        past_end = "Playing from the start, since the link’s time is past the end"
        assert (start if seconds else past_end) in reply.text


async def test_list_of_a_link_plays_from_its_minute(
    harness: Harness, spotify: Spotify, player: Player, ada: UserClient
) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    listed = await ada.run(f"/search query:{spotify_url(episode.uri)}?t=61")
    await harness.restart()
    await listed.press("Play from 1:01")
    assert (player.item, player.progress // 1000) == (episode.uri, 61)


async def test_start_of_a_link_survives_the_question_for_a_device(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    player.device = None
    episode = next(iter(spotify.catalogue.episodes.values()))
    question = await linked_user.run(f"/play what:{spotify_url(episode.uri)}?t=61")
    await question.pick(player.devices[0].name)
    assert (player.item, player.progress // 1000) == (episode.uri, 61)


async def test_number_that_is_no_id_costs_no_call(
    spotify: Spotify, linked_user: UserClient
) -> None:
    calls = len(spotify.calls)
    for command in ("/play what", "/queue add what", "/search query"):
        reply = await linked_user.run(f"{command}:{OPEN}/album/{'Z' * 22}")
        assert "album link is incomplete or mistyped" in reply.text
        reply = await linked_user.run(f"{command}:https://link.tospotify.com/abc")
        assert "no longer work" in reply.text
    assert len(spotify.calls) == calls
    assert spotify.lookups == []


async def test_part_of_a_link_is_not_searched_for(
    spotify: Spotify, linked_user: UserClient
) -> None:
    item_id = spotify.catalogue.regular_tracks[5].id
    calls = len(spotify.calls)
    for text in (
        f"track/{item_id}",
        item_id,
        f"intent://open.spotify.com/track/{item_id}",
        "spotify:something:else",
        "open.spotify.com",
        "www.example.test",
        "music.example.com/watch?v=1",
    ):
        for command in ("/play what", "/queue add what", "/search query"):
            reply = await linked_user.run(f"{command}:{text}")
            assert "Paste the whole link from open.spotify.com" in reply.text, text
    assert len(spotify.calls) == calls
