"""What somebody else plays, where they let others see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.accounts import Accounts
from bot.errors import NeedsLogin, NothingPlaying, Rejected, SpotifyDown, SpotifyFault
from bot.spotify.kept import Answer, Kept, Key
from bot.spotify.models import Playback
from bot.store import Store

# Seconds for which one look serves all who ask.
SECONDS = 5.0
# Seconds that a look may take.
WITHIN = 5.0
# What one such look counts for in memory, and for how many of them there is room.
_SIZE, _LOOKS = 1, 500


class Theirs:
    """Reads other people's players, each at most once in SECONDS."""

    def __init__(self, accounts: Accounts, store: Store, clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._preferences = store.preferences
        self._kept = Kept(clock, _LOOKS * _SIZE)

    async def playing(self, user_id: int, name: str) -> Playback | None:
        """What they play; None where nothing is.

        Raises SpotifyDown; NothingPlaying with words about them, which tell whether they are
        linked only where they show what they play.
        """
        if not (await self._preferences.of(user_id)).shows_playing:
            raise NothingPlaying("not shown", says=_HIDDEN.format(name=name))
        try:
            state = await self._kept.get(
                Key(str(user_id), "me/player", ()), SECONDS, lambda: self._look(user_id)
            )
        except NeedsLogin as ended:
            raise NothingPlaying(str(ended), says=_ENDED.format(name=name)) from None
        except (SpotifyDown, Rejected):
            raise
        except SpotifyFault as refused:
            raise NothingPlaying(str(refused), says=_REFUSED.format(name=name)) from None
        if state is not None and state.device is not None and state.device.is_private_session:
            raise NothingPlaying("private session", says=_HIDDEN.format(name=name))
        return state if isinstance(state, Playback) else None

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self._kept.expire()

    async def _look(self, user_id: int) -> Answer:
        """In the background, so that those who ask take nothing from this person's own commands."""
        spotify = await self._accounts.session(user_id, background=True)
        try:
            async with asyncio.timeout(WITHIN):
                return Answer(await spotify.player.state(), _SIZE)
        except TimeoutError:
            raise SpotifyDown("no time left") from None


_HIDDEN = "{name} does not show what they are playing. They can allow it in /settings."
_ENDED = (
    "Spotify no longer lets Tonearm see what {name} is playing. They can change that with /link."
)
_REFUSED = "Spotify does not tell what {name} is playing just now. Try again later."
