"""The reply after a player action."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from discord import ui

from bot.interactions.responses import Reply
from bot.player.outcome import Outcome
from bot.spotify.models import Playback
from bot.text.items import playback_line, progress_bar, title
from bot.views import cards
from bot.views.panel_controls import control_rows, started_controls
from bot.views.panel_state import PanelState


def outcome_reply(
    outcome: Outcome, *, private: bool = False, controls_of: int | None = None
) -> Reply:
    """A card of the item that the action was about, or of what plays now, or text alone.

    controls_of  the Discord ID of the player's owner, to put controls below the card
    """
    item, state, message = outcome.item, outcome.state, outcome.message
    if item is not None and (state is None or state.item is None):
        stop = "." if ". " in message else ""
        rows = [] if controls_of is None else [started_controls(controls_of, item)]
        card = cards.card(item, *_rows(rows), heading=f"-# {message}{stop}")
        return Reply(view=card, private=private)
    if state is None or state.item is None:
        return Reply(f"{message}.", private=private)
    bar = progress_bar(state.progress_ms, state.item.duration_ms)
    rows = [] if controls_of is None else [*control_rows(PanelState(controls_of, playback=state))]
    heading = f"-# {_heading(message, state)}"
    view = cards.card(state.item, *_rows(rows), heading=heading, below=bar)
    return Reply(view=view, private=private)


def _rows(rows: Iterable[Iterable[ui.Item[Any]]]) -> list[cards.Row]:
    return [ui.ActionRow(*row) for row in rows]


def outcome_line(outcome: Outcome, *, named: bool = False) -> str:
    """The outcome in one line; `named`: with the item's name, if it is about one."""
    state = outcome.state
    shown = state if state and state.item else None
    line = _heading(outcome.message, shown) if shown else outcome.message
    item = outcome.item or (shown.item if shown else None)
    return f"{title(item)} · {line}" if named and item else line


def _heading(message: str, state: Playback) -> str:
    """The message and where it plays, without saying twice that it plays or is paused."""
    line = playback_line(state)
    already = f"Already {line[0].lower()}{line[1:]}"
    return next(
        (text for text in (line, already) if text.startswith(message)), f"{message} · {line}"
    )
