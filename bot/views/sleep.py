"""The replies of /sleep."""

from __future__ import annotations

from bot.interactions.responses import Reply
from bot.store import SleepTimer

_NO_PREMIUM = (
    "But Spotify refused your last command, because controlling the player needs Premium. Without "
    "Premium, I can’t pause either."
)
STOPPED = Reply("Sleep timer off.")


def timer_reply(timer: SleepTimer, *, is_doubtful: bool) -> Reply:
    """Says when the bot will pause the player; `is_doubtful`: see `SleepTimers.is_doubtful`."""
    if timer.tracks_left is None:
        when = f"at <t:{int(timer.due)}:t>, <t:{int(timer.due)}:R>"
    elif timer.tracks_left == 1:
        when = "when this track ends"
    else:
        when = f"after {timer.tracks_left} tracks, counting this one"
    if is_doubtful:
        return Reply(f"The timer is set to pause {when}. {_NO_PREMIUM}")
    return Reply(f"I’ll pause {when}. Changed your mind? Use /sleep off.")
