"""The steps of a login, from /link to a linked account.

    create_link       /link shows a link to the login page
    show_login        the login page: whose login it is, and one button
    start             the button redirects to Discord, or without a client secret to Spotify
    discord_callback  Discord identifies the browser's user; redirects to Spotify
    spotify_callback  Spotify sends an authorization code, and the account is read; with a client
                      secret it is linked now, else when its confirmation code is typed
    result            the result page: linked, failed, or the confirmation code
    linking           the user types the code in Discord, and the account is linked

        /link ──▶ login page ──▶ start ──▶ (Discord ──▶ discord_callback) ──▶ Spotify
        Spotify ──▶ spotify_callback ──▶ result page (──▶ linking.confirm_code in Discord)

Each step is stored, so that it survives a restart. A link that is passed on to control somebody
else's account fails: the browser must be signed in as its user, or show the code that they type.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import (
    BotStarting,
    IncompleteCallback,
    LoginElsewhere,
    LoginInterrupted,
    LoginLinkExpired,
    LoginLinkUsed,
    LoginReplaced,
    LoginTimedOut,
    TooManyLogins,
    WrongClientId,
    WrongDiscordUser,
)
from bot.login.browser_secret import BrowserSecret, Service
from bot.login.discord_oauth import DiscordOAuth
from bot.login.linking import LOGIN_LIFETIME, AccountLinking
from bot.login.results import (
    Callback,
    LoginLink,
    LoginOpened,
    LoginPage,
    LoginResult,
    LoginUpdate,
    Redirect,
)
from bot.login.sliding_window import SlidingWindow
from bot.login.status import login_result, raise_if_ended, raise_oauth_error
from bot.login.updates import LoginUpdates
from bot.spotify.oauth import SpotifyOAuth
from bot.store import LoginStep, PendingLogin, Store

MAX_LINKS, LINKS_WINDOW = 3, 10 * 60  # login links of one user, within this many seconds
RESULT_PATH = "/done"


class LoginFlow:
    """At most one open login for each Discord user; a new one replaces the old one.

    Browsers send requests twice: they prefetch, reload and go back; people press twice. So a
    repeated request with the login's cookie does not fail: it returns the login's current page. A
    request without the cookie changes nothing.
    """

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        spotify_oauth: SpotifyOAuth,
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
        self.logins_ended = self._logins.ended
        self.linking = AccountLinking(store, sessions, spotify_oauth, now=now)
        self.updates = LoginUpdates(store, now=now)
        self._spotify_oauth = spotify_oauth
        self._discord_oauth = discord_oauth
        # The possible callbacks: whether Discord has verified the user before, and the service.
        self._callbacks: set[tuple[bool, Service]] = {(False, "Spotify")}
        if discord_oauth is not None:
            self._callbacks = {(False, "Discord"), (True, "Spotify")}
        self._client_id = client_id
        self._public_url = public_url
        self._now = now
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()
        self._link_limit = SlidingWindow[int](MAX_LINKS, LINKS_WINDOW, monotonic=monotonic)

    async def create_link(
        self, discord_id: int, discord_name: str, client_id: str | None
    ) -> LoginLink:
        """A link to a login page for this user, valid once and for LOGIN_LIFETIME seconds.

        `client_id` is the user's own Spotify app. Raises LoginError, AppGone, SpotifyDown.
        """
        if not self._link_limit.allow(discord_id):
            raise TooManyLogins
        if client_id is None:
            self._spotify_oauth.require_app(self._client_id)
        elif not await self._spotify_oauth.client_exists(client_id):
            raise WrongClientId
        nonce = secrets.token_urlsafe(32)
        login = PendingLogin(
            discord_id,
            secrets.randbits(62),
            discord_name,
            client_id or self._client_id,
            int(self._now()) + LOGIN_LIFETIME,
        )
        old = await self._logins.create(login, nonce)
        replaced = LoginUpdate(discord_id, LoginReplaced(), old.message_ref) if old else None
        return LoginLink(self._login_url(nonce), login.serial, replaced)

    async def show_login(self, nonce: str, cookie: str) -> LoginPage | Redirect:
        """The login page, or the next URL for the browser that has pressed its button.

        Changes nothing. Raises LoginLinkExpired.
        """
        login = await self._by_nonce(nonce)
        browser = BrowserSecret.from_cookie(cookie)
        if login.step is LoginStep.PAGE:
            raise_if_ended(login, self._now())
        else:
            browser = await self._require_browser(login, browser)
            redirect = self._current_url(login, browser)
            if redirect.url == RESULT_PATH:
                return redirect
        cookie = (browser or BrowserSecret.generate()).cookie()
        return LoginPage(login.discord_name, login.discord_verified, cookie)

    async def start(self, nonce: str, cookie: str) -> Redirect:
        """Start the OAuth flow, in one browser only; it gets the same redirect each time.

        Raises LoginLinkExpired, BotStarting.
        """
        login = await self._by_nonce(nonce)
        browser = BrowserSecret.from_cookie(cookie)
        if self._discord_oauth is not None and not self.application_id:
            raise BotStarting
        update = None
        if login.step is LoginStep.PAGE:
            raise_if_ended(login, self._now())
            browser = browser or BrowserSecret.generate()
            step = LoginStep.SPOTIFY if self._discord_oauth is None else LoginStep.DISCORD
            has_started = await self._logins.start(login, step, cookie=browser.value)
            login = await self._by_nonce(nonce)  # another request may have been faster
            if has_started:
                opened = LoginOpened(self._login_url(nonce))
                update = LoginUpdate(login.discord_id, opened, serial=login.serial)
        redirect = self._current_url(login, await self._require_browser(login, browser))
        return replace(redirect, update=update)

    async def discord_callback(self, callback: Callback) -> Redirect | LoginUpdate:
        """The browser returns from Discord: redirect it to Spotify, or fail the login.

        Raises LoginLinkExpired if no login waits for this browser, AuthorizationFailed or
        LoginCancelled if Discord reports an error for an unknown login.
        """
        return await self._callback(callback, LoginStep.DISCORD, self._verify_discord_user)

    async def spotify_callback(self, callback: Callback) -> Redirect | LoginUpdate:
        """The browser returns from Spotify: link the account, ask for its code, or fail the login.

        Raises the same as `discord_callback`.
        """
        return await self._callback(callback, LoginStep.SPOTIFY, self.linking.complete)

    async def result(self, cookie: str) -> LoginResult:
        """The status of this browser's login, for the result page."""
        browser = BrowserSecret.from_cookie(cookie)
        logins = [] if browser is None else await self._logins.by_cookie(browser.value)
        if browser is None or not logins:
            return LoginElsewhere()
        login = next((login for login in logins if login.serial == browser.serial), logins[0])
        async with self._lock(login):
            login = await self._logins.get(login.discord_id, login.serial) or login
        return login_result(login, self._now())

    async def delete_expired(self) -> list[LoginUpdate]:
        """Erase expired logins and rate limits. Returns the logins whose link still worked."""
        expired = await self._logins.delete_expired(self._now())
        self._link_limit.expire()
        return [LoginUpdate(old.discord_id, LoginTimedOut(), old.message_ref) for old in expired]

    def _login_url(self, nonce: str) -> str:
        return f"{self._public_url}/login/{nonce}"

    async def _by_nonce(self, nonce: str) -> PendingLogin:
        login = await self._logins.by_nonce(nonce)
        if login is None:
            raise LoginLinkExpired
        return login

    async def _require_browser(
        self, login: PendingLogin, browser: BrowserSecret | None
    ) -> BrowserSecret:
        """The browser, if it started this login. Raises LoginLinkExpired for another one."""
        logins = [] if browser is None else await self._logins.by_cookie(browser.value)
        if browser is not None and any(own.serial == login.serial for own in logins):
            return browser
        raise_if_ended(login, self._now())
        raise LoginLinkExpired if login.step is LoginStep.OVER else LoginLinkUsed

    async def _callback(
        self,
        callback: Callback,
        step: LoginStep,
        exchange: Callable[[PendingLogin, BrowserSecret, str], Awaitable[Redirect | LoginUpdate]],
    ) -> Redirect | LoginUpdate:
        """Send the code once. A repeated request waits for its result, and continues from there."""
        service: Service = "Discord" if step is LoginStep.DISCORD else "Spotify"
        browser = BrowserSecret.from_cookie(callback.cookie)
        login = await self._find_callback(callback, browser, service)
        if login is None or browser is None:
            raise_oauth_error(service, callback.error)
            raise LoginElsewhere
        async with self._lock(login):
            login = await self._logins.get(login.discord_id, login.serial)
            if login is None:
                raise LoginElsewhere  # /unlink erased it
            if login.step not in (step, LoginStep.EXCHANGE):
                return self._current_url(login, browser)
            raise_if_ended(login, self._now())
            if login.step is LoginStep.EXCHANGE:  # the bot was stopped meanwhile
                return await self.linking.fail(login, LoginInterrupted(), browser)
            if (login.discord_verified, service) not in self._callbacks:
                raise LoginLinkExpired  # the setting DISCORD_CLIENT_SECRET was changed meanwhile
            if service == "Discord" and not self.application_id:
                raise BotStarting
            if not (callback.code or callback.error):
                raise IncompleteCallback
            if not await self._logins.begin_exchange(login):
                raise LoginReplaced
            try:
                raise_oauth_error(service, callback.error)
                return await exchange(login, browser, callback.code)
            except BotError as failure:
                return await self.linking.fail(login, failure, browser)

    async def _find_callback(
        self, callback: Callback, browser: BrowserSecret | None, service: Service
    ) -> PendingLogin | None:
        """The login of this browser whose state the callback has."""
        if browser is None:
            return None
        for login in await self._logins.by_cookie(browser.value):
            state = browser.state(service, login.serial)
            if secrets.compare_digest(state.encode(), callback.state.encode(errors="replace")):
                return login
        return None

    def _lock(self, login: PendingLogin) -> asyncio.Lock:
        """The lock that a request holds while it exchanges this login's authorization code."""
        return self._locks.setdefault((login.discord_id, login.serial), asyncio.Lock())

    def _current_url(self, login: PendingLogin, browser: BrowserSecret) -> Redirect:
        """The URL at which a login continues in its own browser. Raises LoginLinkExpired."""
        if login.step is not LoginStep.OVER:
            raise_if_ended(login, self._now())
        match login.step:
            case LoginStep.DISCORD:
                if self._discord_oauth is None:
                    raise LoginLinkExpired  # the setting DISCORD_CLIENT_SECRET was removed
                state = browser.state("Discord", login.serial)
                url = self._discord_oauth.authorize_url(self.application_id, state=state)
            case LoginStep.SPOTIFY:
                url = self._spotify_oauth.authorize_url(
                    login.client_id,
                    state=browser.state("Spotify", login.serial),
                    verifier=browser.verifier(login.serial),
                )
            case _:
                return Redirect(RESULT_PATH, browser.cookie(login.serial))
        return Redirect(url, browser.cookie())

    async def _verify_discord_user(
        self, login: PendingLogin, browser: BrowserSecret, code: str
    ) -> Redirect:
        assert self._discord_oauth is not None
        user_id = await self._discord_oauth.fetch_user_id(self.application_id, code)
        if user_id != login.discord_id:
            raise WrongDiscordUser
        if not await self._logins.mark_verified(login):
            raise LoginReplaced
        verified = replace(login, step=LoginStep.SPOTIFY, discord_verified=True)
        return self._current_url(verified, browser)
