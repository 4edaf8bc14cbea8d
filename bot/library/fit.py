"""Makes the files of an export fit an upload limit: as they are, compressed, or in parts."""

from __future__ import annotations

import zipfile
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import ceil
from pathlib import Path

from bot.library.export_files import ExportContents, write_export
from bot.library.export_report import Part

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
    format. If there would be more than MAX_FILES parts, the result is one file that is too large.
    Raises OSError.
    """
    if path.stat().st_size <= max_bytes:
        return [path]
    packed = _compress(path)
    if (size := packed.stat().st_size) <= max_bytes:
        return [packed]
    sizes = [array("Q", (len(line) for line in each.lines())) for each in contents.lists]
    count = ceil(size / (_FILLED * max_bytes))
    while count <= min(MAX_FILES, sum(map(len, sizes))):
        files: list[Path] = []
        for part in _parts(contents, divide(sizes, count)):
            files.append(_compress(write_export(part, file_format, path.parent), keep=False))
            size = files[-1].stat().st_size
            if size > max_bytes:
                break
        else:
            return files
        for file in files:
            file.unlink()
        count = max(count + 1, ceil(count * size / max_bytes))
    return [packed]


def divide(sizes: Sequence[Sequence[int]], count: int) -> list[list[range]]:
    """`count` parts of about equal size, in order: the entries of each list in each part.

    sizes  of the entries of each list; there are at least `count` entries

    Each part has an entry.
    """
    ends = array("Q", accumulate(size for each in sizes for size in each))
    cuts = [0]
    for number in range(1, count):
        cut = bisect_left(ends, ends[-1] * number / count)
        cuts.append(min(max(cut, cuts[-1] + 1), len(ends) - count + number))
    starts = [0, *accumulate(map(len, sizes))]
    return [
        [
            range(max(first - start, 0), max(min(last, end) - start, 0))
            for start, end in pairwise(starts)
        ]
        for first, last in pairwise([*cuts, len(ends)])
    ]


def _parts(contents: ExportContents, division: list[list[range]]) -> list[ExportContents]:
    """The contents of each part, in order. The first one has what has no entries."""
    parts = [
        replace(
            contents,
            lists=[
                spooled.part(entries.start, entries.stop)
                for spooled, entries in zip(contents.lists, ranges, strict=True)
                if entries or (number == 1 and not spooled.count)
            ],
            reports=[],
            part=Part(number, len(division), contents.is_archive),
        )
        for number, ranges in enumerate(division, 1)
    ]
    return parts[:1] + [
        replace(part, hidden=(), failed=(), left_out=(), unreadable=0) for part in parts[1:]
    ]


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
