"""The recent searches and items of each user, for autocomplete; in memory only."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import FIFOCache, TTLCache

from bot.spotify.catalogue import Item
from bot.spotify.links import contains_link
from bot.text.choices import MAX_CHOICE, Choice, item_choice
from bot.text.escape import single_line

# Entries per user, and users; the one whose last entry is the oldest is evicted first.
MAX_ENTRIES, MAX_USERS = 25, 1000
# Seconds after a user's last entry.
HISTORY_TTL = 24 * 60 * 60.0


class UserHistory:
    """Newest first, without duplicates. Nothing is stored, and /unlink erases it."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        max_entries: int = MAX_ENTRIES,
        max_users: int = MAX_USERS,
    ) -> None:
        self._max_entries = max_entries
        self._users: TTLCache[int, FIFOCache[str, Choice]] = TTLCache(
            max_users, HISTORY_TTL, timer=monotonic
        )

    def add_item(self, user_id: int, item: Item) -> None:
        """Add an item that the user has played or queued; local files are ignored."""
        if item.uri is not None:
            self._add(user_id, str(item.uri), item_choice(item))

    def add_search(self, user_id: int, words: str) -> None:
        """Add a search of the user; links and texts that are too long for a choice are ignored."""
        words = single_line(words, MAX_CHOICE + 1)
        if words and len(words) <= MAX_CHOICE and not contains_link(words):
            self._add(user_id, words.casefold(), Choice(words, words))

    def of(self, user_id: int) -> list[Choice]:
        """The user's choices; the value of an item is its URI, that of a search its words."""
        return list(self._users.get(user_id, {}).values())[::-1]

    def forget(self, user_id: int) -> None:
        self._users.pop(user_id, None)

    def expire(self) -> None:
        """Remove expired entries from memory."""
        self._users.expire()

    def _add(self, user_id: int, key: str, choice: Choice) -> None:
        entries = self._users.get(user_id) or FIFOCache(self._max_entries)
        entries.pop(key, None)  # a repeated entry becomes the newest
        entries[key] = choice
        self._users[user_id] = entries
