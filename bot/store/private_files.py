"""Keeps other users of the machine from reading the database."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from bot.store.disk_errors import exists

_log = logging.getLogger(__name__)

PRIVATE = 0o600
OTHERS = 0o007


def make_private(database: Path) -> None:
    """Create the file for its owner alone, or take an existing one away from other users.

    SQLite gives the files beside it the same mode. A group keeps its access, since an operator may
    have given it, for example to a backup program. A failure is SQLite's to report.
    """
    with suppress(OSError):
        if not exists(database):  # closing an existing file would end the locks of this process
            os.close(open_private(database, os.O_RDWR | os.O_CREAT))
    for file in database_files(database):
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & OTHERS:
                file.chmod(mode & ~OTHERS)
                _log.info("other users can no longer read %s", file)


def database_files(database: Path) -> list[Path]:
    """The files of the database that exist."""
    files = (database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm"))
    return [file for file in files if file.is_file()]


def open_private(file: str | Path, flags: int) -> int:
    """An opener for `open` that creates files for their owner alone.

    If root runs this, that is the owner of the folder: otherwise, a command that an operator runs
    as root would leave files that the bot cannot open.
    """
    descriptor = os.open(file, flags, PRIVATE)
    if os.geteuid() == 0:
        with suppress(OSError):  # a file system without owners
            owner = os.stat(Path(file).absolute().parent)
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
