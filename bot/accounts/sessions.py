"""Spotify sessions of linked users, and the end of a link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial

from bot.accounts.access_tokens import AccessTokens
from bot.accounts.quota import Quota
from bot.errors.login import NeedsLogin, NotLinked
from bot.errors.storage import StorageError
from bot.spotify import Spotify
from bot.spotify.cache import ResponseCache
from bot.spotify.client_credentials import AppToken
from bot.spotify.oauth import TokenResponse
from bot.spotify.profile import Profile
from bot.spotify.transport import Transport
from bot.store import LinkedAccount, Store

# Seconds that a command has for all its calls to Spotify. A command that reads the player after
# its write gets two more.
COMMAND_TIMEOUT = 6.0


class Sessions:
    """Spotify's Web API as one of the users, or as the app.

    on_write  makes a context for each write of the Discord user with this ID
    """

    def __init__(
        self,
        store: Store,
        access_tokens: AccessTokens,
        transport: Transport,
        quota: Quota,
        *,
        on_write: Callable[[int], AbstractContextManager[None]] = lambda _: nullcontext(),
        app_token: AppToken | None = None,
        timeout: float = COMMAND_TIMEOUT,
    ) -> None:
        self._accounts = store.accounts
        self._access_tokens = access_tokens
        self._transport = transport
        self._quota = quota
        self._on_write = on_write
        self._app_token = app_token
        self._timeout = timeout

    async def session(
        self,
        discord_id: int,
        *,
        background: bool = False,
        goes_on_later: bool = False,
        retry: bool = True,
        charge: int | None = None,
    ) -> Spotify:
        """A Spotify session of this user; `background` for long work. Raises NeedsLogin.

        goes_on_later  of a job, which waits for its share of the quota
        retry  try an ended login again from time to time, because Spotify may accept it again
        charge  the user whose share of the calls it uses, if it is another one
        """
        account = await self._access_tokens.active_account(discord_id, retry=retry)
        return Spotify(
            self._transport,
            partial(self._access_tokens.get, discord_id),
            client_id=account.client_id,
            account=account.account_id,
            scopes=account.scopes.split(),
            timeout=None if background else self._timeout,
            background=background,
            goes_on_later=goes_on_later,
            on_write=partial(self._on_write, discord_id),
            share=await self._quota.share_of(
                charge or discord_id, account.client_id, is_long=goes_on_later
            ),
        )

    async def catalogue_session(self, discord_id: int, *, background: bool = False) -> Spotify:
        """A session to search the catalogue: as this user, else as the app if it has a secret.

        Raises NeedsLogin if neither is possible.
        """
        try:
            return await self.session(
                discord_id, background=background, retry=self._app_token is None
            )
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
            is_app=True,
            share=await self._quota.share_of(discord_id, self._app_token.client_id),
        )

    async def linked_account(self, discord_id: int) -> LinkedAccount | None:
        return await self._accounts.get(discord_id)

    async def require_account(self, discord_id: int) -> LinkedAccount:
        """The linked account, for a command that calls no Spotify. Raises NotLinked."""
        account = await self.linked_account(discord_id)
        if account is None:
            raise NotLinked
        return account

    async def fetch_profile(self, tokens: TokenResponse, client_id: str) -> Profile:
        """The profile of the user who just logged in.

        It also shows whether the app accepts the user: Spotify lets a user who is not on the
        app's list log in, and refuses all their calls. Raises SpotifyError.
        """

        async def access_token(_refused: str | None) -> str:
            return tokens.access_token

        spotify = Spotify(self._transport, access_token, client_id=client_id, timeout=self._timeout)
        return await spotify.profile.me()

    async def unlink(self, discord_id: int) -> bool:
        """Erase all data of this user. False if no account was linked. Raises StorageError."""
        account = await self._accounts.get(discord_id)
        with self._on_write(discord_id):
            was_linked = await self._accounts.unlink(discord_id)
        self._access_tokens.forget(discord_id)
        if account is not None:  # an unlink of nothing must not give a visitor a new share
            self._quota.shares.forget(discord_id)
            self._transport.cache.invalidate(account.account_id)
            with suppress(StorageError):  # the next save of the quotas does it
                await self._quota.forget_client(account.client_id)
        return was_linked

    @property
    def cache(self) -> ResponseCache:
        """Spotify's responses, of all accounts."""
        return self._transport.cache

    def forget_elsewhere(self, discord_id: int, *account_ids: str) -> None:
        """Erase from memory the accounts of a user who unlinked or linked in another process."""
        self._access_tokens.forget(discord_id)
        for account_id in account_ids:
            self._transport.cache.invalidate(account_id)

    def clear_cache(self, account_id: str) -> None:
        """Erase cached responses about an account: a new login may have other permissions."""
        self._transport.cache.invalidate(account_id)

    def expire(self) -> None:
        """Erase cached responses that are too old."""
        self._transport.expire()
