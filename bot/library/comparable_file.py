"""Compares a library with a file of another format, which has less than Tonearm's own JSON."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec

from bot.library.earlier_lists import EarlierExport, EarlierList
from bot.library.export_lists import LibrarySection
from bot.library.formats.imported import EntryProblem, ImportedList
from bot.library.formats.library_json import KEYS, Origin
from bot.library.imported_library import ImportedLibrary
from bot.library.line_file import LineWriter


def comparable(library: ImportedLibrary, now: EarlierExport, folder: Path) -> EarlierExport:
    """What a file says, so that `library_diff.compare` compares it with an export. Blocks.

    now  the export: a playlist of which the file has only the name is the one that has it, too

    Lists that cannot be recognised for certain are in `failed`, by name. A list with an entry
    without an address is not complete. Names are left out, because programs change them.
    """
    lists: dict[str, EarlierList] = {}
    unknown: set[str] = set()
    names = Counter(each.name for each in now.lists.values() if each.is_playlist)
    in_file = Counter(each.name for each in library.lists)
    by_name = {each.name: key for key, each in now.lists.items() if each.is_playlist}
    for number, listed in enumerate(library.lists):
        key = _key(listed)
        if not key and names[listed.name] == in_file[listed.name] == 1:
            key = by_name[listed.name]
        if not key or key in lists or listed.hidden:
            unknown.add(listed.name)
            continue
        path = folder / f"compared-{number}"
        is_complete = True
        with closing(LineWriter(path)) as writer:
            for entry in library.entries(listed):
                is_gone = entry.problem is EntryProblem.GONE
                is_complete &= bool(entry.uri) or is_gone
                line = {"uri": entry.uri or None, "spotify": {"added_at": entry.added_at}}
                about = {"name": entry.name, "artist": ", ".join(entry.artists)}
                writer.write(msgspec.json.encode(about | line))
        lists[key] = EarlierList(
            key,
            (path,),
            now.lists[key].name if key in now.lists else listed.name,
            count=listed.count,
            complete=is_complete,
            is_guessed=listed.guessed,
        )
    facts = library.facts
    return EarlierExport(facts.exported_at, Origin(), lists, frozenset(unknown), exact=False)


def _key(listed: ImportedList) -> str:
    """The list's key in an export; empty if the file does not say which list it is."""
    if listed.section is LibrarySection.PLAYLIST:
        return listed.uri
    return KEYS[listed.section]
