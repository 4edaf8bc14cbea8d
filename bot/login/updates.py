"""Keeps track of the messages with a login link, and of the state that they have to show."""

from __future__ import annotations

from collections.abc import Callable

from bot.errors.login import LoginWithdrawn
from bot.login.results import AwaitingCode, LoginLink, LoginOpened, LoginResult, LoginUpdate
from bot.login.status import login_result
from bot.store import LoginStep, Store

# The steps of a login that a browser has started and not finished.
_IN_BROWSER = (LoginStep.DISCORD, LoginStep.SPOTIFY, LoginStep.EXCHANGE)


class LoginUpdates:
    """Reads how logins stand; the messages may be slower to edit than the login to go on."""

    def __init__(self, store: Store, *, now: Callable[[], float]) -> None:
        self._logins = store.pending_logins
        self._now = now

    async def remember_messages(
        self, discord_id: int, link: LoginLink, message_ref: str
    ) -> LoginUpdate | None:
        """Store which messages show the link; `LoginUpdate.message_ref` returns them.

        Returns what they have to say already, if the link was used in the meantime.
        """
        await self._logins.set_message_ref(discord_id, link.serial, message_ref)
        login = await self._logins.get(discord_id, link.serial)
        result: LoginResult | LoginOpened
        if login is None:
            result = LoginWithdrawn()
        elif login.step is LoginStep.PAGE:
            return None
        elif login.step in _IN_BROWSER:
            result = LoginOpened(link.url)
        else:
            result = login_result(login, self._now())
        return LoginUpdate(discord_id, result, message_ref, link.serial)

    async def find_messages(self, update: LoginUpdate) -> str | None:
        """The messages that show the link, read after what the update tells was stored.

        So either this finds them, or `remember_messages` finds the update.
        """
        if update.serial is None:
            return update.message_ref
        login = await self._logins.get(update.discord_id, update.serial)
        return login.message_ref if login else update.message_ref

    async def is_current(self, update: LoginUpdate) -> bool:
        """Whether the login still stands as the update says. How it ended never changes."""
        steps: tuple[LoginStep, ...]
        match update.result:
            case LoginOpened():
                steps = _IN_BROWSER
            case AwaitingCode():
                steps = (LoginStep.CODE,)
            case _:
                return True
        login = await self._logins.get(update.discord_id, update.serial or 0)
        return login is not None and login.step in steps
