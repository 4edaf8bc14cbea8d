"""A cache in which concurrent reads share one request, and the rules for Spotify's responses."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from cachetools import TLRUCache

from bot.errors.bot_error import BotError
from bot.errors.spotify import SpotifyDown, SpotifyError
from bot.spotify.endpoint_groups import GROUPS, Group, group_of

# Limits the sum of the bodies' lengths; the decoded responses take less memory.
MAX_BYTES = 16 * 1024 * 1024

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class _Entry(Generic[V]):
    value: V
    ttl: float


class SingleFlightCache(Generic[K, V]):
    """Values in memory, each with its TTL; concurrent reads of a key share one fetch.

    max_size      the sum of the values' sizes; beyond it, the least recently used values go
    size          the size of a value; 1 by default, so that `max_size` counts entries
    shares_error  whether an error of the shared fetch holds for all who wait for it; if not, each
                  of them fetches for itself
    """

    def __init__(
        self,
        max_size: int,
        *,
        monotonic: Callable[[], float],
        size: Callable[[V], int] = lambda _value: 1,
        shares_error: Callable[[K, BotError], bool] = lambda _key, _error: False,
    ) -> None:
        self._entries: TLRUCache[K, _Entry[V]] = TLRUCache(
            max_size,
            ttu=lambda _key, entry, now: now + entry.ttl,
            timer=monotonic,
            getsizeof=lambda entry: size(entry.value),
        )
        self._max_size = max_size
        self._size = size
        self._shares_error = shares_error
        # The result is None if the fetch was cancelled or ended in a bug.
        self._in_flight: dict[K, asyncio.Future[_Entry[V] | BotError | None]] = {}

    def __contains__(self, key: K) -> bool:
        """Whether the key has a value, or a fetch in flight."""
        return key in self._entries or key in self._in_flight

    async def get(
        self,
        key: K,
        ttl: float,
        fetch: Callable[[], Awaitable[V]],
        deadline: float | None = None,
    ) -> V:
        """The cached value, or what `fetch` returns, which is then cached for `ttl` seconds.

        `deadline` (in the event loop's time) limits the wait for another caller's fetch.
        Raises what `fetch` raises, and SpotifyDown at the deadline.
        """
        if (entry := self._entries.get(key)) is not None:
            return entry.value
        if (future := self._in_flight.get(key)) is None:
            return await self._fetch(key, ttl, fetch)
        try:
            async with asyncio.timeout_at(deadline):
                result = await asyncio.shield(future)
        except TimeoutError:
            raise SpotifyDown("no time left") from None
        if isinstance(result, _Entry):
            return result.value
        if result is None or not self._shares_error(key, result):
            return await fetch()
        raise result

    async def _fetch(self, key: K, ttl: float, fetch: Callable[[], Awaitable[V]]) -> V:
        future: asyncio.Future[_Entry[V] | BotError | None]
        future = self._in_flight[key] = asyncio.get_running_loop().create_future()
        result: _Entry[V] | BotError | None = None
        try:
            value = await fetch()
            result = _Entry(value, ttl)
            return value
        except BotError as error:
            result = error
            raise
        finally:
            future.set_result(result)
            # If the future is gone, the key was invalidated meanwhile: do not cache the value.
            if self._in_flight.get(key) is future:
                del self._in_flight[key]
                if isinstance(result, _Entry):
                    self.put(key, ttl, result.value)

    def peek(self, key: K) -> V | None:
        """The cached value, or None; fetches nothing."""
        entry = self._entries.get(key)
        return entry.value if entry else None

    def put(self, key: K, ttl: float, value: V) -> None:
        """Cache a value for `ttl` seconds, unless it alone exceeds the cache's size."""
        if ttl and self._size(value) <= self._max_size:
            self._entries[key] = _Entry(value, ttl)

    def invalidate(self, key: K) -> None:
        """Erase the value; a fetch in flight is neither cached nor shared any more."""
        with suppress(KeyError):  # it may be missing, expired or evicted
            del self._entries[key]
        self._in_flight.pop(key, None)

    def expire(self) -> None:
        """Free the values whose TTL is over; `get` ignores them already."""
        self._entries.expire()


class CacheKey(NamedTuple):
    """A GET. `account` is empty if Spotify's response is the same for every user."""

    account: str
    path: str
    query: tuple[tuple[str, str], ...]


class CachedResponse(NamedTuple):
    """A decoded response, and the length of its body in bytes."""

    value: Any
    size: int


class ResponseCache:
    """Spotify's responses; a write of an account invalidates groups of that account's responses.

    All users share the responses that have no account.
    """

    def __init__(self, *, monotonic: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._cache: SingleFlightCache[CacheKey, CachedResponse] = SingleFlightCache(
            max_bytes,
            monotonic=monotonic,
            size=lambda response: response.size,
            shares_error=_shares_error,
        )
        self._keys_by_group: defaultdict[tuple[str, Group], set[CacheKey]] = defaultdict(set)

    async def get(
        self,
        key: CacheKey,
        ttl: float,
        fetch: Callable[[], Awaitable[CachedResponse]],
        deadline: float | None = None,
    ) -> Any:
        """The decoded response; see `SingleFlightCache.get`."""
        self._add_to_group(key)
        return (await self._cache.get(key, ttl, fetch, deadline)).value

    def peek(self, key: CacheKey) -> Any | None:
        """The decoded response if it is cached, or None."""
        response = self._cache.peek(key)
        return response.value if response else None

    def forget(self, key: CacheKey) -> None:
        """Erase the response; one in flight is neither cached nor shared any more."""
        self._cache.invalidate(key)

    def put(self, key: CacheKey, ttl: float, response: CachedResponse) -> None:
        """Cache a response for `ttl` seconds."""
        self._add_to_group(key)
        self._cache.put(key, ttl, response)

    def invalidate(self, account: str, groups: Collection[Group] = GROUPS) -> None:
        """Erase this account's responses of these groups; those in flight are not cached."""
        for group in groups:
            for key in self._keys_by_group.pop((account, group), ()):
                self._cache.invalidate(key)

    def clear(self) -> None:
        """Erase the responses of all accounts; those in flight are not cached."""
        for account in {account for account, _ in self._keys_by_group}:
            self.invalidate(account)

    def expire(self) -> None:
        """Free the responses whose TTL is over."""
        self._cache.expire()
        for group, keys in list(self._keys_by_group.items()):
            keys.intersection_update([key for key in keys if key in self._cache])
            if not keys:
                del self._keys_by_group[group]

    def _add_to_group(self, key: CacheKey) -> None:
        if key.account:
            self._keys_by_group[key.account, group_of("GET", key.path)].add(key)


def _shares_error(key: CacheKey, error: BotError) -> bool:
    """Whether an error holds for all who wait for the response.

    Users who share a public response have different tokens, of which one may be at fault.
    SpotifyDown may only mean that the first user's deadline was earlier.
    """
    return (
        bool(key.account) and isinstance(error, SpotifyError) and not isinstance(error, SpotifyDown)
    )
