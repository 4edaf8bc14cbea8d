"""Who is linked, and a Spotify session for each: access tokens are renewed here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.errors import LinkEnded, NeedsLogin, NotLinked, SpotifyDown
from bot.metrics import Metrics
from bot.quota import Quota
from bot.spotify import Spotify
from bot.spotify.app_token import AppToken
from bot.spotify.consent import ends_at
from bot.spotify.login import Grant, Login
from bot.spotify.models import Profile
from bot.spotify.transport import Transport
from bot.store import Link, Store
from bot.vault import Vault

_log = logging.getLogger(__name__)

# Renewed this many seconds before Spotify would refuse it.
_EARLY = 60

# Seconds that a command has for all it asks of Spotify; `playing` adds two where it has to look
# what happened.
WITHIN = 6.0

# So many links refused within so many seconds are Spotify's trouble, not the users': once, an
# outage answered invalid_grant for everyone.
OUTAGE = 3
OUTAGE_WINDOW = 5 * 60


@dataclass(frozen=True)
class _AccessToken:
    value: str = field(repr=False)
    ends_at: float
    generation: int


class _Superseded(Exception):
    """The link that was to be renewed is another by now."""


class Accounts:
    """Links in the store, access tokens in memory, one renewal at a time for each link."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        login: Login,
        transport: Transport,
        clock: Callable[[], float],
        quota: Quota,
        metrics: Metrics,
        *,
        app_token: AppToken | None = None,
        within: float = WITHIN,
    ) -> None:
        self._links = store.links
        self._vault = vault
        self._login = login
        self._transport = transport
        self._clock = clock
        self._quota = quota
        self._metrics = metrics
        self._app_token = app_token
        self._within = within
        self._held: dict[int, _AccessToken] = {}
        self._renewals: dict[tuple[int, int], asyncio.Task[str]] = {}
        self._refused_at: dict[int, float] = {}

    async def session(self, discord_id: int, *, background: bool = False) -> Spotify:
        """Spotify as this user, for one command or for long work. Raises NotLinked, LinkEnded."""
        link = await self._link(discord_id)
        return Spotify(
            self._transport,
            partial(self._token, discord_id),
            app=link.client_id,
            account=link.account_id,
            within=None if background else self._within,
            background=background,
        )

    async def reader(self, discord_id: int, *, background: bool = False) -> Spotify:
        """Spotify to look things up: as this user, or as the app where it has a token of its own.

        Raises NotLinked, LinkEnded where it has none.
        """
        try:
            return await self.session(discord_id, background=background)
        except NeedsLogin:
            if self._app_token is None:
                raise
        return Spotify(
            self._transport,
            self._app_token,
            app=self._app_token.client_id,
            account=self._app_token.client_id,
            within=None if background else self._within,
            background=background,
        )

    async def linked(self, discord_id: int) -> Link | None:
        return await self._links.of(discord_id)

    async def profile(self, grant: Grant, client_id: str) -> Profile:
        """Whose login this is; asked at once, since a login says nothing yet.

        Somebody who is not on the app's user list can log in, and is refused everything else.
        Raises SpotifyFault.
        """

        async def fresh(_refused: str | None) -> str:
            return grant.access_token

        spotify = Spotify(self._transport, fresh, app=client_id, within=self._within)
        return await spotify.profile.me()

    async def unlink(self, discord_id: int) -> bool:
        """Erase all that belongs to this user. False where nothing was linked."""
        link = await self._links.of(discord_id)
        gone = await self._links.forget(discord_id)
        if link is not None:
            self._transport.kept.forget(link.account_id)
            await self._quota.forget(link.client_id)
        # A renewal that saw the row just before it went finds itself struck off, and holds nothing.
        for key in [key for key in self._renewals if key[0] == discord_id]:
            del self._renewals[key]
        self._held.pop(discord_id, None)
        self._refused_at.pop(discord_id, None)
        return gone

    def linked_anew(self, account_id: str) -> None:
        """Nothing that was kept of a login before holds for this one."""
        self._transport.kept.forget(account_id)

    def tidy(self) -> None:
        """Drop from memory what Spotify answered too long ago."""
        self._transport.kept.expire()

    async def close(self) -> None:
        """Wait for renewals under way: a new refresh token must not be lost."""
        while self._renewals:
            await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _link(self, discord_id: int) -> Link:
        link = await self._links.of(discord_id)
        if link is None:
            raise NotLinked
        if link.ended:
            raise LinkEnded("known to have ended")
        return link

    async def _token(self, discord_id: int, refused: str | None) -> str:
        link = await self._link(discord_id)
        held = self._held.get(discord_id)
        if (
            held
            and held.generation == link.generation
            and held.value != refused
            and held.ends_at > self._clock()
        ):
            return held.value
        key = (discord_id, link.generation)
        renewal = self._renewals.get(key)
        if renewal is None:
            renewal = self._renewals[key] = asyncio.create_task(self._renew(link))
            renewal.add_done_callback(partial(self._renewed, key))
        try:
            return await asyncio.shield(renewal)
        except _Superseded:
            return await self._token(discord_id, refused)

    def _renewed(self, key: tuple[int, int], renewal: asyncio.Task[str]) -> None:
        if self._renewals.get(key) is renewal:
            del self._renewals[key]
        if not renewal.cancelled():
            renewal.exception()  # looked at here, since everybody who waited may be gone

    async def _renew(self, link: Link) -> str:
        """A new access token; a new refresh token is stored before the access token is used.

        What came in between wins, be it an unlink, a new login or another renewal: the row's
        generation is another then, and _Superseded is raised.
        """
        if not await self._links.current(link):
            raise _Superseded
        old = self._vault.open(link.refresh_token, "refresh_token", link.discord_id)
        try:
            grant = await self._login.refresh(link.client_id, old)
        except SpotifyDown:
            self._metrics.renewed("down")
            raise
        except LinkEnded:
            self._metrics.renewed("refused")
            if not await self._links.current(link):
                raise _Superseded from None
            await self._end(link)
            raise
        self._metrics.renewed("done")
        self._refused_at.pop(link.discord_id, None)
        generation = link.generation
        if grant.refresh_token and grant.refresh_token != old:
            new = self._vault.seal(grant.refresh_token, "refresh_token", link.discord_id)
            unchanged = await self._links.renew(link, new)
            generation += 1
        else:
            unchanged = await self._links.current(link)
        struck_off = (link.discord_id, link.generation) not in self._renewals
        if not unchanged or struck_off:
            raise _Superseded
        ends = self._clock() + grant.expires_in - _EARLY
        self._held[link.discord_id] = _AccessToken(grant.access_token, ends, generation)
        return grant.access_token

    async def _end(self, link: Link) -> None:
        """Mark the link as ended, unless so many end at once that it is Spotify's trouble.

        Raises SpotifyDown in that case; those that were marked before are good again.
        """
        now = self._clock()
        if now < ends_at(link.authorized_at):
            self._refused_at[link.discord_id] = now
            recent = {user for user, at in self._refused_at.items() if at > now - OUTAGE_WINDOW}
            self._refused_at = {user: self._refused_at[user] for user in recent}
            if len(recent) >= OUTAGE:
                await self._links.revive(recent)
                _log.warning("%d logins refused within minutes: taken for an outage", len(recent))
                raise SpotifyDown("many logins refused at once") from None
        await self._links.end(link)
        _log.info("a login has ended")
