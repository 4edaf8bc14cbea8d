"""Files that wait for their download, so that their addresses survive a restart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from bot.store.database import Database
from bot.store.link_required import missing_link, require_link

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
        with missing_link("download"):
            async with self._db.transaction() as db:
                await require_link(db, discord_id, "download")
                await db.execute(
                    "INSERT INTO download VALUES ($1, $2, $3, $4, 0) ON CONFLICT (discord_id)"
                    " DO UPDATE SET token = excluded.token, name = excluded.name,"
                    " expires_at = excluded.expires_at, attempts = 0",
                    discord_id,
                    download.key,
                    name,
                    expires_at,
                )
        return download

    async def find(self, token: str, now: float) -> StoredDownload | None:
        """The download of this token, unless it has expired or began MAX_ATTEMPTS times."""
        row = await self._db.fetch_one(
            "SELECT discord_id, token, name FROM download"
            " WHERE token = $1 AND expires_at > $2 AND attempts < $3",
            _hash(token),
            now,
            MAX_ATTEMPTS,
        )
        return StoredDownload(*row) if row else None

    async def count_attempt(self, download: StoredDownload) -> bool:
        """Count that the download begins; False if it is gone."""
        return await self._db.execute(
            "UPDATE download SET attempts = attempts + 1 WHERE token = $1", download.key
        )

    async def delete(self, download: StoredDownload) -> None:
        await self._db.execute("DELETE FROM download WHERE token = $1", download.key)

    async def delete_expired(self, now: float) -> list[StoredDownload]:
        """Erase what has expired; the downloads that remain."""
        if await self._db.fetch_all("SELECT 1 FROM download WHERE expires_at <= $1", now):
            await self._db.execute("DELETE FROM download WHERE expires_at <= $1", now)
        rows = await self._db.fetch_all("SELECT discord_id, token, name FROM download")
        return [StoredDownload(*row) for row in rows]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
