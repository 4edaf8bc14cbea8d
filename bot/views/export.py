"""The message with the file of an export."""

from __future__ import annotations

from bot.library.export import Export
from bot.text.items import count


def export_message(export: Export) -> str:
    """How many songs the file has, and how many are missing."""
    verb = "is" if export.songs == 1 else "are"
    text = f"Here {verb} your {count(export.songs, 'liked song')}."
    if export.unreadable:
        text += f" Spotify lists {export.unreadable:,} more that are unavailable."
    if export.missing:
        text += f" Spotify counts {export.missing:,} more than it gave me. Try again later."
    elif not export.complete:
        text += " Spotify’s list didn’t end where it should, so there may be more. Try again later."
    elif export.counts:
        low, high = export.counts
        text += (
            f" While I read them, Spotify counted between {low:,} and {high:,}; "
            "these are all that it gave me."
        )
    return text
