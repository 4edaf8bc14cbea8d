"""Who is linked, and a Spotify session for each: access tokens are renewed here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.errors import LoginRefused, NotLinked
from bot.spotify import Spotify
from bot.spotify.login import Grant, Login
from bot.spotify.transport import Transport
from bot.store import Link, Store
from bot.vault import Vault

# Renewed this many seconds before Spotify would refuse it.
_EARLY = 60


@dataclass(frozen=True)
class _AccessToken:
    value: str = field(repr=False)
    ends_at: float


class Accounts:
    """Links in the store, access tokens in memory, one renewal at a time for each user."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        login: Login,
        transport: Transport,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._vault = vault
        self._login = login
        self._transport = transport
        self._clock = clock
        self._held: dict[int, _AccessToken] = {}
        self._renewals: dict[int, asyncio.Task[str]] = {}

    async def session(self, discord_id: int) -> Spotify:
        """Spotify as this user. Raises NotLinked."""
        if await self._store.linked(discord_id) is None:
            raise NotLinked
        return Spotify(self._transport, partial(self._token, discord_id))

    async def linked(self, discord_id: int) -> Link | None:
        return await self._store.linked(discord_id)

    async def link(self, discord_id: int, grant: Grant) -> Link:
        """Keep a fresh login, once Spotify has shown that it works.

        Somebody who is not on the app's user list can log in and do nothing more, so the profile
        is asked for first. Raises Fault; then nothing is stored.
        """
        if not grant.refresh_token:
            raise LoginRefused("no refresh token")

        async def fresh(_refused: str | None) -> str:
            return grant.access_token

        profile = await Spotify(self._transport, fresh).profile.me()
        link = Link(
            discord_id=discord_id,
            account_id=profile.account,
            name=profile.name,
            client_id=self._login.client_id,
            scopes=grant.scope,
            authorized_at=int(self._clock()),
            refresh_token=self._vault.seal(grant.refresh_token, _row(discord_id)),
        )
        await self._store.link(link)
        self._hold(discord_id, grant)
        return link

    async def unlink(self, discord_id: int) -> bool:
        """Forget this user. False where there was nothing to forget."""
        self._held.pop(discord_id, None)
        return await self._store.unlink(discord_id)

    async def close(self) -> None:
        """Wait for renewals under way: a new refresh token must not be lost."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _token(self, discord_id: int, refused: str | None) -> str:
        held = self._held.get(discord_id)
        if held and held.value != refused and held.ends_at > self._clock():
            return held.value
        renewal = self._renewals.get(discord_id)
        if renewal is None:
            renewal = asyncio.create_task(self._renew(discord_id))
            self._renewals[discord_id] = renewal
            renewal.add_done_callback(partial(self._renewed, discord_id))
        return await asyncio.shield(renewal)

    def _renewed(self, discord_id: int, renewal: asyncio.Task[str]) -> None:
        self._renewals.pop(discord_id, None)
        if not renewal.cancelled():
            renewal.exception()  # looked at here, since everybody who waited may be gone

    async def _renew(self, discord_id: int) -> str:
        link = await self._store.linked(discord_id)
        if link is None:
            raise NotLinked
        row = _row(discord_id)
        old = self._vault.open(link.refresh_token, row)
        grant = await self._login.refresh(old)
        if grant.refresh_token and grant.refresh_token != old:
            new = self._vault.seal(grant.refresh_token, row)
            if not await self._store.renew(discord_id, link.refresh_token, new):
                raise NotLinked("unlinked or linked anew while renewing")
        elif await self._store.linked(discord_id) is None:
            raise NotLinked("unlinked while renewing")
        self._hold(discord_id, grant)
        return grant.access_token

    def _hold(self, discord_id: int, grant: Grant) -> None:
        ends_at = self._clock() + grant.expires_in - _EARLY
        self._held[discord_id] = _AccessToken(grant.access_token, ends_at)


def _row(discord_id: int) -> str:
    return f"link:{discord_id}"
