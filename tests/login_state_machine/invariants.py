"""Invariants that hold after every step: database, model and Spotify's tokens agree."""

from __future__ import annotations

import pytest

from bot.errors.login import LoginExpired
from bot.store.encryption import TokenCipher
from sandbox.spotify import Spotify
from tests.login_state_machine.database_rows import DatabaseRows, read_database_bytes
from tests.login_state_machine.login_app import LoginApp, LoginEnvironment
from tests.login_state_machine.model import ExpectedLogin, LoginModel, PendingRequest


class LoginInvariants:
    """Compares the database's files with the model and with the simulated Spotify's tokens."""

    def __init__(
        self, env: LoginEnvironment, app: LoginApp, model: LoginModel, pending: list[PendingRequest]
    ) -> None:
        self._env = env
        self._app = app
        self._model = model
        self._pending = pending
        self._seen_secrets: dict[int, set[bytes]] = {}

    def check_all(self) -> None:
        """Raises AssertionError if an invariant does not hold."""
        rows = DatabaseRows.read(self._app.settings.database)
        for user_id, _, encrypted in rows.encrypted_values():
            self._seen_secrets.setdefault(user_id, set()).add(encrypted)
        self._check_links(rows)
        self._check_encryption_context(rows)
        self._check_tokens(rows, self._env.spotify)
        for user in self._env.discord.state.users:
            self._check_login_row(rows, user)
        for row in rows.older_logins:
            assert row["step"] in ("over", "replaced")
            assert _stored_columns(row) <= {"nonce", "cookie", "outcome"}
        self._check_unlinked_users(rows)

    def has_no_valid_token(self, user: str) -> bool:
        """Whether Spotify would refuse the stored refresh token; True if there is none."""
        user_id = self._env.user_id(user)
        row = DatabaseRows.read(self._app.settings.database).links.get(user_id)
        if row is None:
            return True
        return _is_token_dead(self._env, self._decrypt(user_id, row["refresh_token"]))

    def check_nothing_left(self, user: str) -> None:
        """Not even unused pages of the files contain a secret of this user."""
        user_id = self._env.user_id(user)
        files = read_database_bytes(self._app.settings.database)
        left = [
            encrypted for encrypted in self._seen_secrets.pop(user_id, ()) if encrypted in files
        ]
        assert not left, f"{len(left)} encrypted secrets of {user} are still in the files"

    def count_encrypted_values(self) -> int:
        return len(list(DatabaseRows.read(self._app.settings.database).encrypted_values()))

    def check_only_active_users_stored(self) -> None:
        """Users without a linked account or pending login have no rows and no secrets."""
        rows = DatabaseRows.read(self._app.settings.database)
        users = self._env.discord.state.users
        active = {user for user in users if user in self._model.links or user in self._model.logins}
        assert rows.user_ids == set(map(self._env.user_id, active))
        for user in users.keys() - active:
            self.check_nothing_left(user)

    def _decrypt(self, user_id: int, encrypted: bytes) -> str:
        return TokenCipher(self._app.settings.token_keys).decrypt(
            encrypted, "refresh_token", user_id
        )

    def _check_links(self, rows: DatabaseRows) -> None:
        accounts = [row["account_id"] for row in rows.links.values()]
        assert len(set(accounts)) == len(accounts), "one owner for each Spotify account"
        stored = {user: (row["name"], bool(row["ended"])) for user, row in rows.links.items()}
        assert stored == {
            self._env.user_id(user): (link.account.title(), link.expired)
            for user, link in self._model.links.items()
        }

    def _check_encryption_context(self, rows: DatabaseRows) -> None:
        cipher = TokenCipher(self._app.settings.token_keys)
        user_ids = set(map(self._env.user_id, self._env.discord.state.users))
        for user, column, encrypted in rows.encrypted_values():
            assert cipher.decrypt(encrypted, column, user)
            for other in user_ids - {user}:
                with pytest.raises(LoginExpired):
                    cipher.decrypt(encrypted, column, other)

    def _check_tokens(self, rows: DatabaseRows, spotify: Spotify) -> None:
        """Each token is from the login that linked the account, and Spotify accepts it."""
        renewing = [request.subject for request in self._pending]
        for user, link in self._model.links.items():
            user_id = self._env.user_id(user)
            token = self._decrypt(user_id, rows.links[user_id]["refresh_token"])
            consent = spotify.state.tokens.find_consent(token)
            if consent is None:
                assert link.token_lost or link in renewing, f"{user}'s token is an old token"
            else:
                link.consent = link.consent or consent
                assert consent is link.consent, f"{user}'s token is from another login"
                assert consent.account == link.account
            if link.expired:
                assert _is_token_dead(self._env, token), (
                    f"{user}'s account is revoked, and Spotify accepts its token"
                )

    def _check_login_row(self, rows: DatabaseRows, user: str) -> None:
        row, login = rows.logins.get(self._env.user_id(user)), self._model.logins.get(user)
        if login is None:
            assert row is None, f"{user}'s login is over, and still stored"
            return
        assert row is not None, f"{user}'s login is not stored"
        assert row["expires_at"] == int(login.expires_at)
        assert row["step"] == {"asking": "exchange"}.get(login.step, login.step)
        assert _stored_columns(row) == _expected_columns(login)

    def _check_unlinked_users(self, rows: DatabaseRows) -> None:
        for user in self._env.discord.state.users:
            if user not in self._model.links:
                user_id = self._env.user_id(user)
                assert user_id not in rows.links
                assert user_id not in self._app.access_tokens._tokens, (
                    f"{user}'s access token is cached"
                )
                assert user in self._model.logins or user_id not in rows.logins


def _is_token_dead(env: LoginEnvironment, token: str) -> bool:
    consent = env.spotify.state.tokens.find_consent(token)
    return consent is None or consent.revoked or consent.expires_at <= env.clock()


def _stored_columns(row: dict[str, object]) -> set[str]:
    """Which of the login's secrets and results the row contains."""
    names = ("nonce", "cookie", "code", "account_id", "refresh_token", "outcome")
    return {name for name in names if row[name] is not None}


def _expected_columns(login: ExpectedLogin) -> set[str]:
    match login.step:
        case "page":
            return {"nonce"}
        case "code":
            return {"nonce", "cookie", "code", "account_id", "refresh_token"}
        case "over":
            return {"nonce", "cookie", "outcome"}
    return {"nonce", "cookie"}
