"""The folder in which a command keeps unfinished work, so that its next run goes on."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors.bot_error import StartupError

_LOCK = "lock"


def folder_name(command: str, *marks: str) -> str:
    """The name of the folder for this work, such as of one account."""
    digest = hashlib.sha256()
    for mark in marks:
        part = mark.encode()
        digest.update(len(part).to_bytes(8) + part)
    return f".tonearm-{command}-{digest.hexdigest()[:16]}"


@contextmanager
def kept_folder(path: Path, *, restart: bool, max_age: float | None, now: float) -> Iterator[bool]:
    """Make the folder, for this process alone; yields whether it has unfinished work.

    It stays after the block, unless the block erases it.

    restart  erase what is there
    max_age  seconds after which the files in the folder are too old; None: never
    now      seconds since 1970

    Raises StartupError if another process uses it, and OSError.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    with (path / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartupError(
                "Another Tonearm is doing the same right now. Wait for its end, or stop it."
            ) from None
        kept = [each for each in path.iterdir() if each.name != _LOCK]
        newest = max((each.stat().st_mtime for each in kept), default=now)
        if restart or (max_age is not None and newest + max_age < now):
            for each in kept:
                shutil.rmtree(each) if each.is_dir() else each.unlink()
            kept = []
        yield bool(kept)
