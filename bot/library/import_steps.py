"""The steps of an import: what is saved, and which playlists get which songs, in which order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from bot.library.export_lists import LibrarySection
from bot.library.import_plan import PLAYLIST_KINDS, ListPlan, Plan, kind_of
from bot.library.playlist_changes import MAX_DESCRIPTION, MAX_NAME
from bot.spotify.endpoint_groups import Group
from bot.spotify.library import MAX_URIS
from bot.spotify.playlists import MAX_ITEMS_PER_CALL
from bot.spotify.uris import Kind, Uri

# Songs that one playlist gets; more go into another one. Spotify takes about 11,000.
MAX_PLAYLIST = 10_000
# Items that are saved first, to see in which order Spotify lists what one call saves. So many are
# in the right order by chance once in 40,000 times.
PROBE = 8
# If that order is none, one call an item keeps it, for so many items.
MAX_SINGLE_SAVES = 500
# The kinds of saved items in the order in which they are saved.
_KINDS = (
    *(Kind.TRACK, Kind.ALBUM, Kind.SHOW, Kind.EPISODE, Kind.AUDIOBOOK, Kind.ARTIST, Kind.PLAYLIST),
)
# The kinds whose lists Spotify sorts by the time of saving.
ORDERED_KINDS = frozenset(_KINDS) - {Kind.ARTIST, Kind.PLAYLIST}
_SONGS = tuple(f"spotify:{kind}:" for kind in PLAYLIST_KINDS)
FILE = "steps.json"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an import needs besides Spotify; the defaults are for a program without Discord.

    on_step        called after each write: the number of the step, and the items done so far
    uninterrupted  a stop must not take effect within this block
    on_saved       called with items that are saved now
    on_removed     called with items that are not saved any more
    on_changed     called with a playlist before a change, which outdates its cache
    sleep          waits for a number of seconds
    """

    on_step: Callable[[int, int], object] = lambda _number, _done: None
    uninterrupted: Callable[[], AbstractContextManager[None]] = nullcontext
    on_saved: Callable[[Sequence[Uri]], object] = lambda _uris: None
    on_removed: Callable[[Sequence[Uri]], object] = lambda _uris: None
    on_changed: Callable[[Uri], object] = lambda _uri: None
    sleep: Callable[[float], Awaitable[None]]


class Scope(StrEnum):
    """What of a file is imported; part of a custom_id."""

    ALL = "all"
    LIKES = "likes"
    PLAYLISTS = "playlists"
    ONE = "one"
    """All songs, each once, into one new playlist."""


class Choice(msgspec.Struct, frozen=True):
    """What the user chose.

    lists   the numbers of the chosen playlists, with `Scope.PLAYLISTS`
    merge   whether a playlist of the same name gets what it lacks; otherwise a new one is made
    name    of the new playlist, with `Scope.ONE`
    """

    scope: Scope
    lists: list[int] = []
    merge: bool = True
    name: str = ""


class Save(msgspec.Struct, frozen=True, tag="save"):
    """Items to save or follow, oldest first; `unsure` ones may be saved already."""

    kind: Kind
    uris: list[str]
    unsure: list[str] = []


class Fill(msgspec.Struct, frozen=True, tag="fill"):
    """Songs to add to the end of a playlist, in order.

    playlist  the ID of an existing one; empty: a new one is made
    """

    name: str
    uris: list[str]
    playlist: str = ""
    description: str = ""
    public: bool = False


Step = Save | Fill


def make_steps(plan: Plan, choice: Choice) -> list[Step]:
    """What to do, in order. The last playlist of the file comes first: lists begin with the newest.

    A playlist that lacks nothing takes no step, nor does one whose songs are all left out.
    """
    if choice.scope is Scope.ONE:
        songs = (uri for each in _by_playlists_last(plan) for uri in _songs(each))
        whole = ListPlan(LibrarySection.PLAYLIST, choice.name, uris=list(dict.fromkeys(songs)))
        return list(_fills(whole, merge=False)) if whole.uris else []
    steps: list[Step] = []
    if choice.scope is not Scope.PLAYLISTS:
        kinds = (Kind.TRACK,) if choice.scope is Scope.LIKES else _KINDS
        steps += [step for kind in kinds if (step := _save(plan, kind)).uris]
    if choice.scope is not Scope.LIKES:
        chosen = choice.lists if choice.scope is Scope.PLAYLISTS else range(len(plan.lists))
        for number, listed in reversed(plan.playlists):
            if number in chosen:
                steps += _fills(listed, merge=choice.merge)
    return steps


def _save(plan: Plan, kind: Kind) -> Save:
    known = frozenset(plan.saved)
    wanted = plan.follows if kind is Kind.PLAYLIST else []
    uris = [uri for uri in (*wanted[::-1], *plan.to_save(kind)) if uri not in known]
    return Save(kind, uris, [uri for uri in plan.unsure if kind_of(uri) is kind])


def _fills(listed: ListPlan, *, merge: bool) -> Iterator[Fill]:
    existing = listed.existing if merge else ""
    uris = listed.missing if existing else listed.usable
    if listed.is_open or (existing and not uris):
        return
    name = field_text(listed.name, MAX_NAME) or "Untitled"
    description = field_text(listed.description, MAX_DESCRIPTION)
    for start in range(0, max(1, len(uris)), MAX_PLAYLIST):
        part = f" ({start // MAX_PLAYLIST + 1})" if start else ""
        title = f"{name[: MAX_NAME - len(part)]}{part}"
        batch = uris[start : start + MAX_PLAYLIST]
        yield Fill(title, batch, "" if start else existing, description, listed.public)


def _by_playlists_last(plan: Plan) -> Iterator[ListPlan]:
    yield from (each for each in plan.lists if not each.is_playlist)
    yield from (each for each in plan.lists if each.is_playlist)


def _songs(listed: ListPlan) -> Iterator[str]:
    """Those that a playlist can have, the newest of the library first."""
    uris = listed.usable if listed.is_playlist else listed.usable[::-1]
    return (uri for uri in uris if uri.startswith(_SONGS))


def saves_singly(step: Save) -> bool:
    """Whether the items are saved one by one if Spotify lists those of one request in no order."""
    return step.kind not in ORDERED_KINDS or len(step.uris) <= MAX_SINGLE_SAVES


def field_text(text: str, limit: int) -> str:
    """A name or a description as Spotify takes it: on one line, and cut."""
    line = (" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    return "".join(line).strip()[:limit].strip()


def count_calls(steps: Sequence[Step]) -> Counter[Group]:
    """The requests to Spotify that the steps take if it refuses nothing, by their quotas."""
    calls: Counter[Group] = Counter()
    probes = True
    for step in steps:
        if isinstance(step, Save):
            items = len(step.uris)
            if probes and step.kind in ORDERED_KINDS and items > 1:
                calls["library"] += 2  # the first few, and a look at their order
                items, probes = max(0, items - PROBE), False
            calls["library"] += -(-items // MAX_URIS)
        else:
            calls["playlists"] += 1 + -(-len(step.uris) // MAX_ITEMS_PER_CALL)
    return calls


def count_items(steps: Sequence[Step]) -> int:
    """All items that the steps add."""
    return sum(len(step.uris) for step in steps)


def store_steps(steps: Sequence[Step], folder: Path) -> None:
    """Raises OSError."""
    path = folder / FILE
    path.write_bytes(msgspec.json.encode(steps))
    path.chmod(0o600)


def stored_steps(folder: Path) -> list[Step]:
    """Raises OSError, such as FileNotFoundError if none are stored."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=list[Save | Fill])
