"""What another user is playing."""

from __future__ import annotations

from discord import ui

from bot.interactions.responses import Reply
from bot.spotify.models import Playback
from bot.views import cards
from bot.views.item_buttons import ADD, PLAY, QUEUE, SAVE, item_buttons

OWN_PLAYBACK = Reply("That is you. See what you are playing with /now.")


def is_bot(name: str) -> Reply:
    return Reply(f"{name} is a bot, and plays nothing. Choose a person.")


def friend_playback(name: str, state: Playback | None) -> Reply:
    """`name` is markdown that is safe already; `state` is None if the friend plays nothing."""
    item = state.item if state else None
    if state is None or not state.is_playing:
        return Reply(f"{name} is playing nothing now.")
    if item is None:
        is_ad = state.currently_playing_type == "ad"
        what = "hearing an ad" if is_ad else "playing something that Spotify does not name"
        return Reply(f"{name} is {what}. Look again in a minute.")
    rows: list[cards.Row] = []
    if item.uri is not None:
        rows.append(ui.ActionRow(*item_buttons(item, PLAY, QUEUE, SAVE, ADD)))
    return Reply(view=cards.card(item, *rows, heading=f"-# {name} is playing"))
