"""The message with the file of an export."""

from __future__ import annotations

from bot.library.export import Export


def export_message(export: Export) -> str:
    """How many songs the file has, and how many are missing."""
    if export.songs == 1:
        text = "Here is your 1 liked song."
    else:
        text = f"Here are your {export.songs:,} liked songs."
    if export.unreadable:
        text += f" Spotify lists {export.unreadable:,} more without saying what they are."
    if export.missing:
        text += f" By Spotify’s count there should be {export.missing:,} more; try again later."
    return text
