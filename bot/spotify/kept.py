"""Answers that are used again for a while, and reads under way that others wait for as well."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from cachetools import TLRUCache

from bot.errors import SpotifyDown, SpotifyFault
from bot.spotify.endpoints import GROUPS, Group, group_of

# Bytes of answers, as they came; what is kept of them is less.
LARGEST = 16 * 1024 * 1024


class Key(NamedTuple):
    """What was asked; `account` is empty where the answer is the same for everybody."""

    account: str
    path: str
    query: tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """An answer that was read, and how long it was."""

    read: Any
    size: int


@dataclass(frozen=True)
class _Held:
    answer: Answer
    seconds: float


class Kept:
    """In memory alone, of LARGEST bytes at most, the longest unused going first."""

    def __init__(self, clock: Callable[[], float], largest: int = LARGEST) -> None:
        self._held: TLRUCache[Key, _Held] = TLRUCache(
            largest,
            ttu=lambda _key, held, now: now + held.seconds,
            timer=clock,
            getsizeof=lambda held: held.answer.size,
        )
        self._largest = largest
        self._of: defaultdict[tuple[str, Group], set[Key]] = defaultdict(set)
        self._under_way: dict[Key, asyncio.Future[Answer | SpotifyFault | None]] = {}

    async def get(
        self,
        key: Key,
        seconds: float,
        ask: Callable[[], Awaitable[Answer]],
        ends: float | None = None,
    ) -> Any:
        """What was read, from `ask` unless it is there or on its way; to be kept for `seconds`.

        `ends` is the time of the loop until which to wait for another who asked already.
        A refusal is passed on to the others of the same account. Where accounts share, each asks
        for itself then: another's token may have been at fault.
        """
        if (held := self._held.get(key)) is not None:
            return held.answer.read
        if (under_way := self._under_way.get(key)) is not None:
            try:
                async with asyncio.timeout_at(ends):
                    found = await asyncio.shield(under_way)
            except TimeoutError:
                raise SpotifyDown("no time left") from None
            if isinstance(found, Answer):
                return found.read
            # That Spotify is down may only mean that the other had less time.
            if found is None or isinstance(found, SpotifyDown) or not key.account:
                return (await ask()).read
            raise found
        return (await self._lead(key, seconds, ask)).read

    async def _lead(self, key: Key, seconds: float, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        told: asyncio.Future[Answer | SpotifyFault | None]
        told = self._under_way[key] = asyncio.get_running_loop().create_future()
        result: Answer | SpotifyFault | None = None
        try:
            result = await ask()
            return result
        except SpotifyFault as fault:
            result = fault
            raise
        finally:
            told.set_result(result)
            # Gone from there, it was overtaken by a write, and may be old already.
            if self._under_way.get(key) is told:
                del self._under_way[key]
                if isinstance(result, Answer):
                    self.put(key, seconds, result)

    def put(self, key: Key, seconds: float, answer: Answer) -> None:
        if seconds and answer.size <= self._largest:
            self._held[key] = _Held(answer, seconds)
            if key.account:
                self._of[key.account, group_of("GET", key.path)].add(key)

    def forget(self, account: str, groups: Collection[Group] = GROUPS) -> None:
        """This account's answers of these groups are no longer true.

        Nobody reads or waits for them any more.
        """
        if not account:
            return  # what is everybody's, nobody's changes touch
        for group in groups:
            for key in self._of.pop((account, group), ()):
                with suppress(KeyError):  # it may have become too old, or gone for room
                    del self._held[key]
        for key in [key for key in self._under_way if _among(key, account, groups)]:
            del self._under_way[key]

    def expire(self) -> None:
        """Drop what is too old; it is not used any more, but still in memory."""
        self._held.expire()
        for whose, keys in list(self._of.items()):
            keys &= self._held.keys()
            if not keys:
                del self._of[whose]


def _among(key: Key, account: str, groups: Collection[Group]) -> bool:
    return key.account == account and group_of("GET", key.path) in groups
