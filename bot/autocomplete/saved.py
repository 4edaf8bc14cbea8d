"""What is in users' libraries as choices, as far as the bot has read it lately."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from cachetools import TTLCache

from bot.browse.saved import known_items
from bot.library.recent_changes import RecentChanges
from bot.spotify import Spotify
from bot.spotify.uris import Kind
from bot.text.choices import Choice, item_choice

# Seconds after a list was read, and users.
_TTL, _MAX_USERS = 10 * 60.0, 1_000
_EVER = datetime.fromtimestamp(0, UTC)


class SavedChoices:
    """`changes`: what was saved or removed since the lists were read, which are not read again."""

    def __init__(self, changes: RecentChanges, *, monotonic: Callable[[], float]) -> None:
        self._changes = changes
        self._read: TTLCache[int, dict[str, Choice]] = TTLCache(_MAX_USERS, _TTL, timer=monotonic)

    def of(self, user_id: int, spotify: Spotify) -> list[Choice]:
        """The values are URIs: what was saved with the bot first. Takes no call."""
        # Each key press asks for all of them, and to make a choice takes long.
        known_choices = self._read.get(user_id, {})
        read = {
            value: known_choices.get(value) or item_choice(item)
            for kind in Kind
            for item in known_items(spotify, kind)
            if item.uri and (value := str(item.uri))
        }
        if read:
            self._read[user_id] = read
        choices = dict(self._read.get(user_id, {}))
        for uri, saved in self._changes.since(user_id, _EVER).items():
            known = choices.pop(str(uri), None)
            if saved and (item := spotify.catalogue.known_item(uri)):
                known = item_choice(item)
            if saved and known:
                choices = {known.value: known, **choices}
        return list(choices.values())

    def forget(self, user_id: int) -> None:
        self._read.pop(user_id, None)

    def expire(self) -> None:
        self._read.expire()
