"""What is played, and what is said of it: what happened at Spotify."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Spotify
from tests.commands import link, spent


async def test_playing_words_plays_the_best_match_and_shows_it(
    spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/play what:lantern weather")
    player = spotify.accounts["ada"].player
    assert player.is_playing
    assert player.item is not None
    assert link(player.item) in reply.text
    assert "Playing" in reply.text
    assert "Spotify" in reply.text
    assert reply.ephemeral


async def test_a_track_plays_inside_its_album_so_that_music_goes_on(
    spotify: Spotify, linked: Seat
) -> None:
    track = spotify.catalogue.stock[0]
    await linked.run(f"/play what:{link(track.uri)}")
    player = spotify.accounts["ada"].player
    assert player.item == track.uri
    assert player.context == track.album.uri


@pytest.mark.parametrize("kind", ["album", "artist", "playlist", "show", "audiobook", "episode"])
@pytest.mark.parametrize("form", ["link", "uri"])
async def test_every_kind_can_be_played_from_a_link_or_a_uri(
    spotify: Spotify, linked: Seat, kind: str, form: str
) -> None:
    shelf = (
        spotify.world.playlists if kind == "playlist" else getattr(spotify.catalogue, f"{kind}s")
    )
    uri = next(iter(shelf.values())).uri
    reply = await linked.run(f"/play what:{uri if form == 'uri' else link(uri)}")
    player = spotify.accounts["ada"].player
    assert (player.item if kind == "episode" else player.context) == uri
    assert player.is_playing
    assert link(uri) in reply.text


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("https://open.spotify.com/concert/4uLU6hMCjMI75M1A2tKUQC", "Paste a link to a track"),
        ("https://open.spotify.com/track/short", "incomplete or mistyped"),
        ("https://example.test/track/4uLU6hMCjMI75M1A2tKUQC", "does not lead to Spotify"),
        ("spotify:track:0000000000000000000000", "Spotify has nothing there"),
        ("xyzzyplugh", "found nothing"),
    ],
)
async def test_what_cannot_be_played_is_said_and_nothing_plays(
    spotify: Spotify, linked: Seat, what: str, says: str
) -> None:
    assert says in (await linked.run(f"/play what:{what}")).text
    assert not spotify.accounts["ada"].player.is_playing


async def test_words_cost_a_look_at_ones_playlists_once_a_search_and_a_command(
    spotify: Spotify, linked: Seat
) -> None:
    since = len(spotify.calls)
    await linked.run("/play what:lantern weather")
    assert spent(spotify, since) == ["GET me/playlists", "GET search", "PUT me/player/play"]
    since = len(spotify.calls)
    await linked.run("/play what:kitchen light")
    assert spent(spotify, since) == ["GET search", "PUT me/player/play"]


@pytest.mark.parametrize(
    "name", ["Harbour Evenings", "HARBOUR evenings", "=SUM(1) @everyone **mix**", "w" * 180]
)
async def test_ones_own_playlist_is_found_by_its_whole_name(
    spotify: Spotify, linked: Seat, name: str
) -> None:
    if name.startswith("w"):
        spotify.world.add_playlist(name, "ada", spotify.catalogue.stock[0].uri)
    wanted = {one.name.casefold(): one for one in spotify.world.playlists.values()}
    since = len(spotify.calls)
    reply = await linked.run(f"/play what:{name}")
    assert spotify.accounts["ada"].player.context == wanted[name.casefold()].uri
    assert spent(spotify, since) == ["GET me/playlists", "PUT me/player/play"]
    assert "@everyone" not in reply.text
    assert not reply.message["mention_everyone"]


async def test_where_ones_playlists_cannot_be_read_songs_are_looked_for(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.rate_limit(48_925, times=None, quota=True, match="GET /v1/me/playlists$")
    reply = await linked.run("/play what:lantern weather")
    assert reply.text.startswith(
        "-# Playing. Your playlists could not be read, so this is a song.\n"
    )


@pytest.mark.parametrize("words", ["liked", "Liked Songs"])
async def test_the_liked_songs_are_played_newest_first(
    spotify: Spotify, linked: Seat, words: str
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked = ada.liked[:5]
    reply = await linked.run(f"/play what:{words}")
    assert reply.text == "Playing your 5 liked songs."
    assert ada.player.item == ada.liked[0][0]
    assert ada.player.coming() == [uri for uri, _ in ada.liked[1:]]


async def test_as_many_liked_songs_as_one_call_takes_and_that_is_said(
    spotify: Spotify, linked: Seat
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked.clear()
    ada.like_many(260)
    ada.liked[3:3] = [(uri, None) for uri in spotify.catalogue.local]
    since = len(spotify.calls)
    reply = await linked.run("/play what:liked")
    total = 260 + len(spotify.catalogue.local)
    assert reply.text == (
        f"Playing your {200 - len(spotify.catalogue.local)} newest liked songs of {total}. "
        "Spotify takes no more at once."
    )
    heard = [uri for uri, _ in ada.liked[:200] if ":local:" not in uri]
    assert ada.player.item == heard[0]
    (command,) = spotify.calls_of("PUT", "me/player/play")
    assert command.executed
    assert ada.player.coming() == heard[1:21]
    assert len(spent(spotify, since)) == 5  # four pages and the command


@pytest.mark.parametrize(
    ("count", "says"), [(200, "your 200 liked songs"), (1, "your 1 liked song")]
)
async def test_all_of_them_are_all_of_them(
    spotify: Spotify, linked: Seat, count: int, says: str
) -> None:
    spotify.accounts["ada"].liked.clear()
    spotify.accounts["ada"].like_many(count)
    assert (await linked.run("/play what:liked")).text == f"Playing {says}."


@pytest.mark.parametrize("local", [True, False])
async def test_no_liked_song_that_can_be_played(
    spotify: Spotify, linked: Seat, local: bool
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked = [(uri, None) for uri in spotify.catalogue.local] if local else []
    reply = await linked.run("/play what:liked")
    assert reply.text.startswith("You have no liked songs")
    assert not spotify.calls_of("PUT", "me/player/play")


async def test_a_withdrawn_track_is_said_to_be_one_perhaps(spotify: Spotify, linked: Seat) -> None:
    gone = next(track for track in spotify.catalogue.tracks.values() if not track.playable)
    before = spotify.accounts["ada"].player.item
    reply = await linked.run(f"/play what:{link(gone.uri)}")
    assert reply.text == (
        "Spotify refused it: it may have been withdrawn. Look for another one with /search."
    )
    assert spotify.accounts["ada"].player.item == before


async def test_a_chapter_of_an_audiobook_is_nothing_that_spotify_names(
    spotify: Spotify, linked: Seat
) -> None:
    book = next(iter(spotify.catalogue.audiobooks.values()))
    reply = await linked.run(f"/play what:{link(book.uri)}")
    assert spotify.accounts["ada"].player.item == book.chapters[0].uri
    assert book.name in reply.text
    assert (await linked.run("/pause")).text == "Paused."


# ---- nothing to play: going on


async def test_nothing_asked_for_is_to_go_on(spotify: Spotify, linked: Seat) -> None:
    since = len(spotify.calls)
    reply = await linked.run("/play")
    assert spotify.accounts["ada"].player.is_playing
    assert reply.text.startswith("-# Playing on Ada's Laptop\n")
    assert spent(spotify, since) == ["PUT me/player/play", "GET me/player"]
    reply = await linked.run("/play")
    assert reply.text.startswith("-# Already playing on Ada's Laptop\n")


async def test_to_go_on_shuffled(spotify: Spotify, linked: Seat) -> None:
    await linked.run("/play shuffle:true")
    assert spotify.accounts["ada"].player.shuffle
    assert spotify.accounts["ada"].player.is_playing


@pytest.mark.parametrize("shuffle", [True, False])
async def test_what_is_played_can_be_shuffled(
    spotify: Spotify, linked: Seat, shuffle: bool
) -> None:
    player = spotify.accounts["ada"].player
    player.set_shuffle(not shuffle)
    album = next(iter(spotify.catalogue.albums.values()))
    await linked.run(f"/play what:{link(album.uri)} shuffle:{str(shuffle).lower()}")
    assert player.shuffle is shuffle
    assert player.context == album.uri


async def test_what_plays_now_need_not_be_one_to_shuffle(spotify: Spotify, linked: Seat) -> None:
    """It is what comes that is to be shuffled."""
    player = spotify.accounts["ada"].player
    player.forbid("toggling_shuffle")
    spotify.interrupt("PUT /v1/me/player/play$", player.forbid)
    album = next(iter(spotify.catalogue.albums.values()))
    await linked.run(f"/play what:{link(album.uri)} shuffle:true")
    assert player.shuffle
    assert player.context == album.uri
