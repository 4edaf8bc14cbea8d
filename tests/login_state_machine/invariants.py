"""What must hold after every step, whatever the order of steps was."""

from __future__ import annotations

import pytest

from bot.errors.login import LoginExpired
from bot.store.encryption import TokenCipher
from sandbox.spotify import Spotify
from tests.login_state_machine.database_rows import DatabaseRows, read_database_bytes
from tests.login_state_machine.login_app import LoginApp, LoginEnvironment
from tests.login_state_machine.model import ExpectedLogin, LoginModel, PendingRequest


class LoginInvariants:
    """Reads the files past the bot and holds them against the model, and against Spotify's book."""

    def __init__(
        self, env: LoginEnvironment, app: LoginApp, model: LoginModel, pending: list[PendingRequest]
    ) -> None:
        self._env = env
        self._app = app
        self._model = model
        self._pending = pending
        self._seen_blobs: dict[int, set[bytes]] = {}

    def check_all(self) -> None:
        """Raises AssertionError where something does not hold."""
        ledger = DatabaseRows.read(self._app.settings.database)
        for number, _, blob in ledger.encrypted_values():
            self._seen_blobs.setdefault(number, set()).add(blob)
        self._check_links(ledger)
        self._check_encryption_context(ledger)
        self._check_tokens(ledger, self._env.spotify)
        for user in self._env.discord.state.users:
            self._check_login_row(ledger, user)
        self._check_unlinked_users(ledger)

    def has_no_valid_token(self, user: str) -> bool:
        """Whether Spotify would refuse the stored refresh token; True where there is none."""
        number = self._env.user_id(user)
        row = DatabaseRows.read(self._app.settings.database).links.get(number)
        if row is None:
            return True
        return _is_token_dead(self._env, self._decrypt(number, row["refresh_token"]))

    def check_nothing_left(self, user: str) -> None:
        """Not even bytes in a part of the files that no table uses any more."""
        number = self._env.user_id(user)
        files = read_database_bytes(self._app.settings.database)
        left = [blob for blob in self._seen_blobs.pop(number, ()) if blob in files]
        assert not left, f"{len(left)} sealed secrets of {user} are still in the files"

    def count_encrypted_values(self) -> int:
        return len(list(DatabaseRows.read(self._app.settings.database).encrypted_values()))

    def check_only_active_users_stored(self) -> None:
        """After a round: of people without a link or a login there is no row, and no secret."""
        ledger = DatabaseRows.read(self._app.settings.database)
        users = self._env.discord.state.users
        here = {user for user in users if user in self._model.links or user in self._model.logins}
        assert ledger.user_ids == set(map(self._env.user_id, here))
        for user in users.keys() - here:
            self.check_nothing_left(user)

    def _decrypt(self, number: int, blob: bytes) -> str:
        return TokenCipher(self._app.settings.token_keys).decrypt(blob, "refresh_token", number)

    def _check_links(self, ledger: DatabaseRows) -> None:
        accounts = [row["account_id"] for row in ledger.links.values()]
        assert len(set(accounts)) == len(accounts), "one owner a Spotify account"
        stored = {user: (row["name"], bool(row["ended"])) for user, row in ledger.links.items()}
        assert stored == {
            self._env.user_id(user): (link.account.title(), link.expired)
            for user, link in self._model.links.items()
        }

    def _check_encryption_context(self, ledger: DatabaseRows) -> None:
        vault = TokenCipher(self._app.settings.token_keys)
        everybody = set(map(self._env.user_id, self._env.discord.state.users))
        for user, column, blob in ledger.encrypted_values():
            assert vault.decrypt(blob, column, user)
            for other in everybody - {user}:
                with pytest.raises(LoginExpired):
                    vault.decrypt(blob, column, other)

    def _check_tokens(self, ledger: DatabaseRows, spotify: Spotify) -> None:
        """Each is of the login that made its link, and Spotify goes by it, unless it ended it."""
        renewing = [one.subject for one in self._pending]
        for user, link in self._model.links.items():
            number = self._env.user_id(user)
            token = self._decrypt(number, ledger.links[number]["refresh_token"])
            consent = spotify.state.tokens.find_consent(token)
            if consent is None:
                assert link.token_lost or link in renewing, f"{user}'s token is an old one"
            else:
                link.consent = link.consent or consent
                assert consent is link.consent, f"{user}'s token is of another login"
                assert consent.account == link.account
            if link.expired:
                assert _is_token_dead(self._env, token), f"{user}'s link was ended for nothing"

    def _check_login_row(self, ledger: DatabaseRows, user: str) -> None:
        row, going = ledger.logins.get(self._env.user_id(user)), self._model.logins.get(user)
        if going is None:
            assert row is None, f"{user}'s login is over, and still there"
            return
        assert row is not None, f"{user}'s login is gone"
        assert row["expires_at"] == int(going.expires_at)
        assert _stored_columns(row) == _expected_columns(going)

    def _check_unlinked_users(self, ledger: DatabaseRows) -> None:
        for user in self._env.discord.state.users:
            if user not in self._model.links:
                number = self._env.user_id(user)
                assert number not in ledger.links
                assert number not in self._app.access_tokens._tokens, (
                    f"{user}'s access token is kept"
                )
                assert user in self._model.logins or number not in ledger.logins


def _is_token_dead(world: LoginEnvironment, token: str) -> bool:
    consent = world.spotify.state.tokens.find_consent(token)
    return consent is None or consent.revoked or consent.expires_at <= world.clock()


def _stored_columns(row: dict[str, object]) -> set[str]:
    """Which of the login's secrets and results there are."""
    names = ("nonce", "state", "code", "account_id", "refresh_token", "outcome")
    return {name for name in names if row[name] is not None}


def _expected_columns(login: ExpectedLogin) -> set[str]:
    match login.step:
        case "page":
            return {"nonce"}
        case "discord" | "spotify":
            return {"state"}
        case "code":
            return {"code", "account_id", "refresh_token"}
        case "over":
            return {"outcome"}
    return set()
