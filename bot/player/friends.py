"""What somebody else plays, where they let others see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.accounts.sessions import Sessions
from bot.errors.content import NothingPlaying
from bot.errors.login import NeedsLogin
from bot.errors.spotify import BadRequest, SpotifyDown, SpotifyError
from bot.spotify.cache import CachedResponse, CacheKey, ResponseCache
from bot.spotify.models import Playback
from bot.store import Store

# Seconds for which one look serves all who ask.
CACHE_TTL = 5.0
# Seconds that a look may take.
LOOK_TIMEOUT = 5.0
# What one such look counts for in memory, and for how many of them there is room.
_ENTRY_SIZE, _MAX_ENTRIES = 1, 500


class FriendPlayback:
    """Reads other people's players, each at most once in SECONDS."""

    def __init__(self, accounts: Sessions, store: Store, clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._preferences = store.preferences
        self._kept = ResponseCache(clock, _MAX_ENTRIES * _ENTRY_SIZE)

    async def now_playing(self, user_id: int, name: str) -> Playback | None:
        """What they play; None where nothing is.

        Raises SpotifyDown; NothingPlaying with words about them, which tell whether they are
        linked only where they show what they play.
        """
        if not (await self._preferences.get(user_id)).shows_playing:
            raise NothingPlaying("not shown", message=_HIDDEN.format(name=name))
        try:
            state = await self._kept.get(
                CacheKey(str(user_id), "me/player", ()), CACHE_TTL, lambda: self._look(user_id)
            )
        except NeedsLogin as ended:
            raise NothingPlaying(str(ended), message=_LOGIN_EXPIRED.format(name=name)) from None
        except (SpotifyDown, BadRequest):
            raise
        except SpotifyError as refused:
            raise NothingPlaying(str(refused), message=_REFUSED.format(name=name)) from None
        if state is not None and state.device is not None and state.device.is_private_session:
            raise NothingPlaying("private session", message=_HIDDEN.format(name=name))
        return state if isinstance(state, Playback) else None

    def forget(self, user_id: int) -> None:
        """Erase what was read of this user."""
        self._kept.invalidate(str(user_id))

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self._kept.expire()

    async def _look(self, user_id: int) -> CachedResponse:
        """In the background, so that those who ask take nothing from this person's own commands."""
        spotify = await self._accounts.session(user_id, background=True)
        try:
            async with asyncio.timeout(LOOK_TIMEOUT):
                return CachedResponse(await spotify.player.state(), _ENTRY_SIZE)
        except TimeoutError:
            raise SpotifyDown("no time left") from None


_HIDDEN = "{name} does not show what they are playing. They can allow it in /settings."
_LOGIN_EXPIRED = (
    "Spotify no longer lets Tonearm see what {name} is playing. They can change that with /link."
)
_REFUSED = "Spotify does not tell what {name} is playing just now. Try again later."
