"""What another user is playing."""

from __future__ import annotations

from dataclasses import replace

from discord import ui

from bot.errors.content import NothingPlaying
from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.player.situation import Situation, situation_of
from bot.spotify.models import Playback
from bot.spotify.uris import Uri
from bot.views import cards
from bot.views.item_buttons import ADD, PLAY, QUEUE, SAVE, go_to_buttons, item_buttons


class PlayAlongButton(PersistentButton, template=r"along:(?P<owner>\d{1,20})"):
    """Plays the owner's current item on the presser's player, from the same second."""

    def __init__(self, owner: str) -> None:
        self.owner = int(owner)
        super().__init__(ui.Button(label="Play what they play", custom_id=f"along:{owner}"))


IS_BOT = Reply("That’s a bot. Choose a person.")
OWN_PLAYBACK = Reply("That’s you. Use /now to see what you’re playing.")


def uri_to_play(state: Playback | None, name: str) -> Uri:
    """The friend's current item with its position. Raises NothingPlaying."""
    item = state.item if state and state.is_playing else None
    if state is None or item is None or item.uri is None:
        raise NothingPlaying(message=f"{name} isn’t playing anything you could play now.")
    start_ms = state.progress_ms or 0
    if item.duration_ms and start_ms >= item.duration_ms:
        raise NothingPlaying(message=f"{name}’s track is just ending. Try again in a few seconds.")
    return replace(item.uri, start_ms=start_ms)


def friend_playback(user_id: int, name: str, state: Playback | None) -> Reply:
    """`name` is markdown that is safe already; `state` is None if the friend plays nothing."""
    if state is not None and state.is_playing is None:
        return Reply(f"Spotify doesn’t say whether {name} is playing anything. Check again later.")
    if state is None or not state.is_playing:
        return Reply(f"{name} isn’t playing anything.")
    item = state.item
    if item is None:
        is_ad = situation_of(state) is Situation.AD
        what = "hearing an ad" if is_ad else "playing something that Spotify doesn’t show to apps"
        return Reply(f"{name} is {what}. Check again in a minute.")
    rows: list[cards.Row] = []
    if item.uri is not None:
        rows.append(ui.ActionRow(*item_buttons(item, PLAY, QUEUE, SAVE, ADD)))
        rows.append(ui.ActionRow(PlayAlongButton(str(user_id)), *go_to_buttons(item)))
    return Reply(view=cards.card(item, *rows, heading=f"-# {name} is playing"))
