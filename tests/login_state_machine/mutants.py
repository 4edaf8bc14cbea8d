"""Apps with one bug each, to show that the state machine finds it."""

from __future__ import annotations

from dataclasses import replace

from bot.errors.login import LoginUnfinished
from bot.login.browser_secret import BrowserSecret
from bot.login.flow import LoginFlow
from bot.login.linking import AccountLinking
from bot.login.results import LoginUpdate
from bot.spotify.transport import Transport
from bot.store import LoginStep, PendingLogin
from bot.store.accounts import AccountTable, LinkedAccount
from bot.store.pending_logins import PendingLoginTable
from tests.login_state_machine.held_responses import HeldDiscordOAuth
from tests.login_state_machine.login_app import LoginApp


class AcceptsAnyCode(LoginApp):
    """Does not compare the confirmation code."""

    def build_parts(self, transport: Transport) -> None:
        super().build_parts(transport)
        self.login_flow.linking = _UncheckedLinking(
            self.store, self.sessions, self.spotify_oauth, now=self.login_flow._now
        )


class _UncheckedLinking(AccountLinking):
    async def confirm_code(self, discord_id: int, typed: str) -> LoginUpdate:
        login = await self._logins.awaiting_code(discord_id, self._now())
        if login is None:
            raise LoginUnfinished
        return await self._link_account(login, login.account_id or "", login.name or "")


class ContinuesInAnyBrowser(LoginApp):
    """Lets every browser with a cookie press the button of a login page again."""

    def build_parts(self, transport: Transport) -> None:
        super().build_parts(transport)
        self.login_flow = self.make_login_flow(_AnyBrowserFlow)


class _AnyBrowserFlow(LoginFlow):
    async def _require_browser(
        self, login: PendingLogin, browser: BrowserSecret | None
    ) -> BrowserSecret:
        return browser or await super()._require_browser(login, browser)


class AcceptsStaleRenewals(LoginApp):
    """Stores the token of a renewal although the account changed meanwhile."""

    def build_parts(self, transport: Transport) -> None:
        self.store.accounts = _UncheckedAccountTable(self.store._db, self.store._cipher)
        super().build_parts(transport)


class _UncheckedAccountTable(AccountTable):
    async def renew(self, account: LinkedAccount, refresh_token: str) -> int | None:
        current = await self.get(account.discord_id)
        version = current.version if current else 0
        return await super().renew(replace(account, version=version), refresh_token)

    async def is_unchanged(self, account: LinkedAccount) -> bool:
        return True


class ExchangesCodesTwice(LoginApp):
    """Does not notice that a callback was asked for before."""

    def build_parts(self, transport: Transport) -> None:
        self.store.pending_logins = _ForgetfulTable(self.store._db, self.store._cipher)
        super().build_parts(transport)


class _ForgetfulTable(PendingLoginTable):
    async def get(self, discord_id: int, serial: int) -> PendingLogin | None:
        login = await super().get(discord_id, serial)
        return login and replace(login, step=LoginStep.SPOTIFY)

    async def begin_exchange(self, login: PendingLogin) -> bool:
        return True


class NeverExpiresLogins(LoginApp):
    """Does not erase expired logins."""

    def build_parts(self, transport: Transport) -> None:
        self.store.pending_logins = _NonExpiringLoginTable(self.store._db, self.store._cipher)
        super().build_parts(transport)


class _NonExpiringLoginTable(PendingLoginTable):
    async def delete_expired(self, now: float) -> list[PendingLogin]:
        return []


class _AnyUserDiscordOAuth(HeldDiscordOAuth):
    async def fetch_user_id(self, application_id: int, code: str) -> int:
        return _EqualsEveryUserId(await super().fetch_user_id(application_id, code))


class _EqualsEveryUserId(int):
    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


class AcceptsAnyDiscordUser(LoginApp):
    """Accepts whatever user Discord names."""

    discord_oauth_class = _AnyUserDiscordOAuth
