"""Who wants their replies seen by everybody, and how the answer to a command begins."""

from __future__ import annotations

from typing import Any

import discord

from bot.interactions.responses import defer
from bot.store import Store


class ReplyVisibility:
    """Held in memory and written through, since nothing may be read before the deferral."""

    def __init__(self, store: Store) -> None:
        self._preferences = store.preferences
        self._sharing: set[int] = set()

    async def load(self) -> None:
        """Read them all; to be called once, before the first command."""
        self._sharing = await self._preferences.users_sharing_replies()

    def is_private(self, user_id: int) -> bool:
        """Whether this user alone is to see the replies to their commands."""
        return user_id not in self._sharing

    async def share(self, user_id: int, shared: bool) -> None:
        """They want it so from now on. Raises NotLinked."""
        await self._preferences.set_shared_replies(user_id, shared)
        if shared:
            self._sharing.add(user_id)
        else:
            self._sharing.discard(user_id)

    def forget(self, user_id: int) -> None:
        """They have left."""
        self._sharing.discard(user_id)

    async def defer(
        self, interaction: discord.Interaction[Any], *, share: bool | None = None
    ) -> None:
        """Defer the answer, shown to everybody or not as its user wants; `share` overrides that.

        What goes wrong, or asks for something, is said privately all the same: see `answer`.
        """
        public = not self.is_private(interaction.user.id) if share is None else share
        await defer(interaction, public=public)
