"""Every call that our client can make, each once: what the tests of all of them go through."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping

from bot.spotify import Spotify
from bot.spotify.uris import KINDS, Kind, Uri
from sandbox.spotify import Playlist
from sandbox.spotify import Spotify as Pretend

Way = Callable[[Spotify, Pretend], Awaitable[object]]

NOTHING = "0" * 22  # the id of nothing there is


def uri_of(text: str) -> Uri:
    """The item of a URI as Spotify writes it."""
    _, kind, id_ = text.split(":")
    return Uri(next(one for one in KINDS if one == kind), id_)


def one_of(pretend: Pretend, kind: Kind) -> Uri:
    """Some item of this kind; a playlist is Ada's own."""
    shelf = pretend.playlists if kind == "playlist" else getattr(pretend.catalogue, f"{kind}s")
    return Uri(kind, next(iter(shelf)))


def playlist(pretend: Pretend, name: str = "Harbour Evenings") -> Playlist:
    return next(one for one in pretend.playlists.values() if one.name == name)


def songs(pretend: Pretend, count: int) -> list[Uri]:
    """So many ordinary tracks, each another one."""
    return [uri_of(track.uri) for track in pretend.catalogue.stock[:count]]


def play(pretend: Pretend) -> None:
    """Let Ada's laptop play the second track of an album."""
    ada = pretend.accounts["ada"]
    ada.player.start(context=str(one_of(pretend, "album")), at=1, device=ada.player.devices[0])


async def whole(entries: AsyncIterable[object]) -> list[object]:
    return [entry async for entry in entries]


async def _every_item(spotify: Spotify, pretend: Pretend) -> None:
    for kind in KINDS:
        await spotify.catalogue.item(one_of(pretend, kind))


async def _resume(spotify: Spotify, pretend: Pretend) -> None:
    pretend.accounts["ada"].player.pause()
    await spotify.player.resume()


async def _both_players(spotify: Spotify, pretend: Pretend) -> None:
    """Where something plays, and where nothing is awake."""
    await spotify.player.state()
    pretend.accounts["ada"].player.device = None
    await spotify.player.state()


async def _a_long_playlist(spotify: Spotify, pretend: Pretend) -> None:
    uris = map(str, songs(pretend, 60))
    long = pretend.world.add_playlist("Long", "ada", *uris, public=False)
    await whole(spotify.playlists.items(uri_of(long.uri)))


READS: Mapping[str, Way] = {
    "catalogue.search": lambda spotify, _: spotify.catalogue.search("lantern", *KINDS),
    "catalogue.item": _every_item,
    "catalogue.album_tracks": lambda spotify, it: whole(
        spotify.catalogue.album_tracks(one_of(it, "album"))
    ),
    "catalogue.artist_albums": lambda spotify, it: whole(
        spotify.catalogue.artist_albums(one_of(it, "artist"))
    ),
    "catalogue.show_episodes": lambda spotify, it: whole(
        spotify.catalogue.show_episodes(one_of(it, "show"))
    ),
    "catalogue.audiobook_chapters": lambda spotify, it: whole(
        spotify.catalogue.audiobook_chapters(one_of(it, "audiobook"))
    ),
    "profile.me": lambda spotify, _: spotify.profile.me(),
    "profile.top_tracks": lambda spotify, _: whole(spotify.profile.top_tracks("short_term")),
    "profile.top_artists": lambda spotify, _: whole(spotify.profile.top_artists("long_term")),
    "player.state": _both_players,
    "player.devices": lambda spotify, _: spotify.player.devices(),
    "player.queued": lambda spotify, _: spotify.player.queued(),
    "player.recent": lambda spotify, it: spotify.player.recent(before=int(it.clock() * 1000)),
    "library.tracks": lambda spotify, _: whole(spotify.library.tracks()),
    "library.albums": lambda spotify, _: whole(spotify.library.albums()),
    "library.shows": lambda spotify, _: whole(spotify.library.shows()),
    "library.episodes": lambda spotify, _: whole(spotify.library.episodes()),
    "library.audiobooks": lambda spotify, _: whole(spotify.library.audiobooks()),
    "library.artists": lambda spotify, _: whole(spotify.library.artists()),
    "library.contains": lambda spotify, it: spotify.library.contains(*songs(it, 3)),
    "playlists.first": lambda spotify, _: spotify.playlists.first(),
    "playlists.mine": lambda spotify, _: whole(spotify.playlists.mine()),
    "playlists.items": _a_long_playlist,
}

WRITES: Mapping[str, Way] = {
    "player.play": lambda spotify, it: spotify.player.play(*songs(it, 2), at_ms=1000),
    "player.play_context": lambda spotify, it: spotify.player.play_context(
        one_of(it, "album"), start=2
    ),
    "player.resume": _resume,
    "player.pause": lambda spotify, _: spotify.player.pause(),
    "player.next": lambda spotify, _: spotify.player.next(),
    "player.previous": lambda spotify, _: spotify.player.previous(),
    "player.seek": lambda spotify, _: spotify.player.seek(5000),
    "player.repeat": lambda spotify, _: spotify.player.repeat("context"),
    "player.shuffle": lambda spotify, _: spotify.player.shuffle(True),
    "player.volume": lambda spotify, _: spotify.player.volume(30),
    "player.queue": lambda spotify, it: spotify.player.queue(songs(it, 1)[0]),
    "player.transfer": lambda spotify, it: spotify.player.transfer(
        it.accounts["ada"].player.devices[1].id or "", play=True
    ),
    "library.save": lambda spotify, it: spotify.library.save(*songs(it, 3)),
    "library.remove": lambda spotify, it: spotify.library.remove(*songs(it, 3)),
    "playlists.create": lambda spotify, _: spotify.playlists.create("New", description="Not old"),
    "playlists.edit": lambda spotify, it: spotify.playlists.edit(
        one_of(it, "playlist"), name="Renamed", public=False
    ),
    "playlists.add": lambda spotify, it: spotify.playlists.add(
        one_of(it, "playlist"), *songs(it, 2), position=0
    ),
    "playlists.remove": lambda spotify, it: spotify.playlists.remove(
        one_of(it, "playlist"), *songs(it, 1)
    ),
    "playlists.reorder": lambda spotify, it: spotify.playlists.reorder(
        one_of(it, "playlist"), 0, 2, length=2
    ),
    "playlists.replace": lambda spotify, it: spotify.playlists.replace(
        one_of(it, "playlist"), *songs(it, 2)
    ),
}

CALLS: Mapping[str, Way] = {**READS, **WRITES}


def methods(spotify: Spotify) -> set[str]:
    """The name of everything that the chapters can be asked: "player.pause" and so on."""
    chapters = {name: one for name, one in vars(spotify).items() if not name.startswith("_")}
    return {
        f"{chapter}.{name}"
        for chapter, one in chapters.items()
        for name in vars(type(one))
        if not name.startswith("_")
    }
