"""Joins the files of an import: the parts of a divided export become one library again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.library.export_lists import LibrarySection
from bot.library.formats.file_facts import FileFacts, MissingParts
from bot.library.formats.imported import ImportedList
from bot.library.imported_library import ImportedLibrary, KeptList

# How /export names the parts of a divided export, which programs that save them may add to.
PART_NAME = re.compile(r"(.+?)-([0-9]{1,2})-of-([0-9]{1,2})(?![0-9])")


@dataclass(frozen=True)
class ReadFile:
    """A file that was read. `name`: as its sender calls it."""

    name: str
    facts: FileFacts
    lists: list[KeptList]


def join_files(files: Sequence[ReadFile], folder: Path) -> ImportedLibrary:
    """The library in these files, whose entries are in the folder."""
    facts = FileFacts.joined(file.facts for file in files)
    lists: list[KeptList] = []
    for group in _groups([file for file in files if file.lists]):
        numbers = {number for number, _ in group}
        first = group[0][1]
        count = _part_of(first)[2]
        if missing := set(range(1, count + 1)) - numbers:
            facts.missing.append(MissingParts(tuple(sorted(missing)), count, first.name))
        lists += _joined([file.lists for _, file in sorted(group, key=lambda each: each[0])])
    return ImportedLibrary(folder, facts, tuple(lists))


def _part_of(file: ReadFile) -> tuple[str, int, int]:
    """What the file is a part of, its number, and the number of parts; 0: it is whole."""
    facts = file.facts
    if facts.is_lossless:
        parts = facts.parts if facts.part <= facts.parts else 0
        return f"{facts.exported_at} {facts.origin}", facts.part, parts
    if match := PART_NAME.match(file.name) or PART_NAME.match(facts.part_name):
        what, number, count = match[1].casefold(), int(match[2]), int(match[3])
        if 1 <= number <= count:
            return "library" if what == "readme" else what, number, count
    return "", 0, 0


def _groups(files: Sequence[ReadFile]) -> list[list[tuple[int, ReadFile]]]:
    """The files by the export that was divided into them, each with its number.

    A number that is there already begins another group: exports of the same name, for example.
    """
    groups: list[tuple[tuple[str, int], list[tuple[int, ReadFile]]]] = []
    for file in files:
        what, number, count = _part_of(file)
        for key, group in groups:
            if count and key == (what, count) and number not in {other for other, _ in group}:
                group.append((number, file))
                break
        else:
            groups.append(((what, count), [(number, file)]))
    return [group for _, group in groups]


def _joined(parts: Sequence[Sequence[KeptList]]) -> list[KeptList]:
    """The lists of an export. One that a part ends with goes on at the next one's beginning."""
    lists: list[KeptList] = []
    for part in parts:
        is_first = True
        before = len(lists)
        for each in part:
            place = _begun(lists[:before], each.listed, is_first=is_first)
            is_first &= each.listed.hidden
            if place is None:
                lists.append(each)
            else:
                earlier = lists[place]
                lists[place] = KeptList(
                    _sum(earlier.listed, each.listed), (*earlier.files, *each.files)
                )
    return lists


def _begun(earlier: Sequence[KeptList], listed: ImportedList, *, is_first: bool) -> int | None:
    """The place of the list of earlier parts that this one continues; None if there is none.

    is_first  whether it is the first one of its part
    """
    if listed.hidden:
        return None
    shown = [place for place, each in enumerate(earlier) if not each.listed.hidden]
    for place in shown:
        begun = earlier[place].listed
        if begun.section is not listed.section:
            continue
        if listed.section is not LibrarySection.PLAYLIST:
            return place
        is_next = is_first and place == shown[-1]
        is_same = begun.uri == listed.uri and begun.name == listed.name
        if is_same and (listed.uri or is_next):
            return place
    return None


def _sum(first: ImportedList, more: ImportedList) -> ImportedList:
    """The first list with the entries of both."""
    first.count += more.count
    for problem, number in more.problems.items():
        first.problems[problem] = first.problems.get(problem, 0) + number
    return first
