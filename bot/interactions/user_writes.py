"""Records the writes of interactions in progress, so that users are not told to repeat them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import discord

from bot.errors.bot_error import BotError
from bot.errors.spotify import OutcomeUnknown, SpotifyDown

OnWrite = Callable[[int], AbstractContextManager[None]]
"""A context for one write of the Discord user with this ID."""


@dataclass
class WriteRecord:
    """The writes of one user since their interaction began.

    sent       writes that were sent and not refused: they may have taken effect
    confirmed  writes that have taken effect
    """

    sent: int = 0
    confirmed: int = 0

    @property
    def all_done(self) -> bool:
        """Whether there were writes, and all of them have taken effect."""
        return 0 < self.sent == self.confirmed

    def is_repeatable_after(self, error: Exception) -> bool:
        """Whether the error is a refusal, and no earlier write is in doubt.

        Such an earlier write may be the activation of a device.
        """
        return not self.sent or (self.sent == self.confirmed and _is_refusal(error))


class UserWrites:
    """The records of all interactions in progress; a write counts for each one of its user's."""

    def __init__(self) -> None:
        self._open: dict[int, list[WriteRecord]] = {}

    def begin(self, user_id: int) -> WriteRecord:
        """Record the user's writes from now on."""
        record = WriteRecord()
        self._open.setdefault(user_id, []).append(record)
        return record

    def end(self, user_id: int, record: WriteRecord) -> None:
        """Record no more writes."""
        remaining = [other for other in self._open.pop(user_id, []) if other is not record]
        if remaining:
            self._open[user_id] = remaining

    @contextmanager
    def track(self, user_id: int) -> Iterator[None]:
        """A context for one write: to Spotify, to the store, or a public message in Discord.

        A refused write counts as not sent.
        """
        records = list(self._open.get(user_id, ()))
        for record in records:
            record.sent += 1
        try:
            yield
        except Exception as error:
            if _is_refusal(error):
                for record in records:
                    record.sent -= 1
            raise
        for record in records:
            record.confirmed += 1


def _is_refusal(error: Exception) -> bool:
    """Whether the write has certainly not taken effect."""
    if isinstance(error, discord.HTTPException):
        return error.status < 500
    return isinstance(error, BotError) and not isinstance(error, OutcomeUnknown | SpotifyDown)
