"""Opens the earlier export that a new one goes on from, or is compared with."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bot.errors.backups import NoLastExport, NotAnEarlierExport, OtherAccount, OtherFormat
from bot.errors.files import UnknownFile
from bot.library.earlier_export import read_earlier
from bot.library.earlier_lists import EarlierExport
from bot.library.imported_library import ImportedLibrary
from bot.library.job_files import EARLIER, translate_disk_errors
from bot.library.read_file import read_library

T = TypeVar("T", bound=EarlierExport | ImportedLibrary)


async def open_earlier(folder: Path, account: str) -> EarlierExport | None:
    """The earlier export whose files are in the folder of a job; None without any.

    account  the ID of the Spotify account

    Raises NotAnEarlierExport, UnreadableFile, OtherAccount, and StorageError from the disk.
    """
    return await _open(folder, account, read_since)


async def open_comparable(folder: Path, account: str) -> EarlierExport | ImportedLibrary | None:
    """As `open_earlier`, or the library in a file of any other format."""
    return await _open(folder, account, _read_any)


async def open_last(folder: Path, account: str, required: bool = True) -> EarlierExport | None:
    """As `open_earlier`, for the files of the bot's own message.

    required  whether NoLastExport is raised if it cannot be used, and OtherAccount; else None
    """
    try:
        return await _open(folder, account, read_earlier)
    except OtherAccount:
        if required:
            raise
    except NotAnEarlierExport as error:
        if required:
            raise NoLastExport from error
    return None


async def _open(folder: Path, account: str, read: Callable[[Sequence[Path], Path], T]) -> T | None:
    with translate_disk_errors():
        source = folder / EARLIER
        if not source.exists():
            return None
        lists = folder / f"{EARLIER}-lists"
        lists.mkdir(0o700, exist_ok=True)
        earlier = await asyncio.to_thread(read, sorted(source.iterdir()), lists)
    if isinstance(earlier, EarlierExport):
        earlier.require_account(account)
    return earlier


def read_since(paths: Sequence[Path], folder: Path) -> EarlierExport:
    """As `read_earlier`; its errors say what is wrong with the file. Blocks.

    Raises UnreadableFile, too.
    """
    found = _read_any(paths, folder)
    if isinstance(found, EarlierExport):
        return found
    raise OtherFormat(found.facts.format)


def _read_any(paths: Sequence[Path], folder: Path) -> EarlierExport | ImportedLibrary:
    try:
        return read_earlier(paths, folder)
    except NotAnEarlierExport as error:
        # Others say what is wrong, and of several files it would not be clear which one is meant.
        if type(error) is not NotAnEarlierExport or len(paths) != 1:
            raise
        try:
            library = _read_library(paths[0], folder)
        except UnknownFile:
            raise error from None
        if library.facts.is_lossless:
            raise
        return library


def _read_library(path: Path, folder: Path) -> ImportedLibrary:
    target = folder / "library"
    shutil.rmtree(target, ignore_errors=True)  # of an earlier run
    target.mkdir(0o700)
    return read_library(path, target)
