"""The folders of jobs beside the database, and what the disk says about them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from bot.errors.storage import StorageError, StorageGone
from bot.store.disk_errors import file_error

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Raises StorageError in place of an OSError."""
    try:
        yield
    except OSError as error:
        refusal = file_error(error, Path(error.filename or "a job's files"))
        if isinstance(refusal, StorageGone):  # whose message is about the database
            refusal = StorageError(str(refusal))
        raise refusal from error


def create(path: Path, *, append: bool = False) -> BinaryIO:
    """A new file that only the bot's user may read; an old one is emptied. Raises OSError.

    append  whether to go on with an old one instead
    """
    mode: Literal["ab", "wb"] = "ab" if append else "wb"
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, _PRIVATE_FILE))


class JobFolders:
    """A folder for each job, by its ID, which only the bot's user may open.

    They are in a folder beside the database, which exists while there is a job.
    """

    def __init__(self, database: Path) -> None:
        self.parent = database.with_name(f"{database.name}-jobs")

    def path(self, job_id: int) -> Path:
        return self.parent / str(job_id)

    def exists(self, job_id: int) -> bool:
        return self.path(job_id).is_dir()

    def make(self, job_id: int) -> None:
        """Raises StorageError."""
        with translate_disk_errors():
            self.parent.mkdir(_PRIVATE_FOLDER, exist_ok=True)
            self.path(job_id).mkdir(_PRIVATE_FOLDER)

    def erase(self, job_id: int) -> None:
        """Erase the folder with its files, if it exists. Blocks."""
        shutil.rmtree(self.path(job_id), ignore_errors=True)  # it follows no symbolic link
        with suppress(OSError):  # other jobs have folders there
            self.parent.rmdir()

    def keep_only(self, job_ids: Iterable[int]) -> None:
        """Erase all folders but those of these jobs. Blocks."""
        kept = {str(job_id) for job_id in job_ids}
        with suppress(OSError):
            for folder in list(self.parent.iterdir()):
                if folder.name not in kept:
                    shutil.rmtree(folder, ignore_errors=True)
            self.parent.rmdir()
