"""What an import would change: the lists of a file beside what the account has already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from bot.library.export_lists import LibrarySection
from bot.library.formats.file_facts import MissingParts
from bot.library.matching import Candidate, WantedSong
from bot.spotify.uris import Kind, Uri

# Skipped entries that are named; beyond, they are counted.
MAX_NAMED = 2_000
# What a playlist can have, and what can be saved.
PLAYLIST_KINDS = frozenset((Kind.TRACK, Kind.EPISODE))
# The lists of what is saved or followed. Nothing of any other list is.
SAVED_SECTIONS = frozenset(
    (
        *(LibrarySection.LIKED, LibrarySection.ALBUMS, LibrarySection.ARTISTS),
        *(LibrarySection.SHOWS, LibrarySection.EPISODES, LibrarySection.AUDIOBOOKS),
    )
)
_FILE = "plan.json"


class Skip(StrEnum):
    """Why an entry of the file is not imported."""

    LOCAL = "local"
    GONE = "gone"
    UNREADABLE = "unreadable"
    NOT_FOUND = "not found"
    UNDECIDED = "undecided"
    REFUSED = "refused"
    NOT_A_SONG = "not a song"


class Skipped(msgspec.Struct, frozen=True):
    """An entry that is not imported, and the number of its list."""

    list_number: int
    title: str
    reason: Skip


class OpenEntry(msgspec.Struct):
    """An entry without a URI, at a position in the `uris` of the list with this number.

    candidates  what it may be, best first; None: not looked up yet; empty: not found
    chosen      the URI that was chosen, empty: to be left out, None: not decided
    at_once     whether it was chosen together with all others that were in doubt
    """

    list_number: int
    position: int
    title: str
    artists: str = ""
    album: str = ""
    duration_ms: int | None = None
    isrc: str = ""
    candidates: list[Candidate] | None = None
    chosen: str | None = None
    at_once: bool = False

    @property
    def song(self) -> WantedSong:
        return WantedSong(
            title=self.title,
            artists=self.artists,
            album=self.album,
            duration_ms=self.duration_ms,
            isrc=self.isrc,
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether the user has to say which of several songs it is."""
        return bool(self.candidates) and self.chosen is None

    @property
    def is_matched(self) -> bool:
        """Whether it was in doubt before it was decided on, or still is."""
        return bool(self.candidates) and not (self.candidates or [])[0].sure

    @property
    def match(self) -> Candidate | None:
        """What was chosen; None if it is left out."""
        return next((c for c in self.candidates or () if c.uri == self.chosen), None)

    @property
    def likeliest(self) -> Candidate:
        """The best candidate of an entry that has some."""
        assert self.candidates
        return self.candidates[0]


class ListPlan(msgspec.Struct):
    """A list of the file.

    uris         in the order in which they are added: a playlist's own, else the oldest first;
                 empty where an entry has no URI (yet)
    titles       of the entries, as the file has them, where it says them
    existing     the ID of the user's playlist of the same name; empty: none
    present      what the existing one has, by its URIs; None: as much as the file has
    """

    section: LibrarySection
    name: str
    description: str = ""
    public: bool = False
    uri: str = ""
    snapshot_id: str = ""
    uris: list[str] = []
    existing: str = ""
    present: list[str] | None = None

    @property
    def is_playlist(self) -> bool:
        """Whether it becomes a playlist, as also a list of what was played does."""
        return self.section not in SAVED_SECTIONS

    @property
    def usable(self) -> list[str]:
        return [uri for uri in self.uris if uri]

    @property
    def is_open(self) -> bool:
        """Whether it has entries, but none with a URI (yet), so that there is nothing to add."""
        return bool(self.uris) and not any(self.uris)

    @property
    def missing(self) -> list[str]:
        """What the existing playlist lacks, in order; each song as often as it lacks it."""
        return [] if self.present is None else missing_from(self.usable, self.present)


class Plan(msgspec.Struct):
    """What a file has, and what of it the account has.

    format   what kind of file it is, for people
    doubts   sentences about what may have been read wrong
    left_out  names of the parts of an archive that were not read
    missing   the parts of divided exports that are not there
    repeated  names of files that are the same as another one
    follows  playlists of other people, as URIs: the file has only their names
    saved    items of the file that are saved or followed already
    unsure   items for which that could not be read: an undo leaves them alone
    skipped  the first MAX_NAMED entries that cannot be imported
    counts   the number of all of them by reason
    chosen   the numbers of the playlists that the user has chosen so far
    """

    format: str = ""
    doubts: list[str] = []
    left_out: list[str] = []
    missing: list[MissingParts] = []
    repeated: list[str] = []
    lists: list[ListPlan] = []
    open: list[OpenEntry] = []
    follows: list[str] = []
    saved: list[str] = []
    unsure: list[str] = []
    skipped: list[Skipped] = []
    counts: dict[Skip, int] = {}
    chosen: list[int] = []

    def skip(self, number: int, title: str, reason: Skip) -> None:
        """Note an entry of the list with this number that is not imported."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        if len(self.skipped) < MAX_NAMED:
            self.skipped.append(Skipped(number, title, reason))

    def settle(self, entry: OpenEntry, uri: str) -> None:
        """Decide which song an entry is; an empty URI leaves it out."""
        entry.chosen = uri
        self.lists[entry.list_number].uris[entry.position] = uri

    def decide(self, number: int, uri: str) -> None:
        """Decide which song the entry with this number in `open` is."""
        if number < len(self.open):
            self.settle(self.open[number], uri)

    def decide_all(self, *, likeliest: bool) -> None:
        """Choose the likeliest song for each entry that is in doubt, or leave all of them out."""
        for entry in self.doubtful:
            self.settle(entry, entry.likeliest.uri if likeliest else "")
            entry.at_once = True

    def reopen(self) -> None:
        """Ask again about what `decide_all` has decided."""
        for entry in self.open:
            if entry.at_once:
                self.settle(entry, "")
                entry.chosen, entry.at_once = None, False

    def choose(self, offered: Iterable[int], chosen: Iterable[int]) -> None:
        """Choose some of the offered playlists, by their numbers, instead of earlier ones."""
        self.chosen = sorted({*self.chosen}.difference(offered) | {*chosen})

    @property
    def matched(self) -> list[OpenEntry]:
        """What was in doubt, whether it is decided on or not."""
        return [entry for entry in self.open if entry.is_matched]

    @property
    def doubtful(self) -> list[OpenEntry]:
        return [entry for entry in self.open if entry.is_doubtful]

    @property
    def not_found(self) -> list[OpenEntry]:
        return [entry for entry in self.open if entry.candidates == []]

    @property
    def playlists(self) -> list[tuple[int, ListPlan]]:
        """With their numbers."""
        return [(number, each) for number, each in enumerate(self.lists) if each.is_playlist]

    def to_save(self, kind: Kind) -> list[str]:
        """The URIs of this kind in the lists that are no playlists, each once, oldest first."""
        prefix = f"spotify:{kind}:"
        saved = [each for each in self.lists if not each.is_playlist]
        found = (uri for each in saved for uri in each.uris if uri.startswith(prefix))
        return list(dict.fromkeys(found))

    def store(self, folder: Path) -> None:
        """Write it into the folder, all or nothing. Raises OSError."""
        path = folder / _FILE
        temporary = path.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode(self))
        temporary.chmod(0o600)
        temporary.replace(path)

    @staticmethod
    def stored(folder: Path) -> Plan | None:
        """The plan in the folder; None if there is none. Raises OSError."""
        try:
            return msgspec.json.decode((folder / _FILE).read_bytes(), type=Plan)
        except FileNotFoundError:
            return None


def kind_of(uri: str) -> Kind | None:
    """The kind in a URI; None for a local file and for a kind that no library holds."""
    kind = uri.split(":")[1] if uri.count(":") == 2 else ""
    return Kind(kind) if kind in {*Kind} else None


def parse_uri(uri: str) -> Uri:
    """The URI of an item, whose form was checked when the file was read."""
    _, kind, item_id = uri.split(":")
    return Uri(Kind(kind), item_id)


def missing_from(wanted: Sequence[str], present: Iterable[str]) -> list[str]:
    """What a list lacks of the wanted entries, in their order; duplicates count."""
    left: dict[str, int] = {}
    for uri in present:
        left[uri] = left.get(uri, 0) + 1
    missing = []
    for uri in wanted:
        if left.get(uri, 0):
            left[uri] -= 1
        else:
            missing.append(uri)
    return missing
