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

from bot.errors import Fault
from bot.ui.choices import Choice, matching

_log = logging.getLogger(__name__)

# Seconds without another keystroke after which Spotify is asked, and those until the answer.
PAUSE, BUDGET = 0.1, 0.25
# Seconds for what goes on in the background, to be there at a later keystroke.
LATEST = 6.0
# How many things may be asked for one person at once; with one more, what is known has to do.
AT_ONCE = 6
# How many lists of what was found last are kept, and for how many seconds.
LISTS, KEPT = 1000, 10 * 60.0

Ask = Callable[[], Awaitable[list[Choice]]]


@dataclass(frozen=True)
class _Last:
    """What was found last, by the keystroke of this number."""

    keystroke: int
    choices: list[Choice] = field(repr=False)


class Keystrokes:
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
        self._looks: dict[asyncio.Task[None], int] = {}
        self._last: TTLCache[tuple[int, str], _Last] = TTLCache(LISTS, KEPT, timer=clock)
        self._closed = False

    async def find(
        self, user: int, words: str, asked: Mapping[str, Ask], *, pause: float = 0.0
    ) -> dict[str, list[Choice]]:
        """What each finds within BUDGET, else what it found last as far as it has the `words`.

        Nothing is asked unless the person pauses for so many seconds.
        """
        self.overtake(user)
        overtaken = asyncio.get_running_loop().create_future()
        self._typing[user] = overtaken
        number = next(self._numbers)
        if pause:
            await self._until(pause, overtaken)
        under_way = list(self._looks.values()).count(user)
        if not (overtaken.done() or self._closed or under_way + len(asked) > AT_ONCE):
            looks = [self._begin(user, name, number, ask) for name, ask in asked.items()]
            everything = asyncio.gather(*looks, return_exceptions=True)
            await self._until(BUDGET - pause, overtaken, everything)
        if self._typing.get(user) is overtaken:
            del self._typing[user]
        return {name: self._known(user, name, number, words) for name in asked}

    def overtake(self, user: int) -> None:
        """This person's keystrokes need not wait any more."""
        if (earlier := self._typing.pop(user, None)) is not None:
            earlier.set_result(None)

    def forget(self, user: int) -> None:
        """Nothing of this person stays, and nothing under way comes to be kept."""
        self.overtake(user)
        for look in [look for look, whose in self._looks.items() if whose == user]:
            look.cancel()
        for key in [key for key in self._last if key[0] == user]:
            self._last.pop(key, None)

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self._last.expire()

    async def close(self) -> None:
        """Begin nothing more, and end what is under way."""
        self._closed = True
        for user in list(self._typing):
            self.overtake(user)
        looks = list(self._looks)
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    async def _until(self, seconds: float, *others: asyncio.Future[Any]) -> None:
        """Return after so many seconds, or as soon as one of the others is done."""
        over = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait((over, *others), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()

    def _begin(self, user: int, name: str, number: int, ask: Ask) -> asyncio.Task[None]:
        look = asyncio.create_task(self._look((user, name), number, ask))
        self._looks[look] = user
        look.add_done_callback(lambda done: self._looks.pop(done, None))
        return look

    async def _look(self, key: tuple[int, str], number: int, ask: Ask) -> None:
        try:
            async with asyncio.timeout(LATEST):
                found = await ask()
        except (Fault, TimeoutError):
            return
        except Exception as error:
            tell(f"completing with {key[1]}", error)
            return
        last = self._last.get(key)
        if last is None or last.keystroke < number:
            self._last[key] = _Last(number, found)

    def _known(self, user: int, name: str, number: int, words: str) -> list[Choice]:
        last = self._last.get((user, name))
        if last is None:
            return []
        return last.choices if last.keystroke == number else matching(last.choices, words)


def tell(doing: str, bug: Exception) -> None:
    """Log where it happened, and not its text, which may be what was typed."""
    where = "".join(traceback.format_tb(bug.__traceback__))
    _log.error("%s: %s\n%s", doing, type(bug).__name__, where.rstrip())
