"""Reads the player: what plays now, and what plays after a write, which Spotify shows late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from msgspec.structs import replace

from bot.errors.bot_error import BotError
from bot.errors.spotify import OutcomeUnknown
from bot.player.situation import now_sentence, require_item
from bot.spotify import Spotify
from bot.spotify.models import Playable, Playback

Sleep = Callable[[float], Awaitable[None]]
Predicate = Callable[[Playback], bool]

# Seconds between the two reads after a write. Spotify's state lags by about half a second.
POLL_DELAY = 0.6
# The most progress, in seconds, of an item that has just started.
JUST_STARTED_SECONDS = 5.0
# Seconds to read the player after a call whose outcome is unknown.
_UNKNOWN_OUTCOME_TIMEOUT = 2.0


async def now_playing(spotify: Spotify) -> Playable:
    """The item that plays. Raises NothingPlaying, whose message says why there is none."""
    return require_item(await spotify.player.state())


def advance(state: Playback, seconds: float) -> Playback:
    """The state this many seconds later; the progress stops at the item's end."""
    if not state.is_playing or state.progress_ms is None:
        return state
    progress = state.progress_ms + round(seconds * 1000)
    if state.item is not None and state.item.duration_ms:
        progress = min(progress, state.item.duration_ms)
    return replace(state, progress_ms=progress)


def just_started(state: Playback, max_seconds: float = JUST_STARTED_SECONDS) -> bool:
    """Whether the item's progress is below `max_seconds`: the only sign that a skip is done."""
    return state.progress_ms is None or state.progress_ms < max_seconds * 1000


async def poll_state(
    spotify: Spotify, is_updated: Predicate, sleep: Sleep
) -> tuple[Playback | None, bool]:
    """The player after a write, and whether it is updated; read once more if it is not.

    A failed read is no error: the write has succeeded, and only the state is unknown.
    """
    state = None
    try:
        state = await spotify.player.state()
        if state is not None and is_updated(state):
            return state, True
        await sleep(POLL_DELAY)
        state = await spotify.player.state()
    except BotError:
        return state, False
    return state, state is not None and is_updated(state)


@asynccontextmanager
async def explain_unknown_outcome(spotify: Spotify, advice: str = "") -> AsyncIterator[None]:
    """Add to OutcomeUnknown what plays now; `advice` is the user's next step."""
    try:
        yield
    except OutcomeUnknown as error:
        sentence = await _now_playing_sentence(spotify.with_timeout(_UNKNOWN_OUTCOME_TIMEOUT))
        advice = advice or "Only try again if that’s not what you wanted."
        message = f"Not sure that worked: Spotify didn’t confirm. {sentence} {advice}"
        raise OutcomeUnknown(str(error), message=message if sentence else None) from None


async def _now_playing_sentence(spotify: Spotify) -> str:
    """What plays now; empty if that cannot be read either."""
    try:
        state = await spotify.player.state()
    except BotError:
        return ""
    return now_sentence(state)
