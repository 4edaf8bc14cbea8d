"""Who is linked, and a Spotify session for each: access tokens are renewed here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.errors.login import LoginExpired, NeedsLogin, NotLinked
from bot.errors.spotify import SpotifyDown
from bot.spotify import Spotify
from bot.spotify.client_credentials import AppToken
from bot.spotify.consent_expiry import consent_expires_at
from bot.spotify.models import Profile
from bot.spotify.oauth import SpotifyOAuth, TokenResponse
from bot.spotify.transport import Transport
from bot.store import LinkedAccount, Store
from bot.store.encryption import TokenCipher

_log = logging.getLogger(__name__)

# Renewed this many seconds before Spotify would refuse it.
_RENEWAL_MARGIN = 60

# Seconds that a command has for all it asks of Spotify; `playing` adds two where it has to look
# what happened.
COMMAND_TIMEOUT = 6.0

# So many links refused within so many seconds are Spotify's trouble, not the users': once, an
# outage answered invalid_grant for everyone.
OUTAGE_THRESHOLD = 3
OUTAGE_WINDOW = 5 * 60


@dataclass(frozen=True)
class _AccessToken:
    value: str = field(repr=False)
    expires_at: float
    version: int


class _Superseded(Exception):
    """The link that was to be renewed is another by now."""


class Sessions:
    """Links in the store, access tokens in memory, one renewal at a time for each link."""

    def __init__(
        self,
        store: Store,
        cipher: TokenCipher,
        oauth: SpotifyOAuth,
        transport: Transport,
        clock: Callable[[], float],
        quota: Quota,
        metrics: Metrics,
        *,
        app_token: AppToken | None = None,
        timeout: float = COMMAND_TIMEOUT,
    ) -> None:
        self._accounts = store.accounts
        self._cipher = cipher
        self._oauth = oauth
        self._transport = transport
        self._clock = clock
        self._quota = quota
        self._metrics = metrics
        self._app_token = app_token
        self._timeout = timeout
        self._access_tokens: dict[int, _AccessToken] = {}
        self._renewals: dict[tuple[int, int], asyncio.Task[str]] = {}
        self._refused_at: dict[int, float] = {}

    async def session(self, discord_id: int, *, background: bool = False) -> Spotify:
        """A Spotify session of this user; `background` for long work. Raises NeedsLogin."""
        link = await self._active_account(discord_id)
        return Spotify(
            self._transport,
            partial(self._access_token, discord_id),
            client_id=link.client_id,
            account=link.account_id,
            timeout=None if background else self._timeout,
            background=background,
        )

    async def catalogue_session(self, discord_id: int, *, background: bool = False) -> Spotify:
        """Spotify to look things up: as this user, or as the app where it has a token of its own.

        Raises NotLinked, LoginExpired where it has none.
        """
        try:
            return await self.session(discord_id, background=background)
        except NeedsLogin:
            if self._app_token is None:
                raise
        return Spotify(
            self._transport,
            self._app_token,
            client_id=self._app_token.client_id,
            account=self._app_token.client_id,
            timeout=None if background else self._timeout,
            background=background,
        )

    async def linked_account(self, discord_id: int) -> LinkedAccount | None:
        return await self._accounts.get(discord_id)

    async def fetch_profile(self, tokens: TokenResponse, client_id: str) -> Profile:
        """Whose login this is; asked at once, since a login says nothing yet.

        Somebody who is not on the app's user list can log in, and is refused everything else.
        Raises SpotifyError.
        """

        async def fresh(_refused: str | None) -> str:
            return tokens.access_token

        spotify = Spotify(self._transport, fresh, client_id=client_id, timeout=self._timeout)
        return await spotify.profile.me()

    async def unlink(self, discord_id: int) -> bool:
        """Erase all that belongs to this user. False where nothing was linked."""
        link = await self._accounts.get(discord_id)
        gone = await self._accounts.unlink(discord_id)
        if link is not None:
            self._transport.cache.invalidate(link.account_id)
            await self._quota.forget_client(link.client_id)
        # A renewal that saw the row just before it went finds itself struck off, and holds nothing.
        for key in [key for key in self._renewals if key[0] == discord_id]:
            del self._renewals[key]
        self._access_tokens.pop(discord_id, None)
        self._refused_at.pop(discord_id, None)
        return gone

    def clear_cache(self, account_id: str) -> None:
        """Nothing that was kept of a login before holds for this one."""
        self._transport.cache.invalidate(account_id)

    def expire(self) -> None:
        """Drop from memory what Spotify answered too long ago."""
        self._transport.cache.expire()

    async def close(self) -> None:
        """Wait for renewals under way: a new refresh token must not be lost."""
        while self._renewals:
            await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _active_account(self, discord_id: int) -> LinkedAccount:
        link = await self._accounts.get(discord_id)
        if link is None:
            raise NotLinked
        if link.revoked:
            raise LoginExpired("known to have ended")
        return link

    async def _access_token(self, discord_id: int, refused: str | None) -> str:
        link = await self._active_account(discord_id)
        held = self._access_tokens.get(discord_id)
        if (
            held
            and held.version == link.version
            and held.value != refused
            and held.expires_at > self._clock()
        ):
            return held.value
        key = (discord_id, link.version)
        renewal = self._renewals.get(key)
        if renewal is None:
            renewal = self._renewals[key] = asyncio.create_task(self._renew(link))
            renewal.add_done_callback(partial(self._on_renewed, key))
        try:
            return await asyncio.shield(renewal)
        except _Superseded:
            return await self._access_token(discord_id, refused)

    def _on_renewed(self, key: tuple[int, int], renewal: asyncio.Task[str]) -> None:
        if self._renewals.get(key) is renewal:
            del self._renewals[key]
        if not renewal.cancelled():
            renewal.exception()  # looked at here, since everybody who waited may be gone

    async def _renew(self, account: LinkedAccount) -> str:
        """A new access token; a new refresh token is stored before the access token is used.

        What came in between wins, be it an unlink, a new login or another renewal: the row's
        generation is another then, and _Superseded is raised.
        """
        if not await self._accounts.is_unchanged(account):
            raise _Superseded
        old = self._cipher.decrypt(account.refresh_token, "refresh_token", account.discord_id)
        try:
            grant = await self._oauth.refresh(account.client_id, old)
        except SpotifyDown:
            self._metrics.record_renewal("down")
            raise
        except LoginExpired:
            self._metrics.record_renewal("refused")
            if not await self._accounts.is_unchanged(account):
                raise _Superseded from None
            await self._mark_revoked(account)
            raise
        self._metrics.record_renewal("done")
        self._refused_at.pop(account.discord_id, None)
        generation = account.version
        if grant.refresh_token and grant.refresh_token != old:
            new = self._cipher.encrypt(grant.refresh_token, "refresh_token", account.discord_id)
            unchanged = await self._accounts.renew(account, new)
            generation += 1
        else:
            unchanged = await self._accounts.is_unchanged(account)
        struck_off = (account.discord_id, account.version) not in self._renewals
        if not unchanged or struck_off:
            raise _Superseded
        ends = self._clock() + grant.expires_in - _RENEWAL_MARGIN
        self._access_tokens[account.discord_id] = _AccessToken(grant.access_token, ends, generation)
        return grant.access_token

    async def _mark_revoked(self, account: LinkedAccount) -> None:
        """Mark the link as ended, unless so many end at once that it is Spotify's trouble.

        Raises SpotifyDown in that case; those that were marked before are good again.
        """
        now = self._clock()
        if now < consent_expires_at(account.authorized_at):
            self._refused_at[account.discord_id] = now
            recent = {user for user, at in self._refused_at.items() if at > now - OUTAGE_WINDOW}
            self._refused_at = {user: self._refused_at[user] for user in recent}
            if len(recent) >= OUTAGE_THRESHOLD:
                await self._accounts.unmark_revoked(recent)
                _log.warning("%d logins refused within minutes: taken for an outage", len(recent))
                raise SpotifyDown("many logins refused at once") from None
        await self._accounts.mark_revoked(account)
        _log.info("a login has ended")
