"""Builds the sample catalogue: two hundred tracks with artists and albums, always the same."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

from sandbox.spotify import sample_names

from .catalogue import (
    Album,
    AlbumType,
    Artist,
    Audiobook,
    Catalogue,
    Chapter,
    Episode,
    Show,
    Track,
    make_id,
)

TRACK_COUNT = 200


def build_catalogue() -> Catalogue:
    """A catalogue of its own, to which items can be added; the items are shared."""
    return make_sample().copy()


@functools.cache
def make_sample() -> Catalogue:
    """The sample catalogue."""
    rng = random.Random("a shelf of records")
    hostile = _make_hostile_album()
    albums = list(_make_albums(rng, TRACK_COUNT - len(hostile.tracks)))
    regular_tracks = tuple(track for album in albums for track in album.tracks)
    albums.append(hostile)
    tracks = [track for album in albums for track in album.tracks]
    artists = {artist.id: artist for track in tracks for artist in track.artists}
    shows = [_make_show(*entry) for entry in sample_names.SHOWS.items()]
    books = [_make_audiobook(*entry) for entry in sample_names.AUDIOBOOKS.items()]
    local = _make_local_track()
    return Catalogue(
        artists={**artists, **{a.id: a for album in albums for a in album.artists}},
        albums={album.id: album for album in albums},
        tracks={track.id: track for track in tracks if track.id},
        shows={show.id: show for show in shows},
        episodes={episode.id: episode for show in shows for episode in show.episodes},
        audiobooks={book.id: book for book in books},
        chapters={chapter.id: chapter for book in books for chapter in book.chapters},
        local={local.uri: local},
        regular_tracks=regular_tracks,
    )


def _make_albums(rng: random.Random, tracks: int) -> Iterator[Album]:
    """Albums of eight or nine tracks, with `tracks` tracks in all."""
    count = sum(len(albums) for _, albums in sample_names.ARTISTS.values())
    shortest, longer = divmod(tracks, count)
    artists = [Artist(make_id("artist", n), n, (g,)) for n, (g, _) in sample_names.ARTISTS.items()]
    titles = _track_titles(rng)
    made = 0
    for artist in artists:
        for name, released in sample_names.ARTISTS[artist.name][1].items():
            album = _make_album(name, (artist,), released)
            for number in range(1, shortest + (made < longer) + 1):
                guest = rng.choice(artists) if rng.random() < 0.15 else artist
                album.tracks.append(
                    _make_track(
                        next(titles),
                        tuple(dict.fromkeys((artist, guest))),
                        album,
                        number,
                        duration=rng.randrange(124_000, 412_000, 40),
                        explicit=rng.random() < 0.06,
                    )
                )
            made += 1
            yield album


def _track_titles(rng: random.Random) -> Iterator[str]:
    """The lantern titles first, then an endless series of other titles without duplicates."""
    yield from sample_names.LANTERN_TITLES
    seen = set(sample_names.LANTERN_TITLES)
    while True:
        weather, weather2 = rng.sample(sample_names.ADJECTIVES, 2)
        thing, thing2 = rng.sample(sample_names.NOUNS, 2)
        title = rng.choice(sample_names.TITLE_TEMPLATES).format(
            weather=weather,
            weather2=weather2,
            thing=thing,
            thing2=thing2,
            place=rng.choice(sample_names.PLACE_NAMES),
            person=rng.choice(sample_names.PERSON_NAMES),
            hour=rng.choice(sample_names.TIMES_OF_DAY),
        )
        if title not in seen:
            seen.add(title)
            yield title[0].upper() + title[1:]


def _make_hostile_album() -> Album:
    """An album whose titles contain markup, control characters and other traps."""
    artist = Artist(make_id("artist", sample_names.HOSTILE_ARTIST), sample_names.HOSTILE_ARTIST)
    nameless = Artist(make_id("artist", ""), "")
    album = _make_album(
        sample_names.HOSTILE_ALBUM, (artist,), "2026-04-01", album_type="compilation"
    )
    for number, name in enumerate(sample_names.HOSTILE_TITLES, 1):
        album.tracks.append(_make_track(name, (artist,), album, number, duration=61_000 + number))
    number = len(sample_names.HOSTILE_TITLES)
    album.tracks.append(_make_track(sample_names.TRACK_WITHOUT_ARTIST, (), album, number + 1))
    album.tracks.append(
        _make_track(sample_names.TRACK_WITH_UNNAMED_ARTIST, (nameless,), album, number + 2)
    )
    album.tracks.append(
        _make_track(sample_names.UNAVAILABLE_TRACK, (artist,), album, number + 3, playable=False)
    )
    return album


def _make_album(
    name: str, artists: tuple[Artist, ...], released: str, album_type: AlbumType = "album"
) -> Album:
    id_ = make_id("album", name)
    upc = f"{int.from_bytes(id_[:5].encode()) % 10**12:012d}"
    return Album(id_, name, artists, released, upc, album_type)


def _make_track(
    name: str,
    artists: tuple[Artist, ...],
    album: Album,
    number: int,
    *,
    duration: int = 180_000,
    explicit: bool = False,
    playable: bool = True,
) -> Track:
    id_ = make_id("track", album.name, name)
    digits = int.from_bytes(id_[:4].encode()) % 100_000
    isrc = f"XXTNA{album.released[2:4]}{digits:05d}"
    return Track(id_, name, artists, album, duration, number, isrc, explicit, playable)


def _make_local_track() -> Track:
    """A local file, which has names but no ids."""
    name, artist, album, seconds = sample_names.LOCAL_FILE
    words = (word.replace(" ", "+") for word in (artist, album, name))
    singer = Artist("", artist)
    return Track(
        id="",
        name=name,
        artists=(singer,),
        album=Album("", album, (), "", ""),
        duration=seconds * 1000,
        number=0,
        local_uri=f"spotify:local:{':'.join(words)}:{seconds}",
    )


def _make_show(name: str, about: tuple[str, tuple[str, ...]]) -> Show:
    publisher, titles = about
    show = Show(make_id("show", name), name, publisher, f"{name}, from {publisher}.")
    for number, title in enumerate(titles, 1):
        show.episodes.append(
            Episode(
                id=make_id("episode", name, title),
                name=title,
                show=show,
                duration=1_500_000 + number * 60_000,
                released=f"2026-{number:02d}-14",
                description=f"Episode {number} of {name}.",
            )
        )
    return show


def _make_audiobook(name: str, about: tuple[str, str, tuple[str, ...]]) -> Audiobook:
    author, narrator, titles = about
    book = Audiobook(make_id("audiobook", name), name, author, narrator, f"{name}, a novel.")
    for number, title in enumerate(titles):
        id_ = make_id("chapter", name, title)
        book.chapters.append(Chapter(id_, title, book, number, 1_200_000 + number * 45_000))
    return book
