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

from bot.accounts import Accounts
from bot.endings import Finished, Held, Linked, Offer, Onward, outcome
from bot.errors import (
    AlreadyLinked,
    CodeSpent,
    Fault,
    LoginCancelled,
    LoginGone,
    LoginRefused,
    LoginUnfinished,
    NotReady,
    SomebodyElse,
    TooManyLogins,
    WrongClientId,
    WrongCode,
)
from bot.links import codes
from bot.links.signin import SignIn
from bot.spotify import login as spotify
from bot.store import Login, Store
from bot.vault import Vault

_log = logging.getLogger(__name__)

LIFETIME = 10 * 60
OFFERS, OFFERS_WINDOW = 3, 10 * 60
TRIES = 5


class Links:
    """At most one login in progress for each Discord user; a new one ends the old."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        vault: Vault,
        login: spotify.Login,
        signin: SignIn | None,
        *,
        client_id: str,
        public_url: str,
        clock: Callable[[], float],
    ) -> None:
        self.application_id = 0  # known once Discord has let the bot in
        self.by_code = signin is None
        self.redirect_uri = login.redirect_uri
        self._logins = store.logins
        self._links = store.links
        self._accounts = accounts
        self._vault = vault
        self._spotify = login
        self._signin = signin
        self._client_id = client_id
        self._public_url = public_url
        self._clock = clock
        self._offered: dict[int, deque[float]] = {}

    async def offer(self, discord_id: int, discord_name: str, client_id: str | None) -> Offer:
        """A login page for this user, good once and for LIFETIME seconds.

        `client_id` is of the user's own Spotify app. Raises TooManyLogins, WrongClientId.
        """
        self._count_offer(discord_id)
        if client_id is not None and not await self._spotify.knows(client_id):
            raise WrongClientId
        nonce = secrets.token_urlsafe(32)
        login = Login(
            discord_id,
            secrets.randbits(62),
            discord_name,
            client_id or self._client_id,
            int(self._clock()) + LIFETIME,
        )
        await self._logins.offer(login, _hash(nonce))
        return Offer(f"{self._public_url}/login/{nonce}", login.serial)

    async def announce_at(self, discord_id: int, offer: Offer, notice: str) -> None:
        """Remember where to say how the login ended."""
        sealed = self._vault.seal(notice, "notice", discord_id)
        await self._logins.notice(discord_id, offer.serial, sealed)

    async def page(self, nonce: str) -> Login:
        """The login that a page is for; changes nothing. Raises LoginGone."""
        login = await self._logins.waiting(_hash(nonce), self._clock())
        if login is None:
            raise LoginGone
        return login

    async def begin(self, nonce: str) -> Onward:
        """The page's button was pressed; uses the nonce up. Raises LoginGone, NotReady."""
        login = await self.page(nonce)
        if self._signin is not None and not self.application_id:
            raise NotReady
        cookie, state, verifier = _secret(), _secret(), spotify.fresh_verifier()
        begun = await self._logins.begin(
            _hash(nonce),
            self._clock(),
            cookie=_hash(cookie),
            state=_hash(state),
            verifier=self._vault.seal(verifier, "verifier", login.discord_id),
        )
        if begun is None:
            raise LoginGone
        if self._signin is not None:
            return Onward(self._signin.authorize(self.application_id, state=state), cookie)
        url = self._spotify.authorize(login.client_id, state=state, verifier=verifier)
        return Onward(url, cookie)

    async def signed_in(self, state: str, cookie: str, code: str, error: str) -> Onward | Finished:
        """The browser is back from Discord: on to Spotify, or the end. Raises LoginGone."""
        if self._signin is None or not (code or error):
            raise LoginGone
        login = await self._back(state, cookie, proved=False)
        try:
            if error:
                raise LoginCancelled if error == "access_denied" else LoginRefused("error")
            if await self._signin.who(self.application_id, code) != login.discord_id:
                raise SomebodyElse
        except Fault as fault:
            return await self._conclude(login, fault)
        cookie, state, verifier = _secret(), _secret(), spotify.fresh_verifier()
        proved = await self._logins.prove(
            login,
            cookie=_hash(cookie),
            state=_hash(state),
            verifier=self._vault.seal(verifier, "verifier", login.discord_id),
        )
        if not proved:
            raise LoginGone
        return Onward(
            self._spotify.authorize(login.client_id, state=state, verifier=verifier), cookie
        )

    async def finish(self, state: str, cookie: str, code: str, error: str) -> Finished:
        """The browser is back from Spotify. Raises LoginGone where it is nobody's."""
        if not (code or error):
            raise LoginGone
        login = await self._back(state, cookie, proved=self._signin is not None)
        try:
            if error:
                raise LoginCancelled if error == "access_denied" else LoginRefused("error")
            return await self._keep(login, code)
        except Fault as fault:
            return await self._conclude(login, fault)

    async def last_page(self, cookie: str) -> Login:
        """The login whose browser asks how it ended. Raises LoginGone."""
        login = await self._logins.seen_by(_hash(cookie), self._clock()) if cookie else None
        if login is None:
            raise LoginGone
        return login

    def code_of(self, login: Login) -> str | None:
        """The code that the browser shows, where the login waits for it."""
        return self._vault.open(login.code, "code", login.discord_id) if login.code else None

    async def expects_code(self, discord_id: int) -> None:
        """Raises LoginUnfinished where no login of this user waits for a code."""
        if await self._logins.provisional(discord_id, self._clock()) is None:
            raise LoginUnfinished

    async def confirm(self, discord_id: int, typed: str) -> Finished:
        """The code was typed by this Discord user: linked.

        Not linked where somebody else has linked that account meanwhile. Raises WrongCode,
        CodeSpent, LoginUnfinished.
        """
        login = await self._logins.guess(discord_id, self._clock())
        if login is None or login.code is None:
            raise LoginUnfinished
        code = self._vault.open(login.code, "code", discord_id)
        if not codes.same(typed, code):
            if login.tries >= TRIES:
                await self._logins.erase(discord_id)
                raise CodeSpent
            raise WrongCode(TRIES - login.tries)
        try:
            return await self._link(login)
        except AlreadyLinked as fault:
            owner = await self._links.owner(login.account_id or "")
            return replace(await self._conclude(login, fault), owner=owner)

    async def forget(self, discord_id: int) -> None:
        """End this user's login in progress, if there is one."""
        await self._logins.erase(discord_id)

    async def expire(self) -> None:
        """Erase what is over."""
        now = self._clock()
        await self._logins.expire(now)
        self._offered = {
            user: times for user, times in self._offered.items() if times[-1] > now - OFFERS_WINDOW
        }

    def notice(self, finished: Finished) -> str | None:
        """Where to say how it ended, as `announce_at` was given it."""
        if finished.notice is None:
            return None
        return self._vault.open(finished.notice, "notice", finished.discord_id)

    def _count_offer(self, discord_id: int) -> None:
        now = self._clock()
        times = self._offered.setdefault(discord_id, deque(maxlen=OFFERS))
        if len(times) == OFFERS and times[0] > now - OFFERS_WINDOW:
            raise TooManyLogins
        times.append(now)

    async def _back(self, state: str, cookie: str, *, proved: bool) -> Login:
        """The login that a browser comes back to, state and cookie used up together."""
        now = self._clock()
        login = await self._logins.returning(_hash(state), now) if state and cookie else None
        if (
            login is None
            or login.cookie is None
            or not secrets.compare_digest(login.cookie, _hash(cookie))
        ):
            raise LoginGone
        taken = await self._logins.come_back(_hash(state), _hash(cookie), now, proved=proved)
        if taken is None:
            raise LoginGone
        return taken

    async def _keep(self, login: Login, code: str) -> Finished:
        """Exchange the code, see whose account it is, and link it or hold it for the code."""
        assert login.verifier is not None
        verifier = self._vault.open(login.verifier, "verifier", login.discord_id)
        grant = await self._spotify.exchange(login.client_id, code, verifier)
        if not grant.refresh_token:
            raise LoginRefused("no refresh token")
        profile = await self._accounts.profile(grant, login.client_id)
        owner = await self._links.owner(profile.account)
        if owner not in (None, login.discord_id):
            return replace(await self._conclude(login, AlreadyLinked()), owner=owner)
        shown, cookie = codes.fresh(), _secret()
        held = replace(
            login,
            expires_at=int(self._clock()) + LIFETIME,
            code=self._vault.seal(shown, "code", login.discord_id),
            account_id=profile.account,
            name=profile.name,
            scopes=grant.scope,
            authorized_at=int(self._clock()),
            refresh_token=self._vault.seal(grant.refresh_token, "refresh_token", login.discord_id),
        )
        if not await self._logins.hold(held, cookie=_hash(cookie)):
            raise LoginGone
        if login.proved:
            return replace(await self._link(held), cookie=cookie)
        return Finished(login.discord_id, Held(profile.name, shown), login.notice, cookie)

    async def _link(self, login: Login) -> Finished:
        if not await self._logins.link(login):
            raise LoginUnfinished
        self._accounts.linked_anew(login.account_id or "")
        return Finished(login.discord_id, Linked(login.name or ""), login.notice)

    async def _conclude(self, login: Login, fault: Fault) -> Finished:
        _log.info("a login came to nothing: %s: %s", type(fault).__name__, fault)
        cookie = _secret()
        await self._logins.conclude(login, outcome(fault), cookie=_hash(cookie))
        return Finished(login.discord_id, fault, login.notice, cookie)


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
