"""Reads the file of an import into a plan, in a thread that ends before its folder does."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from threading import Event

from bot.library.import_draft import draft
from bot.library.import_outcome import READ
from bot.library.import_plan import Plan
from bot.library.imported_library import kept as kept_library
from bot.library.read_file import read_library

# In the folder of a job: the file as it came.
UPLOAD = "upload"


async def read_upload(folder: Path, name: str) -> Plan:
    """The plan for the upload in a folder. Raises UnreadableFile and OSError.

    name  of the file, as its sender calls it

    If it is cancelled, the thread ends first, because it writes into the folder.
    """
    cancelled = Event()
    task = asyncio.create_task(asyncio.to_thread(_read, folder, name, cancelled))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait({task})
        raise


def _read(folder: Path, name: str, cancelled: Event) -> Plan:
    """Read the upload, unless that was done before. Blocks."""
    library = kept_library(folder / READ)
    if library is None:
        shutil.rmtree(folder / READ, ignore_errors=True)
        (folder / READ).mkdir(0o700)
        library = read_library(folder / UPLOAD, folder / READ, name=name, cancelled=cancelled)
    return draft(library)
