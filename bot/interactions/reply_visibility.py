"""Whether replies are public or private, as each user has chosen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import discord

from bot.errors.storage import StorageError
from bot.interactions.responses import defer, is_own_message
from bot.store import Store


class ReplyVisibility:
    """Keeps the choices in memory: a command must defer before it reads from the store."""

    def __init__(self, store: Store) -> None:
        self._preferences = store.preferences
        self._sharing: set[int] = set()
        self._loading: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read all choices; call it before the first command."""
        self._sharing = await self._preferences.users_sharing_replies()

    def changed_elsewhere(self, user_id: int, shared: int) -> None:
        """Another process has stored a user's choice."""
        (self._sharing.add if shared else self._sharing.discard)(user_id)

    def distrust(self) -> None:
        """Reply to everybody in private until all choices are read again."""
        self._sharing = set()
        if self._loading is not None:
            self._loading.cancel()
        self._loading = asyncio.create_task(self._load_again())

    async def _load_again(self) -> None:
        with suppress(StorageError):  # it is tried when the messages are back
            await self.load()

    async def close(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    def is_private(self, user_id: int) -> bool:
        """Whether only this user sees the replies to their commands."""
        return user_id not in self._sharing

    def is_reply_private(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether only its user sees the reply, which may be an edit of their own message."""
        if interaction.message is None:
            return self.is_private(interaction.user.id)
        return interaction.message.flags.ephemeral or not is_own_message(interaction)

    async def share(self, user_id: int, shared: bool) -> None:
        """Store the choice. Raises NotLinked."""
        await self._preferences.set_shared_replies(user_id, shared)
        if shared:
            self._sharing.add(user_id)
        else:
            self._sharing.discard(user_id)

    def forget(self, user_id: int) -> None:
        """The user has unlinked."""
        self._sharing.discard(user_id)

    async def defer(
        self, interaction: discord.Interaction[Any], *, share: bool | None = None
    ) -> None:
        """Defer the reply, public or private as the user has chosen; `share` overrides that.

        Errors and questions are private in any case: see `reply_privately`.
        """
        public = not self.is_private(interaction.user.id) if share is None else share
        await defer(interaction, public=public)
