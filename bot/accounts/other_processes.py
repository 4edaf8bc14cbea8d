"""Messages between the processes that share a database; there are none on SQLite.

Everything is right, if later, without them: they only keep what each process has in memory fresh.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any

from bot.errors.storage import StorageError
from bot.store import Store

_log = logging.getLogger(__name__)

MessageHandler = Callable[..., object]


class Topic(StrEnum):
    """What a message is about, and its values.

    FORGET      a user has unlinked: the Discord ID, the Spotify account if there was one
    LINKED      a user has linked an account: the Discord ID, the Spotify accounts, new and old
    VISIBILITY  a user's replies are public, or private: the Discord ID, 1 or 0
    STALE       a write made cached responses old: the Spotify account, the groups of endpoints
    EXHAUSTED   a quota is used up: the client ID, the group, until when in seconds since 1970
    LIMITED     Spotify asked an app to wait: the client ID, until when in seconds since 1970
    PLAYER      a user's player has changed: the Discord ID
    TIMER       a user has set or cancelled a sleep timer: the Discord ID
    LOGIN_ENDED a login has ended: no values
    CALLS       calls of people: lists of the Discord ID, the group, the hour, how many
    STOP_JOB    a user has stopped a job: the Discord ID, the job's ID
    """

    FORGET = "forget"
    LINKED = "linked"
    VISIBILITY = "visibility"
    STALE = "stale"
    EXHAUSTED = "exhausted"
    LIMITED = "limited"
    PLAYER = "player"
    TIMER = "timer"
    LOGIN_ENDED = "login ended"
    CALLS = "calls"
    STOP_JOB = "stop job"


class OtherProcesses:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._sending: set[asyncio.Task[None]] = set()

    def tell(self, topic: Topic, *values: object) -> None:
        """Send a message, in the background. A lost one is made up for later by itself."""
        if self._store.leases is not None:
            task = asyncio.create_task(self._send(topic, values))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def listen(
        self, handlers: Mapping[Topic, MessageHandler], on_lost: Callable[[], object]
    ) -> None:
        """Call the handler of each message; `on_lost` when some may have been missed.

        A topic without a handler is one of a newer version, while it replaces this one.
        """

        by_name = {str(topic): handler for topic, handler in handlers.items()}

        def receive(topic: str, values: Sequence[Any]) -> None:
            if handler := by_name.get(topic):
                handler(*values)

        self._store.listen(receive, on_lost)

    async def close(self) -> None:
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, topic: Topic, values: Sequence[object]) -> None:
        with suppress(StorageError):
            await self._store.tell(topic, *values)
