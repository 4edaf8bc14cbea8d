"""The temporary folders of exports, and what the disk says about them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from bot.store.disk_errors import file_error

_PREFIX = "tonearm-export-"
# The age in seconds of a folder that a crash left behind: no export takes as long.
LEFTOVER_AGE = 24 * 60 * 60.0


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that only this process's user may read. Raises OSError."""
    with TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Raises StorageError in place of an OSError."""
    try:
        yield
    except OSError as error:
        raise file_error(error, Path(gettempdir()) / f"{_PREFIX}…") from error


def erase_leftovers(now: float, parent: Path | None = None) -> None:
    """Erase folders of exports that a crash left behind; `now` is in seconds since 1970.

    parent  the folder in which they are, by default the system's
    """
    for folder in (parent or Path(gettempdir())).glob(f"{_PREFIX}*"):
        try:
            status = folder.lstat()
        except OSError:
            continue
        is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if is_own and now - status.st_mtime > LEFTOVER_AGE:
            shutil.rmtree(folder, ignore_errors=True)  # it follows no symbolic link
