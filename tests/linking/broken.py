"""Houses with one thing wrong each, to show that the machine notices."""

from __future__ import annotations

from dataclasses import replace

from bot.endings import Finished
from bot.errors import LoginUnfinished
from bot.links import Links
from bot.spotify.transport import Transport
from bot.store.links import Link, LinkTable
from bot.store.logins import Login, LoginTable
from tests.linking.place import House
from tests.linking.slow import SlowSignIn


class AnyCodeWillDo(House):
    """The code is asked for, and not compared."""

    def furnish(self, transport: Transport) -> None:
        super().furnish(transport)
        self.links = self.make_links(_TrustingLinks)


class _TrustingLinks(Links):
    async def confirm(self, discord_id: int, typed: str) -> Finished:
        login = await self._logins.provisional(discord_id, self._clock())
        if login is None:
            raise LoginUnfinished
        return await self._link(login)


class LateRenewalsWin(House):
    """A renewal is good for whatever link the user has by then."""

    def furnish(self, transport: Transport) -> None:
        self.store.links = _CarelessLinks(self.store._db)
        super().furnish(transport)


class _CarelessLinks(LinkTable):
    async def renew(self, link: Link, refresh_token: bytes) -> bool:
        now = await self.of(link.discord_id)
        renewed = replace(link, generation=now.generation if now else 0)
        return await super().renew(renewed, refresh_token)

    async def current(self, link: Link) -> bool:
        return True


class StatesWorkTwice(House):
    """A browser may come back as often as it likes."""

    def furnish(self, transport: Transport) -> None:
        self.store.logins = _ForgetfulLogins(self.store._db)
        super().furnish(transport)


class _ForgetfulLogins(LoginTable):
    async def come_back(
        self, state: bytes, cookie: bytes, now: float, *, proved: bool
    ) -> Login | None:
        return await self.returning(state, now)


class NothingIsErased(House):
    """The round does not erase what is over."""

    def furnish(self, transport: Transport) -> None:
        self.store.logins = _KeepingLogins(self.store._db)
        super().furnish(transport)


class _KeepingLogins(LoginTable):
    async def expire(self, now: float) -> int:
        return 0


class _CredulousSignIn(SlowSignIn):
    async def who(self, application_id: int, code: str) -> int:
        return _Anybody(await super().who(application_id, code))


class _Anybody(int):
    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


class AnybodyMaySignIn(House):
    """Discord is asked who it is, and everybody is taken for the user."""

    sign_in = _CredulousSignIn
