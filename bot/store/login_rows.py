"""Reads rows of pending logins, and decrypts their secrets."""

from __future__ import annotations

from dataclasses import replace

from bot.errors.login import LoginExpired
from bot.store.database import Row
from bot.store.encryption import TokenCipher
from bot.store.login_records import LoginStep, PendingLogin

LOGIN_COLUMNS = (
    "discord_id, serial, discord_name, client_id, expires_at, step, proved, tries, account_id,"
    " name, outcome, notice, code"
)


class LoginRows:
    def __init__(self, cipher: TokenCipher) -> None:
        self._cipher = cipher

    def login(self, row: Row | None) -> PendingLogin | None:
        """The login of a row. Raises LoginExpired if its secrets cannot be decrypted."""
        if row is None:
            return None
        *values, message_ref, code = row
        login = PendingLogin(*values)
        return replace(
            login,
            step=LoginStep(login.step),
            discord_verified=bool(login.discord_verified),
            message_ref=self._decrypt(message_ref, "notice", login.discord_id),
            confirmation_code=self._decrypt(code, "code", login.discord_id),
        )

    def readable_login(self, row: Row) -> PendingLogin | None:
        """The login of a row; None if its secrets cannot be decrypted."""
        try:
            return self.login(row)
        except LoginExpired:
            return None

    def _decrypt(self, encrypted: bytes | None, column: str, owner: int) -> str | None:
        return None if encrypted is None else self._cipher.decrypt(encrypted, column, owner)
