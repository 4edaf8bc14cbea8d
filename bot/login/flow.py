"""The steps of a login, from /link to a linked account.

    create_link       /link shows a link to the login page
    show_login        the login page: whose login it is, and one button
    start             the button redirects to Discord, or without a client secret to Spotify
    discord_callback  Discord tells which user the browser belongs to; redirects to Spotify
    spotify_callback  Spotify sends an authorization code, and the account is read; with a client
                      secret it is linked now, else when its confirmation code is typed
    result            the result page: linked, failed, or the confirmation code
    confirm_code      the user types the code in Discord, and the account is linked

        /link ──▶ login page ──▶ start ──▶ (Discord ──▶ discord_callback) ──▶ Spotify
        Spotify ──▶ spotify_callback ──▶ result page (──▶ confirm_code in Discord)

Each step is stored, so a login survives a restart of the bot. A user may pass the login link on to
somebody else, to get at that person's Spotify account. This fails, because the account is only
linked if the browser is signed in to Discord as that user, or if the user types the code that
only the browser shows.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import (
    AlreadyLinked,
    BotStarting,
    LoginCancelled,
    LoginLinkExpired,
    LoginRefused,
    LoginUnfinished,
    TooManyLogins,
    TooManyWrongCodes,
    WrongClientId,
    WrongCode,
    WrongDiscordUser,
)
from bot.login import confirmation_codes
from bot.login.discord_oauth import DiscordOAuth
from bot.login.outcome_codes import Outcome, decode_error, encode_error
from bot.login.results import (
    AccountLinked,
    AwaitingCode,
    LoginFinished,
    LoginLink,
    LoginResult,
    Redirect,
)
from bot.login.sliding_window import SlidingWindow
from bot.spotify import oauth as spotify
from bot.store import AuthorizedAccount, PendingLogin, Store

_log = logging.getLogger(__name__)

LOGIN_LIFETIME = 10 * 60  # seconds
MAX_LINKS, LINKS_WINDOW = 3, 10 * 60  # login links of one user within so many seconds
MAX_CODE_ATTEMPTS = 5


class LoginFlow:
    """At most one pending login for each Discord user; a new one replaces the old one."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        spotify_oauth: spotify.SpotifyOAuth,
        discord_oauth: DiscordOAuth | None,
        *,
        client_id: str,
        public_url: str,
        now: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self.application_id = 0  # Discord sends it when the bot has logged in
        self.needs_code = discord_oauth is None
        self.redirect_uri = spotify_oauth.redirect_uri
        self._logins = store.pending_logins
        self._accounts = store.accounts
        self._sessions = sessions
        self._spotify_oauth = spotify_oauth
        self._discord_oauth = discord_oauth
        self._client_id = client_id
        self._public_url = public_url
        self._now = now
        self._link_limit = SlidingWindow[int](MAX_LINKS, LINKS_WINDOW, monotonic=monotonic)

    async def create_link(
        self, discord_id: int, discord_name: str, client_id: str | None
    ) -> LoginLink:
        """A link to a login page for this user, valid once and for LOGIN_LIFETIME seconds.

        `client_id` is the user's own Spotify app. Raises TooManyLogins, WrongClientId.
        """
        if not self._link_limit.allow(discord_id):
            raise TooManyLogins
        if client_id is not None and not await self._spotify_oauth.client_exists(client_id):
            raise WrongClientId
        nonce = _random_secret()
        login = PendingLogin(
            discord_id,
            secrets.randbits(62),
            discord_name,
            client_id or self._client_id,
            int(self._now()) + LOGIN_LIFETIME,
        )
        await self._logins.create(login, nonce)
        return LoginLink(f"{self._public_url}/login/{nonce}", login.serial)

    async def remember_messages(self, discord_id: int, link: LoginLink, message_ref: str) -> None:
        """Store which messages show the link; `LoginFinished.message_ref` returns them."""
        await self._logins.set_message_ref(discord_id, link.serial, message_ref)

    async def show_login(self, nonce: str) -> PendingLogin:
        """The login of a login page; changes nothing. Raises LoginLinkExpired."""
        login = await self._logins.by_nonce(nonce, self._now())
        if login is None:
            raise LoginLinkExpired
        return login

    async def start(self, nonce: str) -> Redirect:
        """Use up the nonce and start the OAuth flow. Raises LoginLinkExpired, BotStarting."""
        login = await self.show_login(nonce)
        if self._discord_oauth is not None and not self.application_id:
            raise BotStarting
        cookie, state, verifier = _random_secret(), _random_secret(), spotify.generate_verifier()
        if not await self._logins.start(
            login, nonce, cookie=cookie, state=state, verifier=verifier
        ):
            raise LoginLinkExpired
        if self._discord_oauth is None:
            return self._redirect_to_spotify(login, cookie, state, verifier)
        url = self._discord_oauth.authorize_url(self.application_id, state=state)
        return Redirect(url, cookie)

    async def discord_callback(
        self, state: str, cookie: str, code: str, error: str
    ) -> Redirect | LoginFinished:
        """The browser returns from Discord: redirect it to Spotify, or fail the login.

        Raises LoginLinkExpired if no login waits for this browser.
        """
        if self._discord_oauth is None or not (code or error):
            raise LoginLinkExpired
        login = await self._take_callback(state, cookie, discord_verified=False)
        try:
            _raise_oauth_error(error)
            user_id = await self._discord_oauth.fetch_user_id(self.application_id, code)
            if user_id != login.discord_id:
                raise WrongDiscordUser
        except BotError as failure:
            return await self._fail(login, failure)
        cookie, state, verifier = _random_secret(), _random_secret(), spotify.generate_verifier()
        if not await self._logins.mark_verified(
            login, cookie=cookie, state=state, verifier=verifier
        ):
            raise LoginLinkExpired
        return self._redirect_to_spotify(login, cookie, state, verifier)

    async def spotify_callback(
        self, state: str, cookie: str, code: str, error: str
    ) -> LoginFinished:
        """The browser returns from Spotify: link the account, ask for its code, or fail the login.

        Raises LoginLinkExpired if no login waits for this browser.
        """
        if not (code or error):
            raise LoginLinkExpired
        login = await self._take_callback(
            state, cookie, discord_verified=self._discord_oauth is not None
        )
        try:
            _raise_oauth_error(error)
            return await self._complete(login, code)
        except BotError as failure:
            return await self._fail(login, failure)

    async def result(self, cookie: str) -> LoginResult:
        """How the login of this browser ended, for the result page. Raises LoginLinkExpired."""
        login = await self._logins.by_cookie(cookie, self._now())
        if login is None:
            raise LoginLinkExpired
        if login.confirmation_code is not None:
            return AwaitingCode(login.name or "", login.discord_name, login.confirmation_code)
        if login.outcome == Outcome.LINKED:
            return AccountLinked(login.name or "")
        return decode_error(login.outcome)

    async def require_pending_code(self, discord_id: int) -> None:
        """Raises LoginUnfinished if no login of this user waits for its code."""
        if await self._logins.awaiting_code(discord_id, self._now()) is None:
            raise LoginUnfinished

    async def confirm_code(self, discord_id: int, typed: str) -> LoginFinished:
        """Link the account if the user typed the code that the browser shows.

        The login fails if another user has linked the account in the meantime. Raises WrongCode,
        TooManyWrongCodes, LoginUnfinished.
        """
        login = await self._logins.count_attempt(discord_id, self._now())
        if login is None or login.confirmation_code is None:
            raise LoginUnfinished
        if not confirmation_codes.matches(typed, login.confirmation_code):
            if login.attempts >= MAX_CODE_ATTEMPTS:
                await self._logins.delete(discord_id)
                raise TooManyWrongCodes
            raise WrongCode(MAX_CODE_ATTEMPTS - login.attempts)
        try:
            return await self._link_account(login, login.account_id or "", login.name or "")
        except AlreadyLinked as error:
            owner = await self._accounts.find_owner(login.account_id or "")
            return replace(await self._fail(login, error), owner=owner)

    async def delete_expired(self) -> None:
        """Erase expired logins and rate limits."""
        await self._logins.delete_expired(self._now())
        self._link_limit.expire()

    def _redirect_to_spotify(
        self, login: PendingLogin, cookie: str, state: str, verifier: str
    ) -> Redirect:
        url = self._spotify_oauth.authorize_url(login.client_id, state=state, verifier=verifier)
        return Redirect(url, cookie)

    async def _take_callback(
        self, state: str, cookie: str, *, discord_verified: bool
    ) -> PendingLogin:
        """The login that waits for this browser. Raises LoginLinkExpired if there is none."""
        login = await self._logins.consume_state(
            state, cookie, self._now(), discord_verified=discord_verified
        )
        if login is None:
            raise LoginLinkExpired
        return login

    async def _complete(self, login: PendingLogin, code: str) -> LoginFinished:
        """Exchange the authorization code, read the account, and store or link it."""
        assert login.verifier is not None
        tokens = await self._spotify_oauth.exchange_code(login.client_id, code, login.verifier)
        if not tokens.refresh_token:
            raise LoginRefused("no refresh token")
        profile = await self._sessions.fetch_profile(tokens, login.client_id)
        owner = await self._accounts.find_owner(profile.stable_account_id)
        if owner not in (None, login.discord_id):
            return replace(await self._fail(login, AlreadyLinked()), owner=owner)
        confirmation_code, cookie = confirmation_codes.generate(), _random_secret()
        now = int(self._now())
        account = AuthorizedAccount(
            profile.stable_account_id, profile.name, tokens.scope, now, tokens.refresh_token
        )
        if not await self._logins.store_tokens(
            login,
            account,
            confirmation_code=confirmation_code,
            cookie=cookie,
            expires_at=now + LOGIN_LIFETIME,
        ):
            raise LoginLinkExpired
        if login.discord_verified:
            linked = await self._link_account(login, account.account_id, account.name)
            return replace(linked, cookie=cookie)
        result = AwaitingCode(profile.name, login.discord_name, confirmation_code)
        return LoginFinished(login.discord_id, result, login.message_ref, cookie)

    async def _link_account(self, login: PendingLogin, account_id: str, name: str) -> LoginFinished:
        if not await self._logins.link(login, Outcome.LINKED):
            raise LoginUnfinished
        self._sessions.clear_cache(account_id)
        return LoginFinished(login.discord_id, AccountLinked(name), login.message_ref)

    async def _fail(self, login: PendingLogin, error: BotError) -> LoginFinished:
        _log.info("a login failed: %s: %s", type(error).__name__, error)
        cookie = _random_secret()
        await self._logins.fail(login, encode_error(error), cookie=cookie)
        return LoginFinished(login.discord_id, error, login.message_ref, cookie)


def _raise_oauth_error(error: str) -> None:
    """Raises LoginCancelled or LoginRefused if a callback carries an OAuth error."""
    if error:
        raise LoginCancelled if error == "access_denied" else LoginRefused("error")


def _random_secret() -> str:
    return secrets.token_urlsafe(32)
