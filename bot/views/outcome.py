"""What is said when something was done with the player."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.spotify.catalogue import Item
from bot.spotify.models import Playback
from bot.views import cards


@dataclass(frozen=True)
class Outcome:
    """What was done, in words that are safe to show, and what plays afterwards.

    item   what it was about: what was played or queued
    state  the player, where it was looked at and shows what was done
    """

    message: str
    item: Item | None = None
    state: Playback | None = None


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
    bar = cards.progress_bar(state.progress_ms, state.item.duration_ms)
    return {"view": cards.card(state.item, heading=f"-# {_heading(it.message, state)}", below=bar)}


def _heading(says: str, state: Playback) -> str:
    """What was done, and where it plays; not twice that it plays, or does not."""
    where = cards.playback_line(state)
    already = f"Already {where[0].lower()}{where[1:]}"
    return next((one for one in (where, already) if one.startswith(says)), f"{says} · {where}")
