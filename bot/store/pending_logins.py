"""Pending logins: what each step of a login stores for the next one.

The columns nonce and cookie hold SHA-256 hashes. The columns notice (the messages with the login
link), code and refresh_token are encrypted. At most one login of a user is open. A login that is
over or replaced keeps its hashes, so that its browser sees how it ended, and no token.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator

from bot.errors.login import AlreadyLinked
from bot.store.changes import Changes
from bot.store.database import ConstraintViolated, Database, Row
from bot.store.encryption import TokenCipher
from bot.store.login_records import AuthorizedAccount, LoginStep, PendingLogin
from bot.store.login_rows import LOGIN_COLUMNS, LoginRows

_CLEARED_COLUMNS = (
    "code = NULL, account_id = NULL, scopes = NULL, authorized_at = NULL, refresh_token = NULL"
)


class PendingLoginTable:
    """Methods that read a login raise LoginExpired if its secrets cannot be decrypted.

    ended  notifies when a login is linked, has failed, or is replaced or erased; the other
           processes are told it, too
    """

    def __init__(self, database: Database, cipher: TokenCipher) -> None:
        self._db = database
        self._cipher = cipher
        self._rows = LoginRows(cipher)
        self.ended = Changes()

    async def create(self, login: PendingLogin, nonce: str) -> PendingLogin | None:
        """Store a new login; the open login of the user that it replaces, or None."""
        async with self._db.transaction() as db:
            await db.execute(
                "INSERT INTO person (discord_id) VALUES ($1) ON CONFLICT DO NOTHING",
                login.discord_id,
            )
            rows = await db.fetch_all(
                f"SELECT {LOGIN_COLUMNS} FROM login WHERE discord_id = $1"
                " AND step NOT IN ('over', 'replaced')",
                login.discord_id,
            )
            await db.execute(
                f"UPDATE login SET step = 'replaced', {_CLEARED_COLUMNS}, name = NULL"
                " WHERE discord_id = $1 AND step <> 'over'",
                login.discord_id,
            )
            await db.execute(
                "DELETE FROM login WHERE discord_id = $1 AND serial = $2",
                login.discord_id,
                login.serial,
            )
            await db.execute(
                "INSERT INTO login"
                " (discord_id, serial, discord_name, client_id, step, expires_at, nonce)"
                " VALUES ($1, $2, $3, $4, 'page', $5, $6)",
                login.discord_id,
                login.serial,
                login.discord_name,
                login.client_id,
                login.expires_at,
                _hash(nonce),
            )
            await db.tell("login ended")
        self.ended.notify()
        return next(map(self._rows.readable_login, rows), None)

    async def set_message_ref(self, discord_id: int, serial: int, message_ref: str) -> None:
        """Store which messages show the login link, once they are sent."""
        await self._db.execute(
            "UPDATE login SET notice = $1 WHERE discord_id = $2 AND serial = $3",
            self._cipher.encrypt(message_ref, "notice", discord_id),
            discord_id,
            serial,
        )

    async def get(self, discord_id: int, serial: int) -> PendingLogin | None:
        """One login of a user, even if it has expired."""
        return await self._find("discord_id = $1 AND serial = $2", discord_id, serial)

    async def which_are_open(self, discord_id: int, now: float) -> list[bool]:
        """For each stored login of this user, whether it has neither ended nor expired."""
        sql = (
            "SELECT step NOT IN ('over', 'replaced') AND expires_at > $1"
            " FROM login WHERE discord_id = $2"
        )
        return [bool(is_open) for (is_open,) in await self._db.fetch_all(sql, int(now), discord_id)]

    async def by_nonce(self, nonce: str) -> PendingLogin | None:
        """The login of a login page, even if it has expired."""
        return await self._find("nonce = $1", _hash(nonce))

    async def by_cookie(self, cookie: str) -> list[PendingLogin]:
        """All logins that this browser has started, the newest first, even if they have expired."""
        rows = await self._db.fetch_all(
            f"SELECT {LOGIN_COLUMNS} FROM login WHERE cookie = $1 ORDER BY rowid DESC",
            _hash(cookie),
        )
        return [login for row in rows if (login := self._rows.login(row)) is not None]

    async def start(self, login: PendingLogin, step: LoginStep, *, cookie: str) -> bool:
        """Bind the login to a browser. False if another request was faster."""
        return await self._db.execute(
            "UPDATE login SET step = $1, proved = 0, cookie = $2"
            " WHERE discord_id = $3 AND serial = $4 AND step = 'page'",
            step,
            _hash(cookie),
            login.discord_id,
            login.serial,
        )

    async def begin_exchange(self, login: PendingLogin) -> bool:
        """Claim the right to send an authorization code. False if another request was faster."""
        return await self._db.execute(
            "UPDATE login SET step = 'exchange'"
            " WHERE discord_id = $1 AND serial = $2 AND step = $3",
            login.discord_id,
            login.serial,
            login.step,
        )

    async def mark_verified(self, login: PendingLogin) -> bool:
        """Record that Discord confirmed the user. False if the login was replaced meanwhile."""
        return await self._db.execute(
            "UPDATE login SET step = 'spotify', proved = 1"
            " WHERE discord_id = $1 AND serial = $2 AND step = 'exchange'",
            login.discord_id,
            login.serial,
        )

    async def store_tokens(
        self,
        login: PendingLogin,
        account: AuthorizedAccount,
        *,
        confirmation_code: str,
        expires_at: int,
    ) -> bool:
        """Store the authorized account until `link`. False if the login was replaced meanwhile."""
        return await self._db.execute(
            "UPDATE login SET step = 'code', expires_at = $1, code = $2, tries = 0,"
            " account_id = $3, name = $4, scopes = $5, authorized_at = $6, refresh_token = $7"
            " WHERE discord_id = $8 AND serial = $9 AND step = 'exchange'",
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

    async def fail(self, login: PendingLogin, outcome: str) -> bool:
        """Erase all but the outcome, which the browser sees until the login expires.

        False if the login was over or replaced already.
        """
        async with self._db.transaction() as db:
            changed = await db.execute(
                f"UPDATE login SET step = 'over', {_CLEARED_COLUMNS}, outcome = $1, name = NULL"
                " WHERE discord_id = $2 AND serial = $3 AND step IN ('exchange', 'code')",
                outcome,
                login.discord_id,
                login.serial,
            )
            await db.tell("login ended")
        self.ended.notify()
        return changed > 0

    async def awaiting_code(self, discord_id: int, now: float) -> PendingLogin | None:
        """The login of this user that waits for its confirmation code."""
        return await self._find(
            "discord_id = $1 AND code IS NOT NULL AND expires_at > $2", discord_id, int(now)
        )

    async def count_attempt(self, discord_id: int, now: float) -> PendingLogin | None:
        """The login that waits for its code. Counts the attempt before the code is compared."""
        return self._rows.login(
            await self._db.fetch_returning(
                "UPDATE login SET tries = tries + 1 WHERE discord_id = $1"
                f" AND code IS NOT NULL AND expires_at > $2 RETURNING {LOGIN_COLUMNS}",
                discord_id,
                int(now),
            )
        )

    async def link(self, login: PendingLogin, outcome: str) -> bool:
        """Link the authorized account to the user. False if the login is over or was replaced.

        Raises AlreadyLinked if another user has linked the account.
        """
        key = login.discord_id, login.serial
        try:
            async with self._db.transaction() as db:
                if not await db.fetch_all(
                    "SELECT 1 FROM login WHERE discord_id = $1 AND serial = $2 AND step = 'code'",
                    *key,
                ):
                    return False
                # The default device and playlist belong to the account that was linked before.
                await db.execute(
                    "UPDATE person SET device_id = NULL, device_name = NULL,"
                    " playlist_id = NULL, playlist_name = NULL"
                    " WHERE discord_id = $1 AND EXISTS (SELECT 1 FROM link JOIN login"
                    " USING (discord_id) WHERE discord_id = person.discord_id AND serial = $2"
                    " AND link.account_id <> login.account_id)",
                    *key,
                )
                replaced = await db.fetch_all(
                    "DELETE FROM link WHERE discord_id = $1 RETURNING account_id", login.discord_id
                )
                await db.execute(
                    "INSERT INTO link"
                    " (discord_id, account_id, name, client_id, scopes, authorized_at,"
                    "  refresh_token, generation)"
                    " SELECT discord_id, account_id, name, client_id, scopes, authorized_at,"
                    "  refresh_token, CAST($3 AS BIGINT)"
                    " FROM login WHERE discord_id = $1 AND serial = $2",
                    *key,
                    secrets.randbits(62),
                )
                await db.execute(
                    f"UPDATE login SET step = 'over', {_CLEARED_COLUMNS}, outcome = $1"
                    " WHERE discord_id = $2 AND serial = $3",
                    outcome,
                    *key,
                )
                accounts = (login.account_id, *(account_id for (account_id,) in replaced))
                await db.tell("linked", login.discord_id, *accounts)
                await db.tell("login ended")
        except ConstraintViolated:
            raise AlreadyLinked from None
        self.ended.notify()
        return True

    async def delete(self, discord_id: int) -> PendingLogin | None:
        """Erase this user's logins. Returns the login that was still open, or None."""
        async with self._db.transaction() as db:
            rows = list(
                await db.fetch_all(
                    f"DELETE FROM login WHERE discord_id = $1 RETURNING {LOGIN_COLUMNS}", discord_id
                )
            )
            if rows:
                await db.tell("login ended")
        if rows:
            self.ended.notify()
            await self._db.erase_deleted()
        return next(self._open_logins(rows), None)

    async def delete_expired(self, now: float) -> list[PendingLogin]:
        """Erase expired logins, and users of whom nothing else is stored.

        Returns the erased logins that were still open.
        """
        async with self._db.transaction() as db:
            rows = list(
                await db.fetch_all(
                    f"DELETE FROM login WHERE expires_at <= $1 RETURNING {LOGIN_COLUMNS}", int(now)
                )
            )
            await db.execute(
                "DELETE FROM person WHERE discord_id NOT IN (SELECT discord_id FROM link)"
                " AND discord_id NOT IN (SELECT discord_id FROM login)"
            )
            if rows:
                await db.tell("login ended")
        if rows:
            self.ended.notify()
            await self._db.erase_deleted()
        return list(self._open_logins(rows))

    def _open_logins(self, rows: Iterable[Row]) -> Iterator[PendingLogin]:
        """The logins of these rows that are neither over nor replaced, if they can be decrypted."""
        ended = (LoginStep.OVER, LoginStep.REPLACED)
        for login in map(self._rows.readable_login, rows):
            if login is not None and login.step not in ended:
                yield login

    async def _find(self, condition: str, *values: object) -> PendingLogin | None:
        sql = f"SELECT {LOGIN_COLUMNS} FROM login WHERE {condition}"
        return self._rows.login(await self._db.fetch_one(sql, *values))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
