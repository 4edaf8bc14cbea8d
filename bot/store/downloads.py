"""Files that wait for their download, so that their addresses survive a restart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from bot.errors.login import NotLinked
from bot.store.connection import Database

# How often a download may begin: it may break off, but must not be repeated at will.
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class StoredDownload:
    """A user's file.

    key   the hash of its token
    name  what the browser saves it as
    """

    discord_id: int
    key: bytes = field(repr=False)
    name: str


class DownloadTable:
    """Holds one download for each user, by the hash of its token. An unlink erases it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def set(
        self, discord_id: int, token: str, name: str, expires_at: float
    ) -> StoredDownload:
        """Store the user's only download. Raises NotLinked."""
        download = StoredDownload(discord_id, _hash(token), name)
        stored = await self._db.execute(
            "INSERT OR REPLACE INTO download SELECT ?1, ?2, ?3, ?4, 0"
            " WHERE ?1 IN (SELECT discord_id FROM link)",
            discord_id,
            download.key,
            name,
            expires_at,
        )
        if not stored:
            raise NotLinked("download")
        return download

    async def find(self, token: str, now: float) -> StoredDownload | None:
        """The download of this token, unless it has expired or began MAX_ATTEMPTS times."""
        row = await self._db.fetch_one(
            "SELECT discord_id, token, name FROM download"
            " WHERE token = ? AND expires_at > ? AND attempts < ?",
            _hash(token),
            now,
            MAX_ATTEMPTS,
        )
        return StoredDownload(*row) if row else None

    async def count_attempt(self, download: StoredDownload) -> bool:
        """Count that the download begins; False if it is gone."""
        return await self._db.execute(
            "UPDATE download SET attempts = attempts + 1 WHERE token = ?", download.key
        )

    async def delete(self, download: StoredDownload) -> None:
        await self._db.execute("DELETE FROM download WHERE token = ?", download.key)

    async def delete_expired(self, now: float) -> list[StoredDownload]:
        """Erase what has expired; the downloads that remain."""
        if await self._db.fetch_all("SELECT 1 FROM download WHERE expires_at <= ?", now):
            await self._db.execute("DELETE FROM download WHERE expires_at <= ?", now)
        rows = await self._db.fetch_all("SELECT discord_id, token, name FROM download")
        return [StoredDownload(*row) for row in rows]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
