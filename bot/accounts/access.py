"""Who may use the bot: allowed servers, allowed users, and blocked users."""

from __future__ import annotations

from cachetools import LRUCache

from bot.accounts.metrics import Metrics
from bot.config import Settings
from bot.errors.bot_error import OPERATOR
from bot.store import Store

_NOT_OPEN = f"This bot isn’t open to everyone here. Ask {OPERATOR} if you’d like to use it."
_NOT_YET_IN_DM = (
    f"Use a command in one of this bot’s servers first, and then here; ask {OPERATOR} if you can’t."
)

# The people of the allowed servers who are remembered, so that they can use direct messages.
_MAX_MEMBERS = 10_000


class Access:
    """Decides in memory, since nothing may delay the first response to an interaction.

    Without ALLOWED_GUILDS and ALLOWED_USERS, everybody is allowed. Those in ALLOWED_USERS are
    allowed everywhere, and everybody is in the servers of ALLOWED_GUILDS. Outside of servers,
    Discord does not say which servers a user is in: there, people are allowed about whom the store
    has something, or who used the bot in an allowed server since the start.
    """

    def __init__(self, store: Store, metrics: Metrics, settings: Settings) -> None:
        self._metrics = metrics
        self._operator = settings.operator
        self._blocked_table = store.blocked
        self._accounts = store.accounts
        self._guilds = settings.allowed_guilds
        self._users = settings.allowed_users
        self._blocked: frozenset[int] = frozenset()
        self._stored: frozenset[int] = frozenset()
        self._members: LRUCache[int, None] = LRUCache(_MAX_MEMBERS)

    @classmethod
    async def load(cls, store: Store, metrics: Metrics, settings: Settings) -> Access:
        """With what the store knows. Raises StorageError."""
        access = cls(store, metrics, settings)
        await access._read()
        return access

    async def _read(self) -> None:
        """Read who is blocked, and who is known. Raises StorageError."""
        self._blocked = frozenset(await self._blocked_table.all())
        if self._guilds:
            self._stored = frozenset(await self._accounts.people())

    async def blocked_to_erase(self) -> set[int]:
        """Read again who is blocked; whose data is to be erased. Raises StorageError."""
        before = self._blocked
        await self._read()
        return {*(self._blocked - before), *await self._blocked_table.with_data()}

    def refusal(self, user_id: int | None, guild_id: int | None) -> str | None:
        """What a user reads who may not use the bot here; None if they may. Counts refusals.

        user_id   None if it cannot be read
        guild_id  None outside of a server
        """
        if (sentence := self._sentence(user_id, guild_id)) is None:
            return None
        self._metrics.record_command("not allowed", "refused")
        return sentence.replace(OPERATOR, self._operator)

    def _sentence(self, user_id: int | None, guild_id: int | None) -> str | None:
        if user_id in self._blocked:
            return _NOT_OPEN
        if not (self._guilds or self._users) or user_id in self._users:
            return None
        if user_id is None or not self._guilds:
            return _NOT_OPEN
        if guild_id is None:
            is_known = user_id in self._stored or user_id in self._members
            return None if is_known else _NOT_YET_IN_DM
        if guild_id not in self._guilds:
            return _NOT_OPEN
        self._members[user_id] = None
        return None

    def forget(self, user_id: int) -> None:
        """Forget that this user used the bot in an allowed server."""
        self._members.pop(user_id, None)
        self._stored -= {user_id}
