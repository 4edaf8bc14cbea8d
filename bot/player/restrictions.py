"""Explains a 403 without a reason by reading the player's state."""

from __future__ import annotations

from bot.errors.bot_error import BotError
from bot.errors.spotify import PlayerNotFound, PlayerRestricted, SpotifyError
from bot.player.actions import SKIPS, ActionVerb, PlayerAction
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.player.situation import NEXT_TRY, Situation, ad_sentence, hidden_sentence, situation_of
from bot.player.start import SHUFFLE_REFUSED
from bot.spotify.models import Playback

# Names in the state's `actions.disallows` of which each forbids the action.
_REQUIRED_ACTIONS: dict[ActionVerb, tuple[str, ...]] = {
    "next": ("skipping_next",),
    "jump": ("skipping_next",),
    "previous": ("skipping_prev",),
    "seek": ("seeking",),
    "restart": ("seeking",),
    "shuffle": ("toggling_shuffle",),
    "repeat": ("toggling_repeat_context", "toggling_repeat_track"),
    "move": ("transferring_playback",),
    "play": ("interrupting_playback",),
}
_NOTHING_TO_SKIP_TO = "There is nothing to skip to. Add something with /queue add, or use /play."
_MESSAGES: dict[ActionVerb, str] = {
    "next": _NOTHING_TO_SKIP_TO,
    "jump": _NOTHING_TO_SKIP_TO,
    "previous": "There is no previous track. Use /restart to start this one over.",
    "seek": "You can’t jump around in what’s playing. Use /next to skip it.",
    "restart": "This can’t be restarted. Use /play to start something else.",
    "shuffle": "This can’t be shuffled. Try it with an album or a playlist.",
    "repeat": "This can’t be repeated like that. Try it with an album or a playlist.",
    "move": "This can’t move to another device. Start it there with /play and `on:`.",
    "play": "Apps can’t interrupt what’s playing. Wait until it has ended.",
    "resume": "Nothing to continue. Start something with /play.",
    "queue": "Nothing is playing to queue after. Start something with /play first.",
}
# Spotify gives no other sign that a track is unavailable, or explicit and therefore blocked.
_TRACK_UNAVAILABLE = (
    "Spotify won’t play that. It may be gone, or your Spotify blocks explicit songs. Try another "
    "version with /search."
)


async def explain_not_found(context: ActionContext, error: PlayerNotFound) -> None:
    """Raises `error`, unless it means that no device is active."""
    situation = situation_of(await _read_state(context, error))
    if context.device is not None or situation is not Situation.INACTIVE:
        raise error


async def _read_state(context: ActionContext, error: SpotifyError) -> Playback | None:
    """The player's state, to explain `error`. Raises `error` if it cannot be read."""
    try:
        return await context.spotify.player.state()
    except BotError:
        raise error from None


async def explain_restriction(
    action: PlayerAction, context: ActionContext, error: PlayerRestricted
) -> Outcome:
    """The outcome of a refused pause or resume that changes nothing.

    Raises `error` for all other actions, with a message that fits the player's state.
    """
    state = await _read_state(context, error)
    if state is None:
        raise error
    if action.verb == "pause" and state.is_playing is False:
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
    situation = situation_of(state)
    if situation is Situation.AD:
        return ad_sentence(state)
    disallows = state.actions.disallows if state.actions else {}
    required = _REQUIRED_ACTIONS.get(action.verb, ())
    is_disallowed = any(disallows.get(name) for name in required)
    is_empty = action.verb in ("resume", "queue") and situation is Situation.EMPTY
    if situation is Situation.HIDDEN and action.verb in SKIPS:
        return f"Spotify won’t allow that right now. {hidden_sentence(state)}"
    if is_disallowed or is_empty:
        return _MESSAGES[action.verb]
    if situation is Situation.HIDDEN:
        return f"Spotify won’t allow that right now. {hidden_sentence(state)} {NEXT_TRY}"
    return _TRACK_UNAVAILABLE if action.verb in ("play", "queue") else PlayerRestricted.message
