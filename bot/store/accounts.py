"""Linked accounts: which Discord user has linked which Spotify account."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from bot.errors.login import StoredLoginUnreadable
from bot.errors.storage import StorageError
from bot.store.database import Database, Row
from bot.store.encryption import TokenCipher

_log = logging.getLogger(__name__)

ACCOUNT_COLUMNS = (
    "discord_id, account_id, name, client_id, scopes, authorized_at, generation, ended, reminded"
)


@dataclass(frozen=True)
class LinkedAccount:
    """The Spotify account of a Discord user. Only `AccountTable.refresh_token` reads its token.

    client_id      the Spotify app that the user authorized
    authorized_at  when the user authorized it, in seconds since 1970; a renewal keeps it
    version        changes with each login and each new refresh token
    revoked        Spotify no longer accepts the refresh token
    last_reminder  the last reminder that was sent, as days before the login expires; or 0
    """

    discord_id: int
    account_id: str
    name: str
    client_id: str
    scopes: str
    authorized_at: int
    version: int = 1
    revoked: bool = False
    last_reminder: int = 0


@dataclass(frozen=True)
class _UnsavedToken:
    """A refresh token that the disk refused; `version` is its row's."""

    version: int
    refresh_token: str = field(repr=False)


class AccountTable:
    def __init__(self, database: Database, cipher: TokenCipher) -> None:
        self._db = database
        self._cipher = cipher
        self._unsaved: dict[int, _UnsavedToken] = {}

    async def get(self, discord_id: int) -> LinkedAccount | None:
        row = await self._db.fetch_one(
            f"SELECT {ACCOUNT_COLUMNS} FROM link WHERE discord_id = $1", discord_id
        )
        return account_from_row(row) if row else None

    async def refresh_token(self, account: LinkedAccount) -> str | None:
        """The refresh token; None if the row has changed since `account` was read.

        Raises LoginExpired if it cannot be decrypted: the row was damaged, or copied from another.
        """
        row = await self._db.fetch_one(
            "SELECT refresh_token FROM link WHERE discord_id = $1 AND generation = $2",
            account.discord_id,
            account.version,
        )
        unsaved = self._unsaved.get(account.discord_id)
        if row and unsaved and unsaved.version == account.version:
            return unsaved.refresh_token
        return self._cipher.decrypt(row[0], "refresh_token", account.discord_id) if row else None

    async def opens_first_login(self) -> bool:
        """Whether the keys decrypt the first stored refresh token; True without any."""
        row = await self._db.fetch_one("SELECT refresh_token, discord_id FROM link LIMIT 1")
        try:
            return row is None or bool(self._cipher.decrypt(row[0], "refresh_token", row[1]))
        except StoredLoginUnreadable:
            return False

    async def find_owner(self, account_id: str) -> int | None:
        """The Discord user who has linked this Spotify account."""
        row = await self._db.fetch_one(
            "SELECT discord_id FROM link WHERE account_id = $1", account_id
        )
        return int(row[0]) if row else None

    async def renew(self, account: LinkedAccount, refresh_token: str) -> int | None:
        """Store a new refresh token; the account's new version.

        None if the row has changed since `account` was read. If the disk refuses the write, the
        token stays in memory for `refresh_token` and `save_unsaved`, because Spotify no longer
        accepts the old one.
        """
        try:
            renewed = await self._db.execute(
                "UPDATE link SET refresh_token = $1, generation = generation + 1, ended = 0"
                " WHERE discord_id = $2 AND generation = $3",
                self._cipher.encrypt(refresh_token, "refresh_token", account.discord_id),
                account.discord_id,
                account.version,
            )
        except StorageError:
            self._unsaved[account.discord_id] = _UnsavedToken(account.version, refresh_token)
            _log.warning("a renewed login is in memory only, and is stored when the disk allows it")
            return account.version if await self.is_unchanged(account) else None
        self._unsaved.pop(account.discord_id, None)
        return account.version + 1 if renewed else None

    async def save_unsaved(self) -> None:
        """Store the refresh tokens that the disk refused before. Raises StorageError.

        The rows keep their versions, so that their access tokens stay valid.
        """
        for discord_id, unsaved in list(self._unsaved.items()):
            await self._db.execute(
                "UPDATE link SET refresh_token = $1, ended = 0"
                " WHERE discord_id = $2 AND generation = $3",
                self._cipher.encrypt(unsaved.refresh_token, "refresh_token", discord_id),
                discord_id,
                unsaved.version,
            )
            if self._unsaved.get(discord_id) is unsaved:
                del self._unsaved[discord_id]

    async def save_unsaved_at_exit(self) -> None:
        """Like `save_unsaved`, but log tokens that are lost because the disk still refuses them."""
        try:
            await self.save_unsaved()
        except StorageError:
            _log.error(
                "%d renewed logins could not be stored: their users have to link again",
                len(self._unsaved),
            )

    async def is_unchanged(self, account: LinkedAccount) -> bool:
        """Whether the row is the same as when `account` was read."""
        row = await self._db.fetch_one(
            "SELECT 1 FROM link WHERE discord_id = $1 AND generation = $2",
            account.discord_id,
            account.version,
        )
        return row is not None

    async def mark_revoked(self, account: LinkedAccount) -> None:
        """Record that Spotify refuses the refresh token. The user has to log in again."""
        await self._db.execute(
            "UPDATE link SET ended = 1 WHERE discord_id = $1 AND generation = $2",
            account.discord_id,
            account.version,
        )

    async def unmark_revoked(self, account: LinkedAccount) -> bool:
        """Record that Spotify accepts the refresh token again. False if the row has changed."""
        return await self._db.execute(
            "UPDATE link SET ended = 0 WHERE discord_id = $1 AND generation = $2",
            account.discord_id,
            account.version,
        )

    async def unlink(self, discord_id: int) -> bool:
        """Erase all rows of a user, also from the write-ahead log. False if none was linked."""
        async with self._db.transaction() as db:
            deleted = await db.fetch_all(
                "DELETE FROM link WHERE discord_id = $1 RETURNING account_id", discord_id
            )
            await db.execute("DELETE FROM person WHERE discord_id = $1", discord_id)
            await db.tell("forget", discord_id, *(account_id for (account_id,) in deleted))
        self._unsaved.pop(discord_id, None)
        await self._db.erase_traces(discord_id)
        return bool(deleted)

    async def authorized_before(self, cutoff: float) -> list[LinkedAccount]:
        """Accounts authorized before `cutoff` and not revoked, of users who want reminders."""
        rows = await self._db.fetch_all(
            f"SELECT {ACCOUNT_COLUMNS} FROM link JOIN person USING (discord_id)"
            " WHERE authorized_at < CAST($1 AS DOUBLE PRECISION) AND reminders = 1 AND ended = 0",
            cutoff,
        )
        return [account_from_row(row) for row in rows]

    async def mark_reminded(self, account: LinkedAccount, days: int) -> bool:
        """Record a reminder before it is sent. False if it was sent, or the account changed."""
        return await self._db.execute(
            "UPDATE link SET reminded = $1"
            " WHERE discord_id = $2 AND generation = $3 AND reminded = $4",
            days,
            account.discord_id,
            account.version,
            account.last_reminder,
        )

    async def is_client_used(self, client_id: str) -> bool:
        """Whether a linked account or a pending login uses this Spotify app."""
        rows = await self._db.fetch_all(
            "SELECT 1 FROM link WHERE client_id = $1 UNION ALL SELECT 1 FROM login"
            " WHERE client_id = $1 LIMIT 1",
            client_id,
        )
        return bool(rows)

    async def all(self) -> list[LinkedAccount]:
        """All linked accounts, the oldest link first."""
        sql = f"SELECT {ACCOUNT_COLUMNS} FROM link ORDER BY authorized_at"
        return [account_from_row(row) for row in await self._db.fetch_all(sql)]

    async def people(self) -> list[int]:
        """The IDs of all Discord users about whom something is stored."""
        rows = await self._db.fetch_all("SELECT discord_id FROM person")
        return [int(discord_id) for (discord_id,) in rows]

    async def count_of_app(self, client_id: str) -> int:
        """How many accounts are linked through this Spotify app."""
        sql = "SELECT count(*) FROM link WHERE client_id = $1"
        ((count,),) = await self._db.fetch_all(sql, client_id)
        return int(count)

    async def count(self) -> int:
        ((count,),) = await self._db.fetch_all("SELECT count(*) FROM link")
        return int(count)


def account_from_row(row: Row) -> LinkedAccount:
    values = list(row)
    values[7] = bool(values[7])
    return LinkedAccount(*values)
