"""Makes the plan of an import from a file, without a look at Spotify."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.library.formats.imported import EntryProblem, ImportedEntry, ImportedList
from bot.library.import_plan import (
    PLAYLIST_KINDS,
    SAVED_SECTIONS,
    ListPlan,
    OpenEntry,
    Plan,
    Skip,
    kind_of,
)
from bot.library.imported_library import ImportedLibrary

_PROBLEMS: dict[EntryProblem, Skip] = {
    EntryProblem.LOCAL_FILE: Skip.LOCAL,
    EntryProblem.GONE: Skip.GONE,
    EntryProblem.UNREADABLE: Skip.UNREADABLE,
    EntryProblem.NAMELESS: Skip.UNREADABLE,
    EntryProblem.UNSUPPORTED: Skip.NOT_A_SONG,
}


def draft(library: ImportedLibrary) -> Plan:
    """The plan of a file, without a look at Spotify. Blocks. Raises OSError."""
    facts = library.facts
    plan = Plan(
        facts.format,
        doubts=facts.doubts,
        left_out=facts.left_out,
        missing=facts.missing,
        repeated=facts.repeated,
    )
    for listed in library.lists:
        if listed.hidden:
            if listed.uri:
                plan.follows.append(listed.uri)
            continue
        entries = _in_order_of_adding(listed, library.entries(listed))
        _add_list(plan, listed, entries)
    return plan


def _add_list(plan: Plan, listed: ImportedList, entries: Iterable[ImportedEntry]) -> None:
    number = len(plan.lists)
    added = ListPlan(
        section=listed.section,
        name=listed.name,
        description=listed.description,
        public=bool(listed.public),
        uri=listed.uri,
        snapshot_id=listed.snapshot_id,
    )
    plan.lists.append(added)
    for entry in entries:
        title = entry_title(entry)
        if entry.problem is not None:
            plan.skip(number, title, _PROBLEMS.get(entry.problem, Skip.UNREADABLE))
        elif entry.uri and added.is_playlist and kind_of(entry.uri) not in PLAYLIST_KINDS:
            plan.skip(number, title, Skip.NOT_A_SONG)
        elif entry.uri:
            added.uris.append(entry.uri)
        else:
            plan.open.append(
                OpenEntry(
                    list_number=number,
                    position=len(added.uris),
                    title=entry.name,
                    artists=", ".join(entry.artists),
                    album=entry.album,
                    duration_ms=entry.duration_ms,
                    isrc=entry.isrc,
                )
            )
            added.uris.append("")


def _in_order_of_adding(
    listed: ImportedList, entries: Iterator[ImportedEntry]
) -> Iterable[ImportedEntry]:
    """A playlist's entries as they are; others from the oldest to the newest.

    Exports list the newest first. If each entry has a date, the dates decide.
    """
    if listed.section not in SAVED_SECTIONS:
        return entries
    oldest_first = list(entries)[::-1]
    if all(entry.added_at for entry in oldest_first):
        oldest_first.sort(key=lambda entry: _seconds(entry.added_at))
    return oldest_first


def _seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 time; one without a time zone is UTC."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def entry_title(entry: ImportedEntry) -> str:
    """Artists and title of an entry, for people, not escaped."""
    parts = [", ".join(entry.artists), entry.name]
    return " – ".join(part for part in parts if part) or entry.uri
