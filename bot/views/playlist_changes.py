"""The cards of playlists that were created or changed."""

from __future__ import annotations

from discord import ui

from bot.spotify.models import Playlist
from bot.text.items import count
from bot.views import cards
from bot.views.item_buttons import ItemAction, item_buttons

_EMPTY_HINT = "Nothing in it yet. Add songs with **Add to playlist** below any song."


def created_card(playlist: Playlist) -> ui.LayoutView:
    """The new playlist."""
    row: cards.Row = ui.ActionRow(*item_buttons(playlist, ItemAction.SHARE))
    visibility = "public" if playlist.public else "private"
    return cards.card(
        playlist, row, heading=f"-# Created, {visibility}", below=describe(playlist) or _EMPTY_HINT
    )


def describe(playlist: Playlist) -> str:
    """The number of songs; empty without any, or if Spotify does not say it."""
    return count(playlist.total, "song") if playlist.total else ""
