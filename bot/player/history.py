"""What each person searched for and played lately: in memory only, to complete what they type."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import TTLCache

from bot.errors.content import UnreadableLink
from bot.spotify.catalogue import Item
from bot.spotify.uris import find_links
from bot.text.choices import MAX_CHOICE, Choice, item_choice
from bot.text.escape import single_line

# How many are kept of one person; of how many people, the longest silent going first; and for how
# many seconds after the last of them.
MAX_ENTRIES, MAX_USERS = 25, 1000
HISTORY_TTL = 24 * 60 * 60.0


class UserHistory:
    """Newest first, each once. Nothing of it is written down, and /unlink erases it."""

    def __init__(
        self, clock: Callable[[], float], *, each: int = MAX_ENTRIES, people: int = MAX_USERS
    ):
        self._each = each
        self._of: TTLCache[int, dict[str, Choice]] = TTLCache(people, HISTORY_TTL, timer=clock)

    def add_item(self, user_id: int, item: Item) -> None:
        """This user has played or queued it. What has no URI is no choice to come."""
        if item.uri is not None:
            self._remember(user_id, str(item.uri), item_choice(item))

    def add_search(self, user_id: int, words: str) -> None:
        """This user has looked for these words. Links, and what is too long, are no choice."""
        words = single_line(words, MAX_CHOICE + 1)
        if words and len(words) <= MAX_CHOICE and not contains_link(words):
            self._remember(user_id, words.casefold(), Choice(words, words))

    def of(self, user_id: int) -> list[Choice]:
        """Items, whose value is their URI, and words, whose value is what they say."""
        return list(reversed((self._of.get(user_id) or {}).values()))

    def forget(self, user_id: int) -> None:
        self._of.pop(user_id, None)

    def expire(self) -> None:
        """Drop what is too old; nobody is shown it any more, but it is still in memory."""
        self._of.expire()

    def _remember(self, user_id: int, key: str, noted: Choice) -> None:
        kept = dict(self._of.get(user_id) or {})
        kept.pop(key, None)
        kept[key] = noted
        if len(kept) > self._each:
            del kept[next(iter(kept))]
        self._of[user_id] = kept


def contains_link(text: str) -> bool:
    """Whether there is a link in it, be it one that leads to nothing at Spotify."""
    try:
        return bool(find_links(text))
    except UnreadableLink:
        return True
