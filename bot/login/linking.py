"""The end of a login: exchanges the authorization code, and links the account or fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import (
    AlreadyLinked,
    LoginReplaced,
    LoginUnfinished,
    LoginWithdrawn,
    NoOpenLogin,
    TooManyWrongCodes,
    WrongCode,
)
from bot.errors.spotify import SpotifyDown
from bot.login import confirmation_codes
from bot.login.browser_secret import BrowserSecret
from bot.login.outcome_codes import Outcome, encode_error
from bot.login.results import AccountLinked, AwaitingCode, LoginUpdate
from bot.spotify.oauth import SpotifyOAuth
from bot.store import AuthorizedAccount, PendingLogin, Store

_log = logging.getLogger(__name__)

LOGIN_LIFETIME = 10 * 60  # seconds
MAX_CODE_ATTEMPTS = 5


class AccountLinking:
    """Links the account that a user authorized, at once or when its code is typed."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        spotify_oauth: SpotifyOAuth,
        *,
        now: Callable[[], float],
    ) -> None:
        self._logins = store.pending_logins
        self._accounts = store.accounts
        self._sessions = sessions
        self._spotify_oauth = spotify_oauth
        self._now = now

    async def complete(self, login: PendingLogin, browser: BrowserSecret, code: str) -> LoginUpdate:
        """Exchange the authorization code, read the account, and store or link it.

        Raises BotError; then `fail` ends the login.
        """
        verifier = browser.verifier(login.serial)
        tokens = await self._spotify_oauth.exchange_code(login.client_id, code, verifier)
        if not tokens.refresh_token:
            raise SpotifyDown("no refresh token")
        profile = await self._sessions.fetch_profile(tokens, login.client_id)
        owner = await self._accounts.find_owner(profile.stable_account_id)
        if owner not in (None, login.discord_id):
            return replace(await self.fail(login, AlreadyLinked(), browser), owner=owner)
        confirmation_code, now = confirmation_codes.generate(), int(self._now())
        account = AuthorizedAccount(
            profile.stable_account_id, profile.name, tokens.scope, now, tokens.refresh_token
        )
        if not await self._logins.store_tokens(
            login, account, confirmation_code=confirmation_code, expires_at=now + LOGIN_LIFETIME
        ):
            raise LoginReplaced
        cookie = browser.cookie(login.serial)
        if login.discord_verified:
            linked = await self._link_account(login, account.account_id, account.name)
            return replace(linked, cookie=cookie)
        result = AwaitingCode(profile.name, login.discord_name, confirmation_code)
        return LoginUpdate(login.discord_id, result, serial=login.serial, cookie=cookie)

    async def require_pending_code(self, discord_id: int) -> None:
        """Raises LoginUnfinished or NoOpenLogin if no login of this user waits for its code."""
        if await self._logins.awaiting_code(discord_id, self._now()) is None:
            raise await self._why_no_code(discord_id)

    async def _why_no_code(self, discord_id: int) -> LoginUnfinished:
        is_open = any(await self._logins.which_are_open(discord_id, self._now()))
        return LoginUnfinished() if is_open else NoOpenLogin()

    async def confirm_code(self, discord_id: int, typed: str) -> LoginUpdate:
        """Link the account if the user typed the code that the browser shows.

        The login fails after too many wrong codes, and if another user has linked the account in
        the meantime. Raises WrongCode, LoginUnfinished, NoOpenLogin.
        """
        login = await self._logins.count_attempt(discord_id, self._now())
        if login is None or login.confirmation_code is None or login.attempts > MAX_CODE_ATTEMPTS:
            # After the last attempt, the login may not be erased yet.
            raise await self._why_no_code(discord_id)
        if not confirmation_codes.matches(typed, login.confirmation_code):
            if login.attempts >= MAX_CODE_ATTEMPTS:
                old = await self._logins.delete(discord_id)
                message_ref = old.message_ref if old else None
                return LoginUpdate(discord_id, TooManyWrongCodes(), message_ref)
            raise WrongCode(MAX_CODE_ATTEMPTS - login.attempts)
        try:
            return await self._link_account(login, login.account_id or "", login.name or "")
        except AlreadyLinked as error:
            owner = await self._accounts.find_owner(login.account_id or "")
            return replace(await self.fail(login, error), owner=owner)

    async def is_stored(self, discord_id: int) -> bool:
        """Whether the store has a login of this user, even one that has ended."""
        return bool(await self._logins.which_are_open(discord_id, self._now()))

    async def withdraw(self, discord_id: int) -> LoginUpdate | None:
        """Erase this user's logins. Returns the login whose link still worked, or None."""
        old = await self._logins.delete(discord_id)
        return LoginUpdate(discord_id, LoginWithdrawn(), old.message_ref) if old else None

    async def fail(
        self, login: PendingLogin, error: BotError, browser: BrowserSecret | None = None
    ) -> LoginUpdate:
        """End the login with this error."""
        _log.info("a login failed: %s: %s", type(error).__name__, error)
        was_open = await self._logins.fail(login, encode_error(error))
        return LoginUpdate(
            login.discord_id,
            error,
            serial=login.serial if was_open else None,
            cookie="" if browser is None else browser.cookie(login.serial),
        )

    async def _link_account(self, login: PendingLogin, account_id: str, name: str) -> LoginUpdate:
        if not await self._logins.link(login, Outcome.LINKED):
            raise await self._why_no_code(login.discord_id)
        self._sessions.clear_cache(account_id)
        return LoginUpdate(login.discord_id, AccountLinked(name), serial=login.serial)
