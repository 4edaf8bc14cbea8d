"""Keystrokes of people who type: what is asked for each, for how long, and what is kept of it."""

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

# Seconds without another keystroke after which Spotify is asked, and those until the answer.
DEBOUNCE, RESPONSE_BUDGET = 0.1, 0.25
# Seconds for what goes on in the background, to be there at a later keystroke.
BACKGROUND_TIMEOUT = 6.0
# How many things may be asked for one person at once; with one more, what is known has to do.
MAX_CONCURRENT = 6
# How many lists of what was found last are kept, and for how many seconds.
CACHE_SIZE, CACHE_TTL = 1000, 10 * 60.0

Fetch = Callable[[], Awaitable[list[Choice]]]


@dataclass(frozen=True)
class _CachedChoices:
    """What was found last, by the keystroke of this number."""

    sequence: int
    choices: list[Choice] = field(repr=False)


class Debouncer:
    """A keystroke ends the wait of the person's earlier ones.

    What comes too late for one is there for the next, and nothing that is found for an earlier one
    takes the place of a later find.
    """

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._sleep = sleep
        self._numbers = itertools.count(1)
        self._typing: dict[int, asyncio.Future[None]] = {}
        self._fetches: dict[asyncio.Task[None], int] = {}
        self._cache: TTLCache[tuple[int, str], _CachedChoices] = TTLCache(
            CACHE_SIZE, CACHE_TTL, timer=clock
        )
        self._closed = False

    async def find(
        self, user: int, words: str, asked: Mapping[str, Fetch], *, pause: float = 0.0
    ) -> dict[str, list[Choice]]:
        """What each finds within BUDGET, else what it found last as far as it has the `words`.

        Nothing is asked unless the person pauses for so many seconds.
        """
        self.cancel_pending(user)
        overtaken = asyncio.get_running_loop().create_future()
        self._typing[user] = overtaken
        number = next(self._numbers)
        if pause:
            await self._wait(pause, overtaken)
        under_way = list(self._fetches.values()).count(user)
        if not (overtaken.done() or self._closed or under_way + len(asked) > MAX_CONCURRENT):
            looks = [self._start(user, name, number, ask) for name, ask in asked.items()]
            everything = asyncio.gather(*looks, return_exceptions=True)
            await self._wait(RESPONSE_BUDGET - pause, overtaken, everything)
        if self._typing.get(user) is overtaken:
            del self._typing[user]
        return {name: self._cached(user, name, number, words) for name in asked}

    def cancel_pending(self, user: int) -> None:
        """This person's keystrokes need not wait any more."""
        if (earlier := self._typing.pop(user, None)) is not None:
            earlier.set_result(None)

    def forget(self, user: int) -> None:
        """Nothing of this person stays, and nothing under way comes to be kept."""
        self.cancel_pending(user)
        for look in [look for look, whose in self._fetches.items() if whose == user]:
            look.cancel()
        for key in [key for key in self._cache if key[0] == user]:
            self._cache.pop(key, None)

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self._cache.expire()

    async def close(self) -> None:
        """Begin nothing more, and end what is under way."""
        self._closed = True
        for user in list(self._typing):
            self.cancel_pending(user)
        looks = list(self._fetches)
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    async def _wait(self, seconds: float, *others: asyncio.Future[Any]) -> None:
        """Return after so many seconds, or as soon as one of the others is done."""
        over = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait((over, *others), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()

    def _start(self, user: int, name: str, number: int, ask: Fetch) -> asyncio.Task[None]:
        look = asyncio.create_task(self._fetch((user, name), number, ask))
        self._fetches[look] = user
        look.add_done_callback(lambda done: self._fetches.pop(done, None))
        return look

    async def _fetch(self, key: tuple[int, str], number: int, ask: Fetch) -> None:
        try:
            async with asyncio.timeout(BACKGROUND_TIMEOUT):
                found = await ask()
        except (BotError, TimeoutError):
            return
        except Exception as error:
            log_error(f"completing with {key[1]}", error)
            return
        last = self._cache.get(key)
        if last is None or last.sequence < number:
            self._cache[key] = _CachedChoices(number, found)

    def _cached(self, user: int, name: str, number: int, words: str) -> list[Choice]:
        last = self._cache.get((user, name))
        if last is None:
            return []
        return last.choices if last.sequence == number else filter_choices(last.choices, words)


def log_error(doing: str, bug: Exception) -> None:
    """Log where it happened, and not its text, which may be what was typed."""
    where = "".join(traceback.format_tb(bug.__traceback__))
    _log.error("%s: %s\n%s", doing, type(bug).__name__, where.rstrip())
