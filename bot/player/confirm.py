"""What plays once something was done: Spotify shows it a moment later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.errors.bot_error import BotError
from bot.errors.spotify import OutcomeUnknown
from bot.spotify import Spotify
from bot.spotify.models import Playback
from bot.text.items import byline, title

Sleep = Callable[[float], Awaitable[None]]
Predicate = Callable[[Playback], bool]

# Seconds before the second and last look, where the first still showed what was before.
POLL_DELAY = 0.6
# What has begun or begun again a moment ago is not further than this, in seconds; where it is known
# since when, not further than so much more.
JUST_STARTED_SECONDS, START_TOLERANCE = 5.0, 1.5
# Seconds to look what plays, where Spotify does not say what it did.
_LOOK_TIMEOUT = 2.0


async def poll_state(
    spotify: Spotify, shows: Predicate, sleep: Sleep
) -> tuple[Playback | None, bool]:
    """The player's state, and whether it shows what was done: one look, at most one more.

    What was done is done: that the look fails is no fault of it, and leaves the state unknown.
    """
    state = None
    try:
        state = await spotify.player.state()
        if state is not None and shows(state):
            return state, True
        await sleep(POLL_DELAY)
        state = await spotify.player.state()
    except BotError:
        return state, False
    return state, state is not None and shows(state)


@asynccontextmanager
async def explain_unknown_outcome(spotify: Spotify, advice: str = "") -> AsyncIterator[None]:
    """Where nobody knows whether something was done, say what plays now, and `advice`."""
    try:
        yield
    except OutcomeUnknown as unknown:
        says = await _now_playing_sentence(spotify.with_timeout(timeout=_LOOK_TIMEOUT))
        advice = advice or "Repeat it only if that is not what you wanted."
        words = f"Spotify did not say whether that worked. {says} {advice}" if says else None
        raise OutcomeUnknown(str(unknown), message=words) from None


async def _now_playing_sentence(spotify: Spotify) -> str:
    """In a sentence; empty where that cannot be told either."""
    try:
        state = await spotify.player.state()
    except BotError:
        return ""
    if state is None or state.item is None:
        return "Nothing is playing now."
    verb = "Playing" if state.is_playing else "Paused"
    return f"{verb} now: {title(state.item)} · {byline(state.item)}."
