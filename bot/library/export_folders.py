"""The temporary folders of exports, and what the disk says about them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from bot.errors.storage import StorageError, StorageGone
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
        refusal = file_error(error, Path(error.filename or f"{_PREFIX}…"))
        if isinstance(refusal, StorageGone):  # whose message is about the database
            refusal = StorageError(str(refusal))
        raise refusal from error


def erase_leftovers(now: float, parent: Path | None = None) -> None:
    """Erase folders of exports that a crash left behind; `now` is in seconds since 1970.

    parent  the folder in which they are, by default the system's
    """
    try:
        folders = list((parent or Path(gettempdir())).glob(f"{_PREFIX}*"))
    except OSError:  # there is no such folder; an export says so
        return
    for folder in folders:
        try:
            status = folder.lstat()
        except OSError:
            continue
        is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if is_own and now - status.st_mtime > LEFTOVER_AGE:
            shutil.rmtree(folder, ignore_errors=True)  # it follows no symbolic link
