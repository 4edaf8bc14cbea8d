"""Finds the song of Spotify's catalogue that an entry without a Spotify URI means.

One search by the ISRC, which names a recording, is as good as certain. Otherwise title, artists
and length are compared. What is likely but not certain is a question for the user, never an answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any

import msgspec

from bot.errors.spotify import BadRequest, NotFound
from bot.spotify import Spotify
from bot.spotify.catalogue import MAX_QUERY
from bot.spotify.models import Track
from bot.spotify.uris import Kind

# Candidates that a question offers.
MAX_CANDIDATES = 5

# Scores of title and artists, 0 to 100, from which on a song is the one, or may be.
_SURE_TITLE, _SURE_ARTISTS = 92.0, 85.0
_LIKELY_TITLE, _LIKELY_ARTISTS = 70.0, 60.0
_SAME_ALBUM = 5.0
# The scores from which on a candidate is called a close match, or a fair one.
_CLOSE, _FAIR = 90.0, 75.0
# Milliseconds by which the lengths of one recording differ between services; and by which those
# of versions differ that a person would not take for the same.
_SAME_LENGTH_MS, _OTHER_LENGTH_MS = 4_000, 30_000

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
# "(feat. Ada)", "[with Ada]" and " ft. Ada": services disagree on whether the title names guests.
_GUESTS = re.compile(r"\s*[(\[](?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\s+(?:feat|ft)\..*$", re.I)
# " - Remastered 2011" and "(2011 Remaster)" are the same song.
_REMASTER = re.compile(
    r"\s*(?:[-–—]\s*|[(\[])[^()\[\]\-–—]*\bremaster(?:ed)?\b[^()\[\]\-–—]*[)\]]?", re.I
)
_ADDITION = re.compile(r"\s*(?:[(\[][^)\]]*[)\]]|\s[-–—]\s.*$)")
# Words that make another recording of a song.
_VERSIONS = re.compile(
    r"\b(?:live|unplugged|acoustic|instrumental|orchestral|karaoke|cover|tribute|remix|mix|edit"
    r"|rework|version|reprise|sped|slowed|nightcore|demo|mono|rehearsal|session)\b"
)


@dataclass(frozen=True, kw_only=True)
class WantedSong:
    """What a file says about a song. Unknown texts are empty."""

    title: str = field(repr=False)
    artists: str = field(default="", repr=False)
    album: str = field(default="", repr=False)
    duration_ms: int | None = None
    isrc: str = ""


class Closeness(StrEnum):
    """How well title, artists and length of a candidate agree with what a file says."""

    CLOSE = "close"
    FAIR = "fair"
    WEAK = "weak"


class Candidate(msgspec.Struct, frozen=True):
    """A song of Spotify's that may be the wanted one.

    score  0 to about 100
    sure   whether it is the wanted song, as far as the file says what that is
    """

    uri: str
    title: str
    artists: str
    album: str = ""
    duration_ms: int | None = None
    score: float = 0.0
    sure: bool = False

    @property
    def closeness(self) -> Closeness:
        if self.score >= _CLOSE:
            return Closeness.CLOSE
        return Closeness.FAIR if self.score >= _FAIR else Closeness.WEAK


def searches(song: WantedSong) -> list[str]:
    """The queries that may find the song, best first: at most its ISRC, its words, and these
    without additions. Empty if the file names nothing.
    """
    queries = [f"isrc:{isrc}"] if (isrc := clean_isrc(song.isrc)) else []
    title, artists = split_title(song)
    for name in (_without_guests(title), _ADDITION.sub("", title)):
        words = f"{_words(name)} {_words(first_artist(artists))}".strip()
        if words and words not in queries and name.strip():
            queries.append(words[:MAX_QUERY].strip())
    return queries


async def find_song(spotify: Spotify, song: WantedSong) -> list[Candidate]:
    """The candidates, best first; empty if Spotify has none. Takes up to three calls.

    If the first one is `sure`, there are no others. Raises SpotifyError.
    """
    found: dict[str, Candidate] = {}
    for query in searches(song):
        try:
            results = await spotify.catalogue.search(query, Kind.TRACK)
        except (BadRequest, NotFound):  # Spotify refuses some words; others may still find it
            continue
        for candidate in rank(song, results.tracks, by_isrc=query.startswith("isrc:")):
            if candidate.sure:
                return [candidate]
            found.setdefault(candidate.uri, candidate)
    return sorted(found.values(), key=lambda candidate: -candidate.score)[:MAX_CANDIDATES]


def rank(song: WantedSong, tracks: Iterable[Track], *, by_isrc: bool = False) -> list[Candidate]:
    """Those that may be the song, best first.

    by_isrc  they are the results of a search for the song's ISRC
    """
    likely = [
        (candidate, track.is_playable is False)
        for track in tracks
        if track.uri and (candidate := _judge(song, track, by_isrc=by_isrc)) is not None
    ]
    likely.sort(key=lambda pair: (not pair[0].sure, pair[1], -pair[0].score))
    return [candidate for candidate, _ in likely]


def _judge(song: WantedSong, track: Track, *, by_isrc: bool) -> Candidate | None:
    """The track as a candidate; None if it is another song."""
    wanted_title, wanted_artists = split_title(song)
    names = [artist.name or "" for artist in track.artists or []]
    title, artists = track.name or "", ", ".join(filter(None, names))
    title_score = _similarity(_core(wanted_title), _core(title))
    artist_score = _artist_score(wanted_artists, names)
    difference = None
    if song.duration_ms and track.duration_ms:
        difference = abs(song.duration_ms - track.duration_ms)
    isrc = clean_isrc((track.external_ids.isrc if track.external_ids else None) or "")
    same_isrc = bool(isrc) and isrc == clean_isrc(song.isrc)
    same_version = _versions(wanted_title) == _versions(title)
    score = 0.6 * title_score + 0.4 * (50.0 if artist_score is None else artist_score)
    score -= min(difference or 0, _OTHER_LENGTH_MS) / 1_000
    album = (track.album.name if track.album else None) or ""
    if song.album and _plain(song.album) == _plain(album):  # of several releases, this one
        score += _SAME_ALBUM
    if same_isrc:
        # A spreadsheet may have shifted the column, so the title has a say if there is one.
        sure = not wanted_title.strip() or title_score >= _LIKELY_TITLE or same_version
        score += 20.0
    elif by_isrc and isrc:
        return None
    else:
        sure = (
            title_score >= _SURE_TITLE
            and artist_score is not None
            and artist_score >= _SURE_ARTISTS
            and same_version
            and (difference is None or difference <= _SAME_LENGTH_MS)
        )
        likely_title = max(title_score, _similarity(_bare(wanted_title), _bare(title)))
        likely = likely_title >= _LIKELY_TITLE and (
            artist_score is None or artist_score >= _LIKELY_ARTISTS
        )
        if not likely or (difference or 0) > 4 * _OTHER_LENGTH_MS:
            return None
    return Candidate(
        uri=str(track.uri),
        title=title,
        artists=artists,
        album=album,
        duration_ms=track.duration_ms,
        score=score,
        sure=sure,
    )


def clean_isrc(text: str) -> str:
    """The ISRC without hyphens; empty if the text is none."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if _ISRC.fullmatch(code) else ""


def split_title(song: WantedSong) -> tuple[str, str]:
    """Title and artists; of "Artist - Title", as files from YouTube have it, both parts."""
    if not song.artists.strip() and " - " in song.title:
        artists, _, title = song.title.partition(" - ")
        return title, artists
    return song.title, song.artists


def first_artist(artists: str) -> str:
    """The first of several names, which may contain a comma themselves."""
    return re.split(r"\s*[,;]\s+|;", artists, maxsplit=1)[0]


def _artist_score(wanted: str, names: Sequence[str]) -> float | None:
    """How well the artists agree; None if the file names none."""
    if not _plain(wanted):
        return None
    every = _similarity(wanted, ", ".join(names), subset=True)
    first = _plain(first_artist(wanted))
    return max([every, *(_similarity(first, name) for name in names if _plain(name))])


def _similarity(a: str, b: str, *, subset: bool = False) -> float:
    """0 to 100; `subset`: all words of the shorter text in the longer one are enough."""
    a, b = _plain(a), _plain(b)
    if not a or not b:
        return 100.0 if a == b else 0.0
    fuzz = _fuzz()
    ratio = fuzz.token_set_ratio if subset else fuzz.token_sort_ratio
    return float(ratio(a, b))


def _fuzz() -> Any:
    """The module that compares texts, imported by the first import that needs it."""
    return import_module("rapidfuzz.fuzz")


def _without_guests(title: str) -> str:
    return _GUESTS.sub("", title)


def _core(title: str) -> str:
    """The title without guests and remasters, unless nothing else is left."""
    return _REMASTER.sub("", _without_guests(title)).strip() or title


def _bare(title: str) -> str:
    """The title without what makes a version of it, unless nothing else is left."""
    return _VERSIONS.sub("", _plain(_ADDITION.sub("", _core(title)))).strip() or title


def _versions(title: str) -> frozenset[str]:
    return frozenset(_VERSIONS.findall(_plain(_core(title))))


@lru_cache(maxsize=256)
def _plain(text: str) -> str:
    """Letters and digits without case and accents, words apart; signs alone stay as they are."""
    folded = text.casefold().replace("ı", "i").replace("&", " and ")
    decomposed = unicodedata.normalize("NFKD", folded).casefold()
    marks = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() else " " for char in marks if char not in "’'`")
    return " ".join(words.split()) or " ".join(text.split())


def _words(text: str) -> str:
    """The text for a search: a colon would make a filter of the word before it."""
    signs = (" " if char in '":' or unicodedata.category(char)[0] == "C" else char for char in text)
    return " ".join("".join(signs).split())
