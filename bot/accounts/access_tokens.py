"""Access tokens of linked accounts: cached in memory, and renewed before they expire."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.accounts.metrics import Metrics
from bot.accounts.refused_logins import RefusedLogins
from bot.errors.login import LoginExpired, NotLinked, OwnAppGone
from bot.errors.spotify import AppGone, SpotifyDown
from bot.errors.storage import StorageError
from bot.spotify.consent_expiry import consent_expires_at
from bot.spotify.oauth import SpotifyOAuth, TokenResponse, require_access_token
from bot.store import LinkedAccount, Store

if TYPE_CHECKING:
    from bot.store.renewal_leases import RenewalLeases

_log = logging.getLogger(__name__)

# A token is renewed this many seconds before it expires.
_RENEWAL_MARGIN = 60
# Seconds to wait while another process renews the same login: between two looks, and in all.
_MIN_LEASE_DELAY, _MAX_LEASE_DELAY, _MAX_LEASE_WAIT = 0.02, 0.4, 6.0
# Seconds that renewals in progress get when the bot stops.
CLOSE_TIMEOUT = 1.2


@dataclass(frozen=True)
class _AccessToken:
    value: str = field(repr=False)
    expires_at: float
    version: int


class _SupersededError(Exception):
    """The linked account changed during its renewal."""


class AccessTokens:
    """At most one renewal at a time for each linked account."""

    def __init__(
        self,
        store: Store,
        oauth: SpotifyOAuth,
        metrics: Metrics,
        *,
        now: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._accounts = store.accounts
        self._oauth = oauth
        self._metrics = metrics
        self._now = now
        self._monotonic = monotonic
        self._tokens: dict[int, _AccessToken] = {}
        self._renewals: dict[tuple[int, int], asyncio.Task[str]] = {}
        self._storing: dict[int, asyncio.Task[Any]] = {}  # renewals that Spotify has answered
        self._refused_logins = RefusedLogins(monotonic=monotonic)

    async def active_account(self, discord_id: int, *, retry: bool = True) -> LinkedAccount:
        """The user's linked account.

        retry  also return a revoked account if it is time to try its login again

        Raises NotLinked, or LoginExpired if the account is revoked.
        """
        account = await self._accounts.get(discord_id)
        if account is None:
            raise NotLinked
        if account.revoked and not (retry and self._may_retry(account)):
            raise LoginExpired("revoked before")
        return account

    def _may_retry(self, account: LinkedAccount) -> bool:
        expired = self._now() >= consent_expires_at(account.authorized_at)
        return not expired and self._refused_logins.may_retry(account.discord_id)

    async def get(self, discord_id: int, refused: str | None) -> str:
        """An access token of this user, different from `refused`, which Spotify refused.

        Raises NotLinked, LoginExpired, OwnAppGone, AppGone, SpotifyDown, StorageError.
        """
        while True:
            account = await self.active_account(discord_id)
            if storing := self._storing.get(discord_id):
                # The row may have its new version already, and its access token follows.
                await asyncio.wait([storing])
                continue
            token = self._tokens.get(discord_id)
            if token and (token.version != account.version or token.value == refused):
                token = None
            if token and token.expires_at - _RENEWAL_MARGIN > self._monotonic():
                return token.value
            if (shared := await self._shared_token(account)) and shared.value != refused:
                return shared.value
            try:
                # A cancelled command must not cancel the renewal, which may bring a new token.
                return await asyncio.shield(self._renewal(account))
            except _SupersededError:
                continue
            except StorageError:
                if token and token.expires_at > self._monotonic():
                    return token.value
                raise

    def forget(self, discord_id: int) -> None:
        """Erase the user's token. A renewal in progress then discards its token."""
        for key in [key for key in self._renewals if key[0] == discord_id]:
            del self._renewals[key]
        self._storing.pop(discord_id, None)
        self._tokens.pop(discord_id, None)
        self._refused_logins.forget(discord_id)

    async def close(self) -> None:
        """Wait for renewals in progress, so that no new refresh token is lost.

        Waits at most CLOSE_TIMEOUT seconds, because Spotify may not answer.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                while self._renewals:
                    # If all are done, `gather` does not yield (Python 3.12) and none is removed.
                    await asyncio.wait(self._renewals.values())

    async def _shared_token(self, account: LinkedAccount) -> _AccessToken | None:
        """The token that another process has got for this version of the account."""
        if self._store.leases is None:
            return None
        shared = await self._store.leases.access_token(account)
        if shared is None or shared.lifetime <= _RENEWAL_MARGIN:
            return None
        expires_at = self._monotonic() + shared.lifetime
        token = _AccessToken(shared.value, expires_at, shared.version)
        self._tokens[account.discord_id] = token
        return token

    async def _take_lease(self, leases: RenewalLeases, account: LinkedAccount) -> None:
        """Wait until no other process renews this login.

        Raises _SupersededError if one has done so meanwhile, SpotifyDown if it takes too long.
        """
        delay, deadline = _MIN_LEASE_DELAY, self._monotonic() + _MAX_LEASE_WAIT
        while not await leases.take(account):
            if not await self._accounts.is_unchanged(account):
                raise _SupersededError
            if self._monotonic() > deadline:
                raise SpotifyDown("another process renews this login")
            await asyncio.sleep(random.uniform(delay / 2, delay))
            delay = min(2 * delay, _MAX_LEASE_DELAY)

    async def _store_shared(
        self, leases: RenewalLeases, account: LinkedAccount, tokens: TokenResponse
    ) -> int | None:
        """Store both tokens for all processes; the account's new version, None if superseded."""
        lifetime = tokens.expires_in if tokens.access_token else 0
        try:
            return await leases.store(account, tokens.refresh_token, tokens.access_token, lifetime)
        except StorageError:
            if tokens.refresh_token:  # it stays in memory until the database takes it
                return await self._accounts.renew(account, tokens.refresh_token)
            return account.version

    async def _release_lease(self, account: LinkedAccount) -> None:
        if self._store.leases is not None:
            with suppress(StorageError):  # it ends by itself
                await self._store.leases.release(account)

    def _renewal(self, account: LinkedAccount) -> asyncio.Task[str]:
        """The renewal in progress, or a new one."""
        key = (account.discord_id, account.version)
        renewal = self._renewals.get(key)
        if renewal is None:
            renewal = self._renewals[key] = asyncio.create_task(self._renew(account))
            renewal.add_done_callback(partial(self._on_renewed, key))
        return renewal

    def _on_renewed(self, key: tuple[int, int], renewal: asyncio.Task[str]) -> None:
        if self._renewals.get(key) is renewal:
            del self._renewals[key]
        if not renewal.cancelled():
            renewal.exception()  # marks it as retrieved: all callers may have been cancelled

    async def _renew(self, account: LinkedAccount) -> str:
        """A new access token. Stores a new refresh token first.

        Spotify may replace the refresh token, so the request is sent only if the store is writable.

        An unlink, a new login or another renewal during this one takes precedence: it changes
        the account's version, and this renewal raises _SupersededError.
        """
        old = await self._accounts.refresh_token(account)
        if old is None:
            raise _SupersededError
        if self._store.leases is None:
            await self._store.check_writable()
        else:
            await self._take_lease(self._store.leases, account)  # a write, too
            await self._accounts.save_unsaved()
        try:
            tokens = await self._oauth.refresh(account.client_id, old)
        except SpotifyDown:
            self._metrics.record_renewal("down")
            await self._release_lease(account)
            raise
        except (LoginExpired, AppGone, OwnAppGone) as error:
            self._metrics.record_renewal("refused")
            await self._release_lease(account)
            if not await self._accounts.is_unchanged(account):
                raise _SupersededError from None
            if isinstance(error, LoginExpired):
                await self._mark_revoked(account)
            raise
        self._metrics.record_renewal("done")
        self._refused_logins.on_renewed(account.discord_id)
        task = asyncio.current_task()
        assert task is not None
        self._storing[account.discord_id] = task
        try:
            return await self._store_tokens(account, old, tokens)
        finally:
            if self._storing.get(account.discord_id) is task:
                del self._storing[account.discord_id]

    async def _store_tokens(self, account: LinkedAccount, old: str, tokens: TokenResponse) -> str:
        """Store the refresh token, unless it is `old`, and keep the access token in memory."""
        version: int | None = account.version
        leases = self._store.leases
        if leases is not None:
            version = await self._store_shared(leases, account, tokens)
        elif tokens.refresh_token and tokens.refresh_token != old:
            version = await self._accounts.renew(account, tokens.refresh_token)
        elif account.revoked:
            version = version if await self._accounts.unmark_revoked(account) else None
        elif not await self._accounts.is_unchanged(account):
            version = None
        forgotten = (account.discord_id, account.version) not in self._renewals
        if version is None or forgotten:
            raise _SupersededError
        require_access_token(tokens)  # after a new refresh token was stored
        expires_at = self._monotonic() + tokens.expires_in
        self._tokens[account.discord_id] = _AccessToken(tokens.access_token, expires_at, version)
        return tokens.access_token

    async def _mark_revoked(self, account: LinkedAccount) -> None:
        """Mark the account as revoked. Raises SpotifyDown if Spotify seems to have an outage."""
        expired = self._now() >= consent_expires_at(account.authorized_at)
        if not expired and self._refused_logins.on_refused(account.discord_id):
            _log.warning("several logins refused within minutes: taken for an outage")
            raise SpotifyDown("many logins refused at once") from None
        await self._accounts.mark_revoked(account)
        _log.info("a login has ended")
