"""Who wants their replies seen by everybody, and how the answer to a command begins."""

from __future__ import annotations

from typing import Any

import discord

from bot.store import Store
from bot.ui.answer import defer


class Replies:
    """Held in memory and written through, since nothing may be read before the deferral."""

    def __init__(self, store: Store) -> None:
        self._preferences = store.preferences
        self._sharers: set[int] = set()

    async def load(self) -> None:
        """Read them all; to be called once, before the first command."""
        self._sharers = await self._preferences.sharers()

    def private(self, user_id: int) -> bool:
        """Whether this user alone is to see the replies to their commands."""
        return user_id not in self._sharers

    async def share(self, user_id: int, shared: bool) -> None:
        """They want it so from now on. Raises NotLinked."""
        await self._preferences.share_replies(user_id, shared)
        if shared:
            self._sharers.add(user_id)
        else:
            self._sharers.discard(user_id)

    def forget(self, user_id: int) -> None:
        """They have left."""
        self._sharers.discard(user_id)

    async def begin(
        self, interaction: discord.Interaction[Any], *, share: bool | None = None
    ) -> None:
        """Defer the answer, shown to everybody or not as its user wants; `share` overrides that.

        What goes wrong, or asks for something, is said privately all the same: see `answer`.
        """
        public = not self.private(interaction.user.id) if share is None else share
        await defer(interaction, public=public)
