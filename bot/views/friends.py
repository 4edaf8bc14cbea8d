"""What another user is playing."""

from __future__ import annotations

from discord import ui

from bot.interactions.responses import Reply
from bot.spotify.models import Playback
from bot.views import cards
from bot.views.item_buttons import ADD, PLAY, QUEUE, SAVE, item_buttons

IS_BOT = Reply("That’s a bot. Choose a person.")
OWN_PLAYBACK = Reply("That’s you. Use /now to see what you’re playing.")


def friend_playback(name: str, state: Playback | None) -> Reply:
    """`name` is markdown that is safe already; `state` is None if the friend plays nothing."""
    item = state.item if state else None
    if state is None or not state.is_playing:
        return Reply(f"{name} isn’t playing anything.")
    if item is None:
        is_ad = state.currently_playing_type == "ad"
        what = "hearing an ad" if is_ad else "playing something that Spotify doesn’t show to apps"
        return Reply(f"{name} is {what}. Check again in a minute.")
    rows: list[cards.Row] = []
    if item.uri is not None:
        rows.append(ui.ActionRow(*item_buttons(item, PLAY, QUEUE, SAVE, ADD)))
    return Reply(view=cards.card(item, *rows, heading=f"-# {name} is playing"))
