"""Logins in progress, from /link to the browser and back, and the proof of whose browser it was.

    /link ─ nonce ─▶ login page ─ button ─▶ [Discord, where a client secret is set] ─▶ Spotify
    Spotify ─ state, cookie, code ─▶ callback ─▶ linked, or held until the code is typed in Discord

Each step is in the store, so a restart between two of them loses nothing. A link to the login page
can be passed on to somebody else; what they do with it is worth nothing, since either Discord says
that the browser is not the user's, or they would have to hand over the code that only they see.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import deque
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
from bot.login.results import (
    AccountLinked,
    AwaitingCode,
    LoginFinished,
    LoginLink,
    Redirect,
    failure_message,
)
from bot.spotify import oauth as spotify
from bot.store import PendingLogin, Store
from bot.store.encryption import TokenCipher

_log = logging.getLogger(__name__)

LOGIN_LIFETIME = 10 * 60
MAX_LINKS, LINKS_WINDOW = 3, 10 * 60
MAX_CODE_ATTEMPTS = 5


class LoginFlow:
    """At most one login in progress for each Discord user; a new one ends the old."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        cipher: TokenCipher,
        spotify_oauth: spotify.SpotifyOAuth,
        discord_oauth: DiscordOAuth | None,
        *,
        client_id: str,
        public_url: str,
        clock: Callable[[], float],
    ) -> None:
        self.application_id = 0  # known once Discord has let the bot in
        self.needs_code = discord_oauth is None
        self.redirect_uri = spotify_oauth.redirect_uri
        self._logins = store.pending_logins
        self._accounts = store.accounts
        self._sessions = sessions
        self._cipher = cipher
        self._spotify_oauth = spotify_oauth
        self._discord_oauth = discord_oauth
        self._client_id = client_id
        self._public_url = public_url
        self._clock = clock
        self._recent_links: dict[int, deque[float]] = {}

    async def create_link(
        self, discord_id: int, discord_name: str, client_id: str | None
    ) -> LoginLink:
        """A login page for this user, good once and for LOGIN_LIFETIME seconds.

        `client_id` is of the user's own Spotify app. Raises TooManyLogins, WrongClientId.
        """
        self._check_link_rate(discord_id)
        if client_id is not None and not await self._spotify_oauth.client_exists(client_id):
            raise WrongClientId
        nonce = secrets.token_urlsafe(32)
        login = PendingLogin(
            discord_id,
            secrets.randbits(62),
            discord_name,
            client_id or self._client_id,
            int(self._clock()) + LOGIN_LIFETIME,
        )
        await self._logins.create(login, _hash(nonce))
        return LoginLink(f"{self._public_url}/login/{nonce}", login.serial)

    async def remember_messages(self, discord_id: int, link: LoginLink, message_ref: str) -> None:
        """Remember where to say how the login ended."""
        sealed = self._cipher.encrypt(message_ref, "notice", discord_id)
        await self._logins.set_message_ref(discord_id, link.serial, sealed)

    async def find_login(self, nonce: str) -> PendingLogin:
        """The login that a page is for; changes nothing. Raises LoginLinkExpired."""
        login = await self._logins.by_nonce(_hash(nonce), self._clock())
        if login is None:
            raise LoginLinkExpired
        return login

    async def start(self, nonce: str) -> Redirect:
        """Use up the nonce and start the OAuth flow. Raises LoginLinkExpired, BotStarting."""
        login = await self.find_login(nonce)
        if self._discord_oauth is not None and not self.application_id:
            raise BotStarting
        cookie, state, verifier = _random_secret(), _random_secret(), spotify.generate_verifier()
        started = await self._logins.start(
            _hash(nonce),
            self._clock(),
            cookie=_hash(cookie),
            state=_hash(state),
            verifier=self._cipher.encrypt(verifier, "verifier", login.discord_id),
        )
        if started is None:
            raise LoginLinkExpired
        if self._discord_oauth is not None:
            return Redirect(
                self._discord_oauth.authorize_url(self.application_id, state=state), cookie
            )
        url = self._spotify_oauth.authorize_url(login.client_id, state=state, verifier=verifier)
        return Redirect(url, cookie)

    async def discord_callback(
        self, state: str, cookie: str, code: str, error: str
    ) -> Redirect | LoginFinished:
        """The browser is back from Discord: on to Spotify, or the end. Raises LoginLinkExpired."""
        if self._discord_oauth is None or not (code or error):
            raise LoginLinkExpired
        login = await self._take_callback(state, cookie, discord_verified=False)
        try:
            if error:
                raise LoginCancelled if error == "access_denied" else LoginRefused("error")
            if (
                await self._discord_oauth.fetch_user_id(self.application_id, code)
                != login.discord_id
            ):
                raise WrongDiscordUser
        except BotError as fault:
            return await self._fail(login, fault)
        cookie, state, verifier = _random_secret(), _random_secret(), spotify.generate_verifier()
        verified = await self._logins.mark_verified(
            login,
            cookie=_hash(cookie),
            state=_hash(state),
            verifier=self._cipher.encrypt(verifier, "verifier", login.discord_id),
        )
        if not verified:
            raise LoginLinkExpired
        return Redirect(
            self._spotify_oauth.authorize_url(login.client_id, state=state, verifier=verifier),
            cookie,
        )

    async def spotify_callback(
        self, state: str, cookie: str, code: str, error: str
    ) -> LoginFinished:
        """The browser is back from Spotify. Raises LoginLinkExpired where it is nobody's."""
        if not (code or error):
            raise LoginLinkExpired
        login = await self._take_callback(
            state, cookie, discord_verified=self._discord_oauth is not None
        )
        try:
            if error:
                raise LoginCancelled if error == "access_denied" else LoginRefused("error")
            return await self._complete(login, code)
        except BotError as fault:
            return await self._fail(login, fault)

    async def result(self, cookie: str) -> PendingLogin:
        """The login whose browser asks how it ended. Raises LoginLinkExpired."""
        login = await self._logins.by_cookie(_hash(cookie), self._clock()) if cookie else None
        if login is None:
            raise LoginLinkExpired
        return login

    def confirmation_code(self, login: PendingLogin) -> str | None:
        """The code that the browser shows, where the login waits for it."""
        return (
            self._cipher.decrypt(login.confirmation_code, "code", login.discord_id)
            if login.confirmation_code
            else None
        )

    async def require_pending_code(self, discord_id: int) -> None:
        """Raises LoginUnfinished where no login of this user waits for a code."""
        if await self._logins.awaiting_code(discord_id, self._clock()) is None:
            raise LoginUnfinished

    async def confirm_code(self, discord_id: int, typed: str) -> LoginFinished:
        """The code was typed by this Discord user: linked.

        Not linked where somebody else has linked that account meanwhile. Raises WrongCode,
        TooManyWrongCodes, LoginUnfinished.
        """
        login = await self._logins.count_attempt(discord_id, self._clock())
        if login is None or login.confirmation_code is None:
            raise LoginUnfinished
        code = self._cipher.decrypt(login.confirmation_code, "code", discord_id)
        if not confirmation_codes.matches(typed, code):
            if login.attempts >= MAX_CODE_ATTEMPTS:
                await self._logins.delete(discord_id)
                raise TooManyWrongCodes
            raise WrongCode(MAX_CODE_ATTEMPTS - login.attempts)
        try:
            return await self._link_account(login)
        except AlreadyLinked as fault:
            owner = await self._accounts.find_owner(login.account_id or "")
            return replace(await self._fail(login, fault), owner=owner)

    async def cancel(self, discord_id: int) -> None:
        """End this user's login in progress, if there is one."""
        await self._logins.delete(discord_id)

    async def delete_expired(self) -> None:
        """Erase what is over."""
        now = self._clock()
        await self._logins.delete_expired(now)
        self._recent_links = {
            user: times
            for user, times in self._recent_links.items()
            if times[-1] > now - LINKS_WINDOW
        }

    def remembered_messages(self, finished: LoginFinished) -> str | None:
        """Where to say how it ended, as `announce_at` was given it."""
        if finished.message_ref is None:
            return None
        return self._cipher.decrypt(finished.message_ref, "notice", finished.discord_id)

    def _check_link_rate(self, discord_id: int) -> None:
        now = self._clock()
        times = self._recent_links.setdefault(discord_id, deque(maxlen=MAX_LINKS))
        if len(times) == MAX_LINKS and times[0] > now - LINKS_WINDOW:
            raise TooManyLogins
        times.append(now)

    async def _take_callback(
        self, state: str, cookie: str, *, discord_verified: bool
    ) -> PendingLogin:
        """The login that a browser comes back to, state and cookie used up together."""
        now = self._clock()
        login = await self._logins.by_state(_hash(state), now) if state and cookie else None
        if (
            login is None
            or login.cookie is None
            or not secrets.compare_digest(login.cookie, _hash(cookie))
        ):
            raise LoginLinkExpired
        taken = await self._logins.consume_state(
            _hash(state), _hash(cookie), now, discord_verified=discord_verified
        )
        if taken is None:
            raise LoginLinkExpired
        return taken

    async def _complete(self, login: PendingLogin, code: str) -> LoginFinished:
        """Exchange the code, see whose account it is, and link it or hold it for the code."""
        assert login.verifier is not None
        verifier = self._cipher.decrypt(login.verifier, "verifier", login.discord_id)
        grant = await self._spotify_oauth.exchange_code(login.client_id, code, verifier)
        if not grant.refresh_token:
            raise LoginRefused("no refresh token")
        profile = await self._sessions.fetch_profile(grant, login.client_id)
        owner = await self._accounts.find_owner(profile.stable_account_id)
        if owner not in (None, login.discord_id):
            return replace(await self._fail(login, AlreadyLinked()), owner=owner)
        shown, cookie = confirmation_codes.generate(), _random_secret()
        held = replace(
            login,
            expires_at=int(self._clock()) + LOGIN_LIFETIME,
            confirmation_code=self._cipher.encrypt(shown, "code", login.discord_id),
            account_id=profile.stable_account_id,
            name=profile.name,
            scopes=grant.scope,
            authorized_at=int(self._clock()),
            refresh_token=self._cipher.encrypt(
                grant.refresh_token, "refresh_token", login.discord_id
            ),
        )
        if not await self._logins.store_tokens(held, cookie=_hash(cookie)):
            raise LoginLinkExpired
        if login.discord_verified:
            return replace(await self._link_account(held), cookie=cookie)
        return LoginFinished(
            login.discord_id, AwaitingCode(profile.name, shown), login.message_ref, cookie
        )

    async def _link_account(self, login: PendingLogin) -> LoginFinished:
        if not await self._logins.link(login):
            raise LoginUnfinished
        self._sessions.clear_cache(login.account_id or "")
        return LoginFinished(login.discord_id, AccountLinked(login.name or ""), login.message_ref)

    async def _fail(self, login: PendingLogin, error: BotError) -> LoginFinished:
        _log.info("a login came to nothing: %s: %s", type(error).__name__, error)
        cookie = _random_secret()
        await self._logins.fail(login, failure_message(error), cookie=_hash(cookie))
        return LoginFinished(login.discord_id, error, login.message_ref, cookie)


def _random_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
