"""Answers that are used again for a while, and reads under way that others wait for as well."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from cachetools import TLRUCache

from bot.errors.spotify import SpotifyDown, SpotifyError
from bot.spotify.endpoint_groups import GROUPS, Group, group_of

# Bytes of answers, as they came; what is kept of them is less.
MAX_BYTES = 16 * 1024 * 1024


class CacheKey(NamedTuple):
    """What was asked; `account` is empty where the answer is the same for everybody."""

    account: str
    path: str
    query: tuple[tuple[str, str], ...]


class CachedResponse(NamedTuple):
    """An answer that was read, and how long it was."""

    value: Any
    size: int


@dataclass(frozen=True)
class _Entry:
    response: CachedResponse
    ttl: float


class ResponseCache:
    """In memory alone, of MAX_BYTES bytes at most, the longest unused going first."""

    def __init__(self, clock: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._entries: TLRUCache[CacheKey, _Entry] = TLRUCache(
            max_bytes,
            ttu=lambda _key, held, now: now + held.ttl,
            timer=clock,
            getsizeof=lambda held: held.response.size,
        )
        self._max_bytes = max_bytes
        self._keys_by_group: defaultdict[tuple[str, Group], set[CacheKey]] = defaultdict(set)
        self._in_flight: dict[CacheKey, asyncio.Future[CachedResponse | SpotifyError | None]] = {}

    async def get(
        self,
        key: CacheKey,
        ttl: float,
        fetch: Callable[[], Awaitable[CachedResponse]],
        deadline: float | None = None,
    ) -> Any:
        """What was read, from `ask` unless it is there or on its way; to be kept for `seconds`.

        `ends` is the time of the loop until which to wait for another who asked already.
        A refusal is passed on to the others of the same account. Where accounts share, each asks
        for itself then: another's token may have been at fault.
        """
        if (held := self._entries.get(key)) is not None:
            return held.response.value
        if (under_way := self._in_flight.get(key)) is not None:
            try:
                async with asyncio.timeout_at(deadline):
                    found = await asyncio.shield(under_way)
            except TimeoutError:
                raise SpotifyDown("no time left") from None
            if isinstance(found, CachedResponse):
                return found.value
            # That Spotify is down may only mean that the other had less time.
            if found is None or isinstance(found, SpotifyDown) or not key.account:
                return (await fetch()).value
            raise found
        return (await self._fetch(key, ttl, fetch)).value

    async def _fetch(
        self, key: CacheKey, ttl: float, fetch: Callable[[], Awaitable[CachedResponse]]
    ) -> CachedResponse:
        future: asyncio.Future[CachedResponse | SpotifyError | None]
        future = self._in_flight[key] = asyncio.get_running_loop().create_future()
        result: CachedResponse | SpotifyError | None = None
        try:
            result = await fetch()
            return result
        except SpotifyError as fault:
            result = fault
            raise
        finally:
            future.set_result(result)
            # Gone from there, it was overtaken by a write, and may be old already.
            if self._in_flight.get(key) is future:
                del self._in_flight[key]
                if isinstance(result, CachedResponse):
                    self.put(key, ttl, result)

    def put(self, key: CacheKey, ttl: float, response: CachedResponse) -> None:
        if ttl and response.size <= self._max_bytes:
            self._entries[key] = _Entry(response, ttl)
            if key.account:
                self._keys_by_group[key.account, group_of("GET", key.path)].add(key)

    def invalidate(self, account: str, groups: Collection[Group] = GROUPS) -> None:
        """This account's answers of these groups are no longer true.

        Nobody reads or waits for them any more.
        """
        if not account:
            return  # what is everybody's, nobody's changes touch
        for group in groups:
            for key in self._keys_by_group.pop((account, group), ()):
                with suppress(KeyError):  # it may have become too old, or gone for room
                    del self._entries[key]
        for key in [key for key in self._in_flight if _matches(key, account, groups)]:
            del self._in_flight[key]

    def expire(self) -> None:
        """Drop what is too old; it is not used any more, but still in memory."""
        self._entries.expire()
        for whose, keys in list(self._keys_by_group.items()):
            keys &= self._entries.keys()
            if not keys:
                del self._keys_by_group[whose]


def _matches(key: CacheKey, account: str, groups: Collection[Group]) -> bool:
    return key.account == account and group_of("GET", key.path) in groups
