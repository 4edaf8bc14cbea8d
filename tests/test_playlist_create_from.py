"""/playlist create with `from`: songs of what plays, the queue, a list of plays, likes or links."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Player, Playlist, Spotify
from tests.autocomplete_choices import choice_values


def _newest(spotify: Spotify) -> Playlist:
    playlist = spotify.accounts["ada"].playlists[0]
    assert playlist is not None
    return playlist


def _uris(spotify: Spotify) -> list[str | None]:
    return [item.uri for item in _newest(spotify).items]


async def test_each_source_gives_its_songs_once_and_in_order(
    spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    album, other = list(spotify.catalogue.albums.values())[:2]
    liked = [uri for uri, _ in spotify.accounts["ada"].liked if "local" not in uri]
    assert len(liked) < len(spotify.accounts["ada"].liked)
    link = f"https://open.spotify.com/album/{other.id}"
    songs = [track.uri for track in other.tracks]
    await linked_user.run(f"/queue add what:{songs[0]}")
    for source, first, count in (
        ("playing", [player.item], 1),
        ("queue", [player.item, songs[0], album.tracks[2].uri], None),
        ("liked", liked, len(liked)),
        (f"{songs[2]} {link} {songs[0]}", [songs[2], songs[0], songs[1]], len(songs)),
    ):
        reply = await linked_user.run(f"/playlist create name:Made from:{source}")
        uris = _uris(spotify)
        assert uris[: len(first)] == first, source
        assert len(set(uris)) == len(uris) == (count or len(uris)), source
        assert f"{len(uris)} song" in reply.text
    likes = await linked_user.run("/playlist create name:Made from:Your liked songs")
    assert "left out: unreadable, or files on a computer." in likes.text
    await linked_user.run("/undo")
    assert _newest(spotify).name == "Made"
    for source in ("recent", "top"):
        await linked_user.run(f"/playlist create name:By {source} from:{source}")
        assert _newest(spotify).items
    assert "liked" in choice_values(await linked_user.autocomplete("/playlist create from:li"))


async def test_nothing_is_created_from_an_empty_or_unknown_source(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.liked.clear()
    ada.player.device = None
    before = list(ada.playlists)
    for source, sentence in (
        ("liked", "There are no songs in that, so I made no playlist."),
        ("playing", "Nothing is playing."),
        ("whatever", "I can’t make a playlist from that."),
        (next(iter(spotify.catalogue.artists.values())).uri, "I can’t add that to a playlist."),
    ):
        reply = await linked_user.run(f"/playlist create name:Made from:{source}")
        assert sentence in reply.text
    assert ada.playlists == before


async def test_lost_answer_while_filling_is_looked_up_and_not_repeated(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(250)
    total = len([uri for uri, _ in spotify.accounts["ada"].liked if "local" not in uri])
    path = "POST .*/playlists/.*/items$"
    spotify.faults.add(Fault(path, status=502, body="bad", runs_first=True))
    reply = await linked_user.run("/playlist create name:Made from:liked")
    assert f"{total} songs" in reply.text
    assert len(set(_uris(spotify))) == len(_uris(spotify)) == total
    spotify.faults.add(Fault(path, status=502, body="bad"))
    stopped = await linked_user.run("/playlist create name:Made from:liked")
    assert f"Only 0 of {total} songs went in." in stopped.text
    assert not _uris(spotify)
    assert "Deleted **Made**." in (await linked_user.run("/undo")).text
