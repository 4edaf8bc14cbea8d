"""`make costs`: how often each command and button calls Spotify, as docs/operating.md has it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.harness import run_harness
from sandbox.spotify import Spotify
from sandbox.spotify.api import Call
from tests.cost_session import CostedAction, CostSession
from tests.costed_actions import COSTED_ACTIONS

DOCUMENT = Path(__file__).parent.parent / "docs" / "operating.md"
HEADING = "## What each command costs\n"

# Seconds after which nothing is kept of any answer, and somebody may be offered logins again.
CACHE_EXPIRY_S = 11 * 60


@dataclass(frozen=True)
class ActionCost:
    """The calls of a deed with nothing kept, and of the same once more at once."""

    description: str
    cold: Sequence[Call]
    warm: Sequence[Call]


async def measure(session: CostSession) -> list[ActionCost]:
    """What each deed costs."""
    costs = []
    for deed in COSTED_ACTIONS:
        cold = await _record_calls(session, deed, seconds_later=CACHE_EXPIRY_S, song=1)
        costs.append(
            ActionCost(
                deed.description, cold, await _record_calls(session, deed, seconds_later=0, song=4)
            )
        )
    return costs


async def _record_calls(
    session: CostSession, action: CostedAction, *, seconds_later: float, song: int
) -> list[Call]:
    """The calls of a deed that is done so many seconds after all else, while this song plays."""
    session.harness.clock.advance(seconds_later)
    _start_playback(session.harness.spotify, song)
    if action.prepare:
        await action.prepare(session)
        session.harness.clock.advance(0 if action.keep_login_fresh else seconds_later)
    _start_playback(session.harness.spotify, song)
    assert session.harness.bot is not None
    if "panel" not in action.description:  # or else it would be drawn again behind whatever follows
        session.harness.bot.services.panels.forget(session.user_id)
    calls = session.harness.spotify.calls
    before = len(calls)
    await action.perform(session)
    return calls[before:]


def _start_playback(spotify: Spotify, song: int) -> None:
    """Ada's laptop plays this song of a record, counted from 0."""
    player, record = spotify.accounts["ada"].player, next(iter(spotify.catalogue.albums.values()))
    player.play(context=record.uri, index=song, device=player.devices[0])


# ---- the table


def render_table(costs: Sequence[ActionCost]) -> str:
    """As it stands in the document."""
    rows = [
        f"| {cost.description} | {len(cost.cold)} | {len(cost.warm)} | {_summarise(cost.cold)} |"
        for cost in costs
    ]
    return "\n".join(
        ("| What is done | Cold | Warm | Calls when cold |", "|---|--:|--:|---|", *rows)
    )


def _summarise(calls: Sequence[Call]) -> str:
    counted: Mapping[str, int] = Counter(
        re.sub("[0-9A-Za-z]{22}", "{id}", f"`{call.method} {call.path}`") for call in calls
    )
    return ", ".join(f"{call} × {n}" if n > 1 else call for call, n in counted.items()) or "none"


def documented_table() -> str:
    """The table that the document has now."""
    return _split_document(DOCUMENT.read_text())[1]


def _split_document(text: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what stands behind it."""
    start = text.index("\n|", text.index(HEADING)) + 1
    end = start + re.search(r"(?m)^(?!\|)", text[start:]).start()  # type: ignore[union-attr]
    return text[:start], text[start:end].rstrip("\n"), text[end:]


async def update_document() -> None:
    async with run_harness() as it:
        costs = await measure(CostSession(it, await it.link_account("ada")))
    before, _, behind = _split_document(DOCUMENT.read_text())
    DOCUMENT.write_text(f"{before}{render_table(costs)}\n{behind}")


if __name__ == "__main__":
    asyncio.run(update_document())
