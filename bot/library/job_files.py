"""The folders of jobs beside the database, and what the disk says about them."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from bot.errors.storage import StorageError, StorageGone
from bot.store.disk_errors import file_error
from bot.store.process_share import ProcessShare

# In the folder of a job: the folder with the files of an earlier export.
EARLIER = "earlier"

_ALONE = ProcessShare()
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
# In the name of a folder that a process fills; the number of the process follows.
_UNFINISHED = ".new-"


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


def upload_path(folder: Path, number: int) -> Path:
    """Where a file of an import is in the folder of a job, as it came."""
    return folder / f"upload-{number}"


class JobFolders:
    """A folder for each job, by its ID, which only the bot's user may open.

    They are in a folder beside the database, which all processes share and none removes: another
    one may be about to make a folder in it.

    share  this process among them
    """

    def __init__(self, database: Path, share: ProcessShare = _ALONE) -> None:
        self.parent = database.with_name(f"{database.name}-jobs")
        self._share = share

    def path(self, job_id: int) -> Path:
        return self.parent / str(job_id)

    def exists(self, job_id: int) -> bool:
        return self.path(job_id).is_dir()

    @asynccontextmanager
    async def make(self, job_id: int) -> AsyncIterator[Path]:
        """A new folder to be filled, which gets its place at the end, unless something raises.

        Until then, it has a name of this process, so that no other one takes it for a job that is
        over. Raises StorageError.
        """
        folder = self.parent / f"{job_id}{_UNFINISHED}{self._share.number}"
        with translate_disk_errors():
            self.parent.mkdir(_PRIVATE_FOLDER, exist_ok=True)
            folder.mkdir(_PRIVATE_FOLDER)
        try:
            yield folder
            with translate_disk_errors():
                folder.rename(self.path(job_id))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def erase(self, job_id: int) -> None:
        """Erase the folder with its files, if it exists. Blocks."""
        shutil.rmtree(self.path(job_id), ignore_errors=True)  # it follows no symbolic link

    def keep_only(self, job_ids: Iterable[int]) -> None:
        """Erase all folders but those of these jobs, and those that others fill. Blocks.

        This process must not be filling any.
        """
        kept = {str(job_id) for job_id in job_ids}
        with suppress(OSError):
            for folder in list(self.parent.iterdir()):
                name, unfinished, process = folder.name.partition(_UNFINISHED)
                is_ours = not unfinished or self._share.owns(int(process))
                if is_ours and (unfinished or name not in kept):
                    shutil.rmtree(folder, ignore_errors=True)
