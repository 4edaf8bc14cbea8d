"""Reads the files of an import into a plan, in a thread that ends before its folder does."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from bot.library.import_draft import draft
from bot.library.import_outcome import READ
from bot.library.import_plan import Plan
from bot.library.imported_library import kept as kept_library
from bot.library.job_files import upload_path
from bot.library.read_file import Upload, read_files


async def read_uploads(folder: Path, names: Sequence[str]) -> Plan:
    """The plan for the uploads in a folder. Raises UnreadableFile and OSError.

    names  of the files, as their sender calls them

    If it is cancelled, the thread ends first, because it writes into the folder.
    """
    cancelled = Event()
    task = asyncio.create_task(asyncio.to_thread(_read, folder, names, cancelled))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait({task})
        raise


def _read(folder: Path, names: Sequence[str], cancelled: Event) -> Plan:
    """Read the uploads, unless that was done before. Blocks."""
    library = kept_library(folder / READ)
    if library is None:
        shutil.rmtree(folder / READ, ignore_errors=True)
        (folder / READ).mkdir(0o700)
        uploads = [Upload(upload_path(folder, n), name) for n, name in enumerate(names)]
        library = read_files(uploads, folder / READ, cancelled=cancelled)
    return draft(library)
