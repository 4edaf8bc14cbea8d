"""Files that are too large for Discord, which their owner fetches once from a secret address."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.errors.content import DownloadGone, DownloadRunning
from bot.errors.login import NotLinked
from bot.errors.storage import StorageError
from bot.library.job_files import create, translate_disk_errors
from bot.library.sealed_file import SealedFile, seal
from bot.store import Store, StoredDownload

# Seconds in which an address works.
LIFETIME = 24 * 60 * 60.0
PATH = "/download"
_PRIVATE_FOLDER = 0o700


def downloads_folder(database: Path) -> Path:
    """The folder beside the database, which exists once there was a download."""
    return database.with_name(f"{database.name}-downloads")


@dataclass(frozen=True)
class Download:
    """A file that waits for its owner.

    url         the address; its fragment has the token, which browsers send to no server
    expires_at  in seconds since 1970
    """

    url: str = field(repr=False)
    expires_at: float


@dataclass
class Transfer:
    """A download in progress. Set `is_complete` after the last byte: then the file is erased.

    is_revoked  the transfer has to end
    is_ending   the last bytes are being sent, so the browser may have them already
    over        set when the transfer has ended
    """

    name: str
    file: SealedFile
    is_revoked: bool = False
    is_ending: bool = False
    is_complete: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Downloads:
    """One file for each user, in a folder beside the database that only the bot's user may open.

    Only the token opens a file, and the token is nowhere but in its address.

    now  seconds since 1970
    """

    def __init__(
        self, store: Store, database: Path, public_url: str, *, now: Callable[[], float]
    ) -> None:
        self._table = store.downloads
        self._folder = downloads_folder(database)
        self._url = f"{public_url}{PATH}"
        self._now = now
        self._copying: set[Path] = set()
        self._running: dict[int, Transfer] = {}

    async def offer(self, user_id: int, path: Path) -> Download:
        """Copy a file to where its owner can fetch it, in place of an earlier one.

        Raises NotLinked, also if the user unlinks meanwhile, and StorageError.
        """
        token, expires_at = secrets.token_urlsafe(32), self._now() + LIFETIME
        stored = await self._table.set(user_id, token, path.name, expires_at)
        self.forget(user_id)
        target = self._file(stored)
        self._copying.add(target)
        try:
            with translate_disk_errors():
                await asyncio.to_thread(self._copy, path, target, token)
        except BaseException:
            target.unlink(missing_ok=True)
            await self._table.delete(stored)
            raise
        finally:
            self._copying.discard(target)
        if await self._table.find(token, self._now()) is None:
            target.unlink(missing_ok=True)
            raise NotLinked("download")
        return Download(f"{self._url}#{token}", expires_at)

    def _copy(self, path: Path, target: Path, token: str) -> None:
        self._folder.mkdir(_PRIVATE_FOLDER, exist_ok=True)
        with path.open("rb") as file, create(target) as copy:
            seal(file, copy, token)

    @asynccontextmanager
    async def fetch(self, token: str) -> AsyncIterator[Transfer]:
        """The file of a token. If the transfer breaks off, the token works again.

        Raises DownloadGone for every token that does not work, DownloadRunning and StorageError.
        """
        stored = await self._find(token)
        while running := self._running.get(stored.discord_id):
            if not (running.is_ending or running.is_revoked):
                raise DownloadRunning
            await running.over.wait()
            stored = await self._find(token)
        with self._open(stored) as file:
            sealed = SealedFile(file, token)
            transfer = self._running[stored.discord_id] = Transfer(stored.name, sealed)
            try:
                if not await self._table.count_attempt(stored):
                    raise DownloadGone
                yield transfer
                if transfer.is_complete:
                    self._file(stored).unlink(missing_ok=True)
                    with suppress(StorageError):  # without its file, the row is of no use
                        await self._table.delete(stored)
            finally:
                del self._running[stored.discord_id]
                transfer.over.set()

    async def _find(self, token: str) -> StoredDownload:
        """Raises DownloadGone."""
        if stored := await self._table.find(token, self._now()):
            return stored
        raise DownloadGone

    def _open(self, stored: StoredDownload) -> BinaryIO:
        try:
            with translate_disk_errors():
                return self._file(stored).open("rb")
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise DownloadGone from None
            raise

    def forget(self, user_id: int) -> None:
        """Erase the user's file, and end its transfer."""
        if transfer := self._running.get(user_id):
            transfer.is_revoked = True
        for path in self._folder.glob(f"{user_id}-*"):
            path.unlink(missing_ok=True)

    async def expire(self) -> None:
        """Erase what has expired. Raises StorageError."""
        stored = await self._table.delete_expired(self._now())
        kept = {*map(self._file, stored), *self._copying}
        with translate_disk_errors():
            for path in set(self._folder.glob("*")) - kept:
                path.unlink(missing_ok=True)

    def _file(self, stored: StoredDownload) -> Path:
        return self._folder / f"{stored.discord_id}-{stored.key.hex()[:32]}"
