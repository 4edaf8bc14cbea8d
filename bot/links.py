"""Logins in progress, from /link to the browser and back."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.accounts import Accounts
from bot.errors import Fault, LoginCancelled, LoginFault, LoginGone
from bot.spotify.login import Login
from bot.store import Link

_log = logging.getLogger(__name__)

LIFETIME = 10 * 60

Announce = Callable[["Link | Fault"], Awaitable[None]]
"""Tells Discord how a login ended."""


@dataclass
class _Pending:
    discord_id: int
    discord_name: str
    nonce: str = field(repr=False)
    expires_at: float
    announce: Announce = field(repr=False)
    state: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)


class Links:
    """At most one login in progress for each Discord user; a new one ends the old.

    A login goes through three doors, each of which opens once: the nonce of its page, the state
    that Spotify hands back, and the code that comes with it.
    """

    def __init__(
        self, login: Login, accounts: Accounts, public_url: str, clock: Callable[[], float]
    ) -> None:
        self._login = login
        self._accounts = accounts
        self._public_url = public_url
        self._clock = clock
        self._pending: dict[int, _Pending] = {}

    def offer(self, discord_id: int, discord_name: str, announce: Announce) -> str:
        """The address of a login page for this user, good once and for LIFETIME seconds."""
        self._forget_expired()
        nonce = secrets.token_urlsafe(32)
        self._pending[discord_id] = _Pending(
            discord_id, discord_name, nonce, self._clock() + LIFETIME, announce
        )
        return f"{self._public_url}/login/{nonce}"

    def who(self, nonce: str) -> str:
        """The Discord name that a login page is for; changes nothing. Raises LoginGone."""
        return self._find(nonce=nonce).discord_name

    def begin(self, nonce: str) -> str:
        """Where at Spotify the browser goes next; uses the nonce up. Raises LoginGone."""
        pending = self._find(nonce=nonce)
        offer = self._login.offer()
        pending.nonce, pending.state, pending.verifier = "", offer.state, offer.verifier
        return offer.url

    async def finish(self, state: str, code: str, error: str) -> Link:
        """The login that Spotify sent back, stored. Raises Fault; then nothing is stored.

        Discord is told of either end, except where the state belongs to nobody.
        """
        pending = self._find(state=state)
        del self._pending[pending.discord_id]
        try:
            if error or not code:
                raise LoginCancelled if error == "access_denied" else LoginFault("no code")
            grant = await self._login.exchange(code, pending.verifier)
            link = await self._accounts.link(pending.discord_id, grant)
        except Fault as fault:
            await self._tell(pending, fault)
            raise
        await self._tell(pending, link)
        return link

    def forget(self, discord_id: int) -> None:
        """End this user's login in progress, if there is one."""
        self._pending.pop(discord_id, None)

    def _find(self, *, nonce: str = "", state: str = "") -> _Pending:
        self._forget_expired()
        for pending in self._pending.values():
            if (nonce and secrets.compare_digest(pending.nonce.encode(), nonce.encode())) or (
                state and secrets.compare_digest(pending.state.encode(), state.encode())
            ):
                return pending
        raise LoginGone

    def _forget_expired(self) -> None:
        now = self._clock()
        self._pending = {
            key: pending for key, pending in self._pending.items() if pending.expires_at > now
        }

    async def _tell(self, pending: _Pending, ending: Link | Fault) -> None:
        try:
            await pending.announce(ending)
        except Exception as error:
            # The private reply may be dismissed or too old; the browser's page says it too.
            _log.info("could not announce the end of a login: %s", type(error).__name__)
