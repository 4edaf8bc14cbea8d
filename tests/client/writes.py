"""Every write of the client, with what has to be so before it; and what it leaves behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.spotify import Spotify
from bot.spotify.uris import Uri, find
from sandbox.spotify import Playlist
from sandbox.spotify import Spotify as Pretend

WRITES = "^(PUT|POST|DELETE) /v1/"


@dataclass(frozen=True)
class Write:
    """A way to call a method of a chapter.

    method      its name, such as "player.next"
    repeatable  whether doing it twice changes nothing
    playing     whether music is on before
    again       what the second time ends in, where Spotify refuses it
    """

    method: str
    do: Callable[[Spotify, Pretend], Awaitable[object]]
    repeatable: bool = False
    playing: bool = False
    again: str = "done"

    def prepare(self, pretend: Pretend) -> None:
        if self.playing:
            pretend.accounts["ada"].player.resume()


def uri(text: str) -> Uri:
    found = find(text)[0]
    assert isinstance(found, Uri)
    return found


def song(pretend: Pretend, number: int = 100) -> Uri:
    return uri(pretend.catalogue.stock[number].uri)


def songs(pretend: Pretend, start: int, count: int) -> list[Uri]:
    return [song(pretend, number) for number in range(start, start + count)]


def mine(pretend: Pretend) -> Playlist:
    """A playlist of Ada's."""
    return next(one for one in pretend.playlists.values() if one.name == "Harbour Evenings")


def own(pretend: Pretend) -> Uri:
    return uri(mine(pretend).uri)


def album(pretend: Pretend) -> Uri:
    return uri(list(pretend.catalogue.albums.values())[3].uri)


def device(pretend: Pretend, number: int) -> str:
    return pretend.accounts["ada"].player.devices[number].id or ""


TABLE = (
    Write("player.play", lambda s, p: s.player.play(song(p), at_ms=30_000)),
    Write("player.play_context", lambda s, p: s.player.play_context(album(p), start=1)),
    Write("player.resume", lambda s, _: s.player.resume()),
    Write(
        "player.pause",
        lambda s, _: s.player.pause(),
        repeatable=True,
        playing=True,
        again="Restricted",
    ),
    Write("player.next", lambda s, _: s.player.next()),
    Write("player.previous", lambda s, _: s.player.previous(), playing=True),
    Write("player.seek", lambda s, _: s.player.seek(70_000)),
    Write("player.repeat", lambda s, _: s.player.repeat("context"), repeatable=True),
    Write("player.shuffle", lambda s, _: s.player.shuffle(True), repeatable=True),
    Write("player.volume", lambda s, _: s.player.volume(7), repeatable=True),
    Write("player.queue", lambda s, p: s.player.queue(song(p))),
    Write("player.transfer", lambda s, p: s.player.transfer(device(p, 1), play=True)),
    Write("library.save", lambda s, p: s.library.save(*songs(p, 100, 3)), repeatable=True),
    Write("library.remove", lambda s, p: s.library.remove(*songs(p, 9, 3)), repeatable=True),
    Write("playlists.create", lambda s, _: s.playlists.create("Ropes")),
    Write("playlists.edit", lambda s, p: s.playlists.edit(own(p), name="Ropes")),
    Write("playlists.add", lambda s, p: s.playlists.add(own(p), *songs(p, 100, 3), position=0)),
    Write("playlists.remove", lambda s, p: s.playlists.remove(own(p), *songs(p, 0, 1))),
    Write("playlists.reorder", lambda s, p: s.playlists.reorder(own(p), 0, 9)),
    Write("playlists.replace", lambda s, p: s.playlists.replace(own(p), *songs(p, 100, 3))),
)


def state(pretend: Pretend) -> object:
    """All that is Ada's, as far as any of these writes changes it; times but roughly."""
    ada = pretend.accounts["ada"]
    player = ada.player
    return (
        (player.item, player.is_playing, player.progress // 30_000, tuple(player.queue)),
        (player.repeat, player.shuffle, player.device and player.device.id, player.context),
        tuple(one.volume for one in player.devices),
        tuple(saved for saved, _ in ada.liked),
        tuple((one.name, tuple(entry.uri for entry in one.items)) for one in ada.playlists if one),
    )
