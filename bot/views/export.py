"""The message with the file of an export."""

from __future__ import annotations

from bot.library.export import Export
from bot.text.items import count


def export_message(export: Export) -> str:
    """How many songs the file has, and how many are missing."""
    verb = "is" if export.songs == 1 else "are"
    text = f"Here {verb} your {count(export.songs, 'liked song')}."
    if export.unreadable:
        text += f" Spotify lists {export.unreadable:,} more without saying what they are."
    if export.missing:
        text += f" By Spotify’s count there should be {export.missing:,} more; try again later."
    return text
