"""What a file says about a library: its lists and their entries, as every reader gives them."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from urllib.parse import unquote_plus

import msgspec

from bot.errors.files import UnknownFile
from bot.library.export_lists import LibrarySection
from bot.spotify.uris import Kind, is_id

# Characters of a name to keep; Spotify's longest have some hundreds.
MAX_TEXT = 4_000
LOCAL = "spotify:local:"
_SAMPLE = 100  # entries

_URI = re.compile(r"spotify:(?:user:[^:]+:)?([a-z]+):([0-9A-Za-z]+)")
_LINK = re.compile(
    r"(?:https?://)?(?:open|play)\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?(?:user/[^/]+/)?"
    r"([a-z]+)/([0-9A-Za-z]+)(?![0-9A-Za-z]).*",
    re.IGNORECASE | re.DOTALL,
)
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
# As a spreadsheet writes a date where the day comes first.
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})( [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
# The kinds that a list or a library can hold.
_KINDS = {*Kind} - {Kind.PLAYLIST}
_SURROGATES = re.compile("[\ud800-\udfff]")


class EntryProblem(StrEnum):
    """Why an entry cannot be put back as it is."""

    LOCAL_FILE = "local file"  # which only its owner's computer has
    GONE = "gone"  # the file says that Spotify had nothing there any more
    UNREADABLE = "unreadable"  # what the file says of it cannot be read
    NAMELESS = "nameless"  # neither an address nor a title
    UNSUPPORTED = "unsupported"  # an address of a kind that no library holds


class ImportedEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of a list. Unknown fields are empty or None. `new_entry` makes it.

    uri          of a Spotify item, or of a local file (`spotify:local:…`)
    name         the title, not escaped
    artists      names; several of them may be one text if the file does not tell them apart
    album        of an episode: its show
    isrc         without hyphens
    added_at     ISO 8601
    problem      why it cannot be put back as it is; None if nothing prevents it
    spotify      Spotify's own JSON of the entry, exactly, if it was asked for and the file has it
    """

    uri: str = ""
    name: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    isrc: str = ""
    duration_ms: int | None = None
    added_at: str = ""
    problem: EntryProblem | None = None
    spotify: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is a file on its owner's computer."""
        return self.problem is EntryProblem.LOCAL_FILE

    @property
    def needs_search(self) -> bool:
        """Whether it has no address, but something to search by."""
        return not self.uri and self.problem is None


class ImportedList(msgspec.Struct, kw_only=True, eq=False, omit_defaults=True):
    """A list of a file. Two lists with equal fields are different lists.

    name         for people, not escaped; empty if the file does not say it
    uri          of a playlist, if known
    owner        Spotify's ID of a user
    snapshot_id  of the playlist's version whose entries the file has
    guessed      whether `section` is a guess: the file says nothing of it but its name
    hidden       whether the file lacks the entries: nobody but the owner could read them
    count        the number of entries, with problems or without
    problems     how many of them have each problem
    """

    section: LibrarySection
    name: str = ""
    description: str = ""
    uri: str = ""
    owner: str = ""
    public: bool | None = None
    collaborative: bool | None = None
    snapshot_id: str = ""
    guessed: bool = False
    hidden: bool = False
    count: int = 0
    problems: dict[EntryProblem, int] = {}

    @property
    def usable(self) -> int:
        """The number of entries without a problem."""
        return self.count - sum(self.problems.values())


Entries = Generator[tuple[ImportedList, ImportedEntry | None]]
"""What a reader yields: each entry with its list; None announces a list, which may be empty.

The fields of a list may change until the reader ends.
"""


def only_songs(entries: Entries) -> Entries:
    """The same, unless none of the first entries is a song: then raises UnknownFile."""
    first = list(islice(entries, _SAMPLE))
    songs = [entry for _, entry in first if entry is not None]
    if songs and not any(
        entry.uri or entry.isrc or (entry.name and entry.artists) for entry in songs
    ):
        raise UnknownFile("entries that are no songs")
    yield from first
    yield from entries


def new_entry(
    *,
    uri: str = "",
    name: object = "",
    artists: Sequence[object] = (),
    album: object = "",
    isrc: object = "",
    duration_ms: object = None,
    added_at: object = "",
    problem: EntryProblem | None = None,
    spotify: str = "",
) -> ImportedEntry:
    """An entry from what a file says: what is malformed counts as unknown.

    uri  a URI, a link or an ID of a track
    """
    address = spotify_uri(uri)
    title = clean(name)
    code = re.sub(r"[\s-]", "", clean(isrc)).upper()
    code = code if _ISRC.fullmatch(code) else ""
    by = tuple(filter(None, map(clean, artists)))
    milliseconds = _whole(duration_ms)
    source = clean(album)
    if address.startswith(LOCAL):
        problem = EntryProblem.LOCAL_FILE
        local = _local_fields(address)
        title, by, source = title or local[2], by or local[:1], source or local[1]
        milliseconds = milliseconds if milliseconds is not None else local[3]
    elif problem is None and address and address.split(":")[1] not in _KINDS:
        problem = EntryProblem.UNSUPPORTED
    elif problem is None and not (address or title or code):
        problem = EntryProblem.UNREADABLE if uri else EntryProblem.NAMELESS
    return ImportedEntry(
        uri=address,
        name=title,
        artists=tuple(filter(None, by)),
        album=source,
        isrc=code,
        duration_ms=milliseconds,
        added_at=_time(clean(added_at)),
        problem=problem,
        spotify=spotify,
    )


def spotify_uri(text: str) -> str:
    """The URI in a URI, a link or a track's ID; empty if the text is none of them."""
    text = text.strip()
    if text.startswith(LOCAL):
        return clean(text)
    if match := _URI.fullmatch(text) or _LINK.fullmatch(text):
        kind, item_id = match[1].lower(), match[2]
        return f"spotify:{kind}:{item_id}" if is_id(item_id) else ""
    return f"spotify:track:{text}" if is_id(text) else ""


def clean(value: object) -> str:
    """The text of a name, of a length that fits memory; empty for anything but a text.

    Half a character, which UTF-8 cannot hold, becomes `?`.
    """
    if not isinstance(value, str):
        return ""
    return _SURROGATES.sub("?", value[:MAX_TEXT])


def _whole(value: object) -> int | None:
    """A number of milliseconds; None if it is none."""
    if isinstance(value, str):
        value = value.strip()
        value = int(value) if re.fullmatch("[0-9]{1,12}", value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if 0 <= value < 10**12 else None


def _time(text: str) -> str:
    """The time as ISO 8601; empty for an order of day and month that would be a guess."""
    if match := _DOTTED.fullmatch(text):
        day, month, year, time = match.groups()
        text = f"{year}-{month:>02}-{day:>02}{time or ''}"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text


def _local_fields(uri: str) -> tuple[str, str, str, int | None]:
    """Artist, album, title and milliseconds of `spotify:local:artist:album:title:seconds`."""
    parts = [*uri.removeprefix(LOCAL).split(":"), "", "", "", ""]
    artist, album, title = (unquote_plus(part) for part in parts[:3])
    seconds = _whole(parts[3])
    return artist, album, title, None if seconds is None else seconds * 1000
