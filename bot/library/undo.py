"""The last change of each user's library or playlists, so that /undo can reverse it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import TTLCache

from bot.errors.content import NothingToUndo
from bot.errors.spotify import OutcomeUnknown
from bot.spotify import Spotify

# Seconds after the change, and users; the one whose last change is the oldest is evicted first.
UNDO_TTL = 10 * 60.0
MAX_USERS = 1000


@dataclass(frozen=True)
class Undone:
    """What an undo did.

    message  what is restored, as a sentence of Markdown: "Removed **X** from your Liked Songs."
    caveats  what is not restored and why, a sentence each; empty: the undo is the exact inverse
    """

    message: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A change that was made, and how to reverse it.

    label       what was done, as a sentence of Markdown: "Added 3 songs to **Roadtrip**."
    undo        reverses the change with a session of the same account. It may raise BotError. It
                is called again if it raised, except after OutcomeUnknown, so it must neither
                repeat nor overwrite what it, or somebody else, has changed meanwhile.
    background  whether the undo may take longer than a command has for its calls
    """

    label: str
    undo: Callable[[Spotify], Awaitable[Undone]]
    background: bool = False


@dataclass(frozen=True)
class _Entry:
    account: str
    change: Change


class UndoLog:
    """One change per user, in memory only."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._last: TTLCache[int, _Entry] = TTLCache(MAX_USERS, UNDO_TTL, timer=monotonic)

    def record(self, user_id: int, spotify: Spotify, change: Change) -> None:
        """Remember a change that was made with this session; it replaces the user's last one."""
        self._last.pop(user_id, None)
        self._last[user_id] = _Entry(spotify.account, change)

    def last(self, user_id: int) -> Change | None:
        """The change that `undo` would reverse."""
        entry = self._last.get(user_id)
        return entry.change if entry else None

    async def undo(self, user_id: int, spotify: Spotify) -> tuple[Change, Undone]:
        """Reverse the user's last change, once; returns it and what was restored.

        If Spotify refuses, the change can be undone again. Raises BotError; NothingToUndo if there
        is no change of the last ten minutes that this Spotify account has made.
        """
        entry = self._last.pop(user_id, None)
        if entry is None or entry.account != spotify.account:
            raise NothingToUndo
        try:
            return entry.change, await entry.change.undo(spotify)
        except OutcomeUnknown:
            raise
        except BaseException:
            self._last.setdefault(user_id, entry)
            raise

    def forget(self, user_id: int) -> None:
        self._last.pop(user_id, None)

    def expire(self) -> None:
        """Remove expired changes from memory."""
        self._last.expire()
