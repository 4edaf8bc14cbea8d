"""The interactions in progress: each is handled once, counted, and told when the bot stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import discord
from cachetools import LRUCache

from bot.interactions.responses import reply_privately, set_reply_timeout
from bot.interactions.user_writes import UserWrites, WriteRecord

# Discord may deliver an interaction twice; this many IDs are remembered to notice it.
_MAX_SEEN = 1000

# Seconds to tell the users of unfinished interactions that the bot stops.
STOP_NOTICE_TIMEOUT = 1.0

_OVERTAKEN = "overtaken"

_RESTARTING = "Tonearm is restarting and may not have finished that. Check before trying again."

Interaction = discord.Interaction[Any]
OnFinish = Callable[[Interaction, str], None]
"""Called with each interaction that ends, and its outcome."""


class InFlight:
    """`writes` records what the interactions in progress write."""

    def __init__(self, writes: UserWrites, on_finish: OnFinish) -> None:
        self._writes = writes
        self._on_finish = on_finish
        self._records: dict[int, WriteRecord] = {}
        self._seen: LRUCache[int, None] = LRUCache(_MAX_SEEN)
        self._active: dict[int, Interaction] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def __contains__(self, interaction: Interaction) -> bool:
        return interaction.id in self._active

    def begin(self, interaction: Interaction) -> bool:
        """Whether to handle the interaction; False for one that was delivered before."""
        if interaction.id in self._seen:
            return False
        self._seen[interaction.id] = None
        self._active[interaction.id] = interaction
        self._records[interaction.id] = self._writes.begin(interaction.user.id)
        self._idle.clear()
        return True

    def writes(self, interaction: Interaction) -> WriteRecord:
        """What its user has written since it began."""
        return self._records.get(interaction.id) or WriteRecord()

    def finish(self, interaction: Interaction, outcome: str = "done") -> None:
        if self._active.pop(interaction.id, None) is not None:
            self._writes.end(interaction.user.id, self._records.pop(interaction.id))
            self._on_finish(interaction, outcome)
        if not self._active:
            self._idle.set()

    def overtake(self, interaction: Interaction) -> None:
        """Mark the other interactions in progress with the same message as overtaken.

        Discord sent each of them the message as it was: an edit would undo that of this one.
        """
        message_id = interaction.message.id if interaction.message else None
        for other in self._active.values():
            if other is not interaction and other.message and other.message.id == message_id:
                other.extras[_OVERTAKEN] = True

    async def drain(self, grace: float) -> None:
        """Wait at most `grace` seconds for all to finish; tell the others that the bot stops.

        The messages take at most STOP_NOTICE_TIMEOUT seconds.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace)
        unfinished, self._active = list(self._active.values()), {}
        for interaction in unfinished:
            set_reply_timeout(interaction, STOP_NOTICE_TIMEOUT)
        notices = [reply_privately(interaction, _RESTARTING) for interaction in unfinished]
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_NOTICE_TIMEOUT):
                await asyncio.gather(*notices, return_exceptions=True)


def is_overtaken(interaction: Interaction) -> bool:
    """Whether another button of the same message was pressed meanwhile."""
    return interaction.extras.get(_OVERTAKEN) is True
