"""What a refusal means that names no reason: the player's state tells."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.errors.spotify import PlayerRestricted
from bot.player.actions import ActionVerb, PlayerAction
from bot.player.context import ActionContext
from bot.player.now_playing import AD_PLAYING
from bot.player.outcome import Outcome
from bot.player.start import SHUFFLE_REFUSED
from bot.spotify.models import Playback

# What must not be disallowed for it (actions.disallows), and what is said where it is.
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
# Of a song that cannot be heard, Spotify says no more than of all else.
_TRACK_UNAVAILABLE = (
    "Spotify refused it: it may have been withdrawn. Look for another one with /search."
)


async def explain_restriction(
    deed: PlayerAction, doing: ActionContext, refused: PlayerRestricted
) -> Outcome:
    """Done all the same, where it was so already. Raises `refused`, in words that fit the state."""
    state = None
    with suppress(BotError):  # that nobody may look now leaves the refusal as it is
        state = await doing.spotify.player.state()
    if state is None:
        raise refused
    if deed.verb == "pause" and not state.is_playing:
        return Outcome("Already paused", state=state)
    if deed.verb == "resume" and state.is_playing:
        return Outcome(_already_playing(deed, state), state=state)
    if refused.message == PlayerRestricted.message:
        refused.message = _message_for(deed, state)
    raise refused


def _already_playing(deed: PlayerAction, state: Playback) -> str:
    """What has become of a resume while it plays: it may have been about the order."""
    if deed.shuffle is None or deed.shuffle == state.shuffle_state:
        return "Already playing"
    return f"Already playing. {SHUFFLE_REFUSED}"


def _message_for(deed: PlayerAction, state: Playback) -> str:
    if state.currently_playing_type == "ad":
        return AD_PLAYING
    disallows = state.actions.disallows if state.actions else {}
    known = any(disallows.get(action) for action in _REQUIRED_ACTIONS.get(deed.verb, ()))
    stuck = deed.verb in ("resume", "queue") and state.item is None
    if known or stuck:
        return _MESSAGES[deed.verb]
    return _TRACK_UNAVAILABLE if deed.verb in ("play", "queue") else PlayerRestricted.message
