"""`make costs`: how often each command and button calls Spotify, as docs/operating.md has it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.spotify import Spotify
from sandbox.spotify.api import Call
from sandbox.stage import stage
from tests.deeds import DEEDS
from tests.scene import Deed, Scene

DOCUMENT = Path(__file__).parent.parent / "docs" / "operating.md"
HEADING = "## What each command costs\n"

# Seconds after which nothing is kept of any answer, and somebody may be offered logins again.
FORGOTTEN = 11 * 60


@dataclass(frozen=True)
class Cost:
    """The calls of a deed with nothing kept, and of the same once more at once."""

    what: str
    cold: Sequence[Call]
    warm: Sequence[Call]


async def measure(scene: Scene) -> list[Cost]:
    """What each deed costs."""
    costs = []
    for deed in DEEDS:
        cold = await _calls(scene, deed, later=FORGOTTEN, song=1)
        costs.append(Cost(deed.what, cold, await _calls(scene, deed, later=0, song=4)))
    return costs


async def _calls(scene: Scene, deed: Deed, *, later: float, song: int) -> list[Call]:
    """The calls of a deed that is done so many seconds after all else, while this song plays."""
    scene.stage.clock.advance(later)
    _plays(scene.stage.spotify, song)
    if deed.before:
        await deed.before(scene)
        scene.stage.clock.advance(0 if deed.hasty else later)
    _plays(scene.stage.spotify, song)
    assert scene.stage.bot is not None
    if "panel" not in deed.what:  # or else it would be drawn again behind whatever follows
        scene.stage.bot.panels.forget(scene.user)
    calls = scene.stage.spotify.calls
    before = len(calls)
    await deed.do(scene)
    return calls[before:]


def _plays(spotify: Spotify, song: int) -> None:
    """Ada's laptop plays this song of a record, counted from 0."""
    player, record = spotify.accounts["ada"].player, next(iter(spotify.catalogue.albums.values()))
    player.start(context=record.uri, at=song, device=player.devices[0])


# ---- the table


def table(costs: Sequence[Cost]) -> str:
    """As it stands in the document."""
    rows = [
        f"| {cost.what} | {len(cost.cold)} | {len(cost.warm)} | {_which(cost.cold)} |"
        for cost in costs
    ]
    return "\n".join(
        ("| What is done | Cold | Warm | Calls when cold |", "|---|--:|--:|---|", *rows)
    )


def _which(calls: Sequence[Call]) -> str:
    counted: Mapping[str, int] = Counter(
        re.sub("[0-9A-Za-z]{22}", "{id}", f"`{call.method} {call.path}`") for call in calls
    )
    return ", ".join(f"{call} × {n}" if n > 1 else call for call, n in counted.items()) or "none"


def written() -> str:
    """The table that the document has now."""
    return _split(DOCUMENT.read_text())[1]


def _split(text: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what stands behind it."""
    start = text.index("\n|", text.index(HEADING)) + 1
    end = start + re.search(r"(?m)^(?!\|)", text[start:]).start()  # type: ignore[union-attr]
    return text[:start], text[start:end].rstrip("\n"), text[end:]


async def write() -> None:
    async with stage() as it:
        costs = await measure(Scene(it, await it.link("ada")))
    before, _, behind = _split(DOCUMENT.read_text())
    DOCUMENT.write_text(f"{before}{table(costs)}\n{behind}")


if __name__ == "__main__":
    asyncio.run(write())
