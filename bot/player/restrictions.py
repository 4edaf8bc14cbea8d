"""Explains a 403 without a reason by reading the player's state."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.errors.spotify import PlayerRestricted
from bot.player.actions import ActionVerb, PlayerAction
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.player.start import SHUFFLE_REFUSED
from bot.player.state import AD_PLAYING
from bot.spotify.models import Playback

# Names in the state's `actions.disallows` of which each forbids the action.
_REQUIRED_ACTIONS: dict[ActionVerb, tuple[str, ...]] = {
    "next": ("skipping_next",),
    "previous": ("skipping_prev",),
    "seek": ("seeking",),
    "restart": ("seeking",),
    "shuffle": ("toggling_shuffle",),
    "repeat": ("toggling_repeat_context", "toggling_repeat_track"),
    "move": ("transferring_playback",),
    "play": ("interrupting_playback",),
}
_MESSAGES: dict[ActionVerb, str] = {
    "next": "There is nothing to skip to. Add something with /queue add, or use /play.",
    "previous": "There is no previous track. Use /restart to hear this one again.",
    "seek": "What plays now has no places to go to. Use /next to skip it.",
    "restart": "What plays now cannot begin again. Use /play to start something else.",
    "shuffle": "What plays now cannot be shuffled. Try it with an album or a playlist.",
    "repeat": "What plays now cannot be repeated like that. Try it with an album or a playlist.",
    "move": "What plays now cannot move to another device. Start it there with /play on.",
    "play": "Spotify does not let apps interrupt what plays now. Wait until it has ended.",
    "resume": "There is nothing to go on with. Start something with /play.",
    "queue": "There is nothing to queue behind. Start something with /play first.",
}
# Spotify gives no other sign that a track is unavailable.
_TRACK_UNAVAILABLE = (
    "Spotify refused it: it may have been withdrawn. Look for another one with /search."
)


async def explain_restriction(
    action: PlayerAction, context: ActionContext, error: PlayerRestricted
) -> Outcome:
    """The outcome of a refused pause or resume that changes nothing.

    Raises `error` for all other actions, with a message that fits the player's state.
    """
    state = None
    with suppress(BotError):  # without a state, the error keeps its message
        state = await context.spotify.player.state()
    if state is None:
        raise error
    if action.verb == "pause" and not state.is_playing:
        return Outcome("Already paused", state=state)
    if action.verb == "resume" and state.is_playing:
        return Outcome(_already_playing(action, state), state=state)
    if error.message == PlayerRestricted.message:
        error.message = _message_for(action, state)
    raise error


def _already_playing(action: PlayerAction, state: Playback) -> str:
    """The message for a resume while it plays; Spotify may have refused the shuffle mode."""
    if action.shuffle is None or action.shuffle == state.shuffle_state:
        return "Already playing"
    return f"Already playing. {SHUFFLE_REFUSED}"


def _message_for(action: PlayerAction, state: Playback) -> str:
    if state.currently_playing_type == "ad":
        return AD_PLAYING
    disallows = state.actions.disallows if state.actions else {}
    required = _REQUIRED_ACTIONS.get(action.verb, ())
    is_disallowed = any(disallows.get(name) for name in required)
    is_empty = action.verb in ("resume", "queue") and state.item is None
    if is_disallowed or is_empty:
        return _MESSAGES[action.verb]
    return _TRACK_UNAVAILABLE if action.verb in ("play", "queue") else PlayerRestricted.message
