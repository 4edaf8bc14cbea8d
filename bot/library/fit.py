"""Makes the files of an export fit an upload limit: as they are, compressed, or in parts."""

from __future__ import annotations

import zipfile
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import ceil
from pathlib import Path

from bot.library.export_files import ExportContents, write_export
from bot.library.export_report import Part
from bot.library.spool import SpooledList

# Files of a message (Discord's documentation, "Create Message").
MAX_FILES = 10
# How much of the limit a part is planned to take: parts of one export compress differently.
_FILLED = 0.95
# Suffixes of files that a zip archive would not make smaller.
_COMPRESSED = (".zip", ".xlsx")


def fit(contents: ExportContents, file_format: str, path: Path, max_bytes: int) -> list[Path]:
    """The files to send: the export's own, an archive with it, or several that divide it. Blocks.

    path       the file that `write_export` has written; the others are written beside it
    max_bytes  the limit for each file

    Each part is an export of some entries, which `write_export` writes. So it is valid in every
    format. The result is empty if there would be more than MAX_FILES parts. Raises OSError.
    """
    if path.stat().st_size <= max_bytes:
        return [path]
    packed = _compress(path)
    if (size := packed.stat().st_size) <= max_bytes:
        return [packed]
    plan = _Plan.of(contents.lists)
    count = ceil(size / (_FILLED * max_bytes))
    while count <= min(MAX_FILES, len(plan.ends)):
        files: list[Path] = []
        for part in _parts(contents, plan, count):
            files.append(_compress(write_export(part, file_format, path.parent), keep=False))
            size = files[-1].stat().st_size
            if size > max_bytes:
                break
        else:
            return files
        for file in files:
            file.unlink()
        count = max(count + 1, ceil(count * size / max_bytes))
    return []


@dataclass(frozen=True)
class _Plan:
    """Where lists can be divided.

    lengths  the number of entries of each list
    ends     the bytes of JSON up to the end of each entry, counted over all lists
    """

    lengths: list[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, lists: Sequence[SpooledList]) -> _Plan:
        sizes = [array("Q", (len(line) for line in each.lines())) for each in lists]
        ends = array("Q", accumulate(size for each in sizes for size in each))
        return cls([len(each) for each in sizes], ends)

    def cuts(self, count: int) -> list[int]:
        """The positions among all entries that divide them into parts of about equal size.

        Each part has an entry: there are at least `count` ones.
        """
        cuts = [0]
        for number in range(1, count):
            cut = bisect_left(self.ends, self.ends[-1] * number / count)
            cuts.append(min(max(cut, cuts[-1] + 1), len(self.ends) - count + number))
        return [*cuts, len(self.ends)]


def _parts(contents: ExportContents, plan: _Plan, count: int) -> list[ExportContents]:
    """The contents of each part, in order. The first one has what is not in the lists."""
    parts = [
        replace(
            contents,
            lists=_between(contents.lists, plan.lengths, first, last),
            reports=[],
            part=Part(number, count, contents.is_archive),
        )
        for number, (first, last) in enumerate(pairwise(plan.cuts(count)), 1)
    ]
    return parts[:1] + [
        replace(part, hidden=(), failed=(), left_out=(), unreadable=0) for part in parts[1:]
    ]


def _between(
    lists: Sequence[SpooledList], lengths: Sequence[int], first: int, last: int
) -> list[SpooledList]:
    """The parts of the lists from the entry `first` to before `last`, counted over all lists.

    An empty list belongs to the first entry.
    """
    parts, start = [], 0
    for spooled, length in zip(lists, lengths, strict=True):
        begin, end = max(first - start, 0), min(last - start, length)
        if begin < end or (first == 0 and length == 0):
            parts.append(spooled.part(begin, end if length else 0))
        start += length
    return parts


def _compress(path: Path, *, keep: bool = True) -> Path:
    """The file in a zip archive beside it; a file that is compressed as it is."""
    if path.suffix in _COMPRESSED:
        return path
    archive_path = path.with_name(f"{path.name}.zip")
    with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    if not keep:
        path.unlink()
    return archive_path
