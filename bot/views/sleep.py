"""The replies of /sleep."""

from __future__ import annotations

from bot.interactions.responses import Reply
from bot.store import SleepTimer

STOPPED = Reply("Sleep timer off.")


def timer_reply(timer: SleepTimer) -> Reply:
    """Says when the bot will pause the player."""
    if timer.tracks_left is None:
        when = f"at <t:{int(timer.due)}:t>, <t:{int(timer.due)}:R>"
    elif timer.tracks_left == 1:
        when = "when this track ends"
    else:
        when = f"after {timer.tracks_left} tracks, counting this one"
    return Reply(f"I’ll pause {when}. Changed your mind? Use /sleep off.")
