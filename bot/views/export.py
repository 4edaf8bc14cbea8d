"""What is said when an export is done."""

from __future__ import annotations

from bot.library.export import Export


def export_message(export: Export) -> str:
    """How many songs, and what is not among them."""
    if export.songs == 1:
        told = "Here is your 1 liked song."
    else:
        told = f"Here are your {export.songs:,} liked songs."
    if export.unreadable:
        told += f" Spotify lists {export.unreadable:,} more without saying what they are."
    if export.missing:
        told += f" By Spotify’s count there should be {export.missing:,} more; try again later."
    return told
