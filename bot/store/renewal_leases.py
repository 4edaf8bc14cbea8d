"""Leases for the renewal of a login, so that several processes renew it once.

A lease is in the row of the linked account. It ends by itself, and is void if the process that
holds it is gone, or was started again: its session holds no advisory lock any more. No lock is held
over a request to Spotify. The account's version changes with each renewal, so a late holder's write
has no effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors.storage import StorageUnreachable
from bot.store.accounts import LinkedAccount
from bot.store.encryption import TokenCipher
from bot.store.postgres import PostgresDatabase
from bot.store.postgres_home import PROCESS_LOCKS, HomeConnection

# Seconds; longer than the renewal's request may take.
LEASE_SECONDS = 15

_NOW = "extract(epoch FROM clock_timestamp())"


@dataclass(frozen=True)
class SharedToken:
    """An access token that any process may use. `lifetime` is in seconds from now."""

    value: str = field(repr=False)
    lifetime: float
    version: int


class RenewalLeases:
    def __init__(
        self, database: PostgresDatabase, cipher: TokenCipher, home: HomeConnection
    ) -> None:
        self._db = database
        self._cipher = cipher
        self._home = home

    async def access_token(self, account: LinkedAccount) -> SharedToken | None:
        """The access token that a process has stored; None if there is none of this version."""
        row = await self._db.fetch_one(
            f"SELECT access_token, access_until - {_NOW} FROM link"
            " WHERE discord_id = $1 AND generation = $2 AND access_token IS NOT NULL",
            account.discord_id,
            account.version,
        )
        if row is None or row[1] <= 0:
            return None
        value = self._cipher.decrypt(bytes(row[0]), "access_token", account.discord_id)
        return SharedToken(value, float(row[1]), account.version)

    async def take(self, account: LinkedAccount) -> bool:
        """Whether this process may renew the login now; False if another one does, or the row
        has changed. Raises StorageError, also if this process does not hold its lock."""
        session = self._home.session
        if session is None:
            raise StorageUnreachable("This process's lock in the database is lost for a moment.")
        return await self._db.execute(
            f"UPDATE link SET lease_until = {_NOW} + {LEASE_SECONDS}, holder = $3"
            f" WHERE discord_id = $1 AND generation = $2 AND (lease_until <= {_NOW} OR NOT EXISTS"
            f"  (SELECT FROM {PROCESS_LOCKS} AND pid = link.holder))",
            account.discord_id,
            account.version,
            session,
        )

    async def release(self, account: LinkedAccount) -> None:
        """End this process's lease: the renewal has failed."""
        await self._db.execute(
            "UPDATE link SET lease_until = 0"
            " WHERE discord_id = $1 AND generation = $2 AND holder = $3",
            account.discord_id,
            account.version,
            self._home.session,
        )

    async def store(
        self, account: LinkedAccount, refresh_token: str | None, access_token: str, lifetime: float
    ) -> int | None:
        """Store the result of a renewal, and end the lease; the account's new version.

        refresh_token  the new one; None if the old one stays
        lifetime       of the access token, in seconds

        None if the row has changed since `account` was read.
        """
        row = await self._db.fetch_returning(
            "UPDATE link SET refresh_token = COALESCE($3, refresh_token), access_token = $4,"
            f" access_until = {_NOW} + $5, generation = generation + 1, lease_until = 0, ended = 0"
            " WHERE discord_id = $1 AND generation = $2 RETURNING generation",
            account.discord_id,
            account.version,
            None
            if refresh_token is None
            else self._cipher.encrypt(refresh_token, "refresh_token", account.discord_id),
            self._cipher.encrypt(access_token, "access_token", account.discord_id),
            lifetime,
        )
        return int(row[0]) if row else None
