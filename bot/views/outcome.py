"""What is said when something was done with the player."""

from __future__ import annotations

from typing import Any

from bot.player.outcome import Outcome
from bot.spotify.models import Playback
from bot.text import items
from bot.views import cards


def outcome_reply(it: Outcome) -> dict[str, Any]:
    """Keyword arguments for a reply: a card of what it was about, or of what plays now."""
    state = it.state
    if it.item is not None and (state is None or state.item is None):
        return {
            "view": cards.card(
                it.item, heading=f"-# {it.message}{'.' if '. ' in it.message else ''}"
            )
        }
    if state is None or state.item is None:
        return {"content": f"{it.message}."}
    bar = items.progress_bar(state.progress_ms, state.item.duration_ms)
    return {"view": cards.card(state.item, heading=f"-# {_heading(it.message, state)}", below=bar)}


def _heading(says: str, state: Playback) -> str:
    """What was done, and where it plays; not twice that it plays, or does not."""
    where = items.playback_line(state)
    already = f"Already {where[0].lower()}{where[1:]}"
    return next((one for one in (where, already) if one.startswith(says)), f"{says} · {where}")
