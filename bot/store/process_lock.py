"""The lock beside the database, which only one process can hold."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.errors.bot_error import AlreadyRunning
from bot.store.disk_errors import exists, file_error, irregular_file_error, lock_file
from bot.store.private_files import open_private


@contextmanager
def process_lock(path: Path) -> Iterator[bool]:
    """Lock the file beside the database; yields whether the database is new.

    Two processes would use the same refresh token, and Spotify may then revoke it. Raises
    AlreadyRunning if another process holds the lock, StorageError, OSError.
    """
    is_new = not exists(path) or path.stat().st_size == 0
    if exists(path) and not path.is_file():
        raise irregular_file_error(path)
    lock = lock_file(path)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(lock, "w", opener=open_private))
        except OSError as error:
            raise file_error(error, lock) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Another Tonearm is running on {path}. Stop it first, or set DATABASE to "
                "another file."
            ) from None
        yield is_new
