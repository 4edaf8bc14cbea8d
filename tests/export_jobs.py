"""Looks at the rows and folders of jobs without the bot."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.harness import Harness


def job_folders(harness: Harness) -> list[Path]:
    """The folders of all jobs."""
    database = harness.settings.database
    return list(database.with_name(f"{database.name}-jobs").glob("*"))


def job_rows(harness: Harness) -> list[dict[str, Any]]:
    """The rows of all jobs."""
    with closing(sqlite3.connect(harness.settings.database)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM job")]


async def wait_until_over(harness: Harness) -> None:
    """Wait until no job works or waits: a job ends just after its file is delivered."""
    assert harness.bot is not None
    if tasks := harness.bot.services.jobs.tasks:
        await asyncio.wait(tasks)


async def wait_until_erased(harness: Harness) -> None:
    """Wait until no job works, and check that none has a row or a folder."""
    await wait_until_over(harness)
    assert not job_rows(harness)
    assert not job_folders(harness)


async def kill(harness: Harness) -> None:
    """Start the bot again with the files that a kill at this moment would have left."""
    folder = harness.settings.database.parent
    with TemporaryDirectory() as name:
        left = shutil.copytree(folder, Path(name) / "left")
        await harness.stop()
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(left, folder, dirs_exist_ok=True)
    await harness.start()
