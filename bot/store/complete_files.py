"""Files that are complete and safe from a power cut before they have their name."""

from __future__ import annotations

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors.bot_error import StartupError
from bot.store.disk_errors import exists, file_error, irregular_file_error
from bot.store.private_files import open_private

_PARTIAL = ".partial"


@contextmanager
def complete_file(target: Path) -> Iterator[Path]:
    """A new file of mode 0600, which replaces `target` at the end, safe from a power cut.

    What an earlier process left because it was killed is removed.
    """
    partial = target.with_name(f"{target.name}{_PARTIAL}-{secrets.token_hex(4)}")
    with file_errors(target):
        for leftover in target.parent.glob(f"{glob.escape(target.name)}{_PARTIAL}-*"):
            leftover.unlink()
        os.close(open_private(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        yield partial
        with file_errors(target):
            _sync(partial)
            partial.replace(target)
            _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_free(file: Path, advice: str) -> None:
    """Raises StartupError, with the advice for another way, if there is a file of this name."""
    with file_errors(file):
        if exists(file) and not file.is_file():
            raise StartupError(str(irregular_file_error(file)))
        if exists(file):
            raise StartupError(f"{file} exists already. Choose another name, or {advice}.")


@contextmanager
def file_errors(file: Path) -> Iterator[None]:
    """Raise errors of the disk as StartupError."""
    try:
        yield
    except OSError as error:
        raise StartupError(str(file_error(error, file))) from None
