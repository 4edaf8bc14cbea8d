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
    item, state = outcome.item, outcome.state
    is_playing_known = state is not None and state.item is not None
    if controls_of is None and item is None and not is_playing_known:
        return Reply(f"{outcome.message}.", private=private)
    rows: Iterable[list[ui.Item[Any]]] = ()
    if controls_of is not None and is_playing_known:
        rows = control_rows(PanelState(controls_of, playback=state))
    elif controls_of is not None:
        rows = [started_controls(controls_of, item)]
    return Reply(view=outcome_view(outcome, *_rows(rows)), private=private)


def outcome_view(outcome: Outcome, *rows: cards.Row) -> ui.LayoutView:
    """The same as a card in any case, with rows below it."""
    item, state, message = outcome.item, outcome.state, outcome.message
    if state is not None and state.item is not None:
        bar = progress_bar(state.progress_ms, state.item.duration_ms)
        return cards.card(state.item, *rows, heading=f"-# {_heading(message, state)}", below=bar)
    if item is None:
        return cards.container(f"{message}.", *rows)
    stop = "." if ". " in message else ""
    return cards.card(item, *rows, heading=f"-# {message}{stop}")


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
