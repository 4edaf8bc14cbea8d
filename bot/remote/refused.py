"""What a refusal means that names no reason: the player's state tells."""

from __future__ import annotations

from contextlib import suppress

from bot.errors import Fault, Restricted
from bot.remote.deeds import Deed, Verb
from bot.remote.doing import AD, Doing
from bot.remote.starting import UNSHUFFLED
from bot.spotify.models import Playback
from bot.ui.replies import Done

# What must not be disallowed for it (actions.disallows), and what is said where it is.
_NEEDS: dict[Verb, tuple[str, ...]] = {
    "next": ("skipping_next",),
    "previous": ("skipping_prev",),
    "seek": ("seeking",),
    "restart": ("seeking",),
    "shuffle": ("toggling_shuffle",),
    "repeat": ("toggling_repeat_context", "toggling_repeat_track"),
    "move": ("transferring_playback",),
    "play": ("interrupting_playback",),
}
_SAYS: dict[Verb, str] = {
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
_NOT_HEARD = "Spotify refused it: it may have been withdrawn. Look for another one with /search."


async def understood(deed: Deed, doing: Doing, refused: Restricted) -> Done:
    """Done all the same, where it was so already. Raises `refused`, in words that fit the state."""
    state = None
    with suppress(Fault):  # that nobody may look now leaves the refusal as it is
        state = await doing.spotify.player.state()
    if state is None:
        raise refused
    if deed.verb == "pause" and not state.is_playing:
        return Done("Already paused", state=state)
    if deed.verb == "resume" and state.is_playing:
        return Done(_resumed(deed, state), state=state)
    if refused.says == Restricted.says:
        refused.says = _says(deed, state)
    raise refused


def _resumed(deed: Deed, state: Playback) -> str:
    """What has become of a resume while it plays: it may have been about the order."""
    if deed.shuffle is None or deed.shuffle == state.shuffle_state:
        return "Already playing"
    return f"Already playing. {UNSHUFFLED}"


def _says(deed: Deed, state: Playback) -> str:
    if state.currently_playing_type == "ad":
        return AD
    disallows = state.actions.disallows if state.actions else {}
    known = any(disallows.get(action) for action in _NEEDS.get(deed.verb, ()))
    stuck = deed.verb in ("resume", "queue") and state.item is None
    if known or stuck:
        return _SAYS[deed.verb]
    return _NOT_HEARD if deed.verb in ("play", "queue") else Restricted.says
