"""Every call of the client, each once, for tests that concern all of them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping

from bot.spotify import Spotify
from bot.spotify.models import Track
from bot.spotify.player import RepeatMode
from bot.spotify.uris import Kind, Uri
from sandbox.spotify import Playlist
from sandbox.spotify import Spotify as FakeSpotify

ClientCall = Callable[[Spotify, FakeSpotify], Awaitable[object]]

UNKNOWN_ID = "0" * 22  # the id of nothing there is


def to_uri(text: str) -> Uri:
    """The item of a URI as Spotify writes it."""
    _, kind, id_ = text.split(":")
    return Uri(Kind(kind), id_)


def any_uri(fake: FakeSpotify, kind: Kind) -> Uri:
    """An item of this kind; a playlist is Ada's own."""
    shelf = fake.playlists if kind == Kind.PLAYLIST else getattr(fake.catalogue, f"{kind}s")
    return Uri(kind, next(iter(shelf)))


def playlist_named(fake: FakeSpotify, name: str = "Harbour Evenings") -> Playlist:
    return next(each for each in fake.playlists.values() if each.name == name)


def track_uris(fake: FakeSpotify, count: int) -> list[Uri]:
    """This many different ordinary tracks."""
    return [to_uri(track.uri) for track in fake.catalogue.regular_tracks[:count]]


def start_playback(fake: FakeSpotify) -> None:
    """Let Ada's laptop play the second track of an album."""
    ada = fake.accounts["ada"]
    ada.player.play(context=str(any_uri(fake, Kind.ALBUM)), index=1, device=ada.player.devices[0])


async def collect(entries: AsyncIterable[object]) -> list[object]:
    return [entry async for entry in entries]


async def _read_each_kind(spotify: Spotify, fake: FakeSpotify) -> None:
    for kind in Kind:
        await spotify.catalogue.item(any_uri(fake, kind))


async def _resume(spotify: Spotify, fake: FakeSpotify) -> None:
    fake.accounts["ada"].player.pause()
    await spotify.player.resume()


async def _read_active_and_idle_player(spotify: Spotify, fake: FakeSpotify) -> None:
    """The situations: a playing device, and no active device."""
    await spotify.player.state()
    fake.accounts["ada"].player.device = None
    await spotify.player.state()


def _private_playlist(fake: FakeSpotify) -> Uri:
    """A playlist of two pages, which only its owner may read."""
    uris = map(str, track_uris(fake, 60))
    return to_uri(fake.state.add_playlist("Long", "ada", *uris, public=False).uri)


READ_CALLS: Mapping[str, ClientCall] = {
    "catalogue.search": lambda spotify, _: spotify.catalogue.search("lantern", *Kind),
    "catalogue.item": _read_each_kind,
    "catalogue.album_tracks": lambda spotify, it: collect(
        spotify.catalogue.album_tracks(any_uri(it, Kind.ALBUM))
    ),
    "catalogue.artist_albums": lambda spotify, it: collect(
        spotify.catalogue.artist_albums(any_uri(it, Kind.ARTIST))
    ),
    "catalogue.show_episodes": lambda spotify, it: collect(
        spotify.catalogue.show_episodes(any_uri(it, Kind.SHOW))
    ),
    "catalogue.audiobook_chapters": lambda spotify, it: collect(
        spotify.catalogue.audiobook_chapters(any_uri(it, Kind.AUDIOBOOK))
    ),
    "profile.me": lambda spotify, _: spotify.profile.me(),
    "profile.top_tracks": lambda spotify, _: collect(spotify.profile.top_tracks("short_term")),
    "profile.top_artists": lambda spotify, _: collect(spotify.profile.top_artists("long_term")),
    "player.state": _read_active_and_idle_player,
    "player.devices": lambda spotify, _: spotify.player.devices(),
    "player.get_queue": lambda spotify, _: spotify.player.get_queue(),
    "player.recently_played": lambda spotify, it: spotify.player.recently_played(
        before=int(it.clock() * 1000)
    ),
    "player.raw_recently_played": lambda spotify, _: spotify.player.raw_recently_played(),
    "profile.raw_top": lambda spotify, _: collect(spotify.profile.raw_top(Track, "long_term")),
    "library.tracks": lambda spotify, _: collect(spotify.library.tracks()),
    "library.albums": lambda spotify, _: collect(spotify.library.albums()),
    "library.shows": lambda spotify, _: collect(spotify.library.shows()),
    "library.episodes": lambda spotify, _: collect(spotify.library.episodes()),
    "library.audiobooks": lambda spotify, _: collect(spotify.library.audiobooks()),
    "library.artists": lambda spotify, _: collect(spotify.library.artists()),
    "library.raw": lambda spotify, _: collect(spotify.library.raw(Kind.TRACK)),
    "library.raw_artists": lambda spotify, _: collect(spotify.library.raw_artists()),
    "library.contains": lambda spotify, it: spotify.library.contains(*track_uris(it, 3)),
    "playlists.first_pages": lambda spotify, _: spotify.playlists.first_pages(),
    "playlists.get": lambda spotify, it: spotify.playlists.get(any_uri(it, Kind.PLAYLIST)),
    "playlists.mine": lambda spotify, _: collect(spotify.playlists.mine()),
    "playlists.items": lambda spotify, it: collect(spotify.playlists.items(_private_playlist(it))),
    "playlists.raw_items": lambda spotify, it: collect(
        spotify.playlists.raw_items(_private_playlist(it))
    ),
    "playlists.open_raw": lambda spotify, it: spotify.playlists.open_raw(
        to_uri(playlist_named(it, "Harbour Evenings").uri)
    ),
    "playlists.open": lambda spotify, it: spotify.playlists.open(
        to_uri(playlist_named(it, "Harbour Evenings").uri)
    ),
}

WRITE_CALLS: Mapping[str, ClientCall] = {
    "player.play": lambda spotify, it: spotify.player.play(*track_uris(it, 2), position_ms=1000),
    "player.play_context": lambda spotify, it: spotify.player.play_context(
        any_uri(it, Kind.ALBUM), offset=2
    ),
    "player.resume": _resume,
    "player.pause": lambda spotify, _: spotify.player.pause(),
    "player.next": lambda spotify, _: spotify.player.next(),
    "player.previous": lambda spotify, _: spotify.player.previous(),
    "player.seek": lambda spotify, _: spotify.player.seek(5000),
    "player.set_repeat": lambda spotify, _: spotify.player.set_repeat(RepeatMode.CONTEXT),
    "player.set_shuffle": lambda spotify, _: spotify.player.set_shuffle(True),
    "player.set_volume": lambda spotify, _: spotify.player.set_volume(30),
    "player.add_to_queue": lambda spotify, it: spotify.player.add_to_queue(track_uris(it, 1)[0]),
    "player.transfer": lambda spotify, it: spotify.player.transfer(
        it.accounts["ada"].player.devices[1].id or "", play=True
    ),
    "library.save": lambda spotify, it: spotify.library.save(*track_uris(it, 3)),
    "library.remove": lambda spotify, it: spotify.library.remove(*track_uris(it, 3)),
    "playlists.create": lambda spotify, _: spotify.playlists.create("New", description="Not old"),
    "playlists.edit": lambda spotify, it: spotify.playlists.edit(
        any_uri(it, Kind.PLAYLIST), name="Renamed", public=False
    ),
    "playlists.add": lambda spotify, it: spotify.playlists.add(
        any_uri(it, Kind.PLAYLIST), *track_uris(it, 2), position=0
    ),
    "playlists.remove": lambda spotify, it: spotify.playlists.remove(
        any_uri(it, Kind.PLAYLIST), *track_uris(it, 1)
    ),
    "playlists.reorder": lambda spotify, it: spotify.playlists.reorder(
        any_uri(it, Kind.PLAYLIST), 0, 2, length=2
    ),
    "playlists.replace": lambda spotify, it: spotify.playlists.replace(
        any_uri(it, Kind.PLAYLIST), *track_uris(it, 2)
    ),
}

ALL_CALLS: Mapping[str, ClientCall] = {**READ_CALLS, **WRITE_CALLS}


def client_method_names(spotify: Spotify) -> set[str]:
    """The names of all methods of the client that call Spotify, such as "player.pause".

    Those that begin with "known_" look into the cache alone.
    """
    attributes = {name: each for name, each in vars(spotify).items() if not name.startswith("_")}
    chapters = {
        name: each for name, each in attributes.items() if type(each).__module__.startswith("bot.")
    }
    return {
        f"{chapter}.{name}"
        for chapter, each in chapters.items()
        for name in vars(type(each))
        if not name.startswith(("_", "known_"))
    }
