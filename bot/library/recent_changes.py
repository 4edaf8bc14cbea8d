"""What users lately saved or removed with the bot, so that their older messages can show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from cachetools import LRUCache, TTLCache

from bot.library.saved_items import SavedCallback
from bot.spotify.uris import Uri

# Seconds after the last change, and users; the items of each, of which the oldest go first.
_TTL, _MAX_USERS, _MAX_ITEMS = 60 * 60.0, 1_000, 500


class RecentChanges:
    """In memory only.

    on_saved  is called with each change
    now       seconds since 1970
    """

    def __init__(
        self, on_saved: SavedCallback, *, now: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._on_saved = on_saved
        self._now = now
        self._users: TTLCache[int, LRUCache[Uri, tuple[float, bool]]] = TTLCache(
            _MAX_USERS, _TTL, timer=monotonic
        )

    def note(self, user_id: int, /, *uris: Uri, saved: bool) -> None:
        """The items are saved now, or not any more."""
        items = self._users.pop(user_id, None) or LRUCache(_MAX_ITEMS)
        for uri in uris:
            items[uri] = self._now(), saved
        self._users[user_id] = items
        self._on_saved(user_id, *uris, saved=saved)

    def since(self, user_id: int, time: datetime | None) -> Mapping[Uri, bool]:
        """The items that changed after this time, and whether they are saved now."""
        at = time.timestamp() if time else float("inf")
        items = self._users.get(user_id) or LRUCache(0)
        return {uri: saved for uri, (changed_at, saved) in items.items() if changed_at > at}

    def forget(self, user_id: int) -> None:
        self._users.pop(user_id, None)

    def expire(self) -> None:
        self._users.expire()
