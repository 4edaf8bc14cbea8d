"""Pending logins: what each step of a login stores for the next one; at most one for a user.

The columns nonce, state and cookie hold SHA-256 hashes. The columns notice (the messages with the
login link), verifier, code and refresh_token are encrypted.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, field, replace

from bot.errors.login import AlreadyLinked
from bot.store.connection import Database, Row
from bot.store.encryption import TokenCipher

_COLUMNS = (
    "discord_id, serial, discord_name, client_id, expires_at, proved, tries, account_id, name,"
    " outcome, notice, verifier, code"
)
_CLEARED_COLUMNS = (
    "nonce = NULL, state = NULL, verifier = NULL, code = NULL, account_id = NULL, scopes = NULL,"
    " authorized_at = NULL, refresh_token = NULL"
)


@dataclass(frozen=True)
class PendingLogin:
    """A login that a user started with /link.

    serial             distinguishes the logins of one user
    expires_at         seconds since 1970
    discord_verified   Discord confirmed that the browser belongs to the user
    attempts           how many confirmation codes the user typed
    account_id, name   the Spotify account, once the user authorized it
    outcome            how the login ended: a code of bot.login.outcomes
    message_ref        the messages with the login link, in the words of bot.notifications
    verifier           the PKCE code verifier
    confirmation_code  the code that the browser shows, while the login waits for it
    """

    discord_id: int
    serial: int
    discord_name: str
    client_id: str
    expires_at: int
    discord_verified: bool = False
    attempts: int = 0
    account_id: str | None = None
    name: str | None = None
    outcome: str | None = None
    message_ref: str | None = field(default=None, repr=False)
    verifier: str | None = field(default=None, repr=False)
    confirmation_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AuthorizedAccount:
    """The Spotify account that a user authorized, and the token that Spotify issued for it."""

    account_id: str
    name: str
    scopes: str
    authorized_at: int
    refresh_token: str = field(repr=False)


class PendingLoginTable:
    """Methods that read a login raise LoginExpired if its secrets cannot be decrypted."""

    def __init__(self, database: Database, cipher: TokenCipher) -> None:
        self._db = database
        self._cipher = cipher

    async def create(self, login: PendingLogin, nonce: str) -> None:
        """Store a new login, in place of an older one of the user."""
        async with self._db.transaction() as db:
            await db.execute(
                "INSERT OR IGNORE INTO person (discord_id) VALUES (?)", (login.discord_id,)
            )
            await db.execute(
                "INSERT OR REPLACE INTO login"
                " (discord_id, serial, discord_name, client_id, expires_at, nonce)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    login.discord_id,
                    login.serial,
                    login.discord_name,
                    login.client_id,
                    login.expires_at,
                    _hash(nonce),
                ),
            )

    async def set_message_ref(self, discord_id: int, serial: int, message_ref: str) -> None:
        """Store which messages show the login link, once they are sent."""
        await self._db.execute(
            "UPDATE login SET notice = ? WHERE discord_id = ? AND serial = ?",
            self._cipher.encrypt(message_ref, "notice", discord_id),
            discord_id,
            serial,
        )

    async def by_nonce(self, nonce: str, now: float) -> PendingLogin | None:
        """The login of a login page; changes nothing."""
        return await self._find("nonce = ? AND expires_at > ?", _hash(nonce), now)

    async def start(
        self, login: PendingLogin, nonce: str, *, cookie: str, state: str, verifier: str
    ) -> bool:
        """Use up the nonce of the login page. False if another request was faster."""
        return await self._db.execute(
            "UPDATE login SET nonce = NULL, proved = 0, cookie = ?, state = ?, verifier = ?"
            " WHERE nonce = ?",
            _hash(cookie),
            _hash(state),
            self._cipher.encrypt(verifier, "verifier", login.discord_id),
            _hash(nonce),
        )

    async def consume_state(
        self, state: str, cookie: str, now: float, *, discord_verified: bool
    ) -> PendingLogin | None:
        """Use up state and cookie of a callback. None if they do not belong together.

        `discord_verified` tells whether Discord's callback must have come before this one.
        """
        return self._from_row(
            await self._db.fetch_returning(
                "UPDATE login SET state = NULL, cookie = NULL WHERE state = ? AND cookie = ?"
                f" AND expires_at > ? AND proved = ? RETURNING {_COLUMNS}",
                _hash(state),
                _hash(cookie),
                now,
                discord_verified,
            )
        )

    async def mark_verified(
        self, login: PendingLogin, *, cookie: str, state: str, verifier: str
    ) -> bool:
        """Record that Discord confirmed the user. False if the login was replaced meanwhile."""
        return await self._db.execute(
            "UPDATE login SET proved = 1, cookie = ?, state = ?, verifier = ?"
            " WHERE discord_id = ? AND serial = ?",
            _hash(cookie),
            _hash(state),
            self._cipher.encrypt(verifier, "verifier", login.discord_id),
            login.discord_id,
            login.serial,
        )

    async def store_tokens(
        self,
        login: PendingLogin,
        account: AuthorizedAccount,
        *,
        confirmation_code: str,
        cookie: str,
        expires_at: int,
    ) -> bool:
        """Store the authorized account until `link`. False if the login was replaced meanwhile."""
        return await self._db.execute(
            "UPDATE login SET cookie = ?, expires_at = ?, verifier = NULL, code = ?, tries = 0,"
            " account_id = ?, name = ?, scopes = ?, authorized_at = ?, refresh_token = ?"
            " WHERE discord_id = ? AND serial = ?",
            _hash(cookie),
            expires_at,
            self._cipher.encrypt(confirmation_code, "code", login.discord_id),
            account.account_id,
            account.name,
            account.scopes,
            account.authorized_at,
            self._cipher.encrypt(account.refresh_token, "refresh_token", login.discord_id),
            login.discord_id,
            login.serial,
        )

    async def fail(self, login: PendingLogin, outcome: str, *, cookie: str) -> None:
        """Erase all but the outcome, which the result page shows until the login expires."""
        await self._db.execute(
            f"UPDATE login SET {_CLEARED_COLUMNS}, outcome = ?, cookie = ?, name = NULL"
            " WHERE discord_id = ? AND serial = ?",
            outcome,
            _hash(cookie),
            login.discord_id,
            login.serial,
        )

    async def by_cookie(self, cookie: str, now: float) -> PendingLogin | None:
        """The login of the browser that holds this cookie, for the result page."""
        return await self._find("cookie = ? AND expires_at > ?", _hash(cookie), now)

    async def awaiting_code(self, discord_id: int, now: float) -> PendingLogin | None:
        """The login of this user that waits for its confirmation code."""
        return await self._find(
            "discord_id = ? AND code IS NOT NULL AND expires_at > ?", discord_id, now
        )

    async def count_attempt(self, discord_id: int, now: float) -> PendingLogin | None:
        """The login that waits for its code. Counts the attempt before the code is compared."""
        return self._from_row(
            await self._db.fetch_returning(
                "UPDATE login SET tries = tries + 1 WHERE discord_id = ?"
                f" AND code IS NOT NULL AND expires_at > ? RETURNING {_COLUMNS}",
                discord_id,
                now,
            )
        )

    async def link(self, login: PendingLogin, outcome: str) -> bool:
        """Link the authorized account to the user. False if the login is over or was replaced.

        Raises AlreadyLinked if another user has linked the account.
        """
        owner = (login.discord_id,)
        try:
            async with self._db.transaction() as db:
                if not await db.execute_fetchall(
                    "SELECT 1 FROM login WHERE discord_id = ? AND serial = ? AND code IS NOT NULL",
                    (login.discord_id, login.serial),
                ):
                    return False
                # The default device and playlist belong to the account that was linked before.
                await db.execute(
                    "UPDATE person SET device_id = NULL, device_name = NULL,"
                    " playlist_id = NULL, playlist_name = NULL"
                    " WHERE discord_id = ? AND EXISTS (SELECT 1 FROM link JOIN login"
                    " USING (discord_id) WHERE discord_id = person.discord_id"
                    " AND link.account_id <> login.account_id)",
                    owner,
                )
                await db.execute("DELETE FROM link WHERE discord_id = ?", owner)
                await db.execute(
                    "INSERT INTO link"
                    " (discord_id, account_id, name, client_id, scopes, authorized_at,"
                    "  refresh_token, generation)"
                    " SELECT discord_id, account_id, name, client_id, scopes, authorized_at,"
                    "  refresh_token, random() FROM login WHERE discord_id = ?",
                    owner,
                )
                await db.execute(
                    f"UPDATE login SET {_CLEARED_COLUMNS}, outcome = ? WHERE discord_id = ?",
                    (outcome, *owner),
                )
        except sqlite3.IntegrityError:
            raise AlreadyLinked from None
        return True

    async def delete(self, discord_id: int) -> None:
        """Erase this user's pending login, if there is one."""
        if await self._db.execute("DELETE FROM login WHERE discord_id = ?", discord_id):
            await self._db.truncate_wal()

    async def delete_expired(self, now: float) -> int:
        """Erase expired logins, and users of whom nothing else is stored; how many logins."""
        async with self._db.transaction() as db:
            expired = await db.execute("DELETE FROM login WHERE expires_at <= ?", (now,))
            await db.execute(
                "DELETE FROM person WHERE discord_id NOT IN (SELECT discord_id FROM link)"
                " AND discord_id NOT IN (SELECT discord_id FROM login)"
            )
        if expired.rowcount:
            await self._db.truncate_wal()
        return expired.rowcount

    async def _find(self, condition: str, *values: object) -> PendingLogin | None:
        sql = f"SELECT {_COLUMNS} FROM login WHERE {condition}"
        return self._from_row(await self._db.fetch_one(sql, *values))

    def _from_row(self, row: Row | None) -> PendingLogin | None:
        if row is None:
            return None
        *values, message_ref, verifier, code = row
        login = PendingLogin(*values)
        return replace(
            login,
            discord_verified=bool(login.discord_verified),
            message_ref=self._decrypt(message_ref, "notice", login.discord_id),
            verifier=self._decrypt(verifier, "verifier", login.discord_id),
            confirmation_code=self._decrypt(code, "code", login.discord_id),
        )

    def _decrypt(self, encrypted: bytes | None, column: str, owner: int) -> str | None:
        return None if encrypted is None else self._cipher.decrypt(encrypted, column, owner)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
