"""Moves the members of one zip archive into another, without compressing them again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

_CHUNK = 1024 * 1024


def move_members(path: Path, into: zipfile.ZipFile) -> None:
    """Append all members of the archive, and erase it. Raises OSError.

    The members with their local headers say nothing of where they are (APPNOTE.TXT, 4.3.7), so
    they are copied as they are. Python has no public way for that: this uses the attributes in
    which zipfile of Python 3.11 to 3.14 keeps the directory that it writes at the end.
    """
    target: Any = into
    with zipfile.ZipFile(path) as source:
        members: Any = source
        target.fp.seek(target.start_dir)
        with path.open("rb") as file:
            _copy(file, target.fp, members.start_dir)
        for info in source.infolist():
            info.header_offset += target.start_dir
            target.filelist.append(info)
            target.NameToInfo[info.filename] = info
        target.start_dir = target.fp.tell()
        target._didModify = True
    path.unlink()


def _copy(source: Any, target: Any, size: int) -> None:
    while size > 0:
        chunk = source.read(min(_CHUNK, size))
        target.write(chunk)
        size -= len(chunk) or size
