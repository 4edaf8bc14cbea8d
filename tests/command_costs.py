"""Measures how often each command and button calls Spotify, for docs/costs.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.spotify import Spotify
from sandbox.spotify.api import Call
from tests.cost_session import CostedAction, CostSession
from tests.costed_actions import COSTED_ACTIONS

# Seconds until every cached answer has expired, and until /link may send a new login link.
CACHE_EXPIRY_S = 11 * 60


@dataclass(frozen=True)
class ActionCost:
    """The calls of an action with an empty cache, and of the same action right after it."""

    description: str
    cold: Sequence[Call]
    warm: Sequence[Call]


async def measure_costs(session: CostSession) -> list[ActionCost]:
    """The cost of each action in COSTED_ACTIONS, in that order."""
    costs = []
    for action in COSTED_ACTIONS:
        cold = await _record_calls(session, action, seconds_later=CACHE_EXPIRY_S, track_index=1)
        warm = await _record_calls(session, action, seconds_later=0, track_index=4)
        costs.append(ActionCost(action.description, cold, warm))
    return costs


async def _record_calls(
    session: CostSession, action: CostedAction, *, seconds_later: float, track_index: int
) -> list[Call]:
    """The calls of an action that starts `seconds_later`, while that track of an album plays."""
    session.harness.clock.advance(seconds_later)
    start_playback(session.harness.spotify, track_index)
    if action.prepare:
        await action.prepare(session)
        session.harness.clock.advance(0 if action.keep_login_fresh else seconds_later)
    start_playback(session.harness.spotify, track_index)
    assert session.harness.bot is not None
    services = session.harness.bot.services
    if not action.keep_panel:
        services.panels.forget(session.user_id)
    calls = session.harness.spotify.calls
    before = len(calls)
    await action.perform(session)
    services.sleep_timers.forget(session.user_id)  # its calls are no part of the next action
    return calls[before:]


def start_playback(spotify: Spotify, track_index: int) -> None:
    """Play the track with this index, from 0, of the first album on Ada's laptop."""
    player, album = spotify.accounts["ada"].player, next(iter(spotify.catalogue.albums.values()))
    player.play(context=album.uri, index=track_index, device=player.devices[0])


def render_cost_table(costs: Sequence[ActionCost]) -> str:
    """The table of docs/costs.md, in Markdown."""
    rows = [
        f"| {cost.description} | {len(cost.cold)} | {len(cost.warm)} | {_summarise(cost.cold)} |"
        for cost in costs
    ]
    header = ("| Action | Cold | Warm | Calls when cold |", "|---|--:|--:|---|")
    return "\n".join((*header, *rows))


def _summarise(calls: Sequence[Call]) -> str:
    """The distinct calls, with a count if there are several, and with `{id}` for each ID."""
    endpoints = Counter(
        re.sub("[0-9A-Za-z]{22}", "{id}", f"`{call.method} {call.path}`") for call in calls
    )
    parts = [f"{name} × {count}" if count > 1 else name for name, count in endpoints.items()]
    return ", ".join(parts) or "none"
