"""Two hundred invented tracks, with their artists and records; always the same ones."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

from . import names
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
    invent_id,
)

TRACKS = 200


@functools.cache
def catalogue() -> Catalogue:
    """The whole catalogue; nothing in it ever changes."""
    chance = random.Random("a shelf of records")
    nasty = _nasty()
    special = len(nasty.tracks)
    records = list(_records(chance, TRACKS - special))
    stock = tuple(track for record in records for track in record.tracks)
    records.append(nasty)
    tracks = [track for record in records for track in record.tracks]
    artists = {artist.id: artist for track in tracks for artist in track.artists}
    shows = [_show(*entry) for entry in names.SHOWS.items()]
    books = [_book(*entry) for entry in names.AUDIOBOOKS.items()]
    local = _local()
    return Catalogue(
        artists={**artists, **{a.id: a for record in records for a in record.artists}},
        albums={record.id: record for record in records},
        tracks={track.id: track for track in tracks if track.id},
        shows={show.id: show for show in shows},
        episodes={episode.id: episode for show in shows for episode in show.episodes},
        audiobooks={book.id: book for book in books},
        chapters={chapter.id: chapter for book in books for chapter in book.chapters},
        local={local.uri: local},
        stock=stock,
    )


def _records(chance: random.Random, tracks: int) -> Iterator[Album]:
    """Records of eight or nine tracks each, which hold `tracks` tracks together."""
    count = sum(len(records) for _, records in names.ARTISTS.values())
    shortest, longer = divmod(tracks, count)
    artists = [Artist(invent_id("artist", n), n, (g,)) for n, (g, _) in names.ARTISTS.items()]
    titles = _titles(chance)
    made = 0
    for artist in artists:
        for name, released in names.ARTISTS[artist.name][1].items():
            record = _record(name, (artist,), released)
            for number in range(1, shortest + (made < longer) + 1):
                guest = chance.choice(artists) if chance.random() < 0.15 else artist
                record.tracks.append(
                    _track(
                        next(titles),
                        tuple(dict.fromkeys((artist, guest))),
                        record,
                        number,
                        duration=chance.randrange(124_000, 412_000, 40),
                        explicit=chance.random() < 0.06,
                    )
                )
            made += 1
            yield record


def _titles(chance: random.Random) -> Iterator[str]:
    """The titles with a lantern in them first, then endlessly others, none twice."""
    yield from names.LANTERNS
    seen = set(names.LANTERNS)
    while True:
        weather, weather2 = chance.sample(names.WEATHER, 2)
        thing, thing2 = chance.sample(names.THINGS, 2)
        title = chance.choice(names.TITLES).format(
            weather=weather,
            weather2=weather2,
            thing=thing,
            thing2=thing2,
            place=chance.choice(names.PLACES),
            person=chance.choice(names.PEOPLE),
            hour=chance.choice(names.HOURS),
        )
        if title not in seen:
            seen.add(title)
            yield title[0].upper() + title[1:]


def _nasty() -> Album:
    """The record with every title that has ever broken a bot."""
    artist = Artist(invent_id("artist", names.NASTY_ARTIST), names.NASTY_ARTIST)
    nameless = Artist(invent_id("artist", ""), "")
    record = _record(names.NASTY_RECORD, (artist,), "2026-04-01", album_type="compilation")
    for number, name in enumerate(names.NASTY, 1):
        record.tracks.append(_track(name, (artist,), record, number, duration=61_000 + number))
    number = len(names.NASTY)
    record.tracks.append(_track(names.NO_ARTIST, (), record, number + 1))
    record.tracks.append(_track(names.NAMELESS_ARTIST, (nameless,), record, number + 2))
    record.tracks.append(_track(names.UNAVAILABLE, (artist,), record, number + 3, playable=False))
    return record


def _record(
    name: str, artists: tuple[Artist, ...], released: str, album_type: AlbumType = "album"
) -> Album:
    id_ = invent_id("album", name)
    upc = f"{int.from_bytes(id_[:5].encode()) % 10**12:012d}"
    return Album(id_, name, artists, released, upc, album_type)


def _track(
    name: str,
    artists: tuple[Artist, ...],
    album: Album,
    number: int,
    *,
    duration: int = 180_000,
    explicit: bool = False,
    playable: bool = True,
) -> Track:
    id_ = invent_id("track", album.name, name)
    digits = int.from_bytes(id_[:4].encode()) % 100_000
    isrc = f"XXTNA{album.released[2:4]}{digits:05d}"
    return Track(id_, name, artists, album, duration, number, isrc, explicit, playable)


def _local() -> Track:
    """A file on somebody's own computer: names, no ids."""
    name, artist, record, seconds = names.LOCAL
    words = (word.replace(" ", "+") for word in (artist, record, name))
    singer = Artist("", artist)
    return Track(
        id=None,
        name=name,
        artists=(singer,),
        album=Album("", record, (), "", ""),
        duration=seconds * 1000,
        number=0,
        local_uri=f"spotify:local:{':'.join(words)}:{seconds}",
    )


def _show(name: str, about: tuple[str, tuple[str, ...]]) -> Show:
    publisher, titles = about
    show = Show(invent_id("show", name), name, publisher, f"{name}, from {publisher}.")
    for number, title in enumerate(titles, 1):
        show.episodes.append(
            Episode(
                id=invent_id("episode", name, title),
                name=title,
                show=show,
                duration=1_500_000 + number * 60_000,
                released=f"2026-{number:02d}-14",
                description=f"Episode {number} of {name}.",
            )
        )
    return show


def _book(name: str, about: tuple[str, str, tuple[str, ...]]) -> Audiobook:
    author, narrator, titles = about
    book = Audiobook(invent_id("audiobook", name), name, author, narrator, f"{name}, a novel.")
    for number, title in enumerate(titles):
        id_ = invent_id("chapter", name, title)
        book.chapters.append(Chapter(id_, title, book, number, 1_200_000 + number * 45_000))
    return book
