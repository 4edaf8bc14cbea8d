"""Every write of the client, with the state that it needs and the state that it leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.spotify import Spotify
from bot.spotify.links import find_links
from bot.spotify.player import RepeatMode
from bot.spotify.uris import Uri
from sandbox.spotify import Playlist
from sandbox.spotify import Spotify as FakeSpotify

ANY_WRITE_CALL = "^(PUT|POST|DELETE) /v1/"


@dataclass(frozen=True)
class WriteCase:
    """A way to call a method of the client.

    method      its name, such as "player.next"
    repeatable  whether doing it twice changes nothing
    playing     whether music is on before
    again       what the second time ends in, where Spotify refuses it
    """

    method: str
    call: Callable[[Spotify, FakeSpotify], Awaitable[object]]
    repeatable: bool = False
    needs_playback: bool = False
    repeat_result: str = "done"

    def prepare(self, fake: FakeSpotify) -> None:
        if self.needs_playback:
            fake.accounts["ada"].player.resume()


def link_uri(text: str) -> Uri:
    found = find_links(text)[0]
    assert isinstance(found, Uri)
    return found


def track_uri(fake: FakeSpotify, number: int = 100) -> Uri:
    return link_uri(fake.catalogue.regular_tracks[number].uri)


def track_uri_range(fake: FakeSpotify, start: int, count: int) -> list[Uri]:
    return [track_uri(fake, number) for number in range(start, start + count)]


def own_playlist(fake: FakeSpotify) -> Playlist:
    """A playlist of Ada's."""
    return next(
        playlist for playlist in fake.playlists.values() if playlist.name == "Harbour Evenings"
    )


def own_playlist_uri(fake: FakeSpotify) -> Uri:
    return link_uri(own_playlist(fake).uri)


def album_uri(fake: FakeSpotify) -> Uri:
    return link_uri(list(fake.catalogue.albums.values())[3].uri)


def device_id(fake: FakeSpotify, number: int) -> str:
    return fake.accounts["ada"].player.devices[number].id or ""


WRITE_CASES = (
    WriteCase("player.play", lambda s, p: s.player.play(track_uri(p), position_ms=30_000)),
    WriteCase("player.play_context", lambda s, p: s.player.play_context(album_uri(p), offset=1)),
    WriteCase("player.resume", lambda s, _: s.player.resume()),
    WriteCase(
        "player.pause",
        lambda s, _: s.player.pause(),
        repeatable=True,
        needs_playback=True,
        repeat_result="PlayerRestricted",
    ),
    WriteCase("player.next", lambda s, _: s.player.next()),
    WriteCase("player.previous", lambda s, _: s.player.previous(), needs_playback=True),
    WriteCase("player.seek", lambda s, _: s.player.seek(70_000)),
    WriteCase(
        "player.set_repeat", lambda s, _: s.player.set_repeat(RepeatMode.CONTEXT), repeatable=True
    ),
    WriteCase("player.set_shuffle", lambda s, _: s.player.set_shuffle(True), repeatable=True),
    WriteCase("player.set_volume", lambda s, _: s.player.set_volume(7), repeatable=True),
    WriteCase("player.add_to_queue", lambda s, p: s.player.add_to_queue(track_uri(p))),
    WriteCase("player.transfer", lambda s, p: s.player.transfer(device_id(p, 1), play=True)),
    WriteCase(
        "library.save", lambda s, p: s.library.save(*track_uri_range(p, 100, 3)), repeatable=True
    ),
    WriteCase(
        "library.remove", lambda s, p: s.library.remove(*track_uri_range(p, 9, 3)), repeatable=True
    ),
    WriteCase("playlists.create", lambda s, _: s.playlists.create("Ropes")),
    WriteCase("playlists.edit", lambda s, p: s.playlists.edit(own_playlist_uri(p), name="Ropes")),
    WriteCase(
        "playlists.add",
        lambda s, p: s.playlists.add(own_playlist_uri(p), *track_uri_range(p, 100, 3), position=0),
    ),
    WriteCase(
        "playlists.remove",
        lambda s, p: s.playlists.remove(own_playlist_uri(p), *track_uri_range(p, 0, 1)),
    ),
    WriteCase("playlists.reorder", lambda s, p: s.playlists.reorder(own_playlist_uri(p), 0, 9)),
    WriteCase(
        "playlists.replace",
        lambda s, p: s.playlists.replace(own_playlist_uri(p), *track_uri_range(p, 100, 3)),
    ),
)


def account_state(fake: FakeSpotify) -> object:
    """Ada's data that these writes can change; times are rounded."""
    ada = fake.accounts["ada"]
    player = ada.player
    return (
        (player.item, player.is_playing, player.progress // 30_000, tuple(player.queue)),
        (player.repeat, player.shuffle, player.device and player.device.id, player.context),
        tuple(device.volume for device in player.devices),
        tuple(saved for saved, _ in ada.liked),
        tuple(
            (playlist.name, tuple(entry.uri for entry in playlist.items))
            for playlist in ada.playlists
            if playlist
        ),
    )
