"""The reply after a player action."""

from __future__ import annotations

from bot.interactions.responses import Reply
from bot.player.outcome import Outcome
from bot.spotify.models import Playback
from bot.text.items import playback_line, progress_bar, title
from bot.views import cards


def outcome_reply(outcome: Outcome, *, private: bool = False) -> Reply:
    """A card of the item that the action was about, or of what plays now, or text alone."""
    item, state, message = outcome.item, outcome.state, outcome.message
    if item is not None and (state is None or state.item is None):
        stop = "." if ". " in message else ""
        return Reply(view=cards.card(item, heading=f"-# {message}{stop}"), private=private)
    if state is None or state.item is None:
        return Reply(f"{message}.", private=private)
    bar = progress_bar(state.progress_ms, state.item.duration_ms)
    view = cards.card(state.item, heading=f"-# {_heading(message, state)}", below=bar)
    return Reply(view=view, private=private)


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
