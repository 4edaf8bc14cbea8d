"""Logins in progress, at most one a person: what each step left for the next.

Secrets are kept as SHA-256 (nonce, cookie, state) or sealed (verifier, code, refresh token).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from bot.errors.login import AlreadyLinked
from bot.store.connection import Database, Row

_COLUMNS = (
    "discord_id, serial, discord_name, client_id, expires_at, notice, cookie, verifier, proved,"
    " tries, code, account_id, name, scopes, authorized_at, refresh_token, outcome"
)


@dataclass(frozen=True)
class PendingLogin:
    """A login in progress. The fields from `code` on are there once it is provisional.

    `serial` tells it from another one of the same person.
    """

    discord_id: int
    serial: int
    discord_name: str
    client_id: str
    expires_at: int
    message_ref: bytes | None = field(default=None, repr=False)
    cookie: bytes | None = field(default=None, repr=False)
    verifier: bytes | None = field(default=None, repr=False)
    discord_verified: bool = False
    attempts: int = 0
    confirmation_code: bytes | None = field(default=None, repr=False)
    account_id: str | None = None
    name: str | None = None
    scopes: str | None = None
    authorized_at: int | None = None
    refresh_token: bytes | None = field(default=None, repr=False)
    outcome: str | None = None


class PendingLoginTable:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create(self, login: PendingLogin, nonce: bytes) -> None:
        """Somebody asked for a login link; an older one of theirs ends here."""
        async with self._db.transaction() as db:
            await db.execute(
                "INSERT OR IGNORE INTO person (discord_id) VALUES (?)", (login.discord_id,)
            )
            await db.execute(
                "INSERT OR REPLACE INTO login"
                " (discord_id, serial, discord_name, client_id, expires_at, notice, nonce)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    login.discord_id,
                    login.serial,
                    login.discord_name,
                    login.client_id,
                    login.expires_at,
                    login.message_ref,
                    nonce,
                ),
            )

    async def set_message_ref(self, discord_id: int, serial: int, message_ref: bytes) -> None:
        """Where to say how the login ended, known once the messages are sent."""
        await self._db.execute(
            "UPDATE login SET notice = ? WHERE discord_id = ? AND serial = ?",
            message_ref,
            discord_id,
            serial,
        )

    async def by_nonce(self, nonce: bytes, now: float) -> PendingLogin | None:
        """The login whose page this is; changes nothing."""
        return _login_from_row(
            await self._db.fetch_one(
                f"SELECT {_COLUMNS} FROM login WHERE nonce = ? AND expires_at > ?", nonce, now
            )
        )

    async def start(
        self, nonce: bytes, now: float, *, cookie: bytes, state: bytes, verifier: bytes
    ) -> PendingLogin | None:
        """The page's button was pressed: the nonce is used up by whoever comes first."""
        return _login_from_row(
            await self._db.fetch_returning(
                "UPDATE login SET nonce = NULL, proved = 0, cookie = ?, state = ?, verifier = ?"
                f" WHERE nonce = ? AND expires_at > ? RETURNING {_COLUMNS}",
                cookie,
                state,
                verifier,
                nonce,
                now,
            )
        )

    async def by_state(self, state: bytes, now: float) -> PendingLogin | None:
        """The login that waits for this state; changes nothing."""
        return _login_from_row(
            await self._db.fetch_one(
                f"SELECT {_COLUMNS} FROM login WHERE state = ? AND expires_at > ?", state, now
            )
        )

    async def consume_state(
        self, state: bytes, cookie: bytes, now: float, *, discord_verified: bool
    ) -> PendingLogin | None:
        """The browser is back: state and cookie are used up together, by whoever comes first."""
        return _login_from_row(
            await self._db.fetch_returning(
                "UPDATE login SET state = NULL, cookie = NULL WHERE state = ? AND cookie = ?"
                f" AND expires_at > ? AND proved = ? RETURNING {_COLUMNS}",
                state,
                cookie,
                now,
                discord_verified,
            )
        )

    async def mark_verified(
        self, login: PendingLogin, *, cookie: bytes, state: bytes, verifier: bytes
    ) -> bool:
        """Discord says that the browser is this user; on to Spotify."""
        return await self._db.execute(
            "UPDATE login SET proved = 1, cookie = ?, state = ?, verifier = ?"
            " WHERE discord_id = ? AND serial = ?",
            cookie,
            state,
            verifier,
            login.discord_id,
            login.serial,
        )

    async def store_tokens(self, login: PendingLogin, *, cookie: bytes) -> bool:
        """The login is done but for the code: keep it provisionally, until `login.expires_at`."""
        return await self._db.execute(
            "UPDATE login SET cookie = ?, expires_at = ?, verifier = NULL, code = ?, tries = 0,"
            " account_id = ?, name = ?, scopes = ?, authorized_at = ?, refresh_token = ?"
            " WHERE discord_id = ? AND serial = ?",
            cookie,
            login.expires_at,
            login.confirmation_code,
            login.account_id,
            login.name,
            login.scopes,
            login.authorized_at,
            login.refresh_token,
            login.discord_id,
            login.serial,
        )

    async def fail(self, login: PendingLogin, outcome: str, *, cookie: bytes) -> None:
        """The login is over; what its last page says stays until it expires, and nothing else."""
        await self._db.execute(
            f"UPDATE login SET {_CLEARED_COLUMNS}, outcome = ?, cookie = ?, name = NULL"
            " WHERE discord_id = ? AND serial = ?",
            outcome,
            cookie,
            login.discord_id,
            login.serial,
        )

    async def by_cookie(self, cookie: bytes, now: float) -> PendingLogin | None:
        """The login of the browser that holds this cookie, for its last page."""
        return _login_from_row(
            await self._db.fetch_one(
                f"SELECT {_COLUMNS} FROM login WHERE cookie = ? AND expires_at > ?", cookie, now
            )
        )

    async def awaiting_code(self, discord_id: int, now: float) -> PendingLogin | None:
        """The login of this person that waits for its code."""
        return _login_from_row(
            await self._db.fetch_one(
                f"SELECT {_COLUMNS} FROM login"
                " WHERE discord_id = ? AND code IS NOT NULL AND expires_at > ?",
                discord_id,
                now,
            )
        )

    async def count_attempt(self, discord_id: int, now: float) -> PendingLogin | None:
        """Somebody typed a code: it is counted before it is looked at."""
        return _login_from_row(
            await self._db.fetch_returning(
                "UPDATE login SET tries = tries + 1 WHERE discord_id = ?"
                f" AND code IS NOT NULL AND expires_at > ? RETURNING {_COLUMNS}",
                discord_id,
                now,
            )
        )

    async def link(self, login: PendingLogin) -> bool:
        """The provisional login becomes the person's link. False where it is another by now.

        Raises AlreadyLinked where somebody else has linked that account.
        """
        try:
            return await self._link(login)
        except sqlite3.IntegrityError:
            raise AlreadyLinked from None

    async def _link(self, login: PendingLogin) -> bool:
        async with self._db.transaction() as db:
            taken = await db.execute(
                f"UPDATE login SET {_CLEARED_COLUMNS}, outcome = 'Linked'"
                " WHERE discord_id = ? AND serial = ? AND code = ? RETURNING 1",
                (login.discord_id, login.serial, login.confirmation_code),
            )
            if await taken.fetchone() is None:
                return False
            # A device and a playlist are of the account; of another one, they are somebody else's.
            await db.execute(
                "UPDATE person SET device_id = NULL, device_name = NULL,"
                " playlist_id = NULL, playlist_name = NULL"
                " WHERE discord_id = ? AND EXISTS (SELECT 1 FROM link"
                " WHERE link.discord_id = person.discord_id AND account_id <> ?)",
                (login.discord_id, login.account_id),
            )
            await db.execute("DELETE FROM link WHERE discord_id = ?", (login.discord_id,))
            await db.execute(
                "INSERT INTO link"
                " (discord_id, account_id, name, client_id, scopes, authorized_at, refresh_token,"
                "  generation)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, random())",
                (
                    login.discord_id,
                    login.account_id,
                    login.name,
                    login.client_id,
                    login.scopes,
                    login.authorized_at,
                    login.refresh_token,
                ),
            )
            return True

    async def delete(self, discord_id: int) -> None:
        """End this person's login in progress, if there is one."""
        if await self._db.execute("DELETE FROM login WHERE discord_id = ?", discord_id):
            await self._db.truncate_wal()

    async def delete_expired(self, now: float) -> int:
        """Erase logins whose time is over, and people of whom nothing else is left."""
        async with self._db.transaction() as db:
            gone = await db.execute("DELETE FROM login WHERE expires_at <= ?", (now,))
            await db.execute(
                "DELETE FROM person WHERE discord_id NOT IN (SELECT discord_id FROM link)"
                " AND discord_id NOT IN (SELECT discord_id FROM login)"
            )
        if gone.rowcount:
            await self._db.truncate_wal()
        return gone.rowcount


_CLEARED_COLUMNS = (
    "nonce = NULL, state = NULL, verifier = NULL, code = NULL, account_id = NULL, scopes = NULL,"
    " authorized_at = NULL, refresh_token = NULL"
)


def _login_from_row(row: Row | None) -> PendingLogin | None:
    if row is None:
        return None
    values = list(row)
    values[8] = bool(values[8])
    return PendingLogin(*values)
