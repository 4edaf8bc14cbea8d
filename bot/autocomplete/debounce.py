"""Debounces the autocomplete requests of users who type, and caches the last choices."""

from __future__ import annotations

import asyncio
import itertools
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache

from bot.errors.bot_error import BotError
from bot.text.choices import Choice, filter_choices

_log = logging.getLogger(__name__)

# Seconds without another keystroke before Spotify is asked, and seconds until the answer.
DEBOUNCE, RESPONSE_BUDGET = 0.1, 0.25
# Seconds for a fetch that continues after the answer; it caches its choices for a later keystroke.
BACKGROUND_TIMEOUT = 6.0
# Fetches of one user at the same time; beyond that the answer comes from the cache.
MAX_CONCURRENT = 6
# Size (lists of choices) and TTL (seconds) of the cache.
CACHE_SIZE, CACHE_TTL = 1000, 10 * 60.0

Fetch = Callable[[], Awaitable[list[Choice]]]


@dataclass(frozen=True)
class _CachedChoices:
    """The last choices of a fetch, and the number of the keystroke that started it."""

    sequence: int
    choices: list[Choice] = field(repr=False)


class Debouncer:
    """A keystroke cancels the waits of the user's earlier keystrokes.

    Late choices are cached for the next keystroke; older ones never overwrite newer ones.
    """

    def __init__(
        self, sleep: Callable[[float], Awaitable[None]], *, monotonic: Callable[[], float]
    ) -> None:
        self._sleep = sleep
        self._sequence = itertools.count(1)
        self._typing: dict[int, asyncio.Future[None]] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._cache: TTLCache[tuple[int, str], _CachedChoices] = TTLCache(
            CACHE_SIZE, CACHE_TTL, timer=monotonic
        )
        self._closed = False

    async def choices(
        self, user: int, words: str, fetches: Mapping[str, Fetch], *, pause: float = 0.0
    ) -> dict[str, list[Choice]]:
        """The choices of each fetch, by its name, within RESPONSE_BUDGET.

        A slower fetch gives its cached choices that contain the `words`. With `pause`, nothing is
        fetched unless that many seconds pass without another keystroke.
        """
        self.cancel_pending(user)
        cancelled = asyncio.get_running_loop().create_future()
        self._typing[user] = cancelled
        sequence = next(self._sequence)
        if pause:
            await self._wait(pause, cancelled)
        active = list(self._tasks.values()).count(user)
        if not (cancelled.done() or self._closed or active + len(fetches) > MAX_CONCURRENT):
            tasks = [self._start(user, name, sequence, fetch) for name, fetch in fetches.items()]
            all_done = asyncio.gather(*tasks, return_exceptions=True)
            await self._wait(RESPONSE_BUDGET - pause, cancelled, all_done)
        if self._typing.get(user) is cancelled:
            del self._typing[user]
        return {name: self._cached(user, name, sequence, words) for name in fetches}

    def cancel_pending(self, user: int) -> None:
        """Let the user's earlier keystrokes answer now."""
        if (earlier := self._typing.pop(user, None)) is not None:
            earlier.set_result(None)

    def forget(self, user: int) -> None:
        """Erase the user's choices, and cancel their fetches."""
        self.cancel_pending(user)
        for task in [task for task, owner in self._tasks.items() if owner == user]:
            task.cancel()
        for key in [key for key in self._cache if key[0] == user]:
            self._cache.pop(key, None)

    def expire(self) -> None:
        """Erase choices whose TTL is over."""
        self._cache.expire()

    async def close(self) -> None:
        """Start no more fetches, and cancel those in progress."""
        self._closed = True
        for user in list(self._typing):
            self.cancel_pending(user)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, seconds: float, *others: asyncio.Future[Any]) -> None:
        """Return after this many seconds, or as soon as one of the others is done."""
        timer = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait((timer, *others), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()

    def _start(self, user: int, name: str, sequence: int, fetch: Fetch) -> asyncio.Task[None]:
        task = asyncio.create_task(self._fetch((user, name), sequence, fetch))
        self._tasks[task] = user
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        return task

    async def _fetch(self, key: tuple[int, str], sequence: int, fetch: Fetch) -> None:
        try:
            async with asyncio.timeout(BACKGROUND_TIMEOUT):
                choices = await fetch()
        except (BotError, TimeoutError):
            return
        except Exception as error:
            log_error(f"completing with {key[1]}", error)
            return
        cached = self._cache.get(key)
        if cached is None or cached.sequence < sequence:
            self._cache[key] = _CachedChoices(sequence, choices)

    def _cached(self, user: int, name: str, sequence: int, words: str) -> list[Choice]:
        cached = self._cache.get((user, name))
        if cached is None:
            return []
        is_current = cached.sequence == sequence
        return cached.choices if is_current else filter_choices(cached.choices, words)


def log_error(name: str, error: Exception) -> None:
    """Log the traceback without the error's text, which may contain what the user typed."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s: %s\n%s", name, type(error).__name__, lines.rstrip())
