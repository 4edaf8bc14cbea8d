"""What another user is playing, if they allow others to see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NothingPlaying
from bot.errors.login import NeedsLogin
from bot.errors.spotify import AppGone, MalformedRequest, SpotifyDown, SpotifyError
from bot.player.state import advance
from bot.spotify.cache import SingleFlightCache
from bot.spotify.models import Playback
from bot.store import Store

# Seconds for which all who ask see the same state of a player.
CACHE_TTL = 5.0
# Seconds that a request for a state may take.
FETCH_TIMEOUT = 5.0
MAX_CACHED_USERS = 500


@dataclass(frozen=True)
class _Reading:
    """The state of a player, and when it was read, in monotonic seconds."""

    state: Playback | None = field(repr=False)
    read_at: float


class FriendPlayback:
    """Reads the players of other users, each at most once in CACHE_TTL seconds."""

    def __init__(self, sessions: Sessions, store: Store, *, monotonic: Callable[[], float]) -> None:
        self._sessions = sessions
        self._preferences = store.preferences
        self._monotonic = monotonic
        self._readings: SingleFlightCache[int, _Reading] = SingleFlightCache(
            MAX_CACHED_USERS, monotonic=monotonic, shares_error=_shares_error
        )

    async def now_playing(
        self, user_id: int, name: str, *, asker: int, shared: bool = False
    ) -> Playback | None:
        """What the user plays; None if they play nothing.

        asker   the user whose share of the calls to Spotify it uses
        shared  they share it already, with a panel, whatever their settings

        Raises SpotifyDown, AppGone, MalformedRequest, and NothingPlaying with a message about the
        user. The message says whether they are linked only if they show what they play.
        """
        if not shared and not (await self._preferences.get(user_id)).shows_playing:
            raise NothingPlaying("not shown", message=_HIDDEN.format(name=name))
        try:
            reading = await self._readings.get(
                user_id, CACHE_TTL, lambda: self._read(user_id, asker)
            )
        except NeedsLogin as error:
            raise NothingPlaying(str(error), message=_LOGIN_EXPIRED.format(name=name)) from None
        except (SpotifyDown, AppGone, MalformedRequest):
            raise
        except SpotifyError as error:
            raise NothingPlaying(str(error), message=_REFUSED.format(name=name)) from None
        state = reading.state
        if state is not None and state.is_private is not False:
            message = _HIDDEN if state.is_private else _REFUSED
            raise NothingPlaying("private session", message=message.format(name=name))
        return advance(state, self._monotonic() - reading.read_at) if state else None

    def forget(self, user_id: int) -> None:
        """Erase the cached state of this user's player."""
        self._readings.invalidate(user_id)

    def expire(self) -> None:
        """Free the states whose TTL is over."""
        self._readings.expire()

    async def _read(self, user_id: int, asker: int) -> _Reading:
        """Runs in the background, so that the user's own commands keep their share of the quota."""
        spotify = await self._sessions.session(user_id, background=True, charge=asker)
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                return _Reading(await spotify.player.state(), self._monotonic())
        except TimeoutError:
            raise SpotifyDown("no time left") from None


def _shares_error(_user_id: int, error: BotError) -> bool:
    return isinstance(error, SpotifyError) and not isinstance(error, SpotifyDown)


_HIDDEN = "{name} doesn’t show what they’re playing. They can allow it in /settings."
_LOGIN_EXPIRED = (
    "Spotify no longer lets Tonearm see what {name} is playing. They can change that with /link."
)
_REFUSED = "I can’t see what {name} is playing right now. Try again later."
